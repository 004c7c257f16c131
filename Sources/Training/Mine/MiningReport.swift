/// What became of the candidates of a mining run.
public struct MiningReport: Codable, Hashable, Sendable {
    /// One retriever's candidates. A document that two retrievers found counts for both; a negative for the one that brought it in.
    public struct Retriever: Codable, Hashable, Sendable {
        public var name: String
        public var identity: String
        public var found = 0
        public var dropped = Dictionary(uniqueKeysWithValues: DropReason.allCases.map { ($0, 0) })
        public var chosen = 0

        init(name: String, identity: String) {
            self.name = name
            self.identity = identity
        }

        mutating func add(_ tally: CandidateTally) {
            found += tally.found
            chosen += tally.chosen
            dropped.merge(tally.dropped, uniquingKeysWith: +)
        }
    }

    public var options: MineStage.Options
    public var documents: Int
    public var requests = 0
    /// Requests with fewer negatives than asked for, and those of them with none.
    public var requestsWithFewer = 0
    public var requestsWithNone = 0
    public var negatives = 0
    public var retrievers: [Retriever]

    init(options: MineStage.Options, documents: Int, retrievers: [any NegativeRetriever]) {
        self.options = options
        self.documents = documents
        self.retrievers = retrievers.map { Retriever(name: $0.name, identity: $0.identity) }
    }

    mutating func add(_ negatives: [Int], _ tallies: [CandidateTally]) {
        requests += 1
        self.negatives += negatives.count
        if negatives.count < options.negatives { requestsWithFewer += 1 }
        if negatives.isEmpty { requestsWithNone += 1 }
        for i in retrievers.indices { retrievers[i].add(tallies[i]) }
    }
}

/// One request's candidates of one retriever.
struct CandidateTally {
    var found = 0
    var dropped: [DropReason: Int] = [:]
    var chosen = 0
}
