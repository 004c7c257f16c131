/// What a system answered: for each query its documents, nearest first, with their scores.
///
/// ```swift
/// var run = Run()
/// run["q1"] = [.init(document: "d7", score: 3.2), .init(document: "d2", score: 1.1)]
/// ```
///
/// The order of the entries *is* the ranking; the scores are information. Files: ``init(trecFile:)``, ``writeTREC(tag:to:)``.
public struct Run: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public var document: String
        /// Larger is nearer.
        public var score: Double

        public init(document: String, score: Double) {
            self.document = document
            self.score = score
        }
    }

    /// Query id → entries, nearest first.
    public var rankings: [String: [Entry]]

    public init(rankings: [String: [Entry]] = [:]) { self.rankings = rankings }

    /// The entries of a query; none where the run does not answer it.
    public subscript(query: String) -> [Entry] {
        get { rankings[query] ?? [] }
        set { rankings[query] = newValue }
    }

    /// Rising; the order of files.
    public var queries: [String] { rankings.keys.sorted() }
}
