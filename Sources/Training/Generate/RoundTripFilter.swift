/// Keeps those requests by which a retriever finds their own set (Dai et al. 2023, "Promptagator", arXiv 2209.11755): a generated request that leads elsewhere
/// asks for something else.
///
/// A retriever of words alone also throws out what says the same in other words: use a dense one, or one of both, where paraphrases are wanted.
public struct RoundTripFilter {
    /// [Q] requests → [Q] indices of documents, nearest first; `depth` of them suffice.
    public typealias Retriever = (_ requests: [String]) throws -> [[Int]]

    /// Requests of one source before and after.
    public struct Count: Codable, Hashable, Sendable {
        public var made = 0
        public var kept = 0

        public init() {}
    }

    /// Among so many documents the own set has to be, at least 1.
    public let depth: Int
    /// Those that are put to the test; requests of other sources are kept.
    public let sources: Set<TrainingRequest.Source>
    /// Requests handed to the retriever at once.
    private static let batch = 1024

    public init(depth: Int, sources: Set<TrainingRequest.Source>) {
        precondition(depth >= 1, "a depth of \(depth)")
        self.depth = depth
        self.sources = sources
    }

    /// The requests that are kept, in their order.
    ///
    /// - Parameter progress: told how many of the requests under test are done, of how many; an error that it throws ends the filter.
    public func kept(
        _ requests: [TrainingRequest], retriever: Retriever, progress: (_ done: Int, _ of: Int) throws -> Void = { _, _ in }
    ) throws -> [TrainingRequest] {
        let tested = requests.indices.filter { sources.contains(requests[$0].source) }
        var lost: Set<Int> = []
        for start in stride(from: 0, to: tested.count, by: Self.batch) {
            let batch = tested[start..<min(start + Self.batch, tested.count)]
            let rankings = try retriever(batch.map { requests[$0].text })
            precondition(rankings.count == batch.count, "\(rankings.count) rankings for \(batch.count) requests")
            for (index, ranking) in zip(batch, rankings) where !ranking.prefix(depth).contains(requests[index].document) { lost.insert(index) }
            try progress(batch.endIndex, tested.count)
        }
        return requests.indices.filter { !lost.contains($0) }.map { requests[$0] }
    }
}
