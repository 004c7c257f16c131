import Foundation  // log2, which FoundationEssentials does not have

/// How good one ranking is for one query, by the measures of information retrieval.
///
/// ```swift
/// let grades = ["a": 2, "b": 1]                                                  // judgements of this query
/// RankingMetrics.recall(at: 2, ranking: ["a", "x", "b"], grades: grades)        // 0.5
/// RankingMetrics.reciprocalRank(ranking: ["x", "b"], grades: grades)            // 0.5
/// ```
///
/// In the formulas g(i) is the grade of the document at rank i (from 1), rel(i) is 1 where g(i) ≥ 1 and else 0, and R is the number of
/// documents with grade ≥ 1, retrieved or not. A document without a grade counts as not relevant. A document that a ranking repeats
/// counts at its first place and takes up room at the others. Every value lies in [0, 1]; without a relevant document (R = 0) it is 0.
///
/// Source: Manning, Raghavan & Schütze 2008, *Introduction to Information Retrieval*, chapter 8; values agree with NIST's trec_eval
/// except where said. A cut-off `k` below 1 is a programming error.
public enum RankingMetrics {
    /// The gain of a grade g ≥ 1 in ``nDCG(at:ranking:grades:gain:)``; other grades gain nothing.
    public enum Gain: Hashable, Sendable {
        /// 2^g − 1 (Burges et al. 2005, doi:10.1145/1102351.1102363): grade 3 is worth seven of grade 1.
        case exponential
        /// g, as trec_eval and so the published BEIR figures have it. The same as `exponential` where all grades are 0 or 1.
        case linear
    }

    /// The share of the relevant documents that stand among the first k: Σ_{i ≤ k} rel(i) / R.
    ///
    /// - Complexity: O(k), as for every measure here, plus O(number of grades).
    public static func recall<Document: Hashable>(
        at k: Int, ranking: some Sequence<Document>, grades: [Document: Int]
    ) -> Double {
        let relevant = relevantCount(grades)
        guard relevant > 0 else { return 0 }
        return Double(gradesByRank(ranking, grades, k).count { $0 > 0 }) / Double(relevant)
    }

    /// The share of relevant documents among the first k: Σ_{i ≤ k} rel(i) / k, with k also where the ranking is shorter.
    public static func precision<Document: Hashable>(
        at k: Int, ranking: some Sequence<Document>, grades: [Document: Int]
    ) -> Double {
        Double(gradesByRank(ranking, grades, k).count { $0 > 0 }) / Double(k)
    }

    /// Whether a relevant document stands among the first k, 1 or 0; also called hit rate. With R = 1 the same as recall.
    public static func success<Document: Hashable>(
        at k: Int, ranking: some Sequence<Document>, grades: [Document: Int]
    ) -> Double {
        gradesByRank(ranking, grades, k).contains { $0 > 0 } ? 1 : 0
    }

    /// 1 / i for the first rank i with rel(i) = 1, and 0 without one. Its mean over queries is MRR; for MRR@k pass the first k.
    public static func reciprocalRank<Document: Hashable>(
        ranking: some Sequence<Document>, grades: [Document: Int]
    ) -> Double {
        gradesByRank(ranking, grades, .max).firstIndex { $0 > 0 }.map { 1 / Double($0 + 1) } ?? 0
    }

    /// (1 / R) · Σ_i rel(i) · precision(at: i): precision at each relevant rank, a relevant document that is missing giving 0. Its mean
    /// over queries is MAP.
    public static func averagePrecision<Document: Hashable>(
        ranking: some Sequence<Document>, grades: [Document: Int]
    ) -> Double {
        let relevant = relevantCount(grades)
        guard relevant > 0 else { return 0 }
        var found = 0
        var sum = 0.0
        for (place, grade) in gradesByRank(ranking, grades, .max).enumerated() where grade > 0 {
            found += 1
            sum += Double(found) / Double(place + 1)
        }
        return sum / Double(relevant)
    }

    /// Normalised discounted cumulative gain: DCG@k of the ranking over DCG@k of the best ranking there can be, with
    /// DCG@k = Σ_{i ≤ k} gain(g(i)) / log₂(i + 1).
    ///
    /// Gains are scaled by 2^−(best grade), which cancels in the quotient, so that no grade overflows.
    ///
    /// Source: Järvelin & Kekäläinen 2002, doi:10.1145/582415.582418.
    ///
    /// - Parameter gain: of a grade; `exponential` is the default.
    public static func nDCG<Document: Hashable>(
        at k: Int, ranking: some Sequence<Document>, grades: [Document: Int], gain: Gain = .exponential
    ) -> Double {
        let ideal = grades.values.filter { $0 > 0 }.sorted(by: >)
        guard let best = ideal.first else { return 0 }
        func discountedCumulativeGain(_ grades: some Sequence<Int>) -> Double {
            var sum = 0.0
            for (place, grade) in grades.enumerated() where grade > 0 {
                sum += value(of: grade, gain, best: best) / log2(Double(place + 2))
            }
            return sum
        }
        return discountedCumulativeGain(gradesByRank(ranking, grades, k)) / discountedCumulativeGain(ideal.prefix(k))
    }

    /// The gain times 2^−best (exponential), or the gain itself (linear), for 1 ≤ grade ≤ best.
    private static func value(of grade: Int, _ gain: Gain, best: Int) -> Double {
        switch gain {
        case .exponential:
            Double(sign: .plus, exponent: grade - best, significand: 1) - Double(sign: .plus, exponent: -best, significand: 1)
        case .linear: Double(grade)
        }
    }

    private static func relevantCount<Document>(_ grades: [Document: Int]) -> Int { grades.values.count { $0 > 0 } }

    /// g(1), …, g(k): 0 for a document without a grade and for one that stood there before.
    private static func gradesByRank<Document: Hashable>(
        _ ranking: some Sequence<Document>, _ grades: [Document: Int], _ k: Int
    ) -> [Int] {
        precondition(k >= 1, "a cut-off of \(k)")
        var seen: Set<Document> = []
        return ranking.prefix(k).map { document in
            guard let grade = grades[document], grade > 0, seen.insert(document).inserted else { return 0 }
            return grade
        }
    }
}
