import CStemmer
import Synchronization

/// Reduces a folded word to the form under which it is indexed.
public final class Stemmer: Sendable {
    public enum Algorithm: String, CaseIterable, Sendable {
        /// Words as they are.
        case none
        /// Plurals only (Harman 1991, the "S stemmer"): on descriptor text it keeps more apart than Snowball does.
        case light
        /// Snowball English (Porter2).
        case english
    }

    public let algorithm: Algorithm
    private let snowball: Mutex<Snowball>?

    public init(_ algorithm: Algorithm) {
        self.algorithm = algorithm
        snowball = algorithm == .english ? Mutex(Snowball()) : nil
    }

    /// - Parameter word: folded, one word. Words with anything but ASCII letters are returned as they are.
    public func stem(_ word: String) -> String {
        switch algorithm {
        case .none: word
        case .light: Self.singular(word)
        case .english: snowball?.withLock { $0.stem(word) } ?? word
        }
    }

    /// Harman's rules: -ies → -y (not -eies, -aies), -es → -e (not -aes, -ees, -oes), -s → "" (not -us, -ss).
    public static func singular(_ word: String) -> String {
        let bytes = Array(word.utf8)
        guard bytes.count > 3, bytes.last == UInt8(ascii: "s"), bytes.allSatisfy({ $0 &- 0x61 < 26 }) else { return word }
        let before = bytes[bytes.count - 2]
        if before == UInt8(ascii: "e"), bytes[bytes.count - 3] == UInt8(ascii: "i") {
            return bytes.count > 4 ? String(word.dropLast(3)) + "y" : String(word.dropLast())
        }
        if before == UInt8(ascii: "e"), [UInt8(ascii: "s"), UInt8(ascii: "x"), UInt8(ascii: "z"), UInt8(ascii: "h")].contains(bytes[bytes.count - 3]) {
            return String(word.dropLast(2))
        }
        if before == UInt8(ascii: "u") || before == UInt8(ascii: "s") { return word }
        return String(word.dropLast())
    }
}

private struct Snowball: ~Copyable {
    private let stemmer: OpaquePointer?

    init() {
        stemmer = sb_stemmer_new("english", "UTF_8")
    }

    deinit {
        sb_stemmer_delete(stemmer)
    }

    func stem(_ word: String) -> String {
        var word = word
        let isPlain = word.utf8.allSatisfy { $0 &- 0x61 < 26 }
        guard isPlain, let stemmer else { return word }
        return word.withUTF8 { bytes in
            guard let result = sb_stemmer_stem(stemmer, bytes.baseAddress, Int32(bytes.count)) else {
                return String(decoding: bytes, as: UTF8.self)  // out of memory inside Snowball: the word itself is a valid term
            }
            let length = Int(sb_stemmer_length(stemmer))
            return String(decoding: UnsafeBufferPointer(start: result, count: length), as: UTF8.self)
        }
    }
}
