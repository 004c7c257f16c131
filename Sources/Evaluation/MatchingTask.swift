/// A descriptor-matching test: rank all documents for each query; exactly one is relevant. Made by ``DescriptorMatching``.
///
/// ```swift
/// let rankings = task.queries.map { search($0, in: task.documents, limit: 10) }     // indices of documents, nearest first
/// let recall = task.recall(at: 10, rankings: rankings)
/// ```
public struct MatchingTask: Hashable, Sendable {
    /// Q request texts.
    public let queries: [String]
    /// D descriptor sets as text: the tags joined by ", ".
    public let documents: [String]
    /// [D] the tags of each document, as its text has them.
    public let documentTags: [[String]]
    /// [Q] the index in `documents` of each query's one relevant document.
    public let relevant: [Int]
    /// [Q] the row that each query was made of: what is known of a row, such as its fold, is known of its queries.
    public let rows: [Int]
    /// Indices of queries whose relevant document is the empty string, which no method can find but by accident.
    public let emptyQueries: Set<Int>

    /// Recall@k over all queries, and over those whose relevant document holds something.
    public struct Recall: Hashable, Sendable {
        /// In [0, 1]; 0 for no queries, here and below.
        public let all: Double
        public let nonEmpty: Double
    }

    /// 1 for each query whose relevant document is among the first k, else 0: the values for a paired test.
    ///
    /// - Parameters:
    ///   - k: at least 1.
    ///   - rankings: [Q] indices of documents, nearest first; k of them suffice.
    public func hits(at k: Int, rankings: [[Int]]) -> [Double] {
        precondition(rankings.count == queries.count, "\(rankings.count) rankings for \(queries.count) queries")
        return zip(rankings, relevant).map { RankingMetrics.success(at: k, ranking: $0, grades: [$1: 1]) }
    }

    /// The mean of ``hits(at:rankings:)``; with one relevant document a query, recall and success are the same.
    public func recall(at k: Int, rankings: [[Int]]) -> Recall {
        let hits = hits(at: k, rankings: rankings)
        func mean(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }
        return Recall(
            all: mean(hits), nonEmpty: mean(hits.indices.filter { !emptyQueries.contains($0) }.map { hits[$0] }))
    }
}

/// Collects pairs of query and relevant descriptor set; equal sets become one document, numbered by first appearance.
struct MatchingTaskBuilder {
    private enum Identity: Hashable {
        /// UTF-8: to Swift, unlike Python, strings of different code points may be equal.
        case text([UInt8])
        /// Rising, each tag once.
        case tagSet([String])
    }

    private let rules: MatchingRules
    private var places: [Identity: Int] = [:]
    private var queries: [String] = []
    private var documents: [String] = []
    private var documentTags: [[String]] = []
    private var relevant: [Int] = []
    private var rows: [Int] = []
    private var emptyQueries: Set<Int> = []

    init(_ rules: MatchingRules) { self.rules = rules }

    /// - Parameters:
    ///   - tags: of the relevant document, in the order of its text.
    ///   - row: that both were made of.
    mutating func add(query: String, tags: [String], row: Int) {
        var tags = tags
        if rules == .corrected {
            var seen: Set<String> = []
            tags = tags.filter { !$0.isEmpty && seen.insert($0).inserted }
            if tags.isEmpty { return }
        }
        let text = tags.joined(separator: ", ")
        let identity: Identity =
            switch rules {
            case .published: .text(Array(text.utf8))
            case .corrected: .tagSet(tags.sorted())
            }
        let place = places[identity] ?? documents.count
        if place == documents.count {
            places[identity] = place
            documents.append(text)
            documentTags.append(tags)
        }
        if text.isEmpty { emptyQueries.insert(queries.count) }
        queries.append(query)
        relevant.append(place)
        rows.append(row)
    }

    func task() -> MatchingTask {
        MatchingTask(
            queries: queries, documents: documents, documentTags: documentTags, relevant: relevant, rows: rows, emptyQueries: emptyQueries)
    }
}
