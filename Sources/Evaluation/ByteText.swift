/// Text operations that work on UTF-8 bytes and so on code points, as Python's do: to Swift's `Character` a quote followed by a
/// combining accent is no quote, and "\r\n" holds no "\n".
extension StringProtocol {
    /// The parts between ASCII white space as C's `isspace` knows it: space, tab, line feed, vertical tab, form feed, carriage return.
    var whitespaceSeparatedFields: [String] {
        utf8.split(whereSeparator: \.isASCIIWhitespace).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Python's `str.split(separator)`: n occurrences make n + 1 pieces, empty ones included.
    func pieces(separatedBy separator: String) -> [String] {
        precondition(!separator.isEmpty, "an empty separator")
        let text = Array(utf8)
        let pattern = Array(separator.utf8)
        var pieces: [String] = []
        var start = 0
        while let found = text.firstOccurrence(of: pattern, from: start) {
            pieces.append(String(decoding: text[start..<found], as: UTF8.self))
            start = found + pattern.count
        }
        pieces.append(String(decoding: text[start...], as: UTF8.self))
        return pieces
    }

    /// Python's `part in text`: case-sensitive, code point by code point; the empty string is in every text.
    func containsCodePoints(of part: String) -> Bool {
        Array(utf8).firstOccurrence(of: Array(part.utf8), from: 0) != nil
    }
}

extension UInt8 {
    var isASCIIWhitespace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}

extension [UInt8] {
    /// - Complexity: O(count · pattern.count), ample for sentences and tags.
    fileprivate func firstOccurrence(of pattern: [UInt8], from start: Int) -> Int? {
        guard count - start >= pattern.count else { return nil }
        return (start...(count - pattern.count)).first { self[$0..<($0 + pattern.count)].elementsEqual(pattern) }
    }
}
