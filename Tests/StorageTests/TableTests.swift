import TestSupport
import Testing

@testable import Storage

@Suite struct TableTests {
    // MARK: StringTable

    @Test(arguments: 0..<20) func stringsComeBackInOrder(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let strings = (0..<Int.random(in: 0...200, using: &random)).map { _ in Self.text(&random) }
        var builder = StringTableBuilder()
        for string in strings { builder.append(string) }
        let table = try StringTable(Self.file { builder.write("s", to: &$0) }, "s")
        #expect(table.count == strings.count)
        for (i, string) in strings.enumerated() {
            #expect(Array(table.utf8(i)) == Array(string.utf8))
            #expect(table[i] == string)
        }
    }

    @Test(arguments: [
        ([] as [UInt32], 3),  // no offsets at all
        ([1, 3], 3),  // does not begin at 0
        ([0, 4], 3),  // leaves the bytes
        ([0, 3, 2, 3], 3),  // falls
    ]) func offsetsThatCannotBeAreAnError(offsets: [UInt32], bytes: Int) throws {
        let file = try Self.file {
            $0.add("s.at", offsets)
            $0.add("s.utf8", [UInt8](repeating: 65, count: bytes))
        }
        #expect(throws: FileError.self) { try StringTable(file, "s") }
    }

    // MARK: PhraseTable

    /// A dictionary is the reference; strangers must not be found.
    @Test(arguments: 0..<20) func phrasesAreFoundAsInADictionary(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var expected: [String: [UInt32]] = [:]
        var builder = PhraseTableBuilder()
        for _ in 0..<Int.random(in: 0...300, using: &random) {
            let phrase = Self.text(&random)
            let value = UInt32.random(in: 0...5, using: &random)
            if expected[phrase, default: []].last != value { expected[phrase, default: []].append(value) }
            builder.add(phrase, value)
        }
        let table = try PhraseTable(Self.file { builder.write("p", to: &$0) }, "p")
        #expect(table.phrases.count == expected.count)
        for (phrase, values) in expected {
            #expect(Array(table.values(of: phrase)) == values, "'\(phrase)'")
            #expect(table.index(of: phrase).map { table.phrases[$0] } == phrase)
        }
        for _ in 0..<100 {
            let stranger = Self.text(&random) + "?"
            #expect(table.values(of: stranger).isEmpty)
            #expect(table.index(of: stranger) == nil)
        }
    }

    @Test func theFileDoesNotDependOnTheOrderOfInsertion() {
        let phrases = (0..<100).map { "phrase \($0)" }
        func content(_ phrases: [String]) -> [UInt8] {
            var builder = PhraseTableBuilder()
            for phrase in phrases { builder.add(phrase, UInt32(phrase.utf8.count)) }
            var writer = SectionFileWriter(kind: "test", version: 1)
            builder.write("p", to: &writer)
            return writer.content()
        }
        #expect(content(phrases) == content(phrases.reversed()))
    }

    /// Each of these would make a look-up run off an array, or never end.
    @Test(
        arguments: [
            ([0, 0, 0], [0, 1], [7]),  // slots: no power of two
            ([1], [0, 1], [7]),  // none free
            ([1, 1], [0, 1], [7]),  // full
            ([2, 0], [0, 1], [7]),  // a phrase that is not there
            ([1, 0], [0, 2], [7]),  // a value that is not there
            ([1, 0], [1, 1], [7]),  // does not begin at 0
            ([1, 0], [0], [7]),  // no end
        ] as [([UInt32], [UInt32], [UInt32])]) func tablesThatCannotBeAreAnError(slots: [UInt32], starts: [UInt32], values: [UInt32]) throws
    {
        var names = StringTableBuilder()
        names.append("a")
        let file = try Self.file {
            $0.add("p.slots", slots)
            $0.add("p.starts", starts)
            $0.add("p.values", values)
            names.write("p", to: &$0)
        }
        #expect(throws: FileError.self) { try PhraseTable(file, "p") }
    }

    private static func file(_ add: (inout SectionFileWriter) -> Void) throws -> SectionFile {
        var writer = SectionFileWriter(kind: "test", version: 1)
        add(&writer)
        return try SectionFile(MappedFile(content: writer.content(), named: "memory"), kind: "test", version: 1)
    }

    /// Composed letters only: as strings, Swift takes composed and decomposed forms for equal, and the tables are keyed by folded text, which is composed.
    private static func text(_ random: inout SeededGenerator) -> String {
        let alphabet = Array("abcdeé ß日本ไ🎷'-0")
        return String((0..<Int.random(in: 0...12, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a" })
    }
}
