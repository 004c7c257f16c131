import CICU
import Synchronization

/// Splits text into folded words by UAX #29, for any script, and keeps each word's byte span.
///
/// ASCII text, which nearly every request is, takes a path that never leaves Swift; `icuTokens` is the reference that the tests hold it to.
/// An apostrophe inside a word ("don't", "rock'n'roll") does not split it for UAX #29 but is dropped from the folded text.
public final class WordSegmenter: Sendable {
    /// Break iterators cost more to open than a request costs to segment; one is shared under a lock.
    private let breaker: Mutex<Breaker>

    public init() {
        breaker = Mutex(Breaker())
    }

    /// Words and meaningful symbols of `text` in order; `stem` is left equal to `text`.
    /// - Complexity: O(bytes).
    public func tokens(_ text: String) -> [Token] {
        var text = text
        let ascii: [Token]? = text.withUTF8 { bytes in
            bytes.allSatisfy { $0 < 0x80 } ? Self.asciiTokens(bytes) : nil
        }
        return ascii ?? icuTokens(text)
    }

    /// Folds a whole string: NFKC case folding, accents dropped, without splitting it.
    public static func fold(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
        return fold(Array(text.utf16)[...])
    }

    static func fold(_ units: ArraySlice<UInt16>) -> String {
        units.withUnsafeBufferPointer { source in
            var capacity = source.count * 2 + 16
            while true {
                var length: Int32 = 0
                let buffer = [UInt16](unsafeUninitializedCapacity: capacity) { out, count in
                    length = cicu_fold(source.baseAddress, Int32(source.count), out.baseAddress, Int32(capacity))
                    count = Int(max(0, min(length, Int32(capacity))))
                }
                if length < 0 { return String(decoding: source, as: UTF16.self).lowercased() }
                if Int(length) <= capacity { return String(decoding: buffer, as: UTF16.self) }
                capacity = Int(length)
            }
        }
    }

    // MARK: ASCII

    /// UAX #29 restricted to ASCII: letters, digits and `_` hold together; `'` `.` join letters, `'` `.` `,` `;` join digits.
    static func asciiTokens(_ bytes: UnsafeBufferPointer<UInt8>) -> [Token] {
        var tokens: [Token] = []
        tokens.reserveCapacity(bytes.count / 5 + 1)
        var i = 0
        while i < bytes.count {
            let start = i
            guard isWordByte(bytes[i]) else {
                if isSymbol(bytes[i]) {
                    tokens.append(Token(ascii: bytes, start..<start + 1, kind: .symbol))
                }
                i += 1
                continue
            }
            i += 1
            while i < bytes.count {
                if isWordByte(bytes[i]) {
                    i += 1
                } else if i + 1 < bytes.count, joins(bytes[i], bytes[i - 1], bytes[i + 1]) {
                    i += 2
                } else {
                    break
                }
            }
            // A run of underscores is no word: ICU gives it no word status.
            if bytes[start..<i].contains(where: { $0 != 0x5F }) {
                tokens.append(Token(ascii: bytes, start..<i, kind: .word))
            }
        }
        return tokens
    }

    @inline(__always) private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    @inline(__always) private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
    @inline(__always) private static func isWordByte(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || byte == 0x5F }

    /// The signs that music spellings are made of; see `MusicSpellings`.
    @inline(__always) static func isSymbol(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "#"), UInt8(ascii: "/"), UInt8(ascii: "'"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "|"), UInt8(ascii: "."), UInt8(ascii: ";"), UInt8(ascii: ":"),
            UInt8(ascii: "?"), UInt8(ascii: "!"), UInt8(ascii: "("), UInt8(ascii: ")"):
            true
        default: false
        }
    }

    @inline(__always) private static func joins(_ mark: UInt8, _ before: UInt8, _ after: UInt8) -> Bool {
        switch mark {
        case UInt8(ascii: "'"), UInt8(ascii: "."):
            isLetter(before) && isLetter(after) || isDigit(before) && isDigit(after)
        case UInt8(ascii: ","), UInt8(ascii: ";"): isDigit(before) && isDigit(after)
        default: false
        }
    }

    // MARK: ICU

    /// Same result by ICU, for any text.
    func icuTokens(_ text: String) -> [Token] {
        let units = Array(text.utf16)
        let segments = breaker.withLock { $0.segments(of: units) }
        var tokens: [Token] = []
        var unit = 0
        var byte = 0
        for segment in segments {
            let slice = units[unit..<segment.end]
            let length = Self.utf8Length(slice)
            if segment.isWord {
                let folded = Self.fold(slice).filter { $0 != "'" && $0 != "\u{2019}" }
                // ICU calls "__" and "@" words; nobody searches for them.
                if folded.contains(where: { $0 != "_" && $0 != "@" }) {
                    tokens.append(Token(text: folded, stem: folded, span: byte..<byte + length))
                }
            } else if slice.count == 1, let symbol = Self.symbol(slice[unit]) {
                tokens.append(Token(text: symbol, stem: symbol, span: byte..<byte + length, kind: .symbol))
            }
            byte += length
            unit = segment.end
        }
        return tokens
    }

    private static func symbol(_ unit: UInt16) -> String? {
        switch unit {
        case 0x2019, 0x2018: "'"
        case 0x201C, 0x201D: "\""
        case 0x266F: "#"
        case 0x266D: "b"
        case 0x2013, 0x2014, 0x2010, 0x2011: "-"
        case 0..<0x80 where isSymbol(UInt8(unit)): String(UnicodeScalar(UInt8(unit)))
        default: nil
        }
    }

    private static func utf8Length(_ units: ArraySlice<UInt16>) -> Int {
        var length = 0
        for unit in units {
            switch unit {
            case 0..<0x80: length += 1
            case 0x80..<0x800: length += 2
            case 0xD800..<0xE000: length += 2  // half of a pair, which is four bytes together
            default: length += 3
            }
        }
        return length
    }
}

extension Token {
    /// A token of ASCII bytes, lower-cased and without inner apostrophes.
    fileprivate init(ascii bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, kind: Kind) {
        let folded = String(unsafeUninitializedCapacity: range.count) { out in
            var count = 0
            for i in range {
                let byte = bytes[i]
                if kind == .word, byte == UInt8(ascii: "'") { continue }
                out[count] = byte &- 0x41 < 26 ? byte | 0x20 : byte
                count += 1
            }
            return count
        }
        self.init(text: folded, stem: folded, span: range, kind: kind)
    }
}

/// Owns one ICU break iterator.
private struct Breaker: ~Copyable {
    struct Segment {
        var end: Int
        var isWord: Bool
    }

    /// Opened at the first text that is not ASCII: ICU's dictionaries take a millisecond to load.
    private var words: OpaquePointer?

    init() {}

    deinit {
        cicu_words_close(words)
    }

    mutating func segments(of units: [UInt16]) -> [Segment] {
        if words == nil { words = cicu_words_open() }
        guard let words, !units.isEmpty else { return [] }
        var ends = [Int32](repeating: 0, count: units.count)
        var isWord = [UInt8](repeating: 0, count: units.count)
        let count = cicu_words_segment(words, units, Int32(units.count), &ends, &isWord, Int32(units.count))
        return (0..<Int(max(0, count))).map { Segment(end: Int(ends[$0]), isWord: isWord[$0] != 0) }
    }
}
