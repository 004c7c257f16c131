import Evaluation
import Storage

/// A step's losses, as a line of `losses.tsv`.
public struct LossRecord: Hashable, Sendable {
    /// From 1.
    public var step: Int
    public var loss: Float
    /// In the order of ``LossCurve/parts``.
    public var parts: [Float]
    public var learningRate: Float
    /// Of work since the first step, over all sessions.
    public var seconds: Double

    public init(step: Int, loss: Float, parts: [Float] = [], learningRate: Float, seconds: Double) {
        self.step = step
        self.loss = loss
        self.parts = parts
        self.learningRate = learningRate
        self.seconds = seconds
    }
}

/// `losses.tsv`: the losses of a training, step by step.
///
/// ```
/// step	loss	margin	list	learning_rate	seconds
/// 1	0.731	0.6	0.131	5e-07	0.62
/// ```
public struct LossCurve: Hashable, Sendable {
    /// Names of the loss's parts.
    public internal(set) var parts: [String]
    /// By rising step.
    public internal(set) var records: [LossRecord]

    init(parts: [String], records: [LossRecord] = []) {
        self.parts = parts
        self.records = records
    }

    /// Reads a file. A last line that a kill cut short is left out.
    ///
    /// - Throws: `LineError` for any other line that is not one of this format, and for steps that do not rise; `FileError`.
    public static func read(_ path: String) throws -> LossCurve {
        let file = try MappedFile(path: path)
        return try withExtendedLifetime(file) {
            let lines = file.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
            // What follows the last line end is empty, or a line that has none and may be half.
            let whole = lines.dropLast()
            guard let header = whole.first else { throw LineError(file: path, line: 1, expected: "a header of losses", found: lines.last ?? "") }
            let columns = header.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard columns.count >= 4, Array(columns.prefix(2)) == head, Array(columns.suffix(2)) == tail else {
                throw LineError(file: path, line: 1, expected: (head + ["…"] + tail).joined(separator: " "), found: header)
            }
            var curve = LossCurve(parts: Array(columns.dropFirst(2).dropLast(2)))
            for (index, line) in whole.enumerated().dropFirst() {
                guard let record = record(line, parts: curve.parts.count), record.step > curve.records.last?.step ?? 0 else {
                    // A power cut can leave a last line of anything.
                    if index == whole.count - 1 { break }
                    throw LineError(file: path, line: index + 1, expected: "\(columns.count) numbers, the step above the last line's", found: line)
                }
                curve.records.append(record)
            }
            return curve
        }
    }

    /// Points of a curve through the means of the last `window` losses; fewer at the beginning. Losses that are not finite are left out.
    ///
    /// - Parameters:
    ///   - window: 1 or more; 1 gives the losses themselves.
    ///   - count: at most so many points, evenly spread and with the last one, 2 or more.
    ///   - part: index into ``parts``; nil takes the whole loss.
    /// - Complexity: O(records).
    public func runningMean(window: Int, count: Int = 1000, part: Int? = nil) -> [(step: Int, loss: Double)] {
        precondition(window >= 1 && count >= 2, "\(count) points of means over \(window)")
        let values = records.compactMap { record in
            let value = part.map { record.parts[$0] } ?? record.loss
            return value.isFinite ? (step: record.step, loss: Double(value)) : nil
        }
        var sums = [0.0]
        for value in values { sums.append(sums[sums.count - 1] + value.loss) }
        func point(_ i: Int) -> (step: Int, loss: Double) {
            let start = max(0, i + 1 - window)
            return (values[i].step, (sums[i + 1] - sums[start]) / Double(i + 1 - start))
        }
        guard values.count > count else { return values.indices.map(point) }
        return (0..<count).map { point($0 * (values.count - 1) / (count - 1)) }
    }

    // MARK: Lines

    private static let head = ["step", "loss"], tail = ["learning_rate", "seconds"]

    static func header(parts: [String]) -> String { (head + parts + tail).joined(separator: "\t") + "\n" }

    static func line(_ record: LossRecord) -> String {
        let numbers =
            ["\(record.step)", "\(record.loss)"] + record.parts.map { "\($0)" } + ["\(record.learningRate)", "\((record.seconds * 1000).rounded() / 1000)"]
        return numbers.joined(separator: "\t") + "\n"
    }

    private static func record(_ line: String, parts: Int) -> LossRecord? {
        let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard cells.count == parts + 4, let step = Int(cells[0]), step > 0, let seconds = Double(cells[cells.count - 1]) else { return nil }
        let numbers = cells[1..<(cells.count - 1)].compactMap { Float($0) }
        guard numbers.count == parts + 2 else { return nil }
        return LossRecord(step: step, loss: numbers[0], parts: Array(numbers.dropFirst().dropLast()), learningRate: numbers[parts + 1], seconds: seconds)
    }
}
