/// The last losses, smoothed, for a curve of one line.
///
/// A smoothed value is the mean of as many losses as make a hundredth of the work, so that the curve shows the last forty hundredths.
struct LossTrace {
    static let length = 40
    private static let valuesOfAll = 100

    private var values: [Float] = []
    private var sum = 0.0
    private var count = 0

    /// - Parameter total: losses to come in all; nil smooths nothing.
    mutating func append(_ loss: Float, of total: Int?) {
        // A loss that is not a number ends the training; the line goes on showing the last that was one.
        guard loss.isFinite else { return }
        sum += Double(loss)
        count += 1
        guard count >= max(1, (total ?? 0) / Self.valuesOfAll) else { return }
        values.append(Float(sum / Double(count)))
        if values.count > Self.length { values.removeFirst() }
        (sum, count) = (0, 0)
    }

    /// The newest smoothed value, or the mean of what is there for the first.
    var latest: Float? { values.last ?? (count == 0 ? nil : Float(sum / Double(count))) }

    /// Blocks from the least value to the greatest; empty for less than two values or columns.
    func sparkline(width: Int) -> String { sparklineText(values.suffix(max(0, width))) }
}

/// Values as a row of blocks, the least ▁ and the greatest █; empty for less than two values. All are finite.
func sparklineText(_ values: some Collection<Float>) -> String {
    let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    guard values.count >= 2, let least = values.min(), let greatest = values.max() else { return "" }
    // In double precision, where the difference of two floats cannot overflow.
    let range = Double(greatest) - Double(least)
    return String(values.map { range == 0 ? blocks[0] : blocks[min(7, Int((Double($0) - Double(least)) / range * 8))] })
}
