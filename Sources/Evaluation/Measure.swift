/// A ranking metric chosen by name, such as "recall@10", and its values over the queries of a run.
///
/// ```swift
/// let measure = Measure("ndcg@10")
/// let values = measure?.values(of: run, against: qrels)      // [(query, value)], by query id
/// ```
///
/// Names: `recall@k`, `precision@k`, `success@k`, `ndcg@k` (exponential gain), `rr` (reciprocal rank), `ap` (average precision);
/// k ≥ 1. Formulas: ``RankingMetrics``.
public enum Measure: Hashable, Sendable, LosslessStringConvertible {
    case recall(at: Int)
    case precision(at: Int)
    case success(at: Int)
    case nDCG(at: Int)
    case reciprocalRank
    case averagePrecision

    public init?(_ name: String) {
        switch name {
        case "rr": self = .reciprocalRank
        case "ap": self = .averagePrecision
        default:
            let parts = name.split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2, let k = Int(parts[1]), k >= 1 else { return nil }
            switch parts[0] {
            case "recall": self = .recall(at: k)
            case "precision": self = .precision(at: k)
            case "success": self = .success(at: k)
            case "ndcg": self = .nDCG(at: k)
            default: return nil
            }
        }
    }

    public var description: String {
        switch self {
        case .recall(let k): "recall@\(k)"
        case .precision(let k): "precision@\(k)"
        case .success(let k): "success@\(k)"
        case .nDCG(let k): "ndcg@\(k)"
        case .reciprocalRank: "rr"
        case .averagePrecision: "ap"
        }
    }

    public func value<Document: Hashable>(of ranking: some Sequence<Document>, grades: [Document: Int]) -> Double {
        switch self {
        case .recall(let k): RankingMetrics.recall(at: k, ranking: ranking, grades: grades)
        case .precision(let k): RankingMetrics.precision(at: k, ranking: ranking, grades: grades)
        case .success(let k): RankingMetrics.success(at: k, ranking: ranking, grades: grades)
        case .nDCG(let k): RankingMetrics.nDCG(at: k, ranking: ranking, grades: grades)
        case .reciprocalRank: RankingMetrics.reciprocalRank(ranking: ranking, grades: grades)
        case .averagePrecision: RankingMetrics.averagePrecision(ranking: ranking, grades: grades)
        }
    }

    /// The value of every judged query that has a relevant document, by rising query id: the same queries in the same order for every
    /// run, as a paired test wants them. A query that the run does not answer has 0 (trec_eval's `-c`).
    public func values(of run: Run, against qrels: Qrels) -> [(query: String, value: Double)] {
        qrels.grades.filter { $0.value.values.contains { $0 > 0 } }
            .sorted { $0.key < $1.key }
            .map { ($0.key, value(of: run[$0.key].map(\.document), grades: $0.value)) }
    }
}
