/// Makes of a stage's reports the line that people read.
///
/// ```
/// distill  1240/5000 steps  24 %  3.1/s  20 min 12 s left  loss 0.0123 ▇▆▅▄▄▃▃▂
/// ```
/// The rate is that of the last half minute: what is left is judged by how fast it goes now. Pure: the caller brings the clock.
public struct ProgressMeter {
    private let stage: String
    private var latest: StageProgress?
    /// Reports of the last half minute, at most one a second, and the one before them.
    private var marks: [(seconds: Double, done: Int)] = []
    private var losses = LossTrace()

    private static let window = 30.0

    public init(stage: String) { self.stage = stage }

    /// - Parameter seconds: of a clock that only goes forward.
    public mutating func update(_ progress: StageProgress, at seconds: Double) {
        latest = progress
        if let loss = progress.loss { losses.append(loss, of: progress.total) }
        // A count that fell back, because the stage began another part of its work, is a new beginning.
        if let last = marks.last, progress.done < last.done { marks = [] }
        if marks.count < 2 || seconds - marks[marks.count - 2].seconds >= 1 {
            marks.append((seconds, progress.done))
        } else {
            marks[marks.count - 1] = (seconds, progress.done)
        }
        while marks.count > 2, seconds - marks[1].seconds > Self.window { marks.removeFirst() }
    }

    /// Units a second; nil before there is a second report.
    public var rate: Double? {
        guard let first = marks.first, let last = marks.last, last.seconds > first.seconds, last.done > first.done else { return nil }
        return Double(last.done - first.done) / (last.seconds - first.seconds)
    }

    /// - Parameter width: most columns that it takes; the curve goes first, then the end of the line.
    public func line(width: Int) -> String {
        guard let latest else { return stage }
        var parts = [stage, latest.total.map { "\(latest.done)/\($0) \(latest.unit)" } ?? "\(latest.done) \(latest.unit)"]
        if let total = latest.total, total > 0 { parts.append("\(latest.done * 100 / total) %") }
        if let rate {
            parts.append(rate >= 100 ? "\(Int(rate))/s" : rate >= 1 ? "\(Self.tenths(rate))/s" : "\(Self.tenths(rate * 60))/min")
            if let total = latest.total, latest.done < total { parts.append("\(Self.duration(Double(total - latest.done) / rate)) left") }
        }
        if let mean = losses.latest { parts.append("loss \(Self.significant(mean))") }
        let text = parts.joined(separator: "  ")
        let space = width - text.count - 1
        let curve = losses.sparkline(width: space)
        return curve.isEmpty ? String(text.prefix(max(0, width))) : text + " " + curve
    }

    /// Seconds in words: "48 s", "3 min 20 s", "1 h 05 min".
    public static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "–" }
        let whole = Int(max(0, seconds).rounded(.up))
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(two(whole % 60)) s" }
        return "\(whole / 3600) h \(two(whole % 3600 / 60)) min"
    }

    private static func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

    /// Three significant digits.
    static func significant(_ value: Float) -> String {
        guard value.isFinite, value != 0 else { return "\(value)" }
        let exponent = Double(value.magnitude).logarithm
        guard (-4...5).contains(exponent) else { return "\(value)" }
        let digits = max(0, 2 - exponent)
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((Double(value.magnitude) * scale).rounded())
        let sign = value < 0 ? "-" : ""
        guard digits > 0 else { return sign + "\(scaled)" }
        let tail = String(scaled % Int(scale))
        return sign + "\(scaled / Int(scale))." + String(repeating: "0", count: digits - tail.count) + tail
    }
}

extension Double {
    /// Whole part of the decimal logarithm, rounded down; the value is positive.
    fileprivate var logarithm: Int {
        var value = self
        var exponent = 0
        while value >= 10, exponent < 400 { (value, exponent) = (value / 10, exponent + 1) }
        while value < 1, exponent > -400 { (value, exponent) = (value * 10, exponent - 1) }
        return exponent
    }
}
