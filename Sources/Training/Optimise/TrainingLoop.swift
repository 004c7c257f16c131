public import LinearAlgebra
public import NeuralNetworks

/// What a step of training tells.
public struct StepReport: Hashable, Sendable {
    /// 1 … of.
    public var step: Int
    public var of: Int
    public var loss: Float
    /// The parts of the loss before they were weighted, by name, in a fixed order.
    public var parts: [Part]
    public var rate: Float
    /// The gradients' norm before clipping.
    public var norm: Float

    public struct Part: Hashable, Sendable {
        public var name: String
        public var value: Float
    }
}

/// The steps of a training: schedule, clipping, AdamW, checkpoints and going on from the last of them.
///
/// What a step draws, it draws from a generator of its own (`SeededGenerator(seed:stream:)` with the step's number), so that going on needs no state but the
/// weights and the moments, and gives the same bytes as not stopping.
public struct TrainingLoop {
    public struct Options: StageOptions {
        /// Steps in all.
        public var steps = 300
        /// Peak of the learning rate.
        public var rate: Float = 1e-4
        /// Share of the steps in which the rate rises to its peak.
        public var warmUp: Float = 0.05
        public var fall = LearningRateSchedule.Fall.linear
        /// Share of a weight that goes at learning rate 1.
        public var weightDecay: Float = 0.01
        /// Norm that gradients are clipped to.
        public var maximumNorm: Float = 1
        /// Share of values set to 0 after the embeddings and after both parts of every layer.
        public var dropout: Float = 0.05
        /// Of the products of linear layers; weights, moments, norms, attention and losses are float32 either way.
        public var products = Product.Precision.bfloat16
        /// Steps from checkpoint to checkpoint.
        public var checkpointEvery = 100

        public init() {}

        public var faults: [OptionFault] {
            fault("steps", steps, in: 1...10_000_000) + fault("rate", rate, in: 0...1) + fault("warmUp", warmUp, in: 0...1)
                + fault("weightDecay", weightDecay, in: 0...1) + fault("maximumNorm", maximumNorm, in: 1e-6...)
                + fault("dropout", dropout, in: 0...0.9) + fault("checkpointEvery", checkpointEvery, in: 1...)
        }
    }

    public let options: Options
    public let parameters: [Parameter]
    public let folder: String
    public let checkpoint: Checkpoint
    public let team: ThreadTeam

    /// - Parameters:
    ///   - folder: where the checkpoint lies; it must exist.
    ///   - identity: of the training; another's checkpoint is refused.
    public init(_ options: Options, parameters: [Parameter], folder: String, identity: String, team: ThreadTeam) {
        self.options = options
        self.parameters = parameters
        self.team = team
        self.folder = folder
        checkpoint = Checkpoint(path: folder + "/checkpoint.safetensors", identity: identity)
    }

    /// Runs the steps that are left, and writes a checkpoint at the end and when it is stopped.
    ///
    /// - Parameters:
    ///   - step: builds the loss of a step on a tape, with its parts by name.
    ///   - report: told after every step; true asks to stop after it.
    /// - Returns: whether all steps are done.
    /// - Throws: `TrainingFailure.notFinite`, what the checkpoint throws, and what `step` does. The last good checkpoint stays.
    public func run(
        _ step: (_ step: Int, _ tape: Tape) throws -> (loss: Variable, parts: [StepReport.Part]), report: (StepReport) throws -> Bool
    ) throws -> Bool {
        var adam = AdamW.Options()
        adam.weightDecay = options.weightDecay
        let optimiser = AdamW(parameters, options: adam)
        let schedule = LearningRateSchedule(
            peak: options.rate, warmUp: Int((Float(options.steps) * options.warmUp).rounded()), steps: options.steps, fall: options.fall)
        let pool = BufferPool()
        var done = checkpoint.exists ? try checkpoint.read(into: optimiser) : 0
        while done < options.steps {
            let tape = Tape(team: team, pool: pool, precision: options.products)
            let (loss, parts) = try step(done + 1, tape)
            let value = loss.scalar
            guard value.isFinite else { throw TrainingFailure.notFinite(what: "loss", step: done + 1) }
            tape.backward(from: loss)
            let rate = schedule.rate(at: done + 1)
            let norm = try optimiser.step(rate: rate, maximumNorm: options.maximumNorm, team: team)
            done += 1
            let stopped = try report(StepReport(step: done, of: options.steps, loss: value, parts: parts, rate: rate, norm: norm))
            if done % options.checkpointEvery == 0 || done == options.steps || stopped { try checkpoint.write(optimiser) }
            if stopped { return done == options.steps }
        }
        return true
    }
}

extension TrainingLoop {
    /// Runs the steps as a stage; see ``StageReporter``.
    ///
    /// - Throws: `StageStopped` after a request to stop, and what `run(_:report:)` throws.
    func run(in work: StageWorkspace, parts: [String], _ step: (_ step: Int, _ tape: Tape) throws -> (loss: Variable, parts: [StepReport.Part])) throws {
        let reporter = StageReporter(work, parts: parts)
        if !(try run(step, report: reporter.report)) { throw StageStopped() }
        try reporter.draw()
    }
}
