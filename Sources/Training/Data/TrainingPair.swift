/// A song as training sees it: its descriptor set, each tag once.
public struct DescriptorSet: Codable, Hashable, Sendable {
    public var tags: [String]

    public init(tags: [String]) { self.tags = tags }

    /// As encoders read it: joined with ", " MiniLM finds little more than half as much (RESEARCH).
    public var text: String { tags.joined(separator: " ") }
}

/// A request and the descriptor set it asks for.
public struct TrainingRequest: Codable, Hashable, Sendable {
    public enum Source: String, Codable, CaseIterable, Sendable {
        /// A person's caption, or some of its sentences.
        case caption
        /// Some of a song's own tags, for the others.
        case tags
        /// Made by `RequestGrammar`.
        case grammar
        /// Written by `CausalDecoder`.
        case decoder
        /// Written by a language model behind `EndpointGenerator`.
        case endpoint
    }

    public var text: String
    /// The index of its set in `documents.jsonl`.
    public var document: Int
    public var source: Source
    /// The song both come from: what belongs to one song is never a negative for it.
    public var song: Int

    public init(text: String, document: Int, source: Source, song: Int) {
        self.text = text
        self.document = document
        self.source = source
        self.song = song
    }
}

/// Hard negatives of a request: documents that look right and are not, hardest first.
public struct MinedRequest: Codable, Hashable, Sendable {
    public var request: Int
    public var negatives: [Int]

    public init(request: Int, negatives: [Int]) {
        self.request = request
        self.negatives = negatives
    }
}

/// What the teacher says: its logit for the request's own document and for each negative.
public struct LabelledRequest: Codable, Hashable, Sendable {
    public var request: Int
    public var positive: Float
    public var negatives: [Int]
    /// One for each negative.
    public var scores: [Float]

    public init(request: Int, positive: Float, negatives: [Int], scores: [Float]) {
        self.request = request
        self.positive = positive
        self.negatives = negatives
        self.scores = scores
    }
}
