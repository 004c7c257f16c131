import Foundation
import Ranking
import Storage
import TestSupport
import Testing

@testable import LexicalIndex

extension Scorer {
    /// Every scorer that the laws hold for.
    static let all: [Scorer] =
        [
            .scikitLearn, .bm25(k1: 1.2, b: 0.75), .bm25(k1: 0, b: 0), .bm25(k1: 2, b: 1), .coverage(exponent: 0), .coverage(exponent: 0.7),
            .coverage(exponent: 1),
            .coverage(exponent: 0.6, idf: .standard), .impact,
        ]
        + ["lnc.ltc", "ltc.ltc", "ntn.ntn", "lpc.npn", "bsn.bnn", "nnn.nnc"].compactMap { SMART($0).map(Scorer.tfIDF) }
}

/// What every scorer must obey, on random corpora, after Lucene's `BaseSimilarityTestCase`.
@Suite struct ScorerLawsTests {
    @Test(arguments: Scorer.all) func scoresAreFiniteAndNeverNegative(_ scorer: Scorer) throws {
        for seed in 0..<4 as Range<UInt64> {
            let corpus = try RandomCorpus(documents: [1, 2, 30, 400][Int(seed)], seed: seed)
            let scorings = (0..<3).map { FieldScoring(corpus.index, field: $0, scorer: scorer) }
            var random = SeededGenerator(seed: seed)
            for _ in 0..<10 {
                let scores = corpus.index.scores(of: RandomCorpus.query(&random), scorings)
                #expect(scores.allSatisfy { $0.isFinite && $0 >= 0 }, "seed \(seed)")
            }
        }
    }

    /// Documents of one length in which "x" occurs 1…20 times, beside documents without it.
    @Test(arguments: Scorer.all) func moreOccurrencesNeverScoreLess(_ scorer: Scorer) throws {
        var builder = IndexBuilder(fields: [Field("text", .text, scorer: scorer)])
        for n in 1...20 { builder.add([String](repeating: "x", count: n) + [String](repeating: "y", count: 20 - n), field: 0, document: UInt32(n - 1)) }
        for document in 20..<60 as Range<UInt32> { builder.add(["z", "w"], field: 0, document: document) }
        let index = try LexicalIndex(inMemory: builder)
        let scores = index.scores(of: LexicalQuery(["x"], field: 0), [FieldScoring(index, field: 0)])
        for n in 1..<20 { #expect(scores[n] >= scores[n - 1] * (1 - 1e-6), "\(n + 1) occurrences") }
    }

    @Test(arguments: Scorer.all) func aRarerTermNeverScoresLess(_ scorer: Scorer) {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let count = Int.random(in: 2...2_000_000, using: &random)
            let frequencies = [Int.random(in: 1...count, using: &random), Int.random(in: 1...count, using: &random), 1, count].sorted()
            let idfs = frequencies.map { scorer.idf($0, of: count) }
            #expect(idfs == idfs.sorted(by: >), "df \(frequencies) of \(count)")
            #expect(idfs.allSatisfy { $0.isFinite && $0 >= 0 })
        }
    }

    /// The bound of a block is what pruning believes: one below a contribution would lose a document.
    @Test(arguments: Scorer.all) func noBoundIsBelowAContribution(_ scorer: Scorer) throws {
        let corpus = try RandomCorpus(documents: 1500, seed: 11)
        for field in 0..<3 {
            for scoring in [FieldScoring(corpus.index, field: field, scorer: scorer), FieldScoring(corpus.index, field: field)] {
                for term in 0..<corpus.index.termCount where Int(corpus.index.terms[term].field) == field {
                    var cursor = PostingCursor(corpus.index, term: term)
                    for block in 0..<cursor.blockCount {
                        let record = cursor.record(block)
                        let bound = scoring.bound(Int(corpus.index.terms[term].firstBlock) + block, record)
                        var greatest: Float = 0
                        cursor.forEach(in: record.first..<record.last + 1) {
                            greatest = max(greatest, scoring.weighting.part(weight: Float($1), document: Int($0)))
                        }
                        #expect(bound >= greatest)
                    }
                }
            }
        }
    }

    @Test(arguments: Scorer.all) func aScorerReadsBackFromItsText(_ scorer: Scorer) {
        #expect(Scorer(scorer.description) == scorer)
        #expect(!scorer.formula.isEmpty)
    }

    @Test(arguments: [
        "", "bm25", "bm25 1", "bm25 1 x", "tfidf", "tfidf ntc", "tfidf xxx.ntc", "tfidf ntc.ntc.ntc", "coverage", "coverage 1 x", "impact 1", "other 1",
    ])
    func otherTextIsNoScorer(text: String) {
        #expect(Scorer(text) == nil)
    }

    // MARK: By hand

    /// steel drum drum · steel pan · pan: N = 3, lengths 3, 2, 1; df(steel) = df(pan) = 2, df(drum) = 1.
    private func tiny(_ scorer: Scorer) throws -> (LexicalIndex, [FieldScoring]) {
        var builder = IndexBuilder(fields: [Field("text", .text, scorer: scorer)])
        for (document, text) in ["steel drum drum", "steel pan", "pan"].enumerated() {
            builder.add(text.split(separator: " ").map(String.init), field: 0, document: UInt32(document))
        }
        let index = try LexicalIndex(inMemory: builder)
        return (index, [FieldScoring(index, field: 0)])
    }

    @Test func scikitLearnByHand() throws {
        // idf(2) = ln(4/3) + 1 = 1.2876821, idf(1) = ln(4/2) + 1 = 1.6931472
        // d0 = (1.2876821, 2 · 1.6931472) / 3.6228597 = (0.3554325, 0.9347021);  q = (1.2876821, 1.6931472) / 2.1271745 = (0.6053486, 0.7959607)
        // q·d0 = 0.2151606 + 0.7439861;  q·d1 = 0.6053486 · 1/√2
        let (index, scorings) = try tiny(.scikitLearn)
        let scores = index.scores(of: LexicalQuery(["steel", "drum"], field: 0), scorings)
        #expect(abs(scores[0] - 0.9591467) < 2e-6)
        #expect(abs(scores[1] - 0.4280461) < 2e-6)
        #expect(scores[2] == 0)
        #expect(abs(index.scores(of: LexicalQuery(["steel", "drum", "drum"], field: 0), scorings)[0] - 1) < 2e-6, "a text is like itself")
    }

    @Test func bm25ByHand() throws {
        // average length 2; idf(drum) = ln(1 + 2.5/1.5) = 0.9808293, idf(steel) = ln(1 + 1.5/2.5) = 0.4700036
        // d0: drum 0.9808293 · 2 · 2.2/(2 + 1.2 (0.25 + 0.75 · 3/2)) = 1.1823696, steel 0.4700036 · 2.2/2.65 = 0.3901917;  d1: steel · 2.2/2.2
        let (index, scorings) = try tiny(.bm25(k1: 1.2, b: 0.75))
        let scores = index.scores(of: LexicalQuery(["steel", "drum"], field: 0), scorings)
        #expect(abs(scores[0] - 1.5725613) < 2e-6)
        #expect(abs(scores[1] - 0.4700036) < 1e-6)
        #expect(scores[2] == 0)
    }

    @Test func coverageByHand() throws {
        // All of d1 is asked for at exponent 1; in d0, steel is 1.2876821 of 2.9808293.
        let (index, scorings) = try tiny(.coverage(exponent: 1))
        let scores = index.scores(of: LexicalQuery(["steel", "pan"], field: 0), scorings)
        #expect(abs(scores[1] - 1) < 1e-6)
        #expect(abs(scores[0] - 0.4319878) < 1e-6)
    }
}
