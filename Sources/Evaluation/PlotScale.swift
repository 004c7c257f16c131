import Foundation  // log10, pow and floor

/// An axis laid out: where values lie along it, and its ticks.
struct PlotScale {
    struct Tick: Hashable {
        var value: Double
        var text: String
    }

    let ticks: [Tick]
    /// Rising; of the logarithms on a logarithmic axis.
    private let low, high: Double
    private let isLogarithmic: Bool

    /// - Parameter values: all that are to be shown, error bars and base lines included.
    init(_ axis: Plot.Axis, values: [Double]) {
        // Beyond, differences and quotients would overflow.
        let values = values.filter { $0.magnitude < 1e100 }
        let range = axis.range.flatMap { max($0.lowerBound.magnitude, $0.upperBound.magnitude) < 1e100 ? $0 : nil }
        switch axis.scale {
        case .categories(let names):
            (low, high, isLogarithmic) = (-0.5, max(0.5, Double(names.count) - 0.5), false)
            ticks = names.enumerated().map { Tick(value: Double($0), text: $1) }
        case .linear:
            var (low, high) = (range?.lowerBound ?? values.min() ?? 0, range?.upperBound ?? values.max() ?? 1)
            // A span below the resolution of its numbers is no span.
            if high - low <= 1e-9 * max(low.magnitude, high.magnitude) {
                (low, high) = (low - max(0.5, low.magnitude / 2), high + max(0.5, high.magnitude / 2))
            }
            let step = Self.step(high - low)
            if range == nil { (low, high) = ((low / step + 1e-9).rounded(.down) * step, (high / step - 1e-9).rounded(.up) * step) }
            let first = Int((low / step - 1e-9).rounded(.up)), last = max(first, Int((high / step + 1e-9).rounded(.down)))
            (self.low, self.high, isLogarithmic) = (low, high, false)
            let largest = max(low.magnitude, high.magnitude)
            ticks = (first...last).map { Tick(value: Double($0) * step, text: Self.text(Double($0) * step, step: step, largest: largest)) }
        case .logarithmic:
            let range = range.flatMap { $0.lowerBound > 0 ? $0 : nil }
            let positive = values.filter { $0 > 0 }
            let low = log10(range?.lowerBound ?? positive.min() ?? 1), high = log10(range?.upperBound ?? positive.max() ?? 10)
            // Ones, twos and fives while there are few of them, else powers of ten.
            let factors: [Double] = high - low <= 2.5 ? [1, 2, 5] : [1]
            let every = max(1, Int(((high - low) / 8).rounded(.up)))
            let candidates = (Int(low.rounded(.down)) - 1...Int(high.rounded(.up)) + 1).filter { $0 % every == 0 }
                .flatMap { decade in factors.map { $0 * pow(10, Double(decade)) } }
            var ends = (low: low, high: max(high, low + 1e-9))
            if range == nil {
                let logarithms = candidates.map { log10($0) }
                ends.low = logarithms.last { $0 <= low + 1e-9 } ?? low
                // A single value stands between two ticks.
                ends.high = logarithms.first { $0 >= high - 1e-9 && $0 > ends.low + 1e-9 } ?? ends.low + 1
            }
            ticks = candidates.filter { log10($0) >= ends.low - 1e-9 && log10($0) <= ends.high + 1e-9 }.map {
                Tick(value: $0, text: Self.text($0, step: $0, largest: $0))
            }
            (self.low, self.high, isLogarithmic) = (ends.low, ends.high, true)
        }
    }

    /// Where a value lies: 0 at the low end and 1 at the high end; nil where the axis has no place for it.
    func position(_ value: Double) -> Double? {
        guard value.isFinite, !isLogarithmic || value > 0 else { return nil }
        return ((isLogarithmic ? log10(value) : value) - low) / (high - low)
    }

    /// The least of 1, 2 and 5 times a power of ten of which the span holds at most six.
    private static func step(_ span: Double) -> Double {
        let power = pow(10, floor(log10(span / 6)))
        return [1, 2, 5].map { $0 * power }.first { span / $0 <= 6 * (1 + 1e-9) } ?? 10 * power
    }

    /// A number with as many digits as its neighbours need: "0.25", "1500", "20k", "3M".
    ///
    /// - Parameter largest: magnitude of the axis, so that all its numbers have one unit.
    private static func text(_ value: Double, step: Double, largest: Double) -> String {
        for (unit, letter) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where step >= unit || largest >= unit * 10 {
            return value == 0 ? "0" : text(value / unit, digitsFor: step / unit) + letter
        }
        return text(value, digitsFor: step)
    }

    private static func text(_ value: Double, digitsFor step: Double) -> String {
        let digits = Int((-floor(log10(step) + 1e-9)).rounded())
        // Below a millionth the digits would not fit.
        return digits > 6 ? "\(value)" : value.fixed(digits: max(0, digits))
    }
}
