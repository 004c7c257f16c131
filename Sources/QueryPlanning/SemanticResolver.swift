/// Finds descriptors for words that name none, by their meaning.
public protocol SemanticResolver: Sendable {
    /// What each phrase most likely means, beside what the request says in so many words; nil for one that is near nothing known.
    ///
    /// - Parameter said: descriptors that the request names; they are not looked for again.
    func resolve(_ phrases: [String], beside said: Set<Int>) -> [SemanticMatch?]
    /// Whether anything in the library has a descriptor, or a narrower one.
    func holds(_ descriptor: Int) -> Bool
}

/// What a phrase may mean.
public struct SemanticMatch: Sendable {
    /// How far the reading is to be trusted, 0…1: 1 counts as much as a name.
    public var certainty: Double
    /// Indices into the vocabulary's descriptors with shares of the evidence, the greatest first; they add up to 1.
    public var descriptors: [(index: Int, share: Double)]

    public init(certainty: Double, descriptors: [(index: Int, share: Double)]) {
        self.certainty = certainty
        self.descriptors = descriptors
    }
}
