import Evaluation
import LinearAlgebra
import Testing

@Suite struct DescriptorMatchingTests {
    /// Lower-case words without a final "s": enough of a stemmer to tell "guitars" and "guitar" for the same.
    static func stems(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter }.map { $0.hasSuffix("s") ? String($0.dropLast()) : String($0) }
    }

    func matching(_ rows: [(String, [String])]) -> DescriptorMatching {
        DescriptorMatching(rows: rows.map { .init(text: $0.0, tags: $0.1) }, stems: Self.stems)
    }

    @Test func fullMatchesTheWholeTextWithAllTags() {
        let task = matching([("A song. A b.", ["a", "b"]), ("B a", ["b", "a"]), ("Again", ["a", "b"])]).task(.full)
        #expect(task.queries == ["A song. A b.", "B a", "Again"])
        #expect(task.documents == ["a, b", "b, a"])
        #expect(task.documentTags == [["a", "b"], ["b", "a"]])
        #expect(task.relevant == [0, 1, 0])
        #expect(task.emptyQueries == [])
    }

    @Test func correctedTellsDocumentsBySetAndDropsEmptyOnes() {
        let rows = matching([("A", ["b", "a", "b"]), ("B", ["a", "b"]), ("C", []), ("D", ["", "c"])])
        let published = rows.task(.full)
        #expect(published.documents == ["b, a, b", "a, b", "", ", c"])
        #expect(published.emptyQueries == [2])
        let corrected = rows.task(.full, rules: .corrected)
        #expect(corrected.queries == ["A", "B", "D"])
        #expect(corrected.documents == ["b, a", "c"])
        #expect(corrected.relevant == [0, 0, 1])
        #expect(corrected.emptyQueries == [])
    }

    @Test func publishedSplitsAsPythonDoes() {
        // "x. y." has the pieces "x" and "y."; a final ". " leaves an empty piece, whose relevant document is the empty string
        let task = matching([("Calm guitar. No voice. ", ["guitar"])]).task(.published)
        #expect(task.queries == ["Calm guitar", "No voice", ""])
        #expect(task.documents == ["guitar", ""])
        #expect(task.relevant == [0, 1, 1])
        #expect(task.emptyQueries == [1, 2])
        #expect(matching([("Calm guitar. No voice. ", ["guitar"])]).task(.published, rules: .corrected).queries == ["Calm guitar"])
    }

    @Test func exactTagsAreCaseSensitiveSubstrings() {
        let task = matching([("Pop song", ["pop"]), ("popular", ["pop"]), ("cafe\u{301}", ["cafe"])]).task(.sampled)
        #expect(task.relevant.map { task.documents[$0] } == ["", "pop", "cafe"])  // code points, as in Python: "cafe" is in "café"
    }

    @Test func associationKeepsTagsWithoutACommonStem() {
        let task = matching([
            ("Loud guitars for a party", ["guitar", "rock", "energetic", "rock", "Party time"]),  // guitar and party share a stem
            ("A quiet piano", ["piano", "calm"]),  // one tag is left: no query
            ("A quiet piano", ["calm", "calm"]),  // still one
            ("More", ["rock", "energetic"]),
        ]).task(.association)
        #expect(task.queries == ["Loud guitars for a party", "More"])
        #expect(task.documents == ["rock, energetic"])
        #expect(task.relevant == [0, 0])
    }

    @Test func samplingDrawsEveryCountAlike() {
        // exact = a, b, c; others = x. k₁ ~ U{1, 2, 3}, k₂ ~ U{0, 1}: each of the six pairs 1,000 times of 6,000, deviation 29.
        let rows = matching([("a b c", ["a", "b", "c", "x"])])
        var counts: [[Int]: Int] = [:]
        for seed in UInt64(0)..<6000 {
            let tags = rows.task(.sampled, seed: seed).documentTags[0]
            counts[[tags.count { $0 != "x" }, tags.count { $0 == "x" }], default: 0] += 1
        }
        #expect(counts.count == 6)
        #expect(counts.values.allSatisfy { abs($0 - 1000) < 5 * 29 })
    }

    @Test func recallCountsEmptyQueriesApart() {
        let task = matching([("a", ["a"]), ("b", ["z"]), ("c", ["c"]), ("d", ["d"])]).task(.sampled)
        #expect(task.documents == ["a", "", "c", "d"])
        #expect(task.emptyQueries == [1])
        let rankings = [[0, 1], [2, 3], [0, 2], [0, 1, 3]]  // found at 1, not, at 2, at 3
        #expect(task.hits(at: 2, rankings: rankings) == [1, 0, 1, 0])
        #expect(task.recall(at: 2, rankings: rankings).all == 0.5)
        #expect(task.recall(at: 2, rankings: rankings).nonEmpty == 2.0 / 3)
        #expect(matching([]).task(.sampled).recall(at: 2, rankings: []).all == 0)
    }

    /// Rows of random words, some of them tags, with sentence ends, repeated tags and rows without any.
    static func randomRows(_ seed: UInt64) -> [DescriptorMatching.Row] {
        var generator = SeededGenerator(seed: seed)
        let words = ["rock", "calm", "guitar", "guitars", "fast", "dark", "a", "café", "no voice", "lo-fi", "90s", "é"]
        return (0..<40).map { _ in
            let text = (0..<generator.integer(in: 0...12)).map { _ in
                generator.sample(1, of: words)[0] + (generator.integer(in: 0...3) == 0 ? "." : "")
            }
            return .init(
                text: text.joined(separator: " "),
                tags: (0..<generator.integer(in: 0...8)).map { _ in generator.sample(1, of: words)[0] })
        }
    }

    @Test(arguments: UInt64(0)..<10, MatchingProtocol.allCases) func laws(seed: UInt64, matching protocolName: MatchingProtocol) {
        let rows = Self.randomRows(seed)
        let rowMatching = DescriptorMatching(rows: rows, stems: Self.stems)
        for rules in MatchingRules.allCases {
            let task = rowMatching.task(protocolName, rules: rules, seed: seed)
            #expect(task == rowMatching.task(protocolName, rules: rules, seed: seed), "reproducible")
            #expect(task.relevant.count == task.queries.count)
            #expect(Set(task.relevant) == Set(task.documents.indices), "every document is some query's")
            #expect(task.documents == task.documentTags.map { $0.joined(separator: ", ") })
            #expect(Set(task.documents.map { Array($0.utf8) }).count == task.documents.count, "identical documents are one")
            #expect(task.emptyQueries == Set(task.relevant.indices.filter { task.documents[task.relevant[$0]].isEmpty }))
            if rules == .corrected {
                #expect(!task.documents.contains(""))
                #expect(task.emptyQueries.isEmpty)
                #expect(Set(task.documentTags.map(Set.init)).count == task.documents.count)
                #expect(task.documentTags.allSatisfy { Set($0).count == $0.count })
            }
        }
    }

    @Test(arguments: UInt64(0)..<20) func aSampledDocumentIsDrawnFromItsRow(seed: UInt64) {
        for row in Self.randomRows(seed) {
            let task = DescriptorMatching(rows: [row], stems: Self.stems).task(.sampled, seed: seed)
            let tags = task.documentTags[task.relevant[0]]
            let exact = row.tags.filter { Self.python(row.text, contains: $0) }
            let k1 = tags.count { exact.contains($0) }
            let k2 = tags.count - k1
            #expect(isSubbag(tags, of: row.tags))
            #expect(exact.isEmpty ? tags.isEmpty : k1 >= 1)
            #expect(k2 <= exact.count)
        }
    }

    @Test func rulesDrawTheSameTagsAndSeedsDrawOthers() {
        let matching = DescriptorMatching(rows: Self.randomRows(3), stems: Self.stems)
        let published = matching.task(.sampled, rules: .published, seed: 1)
        let corrected = matching.task(.sampled, rules: .corrected, seed: 1)
        let kept = published.queries.indices.filter { !published.emptyQueries.contains($0) }
        #expect(
            kept.map { Set(published.documentTags[published.relevant[$0]]) }
                == corrected.relevant.map { Set(corrected.documentTags[$0]) })
        #expect(published != matching.task(.sampled, seed: 2))
    }

    private static func python(_ text: String, contains tag: String) -> Bool {
        let (text, tag) = (Array(text.unicodeScalars), Array(tag.unicodeScalars))
        return text.indices.contains { text[$0...].starts(with: tag) }
    }

    private func isSubbag(_ part: [String], of whole: [String]) -> Bool {
        var rest = whole
        for tag in part {
            guard let place = rest.firstIndex(of: tag) else { return false }
            rest.remove(at: place)
        }
        return true
    }
}
