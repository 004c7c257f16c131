public import Storage

/// Finds names within a few typing errors of a word, in microseconds over tens of thousands of names.
///
/// Distance is optimal string alignment (insert, delete, replace, swap neighbours; Damerau 1964). A name is compared only when its
/// length and its set of letters leave the distance possible: one error changes at most two members of the letter set.
public struct FuzzyMatcher: Sendable {
    private let names: StringTable
    /// Per name: which of 32 letter classes occur.
    private let signatures: [UInt32]
    /// Names by length in bytes.
    private let byLength: [[UInt32]]

    /// - Complexity: O(bytes of all names).
    public init(_ names: StringTable) {
        self.names = names
        var signatures: [UInt32] = []
        var byLength: [[UInt32]] = []
        signatures.reserveCapacity(names.count)
        for i in 0..<names.count {
            let bytes = names.utf8(i)
            signatures.append(Self.signature(bytes))
            while byLength.count <= bytes.count { byLength.append([]) }
            byLength[bytes.count].append(UInt32(i))
        }
        self.signatures = signatures
        self.byLength = byLength
    }

    /// Errors that a word of this length may hold: none below four letters, one up to eight, then two.
    public static func allowance(_ length: Int) -> Int { length < 4 ? 0 : length < 9 ? 1 : 2 }

    /// The nearest name within `distance` errors; among equals the one with the same first letter, then the first in byte order.
    public func nearest(_ word: String, within distance: Int) -> (index: Int, distance: Int)? {
        var word = word
        return word.withUTF8 { key in
            let signature = Self.signature(key)
            var best: (index: Int, distance: Int, firstDiffers: Bool)?
            for length in max(0, key.count - distance)...(key.count + distance) where length < byLength.count {
                for index in byLength[length] {
                    let limit = best?.distance ?? distance
                    if (signatures[Int(index)] ^ signature).nonzeroBitCount > 2 * limit { continue }
                    let name = names.utf8(Int(index))
                    guard let found = EditDistance.alignment(key, name, limit: limit) else { continue }
                    let differs = name.first != key.first
                    if let best, (found, differs ? 1 : 0, Int(index)) >= (best.distance, best.firstDiffers ? 1 : 0, best.index) { continue }
                    best = (Int(index), found, differs)
                }
            }
            return best.map { ($0.index, $0.distance) }
        }
    }

    private static func signature(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        bytes.reduce(0) { $0 | 1 << UInt32($1 & 31) }
    }
}

/// Distances between short strings.
public enum EditDistance {
    /// Optimal string alignment distance, nil when it is above `limit`.
    /// - Complexity: O(|a| · |b|).
    public static func alignment(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>, limit: Int) -> Int? {
        guard abs(a.count - b.count) <= limit else { return nil }
        if limit == 0 { return a.elementsEqual(b) ? 0 : nil }
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        var row = last
        for i in 0..<a.count {
            row[0] = i + 1
            var smallest = row[0]
            for j in 0..<b.count {
                var cost = min(last[j + 1], row[j]) + 1
                cost = min(cost, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
                row[j + 1] = cost
                smallest = min(smallest, cost)
            }
            if smallest > limit { return nil }
            (beforeLast, last, row) = (last, row, beforeLast)
        }
        return last[b.count] <= limit ? last[b.count] : nil
    }
}
