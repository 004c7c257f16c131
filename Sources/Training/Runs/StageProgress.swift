/// How far a stage is, as it says itself.
public struct StageProgress: Hashable, Sendable {
    /// Counted from the stage's very beginning, also where it was gone on with.
    public var done: Int
    /// Nil where the end is not known.
    public var total: Int?
    /// What is counted, in the plural: "steps", "requests".
    public var unit: String
    /// Of the latest step.
    public var loss: Float?

    public init(_ done: Int, of total: Int? = nil, unit: String, loss: Float? = nil) {
        precondition(done >= 0, "\(done) \(unit) done")
        self.done = done
        self.total = total
        self.unit = unit
        self.loss = loss
    }
}
