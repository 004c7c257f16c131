/// Reads JSON (RFC 8259) that people write: an error says line and column, and a key that stands twice in one object is one.
///
/// Foundation's reader says neither, and takes a comma before a closing bracket.
struct JSONParser {
    struct Fault: Error, Hashable {
        /// Both from 1; columns count bytes.
        var line: Int
        var column: Int
        var expected: String
        var found: String
    }

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    /// Deeper than any configuration, and far from the end of the stack.
    private static let deepest = 64

    static func parse(_ bytes: [UInt8]) throws(Fault) -> JSONValue {
        var parser = JSONParser(bytes: bytes)
        // A byte order mark.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { parser.position = 3 }
        let value = try parser.value()
        parser.skipSpace()
        guard parser.peek == nil else { throw parser.fault(expected: "the end of the file") }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func value() throws(Fault) -> JSONValue {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return try nested { parser throws(Fault) in try parser.object() }
        case UInt8(ascii: "["): return try nested { parser throws(Fault) in try parser.list() }
        case UInt8(ascii: "\""): return .text(try text())
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
        default:
            for (word, value) in [("true", JSONValue.boolean(true)), ("false", .boolean(false)), ("null", .null)] where skip(word) { return value }
            throw fault(expected: "a value")
        }
    }

    private mutating func nested(_ body: (inout JSONParser) throws(Fault) -> JSONValue) throws(Fault) -> JSONValue {
        guard depth < Self.deepest else { throw fault(expected: "at most \(Self.deepest) levels") }
        depth += 1
        position += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws(Fault) -> JSONValue {
        var members: [String: JSONValue] = [:]
        skipSpace()
        if skip("}") { return .object(members) }
        repeat {
            skipSpace()
            let start = position
            guard peek == UInt8(ascii: "\"") else { throw fault(expected: "a key in quotation marks") }
            let key = try text()
            skipSpace()
            guard skip(":") else { throw fault(expected: "':'") }
            let value = try value()
            guard members.updateValue(value, forKey: key) == nil else { throw fault(at: start, expected: "each key once", found: "\"\(key)\" again") }
            skipSpace()
        } while skip(",")
        guard skip("}") else { throw fault(expected: "',' or '}'") }
        return .object(members)
    }

    private mutating func list() throws(Fault) -> JSONValue {
        var values: [JSONValue] = []
        skipSpace()
        if skip("]") { return .list(values) }
        repeat {
            values.append(try value())
            skipSpace()
        } while skip(",")
        guard skip("]") else { throw fault(expected: "',' or ']'") }
        return .list(values)
    }

    private mutating func number() throws(Fault) -> JSONValue {
        let start = position
        let marks = Array("+-.eE".utf8)
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || marks.contains(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        let digits = text.drop { $0 == "-" }
        guard !digits.hasPrefix("0") || digits.count == 1 || [".", "e", "E"].contains(digits.dropFirst().prefix(1)), !text.hasSuffix("."),
            digits.first?.isNumber == true
        else { throw fault(at: start, expected: "a number", found: text) }
        if let value = Int64(text) { return .integer(value) }
        if let value = UInt64(text) { return .unsigned(value) }
        guard let value = Double(text), value.isFinite else { throw fault(at: start, expected: "a number", found: text) }
        return .number(value)
    }

    private mutating func text() throws(Fault) -> String {
        let start = position
        position += 1
        var result: [UInt8] = []
        while let byte = peek, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw fault(expected: "the closing quotation mark") }
            position += 1
            if byte == UInt8(ascii: "\\") {
                result += try escape().utf8
            } else {
                result.append(byte)
            }
        }
        guard skip("\"") else { throw fault(at: start, expected: "a closing quotation mark", found: "the end of the file") }
        guard let text = String(validating: result, as: UTF8.self) else { throw fault(at: start, expected: "UTF-8", found: "other bytes") }
        return text
    }

    /// What follows a backslash.
    private mutating func escape() throws(Fault) -> String {
        let simple: [UInt8: String] = [
            UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/", UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "f"): "\u{C}",
            UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
        ]
        if let byte = peek, let character = simple[byte] {
            position += 1
            return character
        }
        guard skip("u") else { throw fault(expected: "an escape") }
        var units = [try unit()]
        if UTF16.isLeadSurrogate(units[0]), skip("\\u") { units.append(try unit()) }
        guard let character = String(validating: units, as: UTF16.self) else { throw fault(expected: "the other half of a surrogate pair") }
        return character
    }

    private mutating func unit() throws(Fault) -> UInt16 {
        let digits = bytes[position..<min(position + 4, bytes.count)]
        guard digits.count == 4, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw fault(expected: "four hexadecimal digits") }
        position += 4
        return unit
    }

    // MARK: Bytes

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = peek, [0x20, 0x0A, 0x0D, 0x09].contains(byte) { position += 1 }
    }

    private mutating func skip(_ word: String) -> Bool {
        guard bytes[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private func fault(at place: Int? = nil, expected: String, found: String? = nil) -> Fault {
        let place = place ?? position
        let before = bytes[..<place]
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let rest = String(decoding: bytes[place...].prefix { $0 >= 0x20 }.prefix(16), as: UTF8.self)
        return Fault(
            line: 1 + before.count { $0 == UInt8(ascii: "\n") }, column: place - start + 1, expected: expected,
            found: found ?? (place == bytes.count ? "the end of the file" : rest.isEmpty ? "the end of the line" : "\"\(rest)\""))
    }
}
