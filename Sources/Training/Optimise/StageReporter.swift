/// Tells of a training's steps where a stage's are told of: losses go to `losses.tsv`, progress to the workspace, and a request to stop back to the loop.
final class StageReporter {
    private let work: StageWorkspace
    private let parts: [String]
    private let start = ContinuousClock.now
    private var isOpen = false
    private var log: LossLog?

    /// - Parameter parts: names of the loss's parts, in the order that reports have them.
    init(_ work: StageWorkspace, parts: [String] = []) {
        self.work = work
        self.parts = parts
    }

    /// - Returns: whether the training is to stop.
    /// - Throws: what `LossLog` throws.
    func report(_ report: StepReport) throws -> Bool {
        // The first report tells where the training goes on: later lines of an earlier session are done again.
        if !isOpen { log = try LossLog(path: work.folder + "/" + LossLog.fileName, parts: parts, after: report.step - 1) }
        isOpen = true
        let before = log?.seconds ?? 0
        try log?.append(
            LossRecord(
                step: report.step, loss: report.loss, parts: report.parts.map(\.value), learningRate: report.rate,
                seconds: before + (ContinuousClock.now - start) / .seconds(1)))
        work.report(StageProgress(report.step, of: report.of, unit: "steps", loss: report.loss))
        return work.stop.isMade
    }

    /// Draws the losses beside them; a stage that was ended after its last step has them from the session before.
    /// - Throws: `LineError`, `FileError`.
    func draw() throws { try LossCurve.draw(in: work.folder) }
}
