public import Evaluation
import Storage

extension LossCurve {
    public static let pictureName = "losses.svg"

    /// The losses of single steps and their running mean, as a picture.
    ///
    /// - Parameter window: steps that a mean is taken over; a twentieth of all by default.
    public func plot(title: String, window: Int? = nil) -> Plot {
        let window = window ?? max(1, records.count / 20)
        func points(_ means: [(step: Int, loss: Double)]) -> [Plot.Point] { means.map { Plot.Point(x: Double($0.step), y: $0.loss) } }
        return Plot(
            title: title, x: .init("step"), y: .init("loss"),
            series: [
                .init("single steps", .line, points(runningMean(window: 1, count: 300))),
                .init("mean of \(window) steps", .line, points(runningMean(window: window, count: 300))),
            ])
    }

    /// Draws a stage's losses beside them.
    /// - Throws: `LineError`, `FileError`.
    static func draw(in folder: String) throws {
        let curve = try read(folder + "/" + LossLog.fileName)
        try writeDurably([Array(curve.plot(title: "\(curve.records.count) steps").svg.utf8)], to: folder + "/" + pictureName)
    }
}
