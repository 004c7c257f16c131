/// How the teacher learns.
public struct TeachOptions: StageOptions {
    /// Which weights the teacher begins with.
    public enum Start: String, Codable, CaseIterable, Sendable {
        /// Those of the pretrained model, all layers.
        case base
        /// Those of the adapted student: fewer layers, which know the words of music already.
        case student
    }

    public var start = Start.base
    public var loop = TrainingLoop.Options()
    /// Requests of a step; each is read together with its own document and with every negative.
    public var requestsPerStep = 8
    /// Hard negatives of a request that take part in a step.
    public var negatives = 5
    /// Seen among the negatives: documents drawn at random, so that the teacher also knows what is plainly wrong.
    public var randomNegatives = 1
    /// Tokens of request and document together; in 16…512.
    public var maximumTokens = 160
    /// Requests that are kept back to judge the teacher, of other songs than those it learns from.
    public var judged = 100

    public init() {
        loop.rate = 5e-5
        loop.steps = 250
    }

    public var faults: [OptionFault] {
        faults("loop", loop) + fault("requestsPerStep", requestsPerStep, in: 1...1024) + fault("negatives", negatives, in: 1...64)
            + fault("randomNegatives", randomNegatives, in: 0...64) + fault("maximumTokens", maximumTokens, in: 16...512) + fault("judged", judged, in: 0...)
    }
}
