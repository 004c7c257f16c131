/// Phrases → numbers, as an open-addressing hash table over mapped memory: opening costs nothing however many phrases there are.
///
/// A phrase is any byte string; one phrase may carry several values. Used for descriptor names and for the artists and titles of a library.
public struct PhraseTable: Sendable {
    /// Slot = phrase index + 1; 0 is empty. The count is a power of two and at most half full, so probing ends.
    private let slots: MappedArray<UInt32>
    private let values: MappedArray<UInt32>
    /// Values of phrase i are `values[starts[i]..<starts[i + 1]]`.
    private let starts: MappedArray<UInt32>
    public let phrases: StringTable

    public init(_ file: SectionFile, _ name: String) throws(FileError) {
        slots = try file.array(name + ".slots")
        values = try file.array(name + ".values")
        starts = try file.array(name + ".starts")
        phrases = try StringTable(file, name)
        guard !slots.isEmpty, slots.count & (slots.count - 1) == 0, slots.count > phrases.count else {
            throw file.damaged(section: name + ".slots", expected: "a power of two above \(phrases.count)", found: "\(slots.count)")
        }
        guard slots.allSatisfy({ Int($0) <= phrases.count }), slots.contains(0) else {
            throw file.damaged(section: name + ".slots", expected: "slots up to \(phrases.count)", found: "a larger one, or none free")
        }
        guard starts.count == phrases.count + 1, starts.first == 0, Int(starts.last ?? 0) == values.count,
            zip(starts, starts.dropFirst()).allSatisfy({ $0 <= $1 })
        else {
            throw file.damaged(section: name + ".starts", expected: "rising starts up to \(values.count)", found: "others")
        }
    }

    /// Values of a phrase; empty when it is not here.
    /// - Complexity: O(bytes of the phrase), expected.
    public func values(of phrase: String) -> UnsafeBufferPointer<UInt32> {
        guard let index = index(of: phrase) else { return UnsafeBufferPointer(start: nil, count: 0) }
        return values(at: index)
    }

    public func values(at index: Int) -> UnsafeBufferPointer<UInt32> {
        UnsafeBufferPointer(rebasing: values.buffer[Int(starts[index])..<Int(starts[index + 1])])
    }

    public func index(of phrase: String) -> Int? {
        var phrase = phrase
        return phrase.withUTF8 { key in
            let mask = slots.count - 1
            var slot = Int(truncatingIfNeeded: Self.hash(key)) & mask
            while slots[slot] != 0 {
                let index = Int(slots[slot]) - 1
                if phrases.utf8(index).elementsEqual(key) { return index }
                slot = (slot + 1) & mask
            }
            return nil
        }
    }

    /// FNV-1a, then mixed: phrases are short, and the table must not depend on the process as Swift's own hashes do.
    static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash ^= hash >> 32
        return hash &* 0x9E37_79B9_7F4A_7C15 >> 16
    }
}

/// Collects phrases for a `PhraseTable`.
public struct PhraseTableBuilder {
    private var phrases: [String: [UInt32]] = [:]

    public init() {}

    public mutating func add(_ phrase: String, _ value: UInt32) {
        if phrases[phrase, default: []].last != value { phrases[phrase, default: []].append(value) }
    }

    public func contains(_ phrase: String) -> Bool { phrases[phrase] != nil }

    public func first(_ phrase: String) -> UInt32? { phrases[phrase]?.first }

    /// Phrases go in by their text, so the file does not depend on the order of insertion.
    public func write(_ name: String, to file: inout SectionFileWriter) {
        let sorted = phrases.sorted { $0.key < $1.key }
        var size = 2
        while size < 2 * (sorted.count + 1) { size *= 2 }
        var slots = [UInt32](repeating: 0, count: size)
        var strings = StringTableBuilder()
        var values: [UInt32] = []
        var starts: [UInt32] = [0]
        for (index, entry) in sorted.enumerated() {
            strings.append(entry.key)
            values += entry.value
            starts.append(UInt32(values.count))
            var key = entry.key
            var slot = key.withUTF8 { Int(truncatingIfNeeded: PhraseTable.hash($0)) } & (size - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = UInt32(index + 1)
        }
        file.add(name + ".slots", slots)
        file.add(name + ".values", values)
        file.add(name + ".starts", starts)
        strings.write(name, to: &file)
    }
}
