/// Finds descriptors for words that name none, by their meaning.
public protocol SemanticResolver: Sendable {
    /// What each phrase most likely means.
    func resolve(_ phrases: [String]) -> [SemanticMatch]
}

/// What a phrase may mean.
public struct SemanticMatch: Sendable {
    /// Cosine between the phrase and the nearest wording known, −1…1: how far the reading is to be trusted.
    public var similarity: Double
    /// Indices into the vocabulary's descriptors with shares of the evidence, the greatest first; they add up to 1.
    public var descriptors: [(index: Int, share: Double)]

    public init(similarity: Double, descriptors: [(index: Int, share: Double)]) {
        self.similarity = similarity
        self.descriptors = descriptors
    }
}
