/// Finds descriptors for words that name none, by their meaning.
public protocol SemanticResolver: Sendable {
    /// What each phrase most likely means, beside what the request says in so many words.
    ///
    /// - Parameter said: descriptors that the request names; they are not looked for again.
    func resolve(_ phrases: [String], beside said: Set<Int>) -> [SemanticMatch]
    /// Whether anything in the library has a descriptor, or a narrower one.
    func holds(_ descriptor: Int) -> Bool
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
