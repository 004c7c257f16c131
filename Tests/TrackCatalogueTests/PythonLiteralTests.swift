import TestSupport
import Testing
import TrackCatalogue

@Suite struct PythonLiteralTests {
    @Test func valuesAsPythonPrintsThem() {
        #expect(PythonLiteral("['a', \"it's\", 'say \"hi\"']") == .list([.string("a"), .string("it's"), .string("say \"hi\"")]))
        #expect(PythonLiteral(" ( 1 , -2.5e3 , ) ") == .list([.number(1), .number(-2500)]))
        #expect(PythonLiteral("[]") == .list([]))
        #expect(PythonLiteral("{}") == .dictionary([]))
        #expect(PythonLiteral(#"'a\'b\\c\n\t'"#) == .string("a'b\\c\n\t"))
        guard case .dictionary(let pairs)? = PythonLiteral("{'genre': ['jazz'], 'n': 3}") else {
            Issue.record("a dictionary is not read")
            return
        }
        #expect(pairs.map(\.key) == [.string("genre"), .string("n")])
        #expect(pairs.map(\.value) == [.list([.string("jazz")]), .number(3)])
    }

    @Test(arguments: [
        "", " ", "[", "]", "['a'", "['a' 'b']", "['a',,]", "'open", "\"mixed'", "{'a'}", "{'a': }", "nan", "abc", "1 2", "[1] x", "--1", "e", "[\\]",
    ])
    func anythingElseIsNone(text: String) {
        #expect(PythonLiteral(text) == nil)
    }

    @Test func stringsAreOnlyTheListOfStrings() {
        #expect(PythonLiteral.strings("['a', 'b']") == ["a", "b"])
        #expect(PythonLiteral.strings("[]") == [])
        #expect(PythonLiteral.strings("['a', 1]") == nil)
        #expect(PythonLiteral.strings("'a'") == nil)
    }

    @Test func depthIsBounded() {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(PythonLiteral(nested(50)) != nil)
        #expect(PythonLiteral(nested(100)) == nil)
        #expect(PythonLiteral(nested(1_000_000)) == nil)
        #expect(PythonLiteral(String(repeating: "{'a':", count: 200_000)) == nil)
    }

    @Test(arguments: UInt64(0)..<200) func whatIsPrintedReadsBack(seed: UInt64) {
        var numbers = SeededGenerator(seed: seed)
        let value = Self.value(&numbers, depth: 4)
        #expect(PythonLiteral(Self.printed(value, &numbers)) == value)
    }

    @Test(arguments: UInt64(0)..<50) func noTextTraps(seed: UInt64) {
        var numbers = SeededGenerator(seed: seed)
        let alphabet = Array("[](){}'\"\\,: \n0123456789+-.eEaé\u{0}")
        for _ in 0..<100 {
            let text = String((0..<Int.random(in: 0...60, using: &numbers)).map { _ in alphabet.randomElement(using: &numbers) ?? " " })
            _ = PythonLiteral(text)
        }
        for _ in 0..<100 {
            var bytes = Array(Self.printed(Self.value(&numbers, depth: 3), &numbers).utf8)
            bytes[Int.random(in: 0..<bytes.count, using: &numbers)] = UInt8.random(in: 0...255, using: &numbers)
            _ = PythonLiteral(String(decoding: bytes, as: UTF8.self))
            _ = PythonLiteral(String(decoding: bytes.prefix(Int.random(in: 0...bytes.count, using: &numbers)), as: UTF8.self))
        }
    }

    private static func value(_ numbers: inout SeededGenerator, depth: Int) -> PythonLiteral {
        let characters = Array("ab'\"\\\n\t ,[]{}:é🎺")
        switch Int.random(in: 0..<(depth > 0 ? 4 : 2), using: &numbers) {
        case 0: return .string(String((0..<Int.random(in: 0...8, using: &numbers)).map { _ in characters.randomElement(using: &numbers) ?? "a" }))
        case 1: return .number(Double(Int.random(in: -1000...1000, using: &numbers)) / 8)
        default: return .list((0..<Int.random(in: 0...4, using: &numbers)).map { _ in value(&numbers, depth: depth - 1) })
        }
    }

    private static func printed(_ value: PythonLiteral, _ numbers: inout SeededGenerator) -> String {
        switch value {
        case .string(let text):
            let quote: Character = Bool.random(using: &numbers) ? "'" : "\""
            return text.reduce(into: String(quote)) { printed, character in
                switch character {
                case "\n": printed += "\\n"
                case "\t": printed += "\\t"
                case "\\": printed += "\\\\"
                case quote: printed += "\\" + String(quote)
                default: printed.append(character)
                }
            } + String(quote)
        case .number(let number): return "\(number)"
        case .list(let items):
            let inner = items.map { printed($0, &numbers) }
            if Bool.random(using: &numbers) { return "[" + inner.joined(separator: ", ") + "]" }
            return "(" + inner.map { $0 + "," }.joined() + ")"
        case .dictionary(let pairs): return "{" + pairs.map { "\(printed($0.key, &numbers)): \(printed($0.value, &numbers))" }.joined(separator: ", ") + "}"
        }
    }
}
