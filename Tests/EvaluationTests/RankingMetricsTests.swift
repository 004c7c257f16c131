import Evaluation
import Foundation
import LinearAlgebra
import Testing

@Suite struct RankingMetricsTests {
    /// Ranks 1…5; relevant at 2 (grade 3) and 4 (grade 1); "e", grade 2, is not retrieved. R = 3.
    let ranking = ["x", "a", "y", "b", "z"]
    let grades = ["a": 3, "b": 1, "e": 2, "y": 0, "z": -1]

    @Test func recallIsTheShareOfTheRelevant() {
        #expect(RankingMetrics.recall(at: 1, ranking: ranking, grades: grades) == 0)
        #expect(RankingMetrics.recall(at: 2, ranking: ranking, grades: grades) == 1.0 / 3)
        #expect(RankingMetrics.recall(at: 5, ranking: ranking, grades: grades) == 2.0 / 3)
        #expect(RankingMetrics.recall(at: 100, ranking: ranking, grades: grades) == 2.0 / 3)
    }

    @Test func precisionDividesByTheCutOffEvenWhereTheRankingIsShorter() {
        #expect(RankingMetrics.precision(at: 2, ranking: ranking, grades: grades) == 0.5)
        #expect(RankingMetrics.precision(at: 4, ranking: ranking, grades: grades) == 0.5)
        #expect(RankingMetrics.precision(at: 10, ranking: ranking, grades: grades) == 0.2)
    }

    @Test func successIsAnyRelevantDocument() {
        #expect(RankingMetrics.success(at: 1, ranking: ranking, grades: grades) == 0)
        #expect(RankingMetrics.success(at: 2, ranking: ranking, grades: grades) == 1)
    }

    @Test func reciprocalRankIsOfTheFirstRelevant() {
        #expect(RankingMetrics.reciprocalRank(ranking: ranking, grades: grades) == 0.5)
        #expect(RankingMetrics.reciprocalRank(ranking: ["x", "y"], grades: grades) == 0)
    }

    @Test func averagePrecisionByHand() {
        // precision is 1/2 at rank 2 and 2/4 at rank 4; "e" adds 0: (1/2 + 1/2 + 0) / 3
        #expect(abs(RankingMetrics.averagePrecision(ranking: ranking, grades: grades) - 1.0 / 3) < 1e-15)
    }

    @Test func exponentialNDCGByHand() {
        // DCG  = (2³−1)/log₂3 + (2¹−1)/log₂5 = 7/1.5849625007 + 1/2.3219280949 = 4.4165082751 + 0.4306765581 = 4.8471848332
        // IDCG = (2³−1)/log₂2 + (2²−1)/log₂3 + (2¹−1)/log₂4 = 7 + 1.8927892607 + 0.5 = 9.3927892607
        let nDCG = RankingMetrics.nDCG(at: 5, ranking: ranking, grades: grades)
        #expect(abs(nDCG - 4.8471848332 / 9.3927892607) < 1e-9)
        // At 2 only the first two of either: 4.4165082751 / 8.8927892607
        #expect(abs(RankingMetrics.nDCG(at: 2, ranking: ranking, grades: grades) - 4.4165082751 / 8.8927892607) < 1e-9)
    }

    @Test func linearNDCGByHand() {
        // DCG = 3/log₂3 + 1/log₂5 = 1.8927892607 + 0.4306765581 = 2.3234658188; IDCG = 3 + 2/log₂3 + 1/2 = 4.7618595071
        let nDCG = RankingMetrics.nDCG(at: 5, ranking: ranking, grades: grades, gain: .linear)
        #expect(abs(nDCG - 2.3234658188 / 4.7618595071) < 1e-9)
    }

    @Test func gradesTooLargeForAPowerOfTwoKeepTheirProportion() {
        // (2²⁰⁰⁰ − 1)/log₂3 over (2²⁰⁰⁰ − 1)/log₂2, the grade of 1 vanishing beside them
        let huge = RankingMetrics.nDCG(at: 3, ranking: ["b", "a"], grades: ["a": 2000, "b": 1])
        #expect(abs(huge - 1 / log2(3)) < 1e-12)
        #expect(RankingMetrics.nDCG(at: 3, ranking: ["a", "b"], grades: ["a": .max, "b": 1]) == 1)
        #expect(RankingMetrics.nDCG(at: 3, ranking: ["a"], grades: ["a": .min, "b": 1]) == 0)
    }

    @Test func withoutARelevantDocumentEveryMeasureIsZero() {
        for measure in measures {
            #expect(measure.value(of: ranking, grades: [:]) == 0)
            #expect(measure.value(of: ranking, grades: ["x": 0]) == 0)
            #expect(measure.value(of: [String](), grades: grades) == 0)
        }
    }

    @Test func aRepeatedDocumentCountsOnceAtItsFirstPlace() {
        let repeated = ["a", "a", "b"]
        #expect(RankingMetrics.recall(at: 3, ranking: repeated, grades: grades) == 2.0 / 3)
        // (1/1 + 2/3 + 0) / 3 = 5/9
        #expect(abs(RankingMetrics.averagePrecision(ranking: repeated, grades: grades) - 5.0 / 9) < 1e-15)
    }

    let measures = ["recall@3", "precision@3", "success@3", "ndcg@3", "rr", "ap"].compactMap(Measure.init)

    @Test(arguments: UInt64(0)..<50) func laws(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let documents = Array(0..<generator.integer(in: 1...30))
        let ranking = generator.shuffled(documents)
        let grades = Dictionary(uniqueKeysWithValues: documents.map { ($0, generator.integer(in: -1...3)) })
        let relevant = documents.filter { grades[$0, default: 0] > 0 }
        let best = documents.sorted { grades[$0, default: 0] > grades[$1, default: 0] }

        for measure in measures + [.nDCG(at: 10), .recall(at: 30)] {
            let value = measure.value(of: ranking, grades: grades)
            #expect((0...1).contains(value), "\(measure)")
            #expect(value <= measure.value(of: best, grades: grades) + 1e-12, "\(measure): the ideal ranking is best")
        }
        for k in 1..<40 {
            let smaller = RankingMetrics.recall(at: k, ranking: ranking, grades: grades)
            #expect(smaller <= RankingMetrics.recall(at: k + 1, ranking: ranking, grades: grades), "recall grows with k")
        }
        if !relevant.isEmpty {
            #expect(RankingMetrics.nDCG(at: 10, ranking: best, grades: grades) == 1)
            #expect(abs(RankingMetrics.averagePrecision(ranking: best, grades: grades) - 1) < 1e-12)
        }
        let binary = grades.mapValues { min($0, 1) }
        #expect(
            RankingMetrics.nDCG(at: 10, ranking: ranking, grades: binary)
                == RankingMetrics.nDCG(at: 10, ranking: ranking, grades: binary, gain: .linear),
            "grades of 0 and 1 have the same gain either way")
    }
}

@Suite struct MeasureTests {
    @Test(arguments: ["recall@10", "precision@1", "success@100", "ndcg@10", "rr", "ap"]) func namesReadBack(name: String) {
        #expect(Measure(name)?.description == name)
    }

    @Test(arguments: ["", "recall", "recall@", "recall@0", "recall@-1", "recall@ten", "recall@1@2", "mrr@10", "rr@1", "@"])
    func otherNamesAreNone(name: String) {
        #expect(Measure(name) == nil)
    }

    @Test func valuesAreThoseOfTheJudgedQueriesInOrder() {
        let qrels = Qrels(grades: ["q2": ["a": 1], "q1": ["b": 1], "q3": ["c": 0], "q4": ["d": 2]])
        let run = Run(rankings: [
            "q2": [.init(document: "x", score: 2), .init(document: "a", score: 1)],
            "q4": [.init(document: "d", score: 1)],
            "q9": [.init(document: "a", score: 1)],
        ])
        let values = Measure.reciprocalRank.values(of: run, against: qrels)
        #expect(values.map(\.query) == ["q1", "q2", "q4"])  // q3 has no relevant document, q9 no judgement
        #expect(values.map(\.value) == [0, 0.5, 1])
    }

    /// Recorded from trec_eval 9 (pytrec-eval-terrier 0.5): tied scores, unjudged documents, a grade of 0, a relevant document missing.
    @Test func valuesAreThoseOfTrecEval() throws {
        let scores = [2.5, 3.5, 1.5, 2.5, 2.5, 2.5, 1.5, 1.5]
        let run = try Run(trecLines: scores.enumerated().map { "q Q0 d\($0) 0 \($1) t" }, file: "a.run")
        let qrels = Qrels(grades: ["q": ["d1": 0, "d2": 3, "d4": 2, "d5": 0, "d7": 1, "d9": 2]])
        let recorded = [
            "ap": 0.26041666666666663, "rr": 0.3333333333333333, "precision@5": 0.2, "recall@5": 0.25, "success@1": 0,
        ]
        for (name, value) in recorded {
            let measure = try #require(Measure(name))
            #expect(measure.values(of: run, against: qrels).map(\.value) == [value], "\(name)")
        }
        let nDCG = RankingMetrics.nDCG(at: 5, ranking: run["q"].map(\.document), grades: qrels["q"], gain: .linear)
        #expect(abs(nDCG - 0.17566862792673435) < 1e-15)  // trec_eval's ndcg_cut has linear gains
    }
}
