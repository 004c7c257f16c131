/// What the stage *generate* made.
public struct GenerateReport: Codable, Hashable, Sendable {
    /// A source of requests by its name, as JSON has no other keys.
    public struct Source: Codable, Hashable, Sendable {
        public var source: TrainingRequest.Source
        public var made: Int
        /// After the filter.
        public var kept: Int
    }

    /// Distinct sets that a request asks for.
    public var documents: Int
    public var requests: Int
    /// Each source that made any, in the order of `TrainingRequest.Source.allCases`.
    public var sources: [Source]
    /// Distinct sets of MTG-Jamendo's training tracks that could be drawn.
    public var jamendoSets: Int
    /// Requests drawn at even distances, with their sets, for the log.
    public var samples: [String]

    static let sampleCount = 20

    init(_ made: [TrainingRequest], kept: [TrainingRequest], documents: [DescriptorSet], jamendoSets: Int) {
        self.documents = documents.count
        requests = kept.count
        sources = TrainingRequest.Source.allCases.compactMap { source in
            let count = made.count { $0.source == source }
            return count == 0 ? nil : Source(source: source, made: count, kept: kept.count { $0.source == source })
        }
        self.jamendoSets = jamendoSets
        let count = min(Self.sampleCount, kept.count)
        samples = (0..<count).map { sample in
            let request = kept[sample * kept.count / count]
            return "\(request.source.rawValue): \(request.text) → \(documents[request.document].tags.joined(separator: ", "))"
        }
    }
}
