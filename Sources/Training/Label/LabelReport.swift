/// What the teachers said of the mined pairs.
public struct LabelReport: Codable, Hashable, Sendable {
    public struct Teacher: Codable, Hashable, Sendable {
        public var name: String
        /// Of its logits over all pairs.
        public var mean: Double
        public var deviation: Double
    }

    public var options: LabelStage.Options
    public var teachers: [Teacher]
    public var requests = 0
    /// Pairs that a teacher scored, the own documents' included.
    public var pairs = 0
    /// Negatives that the teachers put above the own document: what is noise, and what the student learns softly.
    public var negativesAbove = 0
    /// Negatives dropped as answers.
    public var falseNegatives = 0
    /// Own document's logit less a negative's, over the negatives kept; 0 without any.
    public var meanMargin = 0.0
}
