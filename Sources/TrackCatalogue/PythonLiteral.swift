/// A value as Python prints it: strings, numbers, lists, tuples and dictionaries. Public data sets keep their labels so in CSV cells.
public enum PythonLiteral: Hashable, Sendable {
    case string(String)
    case number(Double)
    /// A list or a tuple.
    case list([PythonLiteral])
    /// Pairs in order.
    case dictionary([Pair])

    public struct Pair: Hashable, Sendable {
        public var key: PythonLiteral
        public var value: PythonLiteral
    }

    /// Nesting that is accepted: deeper input is not data but an attack on the stack.
    static let deepest = 64

    /// - Returns: nil when the text is no such value.
    public init?(_ text: String) {
        var reader = Reader(bytes: Array(text.utf8))
        guard let value = reader.value(depth: 0), reader.isAtEnd else { return nil }
        self = value
    }

    /// The strings of a list; nil when it is none or holds anything else.
    public static func strings(_ text: String) -> [String]? {
        guard case .list(let items)? = PythonLiteral(text) else { return nil }
        var strings: [String] = []
        for item in items {
            guard case .string(let string) = item else { return nil }
            strings.append(string)
        }
        return strings
    }

    private struct Reader {
        let bytes: [UInt8]
        var i = 0

        mutating func skipSpace() {
            while i < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[i]) { i += 1 }
        }

        var isAtEnd: Bool {
            mutating get {
                skipSpace()
                return i == bytes.count
            }
        }

        mutating func take(_ character: Character) -> Bool {
            skipSpace()
            guard i < bytes.count, bytes[i] == character.asciiValue else { return false }
            i += 1
            return true
        }

        mutating func value(depth: Int) -> PythonLiteral? {
            guard depth < PythonLiteral.deepest else { return nil }
            skipSpace()
            guard i < bytes.count else { return nil }
            switch bytes[i] {
            case UInt8(ascii: "["):
                i += 1
                return items(until: "]", depth).map(PythonLiteral.list)
            case UInt8(ascii: "("):
                i += 1
                return items(until: ")", depth).map(PythonLiteral.list)
            case UInt8(ascii: "{"):
                i += 1
                return dictionary(depth)
            case UInt8(ascii: "'"), UInt8(ascii: "\""): return string().map(PythonLiteral.string)
            default: return number().map(PythonLiteral.number)
            }
        }

        private mutating func items(until close: Character, _ depth: Int) -> [PythonLiteral]? {
            var items: [PythonLiteral] = []
            while !take(close) {
                guard let item = value(depth: depth + 1) else { return nil }
                items.append(item)
                if !take(",") { return take(close) ? items : nil }
            }
            return items
        }

        private mutating func dictionary(_ depth: Int) -> PythonLiteral? {
            var pairs: [Pair] = []
            while !take("}") {
                guard let key = value(depth: depth + 1), take(":"), let value = value(depth: depth + 1) else { return nil }
                pairs.append(Pair(key: key, value: value))
                if !take(",") { return take("}") ? .dictionary(pairs) : nil }
            }
            return .dictionary(pairs)
        }

        private mutating func string() -> String? {
            let quote = bytes[i]
            i += 1
            var content: [UInt8] = []
            while i < bytes.count, bytes[i] != quote {
                if bytes[i] == UInt8(ascii: "\\"), i + 1 < bytes.count {
                    i += 1
                    switch bytes[i] {
                    case UInt8(ascii: "n"): content.append(0x0A)
                    case UInt8(ascii: "t"): content.append(0x09)
                    default: content.append(bytes[i])
                    }
                } else {
                    content.append(bytes[i])
                }
                i += 1
            }
            guard i < bytes.count else { return nil }
            i += 1
            return String(decoding: content, as: UTF8.self)
        }

        private mutating func number() -> Double? {
            let start = i
            while i < bytes.count, "+-.0123456789eE".utf8.contains(bytes[i]) { i += 1 }
            return start == i ? nil : Double(String(decoding: bytes[start..<i], as: UTF8.self))
        }
    }
}
