/// Where each query's one relevant document stands in a method's rankings: all that Recall@k needs, for every k up to the rankings' depth.
///
/// ```swift
/// var ranks = RelevantRanks(queries: task.queries.count)
/// for (query, ranking) in rankings.enumerated() { ranks.set(query, ranking: ranking, relevant: task.relevant[query]) }
/// ranks.recall(at: 10)
/// ```
public struct RelevantRanks: Hashable, Sendable {
    /// Of a document that a ranking does not hold: beyond every cut-off.
    public static let notRetrieved = Int.max

    /// [Q] from 1, or ``notRetrieved``.
    public private(set) var ranks: [Int]

    /// Nothing retrieved yet.
    public init(queries: Int) { ranks = Array(repeating: Self.notRetrieved, count: queries) }

    /// - Parameter ranking: indices of documents, nearest first.
    public mutating func set(_ query: Int, ranking: [Int], relevant: Int) {
        ranks[query] = ranking.firstIndex(of: relevant).map { $0 + 1 } ?? Self.notRetrieved
    }

    /// 1 for each query whose relevant document is among the first k, else 0: the values for a paired test.
    ///
    /// - Parameter k: at least 1, at most the rankings' depth.
    public func hits(at k: Int) -> [Double] {
        precondition(k >= 1, "a cut-off of \(k)")
        return ranks.map { $0 <= k ? 1 : 0 }
    }

    /// The share of queries whose relevant document is among the first k, in [0, 1]; 0 for no queries.
    ///
    /// - Parameter left: queries that do not count, such as ``MatchingTask/emptyQueries``; none by default.
    public func recall(at k: Int, leavingOut left: Set<Int> = []) -> Double {
        let hits = hits(at: k)
        let counted = left.isEmpty ? hits : hits.indices.filter { !left.contains($0) }.map { hits[$0] }
        return counted.isEmpty ? 0 : counted.reduce(0, +) / Double(counted.count)
    }
}
