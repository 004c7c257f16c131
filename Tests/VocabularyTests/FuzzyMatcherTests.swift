import Storage
import TestSupport
import Testing

@testable import Vocabulary

@Suite struct FuzzyMatcherTests {
    /// Optimal string alignment by its recurrence, over the whole matrix.
    static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var d = Array(repeating: Array(0...b.count), count: a.count + 1)
        for i in 0...a.count { d[i][0] = i }
        for i in 0..<a.count {
            for j in 0..<b.count {
                d[i + 1][j + 1] = min(d[i][j + 1] + 1, d[i + 1][j] + 1, d[i][j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { d[i + 1][j + 1] = min(d[i + 1][j + 1], d[i - 1][j - 1] + 1) }
            }
        }
        return d[a.count][b.count]
    }

    @Test(arguments: [
        ("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "abcd", 1), ("abc", "axc", 1), ("ca", "abc", 3), ("drum", "durm", 1),
        ("melancholic", "meloncholic", 1), ("kitten", "sitting", 3),
    ]) func distancesByHand(a: String, b: String, expected: Int) {
        for limit in 0...4 {
            let found = Array(a.utf8).withUnsafeBufferPointer { a in Array(b.utf8).withUnsafeBufferPointer { EditDistance.alignment(a, $0, limit: limit) } }
            #expect(found == (expected <= limit ? expected : nil), "limit \(limit)")
        }
    }

    /// Short alphabets, so that near words abound: the distance found is the least there is, and same first letters go first among equals.
    @Test(arguments: 0..<20) func theNearestIsTheNearestOfAll(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        func word(_ random: inout SeededGenerator) -> String {
            String((0..<Int.random(in: 1...9, using: &random)).compactMap { _ in "abcdé".randomElement(using: &random) })
        }
        let words = Set((0..<150).map { _ in word(&random) }).sorted()
        var builder = StringTableBuilder()
        for word in words { builder.append(word) }
        var writer = SectionFileWriter(kind: "test", version: 1)
        builder.write("w", to: &writer)
        let matcher = FuzzyMatcher(try StringTable(SectionFile(MappedFile(content: writer.content(), named: "m"), kind: "test", version: 1), "w"))
        for _ in 0..<60 {
            let query = word(&random)
            let distances = words.map { Self.distance(Array(query.utf8), Array($0.utf8)) }
            for limit in 0...3 {
                let least = distances.min().flatMap { $0 <= limit ? $0 : nil }
                let found = matcher.nearest(query, within: limit)
                #expect(found?.distance == least, "'\(query)' within \(limit)")
                guard let found, let least else { continue }
                #expect(distances[found.index] == least)
                let equals = words.indices.filter { distances[$0] == least }
                let sameStart = equals.filter { words[$0].utf8.first == query.utf8.first }
                #expect(sameStart.isEmpty || sameStart.contains(found.index), "'\(query)' gives '\(words[found.index])'")
            }
        }
    }

    @Test(arguments: [(0, 0), (3, 0), (4, 1), (8, 1), (9, 2), (30, 2)]) func longerWordsMayHoldMoreErrors(length: Int, errors: Int) {
        #expect(FuzzyMatcher.allowance(length) == errors)
    }
}
