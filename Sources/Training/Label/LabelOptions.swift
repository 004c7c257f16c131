public import LinearAlgebra

extension LabelStage {
    /// How pairs are labelled. Every key has a default, so that a configuration names only what it changes.
    public struct Options: StageOptions {
        /// What becomes of negatives that the teacher itself takes for answers.
        public enum FalseNegatives: String, Codable, CaseIterable, Sendable {
            case kept
            /// Those go whose logit is above the own document's by more than `falseNegativeMargin`.
            case dropped
        }

        /// Who judges.
        public enum Judge: String, Codable, CaseIterable, Sendable {
            /// The cross-encoder that *teach* trained.
            case teacher
            /// ``CoverageScorer``.
            case coverage
            /// The student that mined the negatives, by its cosines.
            case student
        }

        /// Several are an ensemble on the scale of the first; default: teacher, coverage, student.
        public var judges: [Judge] = [.teacher, .coverage, .student]
        /// Negatives labelled of a request, the hardest first, 1…1000; default: 12. The time of the stage grows with it.
        public var negatives = 12
        /// Of the teachers; default: int8.
        public var precision: Precision = .int8
        /// Tokens of request and set together, 16…512; the longer one is cut first; default: 192.
        public var maximumTokens = 192
        /// Default: kept.
        public var falseNegatives = FalseNegatives.kept
        /// In units of the (first) teacher's logits, 0…100; default: 1.
        public var falseNegativeMargin: Float = 1

        public init() {}

        public var faults: [OptionFault] {
            fault(
                "judges", unless: !judges.isEmpty && Set(judges).count == judges.count, expected: "one or more, each once",
                found: "\(judges.map(\.rawValue))") + fault("negatives", negatives, in: 1...1000) + fault("maximumTokens", maximumTokens, in: 16...512)
                + fault("falseNegativeMargin", falseNegativeMargin, in: 0...100)
        }
    }
}
