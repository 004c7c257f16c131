import Ranking
import TestSupport
import Testing

@testable import LexicalIndex

@Suite struct SearchTests {
    /// Three ways to the same ranking: pruned search, scoring every document, and the definition.
    @Test(arguments: Scorer.all, [1, 37, 2000]) func searchIsScoringEverythingIsTheDefinition(_ scorer: Scorer, documents: Int) throws {
        let corpus = try RandomCorpus(documents: documents, seed: UInt64(documents))
        try check(corpus, [scorer, scorer, scorer], queries: 6, byDefinition: documents < 1000 ? 6 : 1)
    }

    @Test(arguments: 0..<6) func fieldsMayBeScoredDifferently(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let corpus = try RandomCorpus(documents: 900, seed: seed)
        try check(corpus, (0..<3).compactMap { _ in Scorer.all.randomElement(using: &random) }, queries: 8, byDefinition: 2)
    }

    /// Five windows of 4,096 documents, where blocks are skipped and terms only looked up.
    @Test func largeCorporaArePrunedWithoutLoss() throws {
        let corpus = try RandomCorpus(documents: 20_000, terms: 300, seed: 5)
        for scorers in [RandomCorpus.fields.map(\.scorer), [.coverage(exponent: 0.7), .scikitLearn, .impact]] {
            try check(corpus, scorers, queries: 8, byDefinition: 0, terms: 300)
        }
    }

    private func check(_ corpus: RandomCorpus, _ scorers: [Scorer], queries: Int, byDefinition: Int, terms: Int = 40) throws {
        let scorings = scorers.enumerated().map { FieldScoring(corpus.index, field: $0, scorer: $1) }
        var random = SeededGenerator(seed: 99)
        for number in 0..<queries {
            let query = RandomCorpus.query(&random, terms: terms)
            let scores = corpus.index.scores(of: query, scorings)
            let all = scores.enumerated().filter { $0.element > 0 }.map { Scored(document: UInt32($0.offset), score: $0.element) }.sorted(by: Scored.precedes)
            for k in [0, 1, 10, 100, corpus.count, Int.max] {
                #expect(corpus.index.search(query, scorings, k: k) == Array(all.prefix(k)), "query \(number), k \(k)")
            }
            guard number < byDefinition else { continue }
            let expected = corpus.scores(of: query, scorers)
            let worst = zip(scores, expected).map { abs(Double($0) - $1) / max(1, abs($1)) }.max() ?? 0
            #expect(worst < 1e-5, "query \(number)")  // a few roundings of single precision, 6e-8 each
        }
    }

    @Test(arguments: Scorer.all) func explanationsAddUpToTheScore(_ scorer: Scorer) throws {
        let corpus = try RandomCorpus(documents: 200, seed: 3)
        let scorings = (0..<3).map { FieldScoring(corpus.index, field: $0, scorer: scorer) }
        var random = SeededGenerator(seed: 4)
        for _ in 0..<5 {
            let query = RandomCorpus.query(&random)
            let scores = corpus.index.scores(of: query, scorings)
            for document in 0..<200 {
                let explanation = corpus.index.explain(query, scorings, document: UInt32(document))
                #expect(explanation.value == Double(scores[document]))
                let sum = explanation.parts.reduce(0) { $0 + $1.value }
                #expect(abs(sum - explanation.value) <= 1e-7 * max(1, sum))
            }
        }
    }

    // MARK: Edges

    @Test func nothingIsFoundWhereNothingIs() throws {
        let empty = try LexicalIndex(inMemory: IndexBuilder(fields: RandomCorpus.fields))
        let scorings = (0..<3).map { FieldScoring(empty, field: $0) }
        #expect(empty.search(LexicalQuery(["a"], field: 0), scorings, k: 10).isEmpty)
        #expect(empty.scores(of: LexicalQuery(["a"], field: 0), scorings).isEmpty)

        let corpus = try RandomCorpus(documents: 10, seed: 1)
        let some = [FieldScoring(corpus.index, field: 0)]
        #expect(corpus.index.search(LexicalQuery([]), some, k: 10).isEmpty)
        #expect(corpus.index.search(LexicalQuery(["unheard of"], field: 0), some, k: 10).isEmpty)
        #expect(corpus.index.search(LexicalQuery(["t0"], field: 0), [], k: 10).isEmpty, "a field without a scorer is left out")
        #expect(corpus.index.search(LexicalQuery([.init(field: 0, text: "t0", weight: 0)]), some, k: 10).isEmpty)
    }

    @Test func aTextIsAQueryOfItsCounts() {
        let query = LexicalQuery(["b", "a", "b"], field: 2)
        #expect(query.terms == [.init(field: 2, text: "b", weight: 2), .init(field: 2, text: "a", weight: 1)])
    }

    @Test func aTermIsKnownByItsField() throws {
        var builder = IndexBuilder(fields: [Field("a", .text, scorer: .impact), Field("b", .text, scorer: .impact)])
        builder.add(["jazz", "日本"], field: 0, document: 0)
        builder.add(["jazz"], field: 1, document: 1)
        let index = try LexicalIndex(inMemory: builder)
        let terms = try [("jazz", 0), ("日本", 0), ("jazz", 1)].map { try #require(index.term($0.0, field: $0.1)) }
        #expect(Set(terms).count == 3 && index.termCount == 3)
        #expect(terms.map(index.termText) == ["jazz", "日本", "jazz"])
        #expect(terms.map(index.documentFrequency) == [1, 1, 1])
        #expect(index.term("日本", field: 1) == nil)
    }
}
