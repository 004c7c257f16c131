/// The mean of a figure over repetitions, such as seeds, and how far single repetitions stray from it: "57.7 ± 0.8".
///
/// The deviation is the sample standard deviation √(Σ (x − mean)² / (n − 1)), and unknown (`nil`) for a single value.
public struct MeanAndDeviation: Hashable, Sendable, Codable, CustomStringConvertible {
    public let mean: Double
    public let deviation: Double?
    /// n ≥ 1.
    public let count: Int

    /// `nil` for no values, which have no mean.
    public init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        self.mean = mean
        deviation = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : nil
        count = values.count
    }

    /// "57.7 ± 0.8", or "57.7" for a single value.
    public func formatted(digits: Int = 1) -> String {
        mean.fixed(digits: digits) + (deviation.map { " ± " + $0.fixed(digits: digits) } ?? "")
    }

    public var description: String { formatted() }
}

extension Double {
    /// Decimal notation with so many digits after the point, half rounded away from zero; "-0.0" is written "0.0".
    ///
    /// - Parameter digits: in 0...15, where a power of ten and its quotients are still exact enough.
    public func fixed(digits: Int) -> String {
        precondition((0...15).contains(digits), "\(digits) digits")
        let scale = (0..<digits).reduce(1) { power, _ in power * 10 }
        let scaled = (self * Double(scale)).rounded()
        // Beyond 2⁵³ neighbouring doubles are more than 1 apart, and there is nothing left to round.
        guard scaled.magnitude < 0x1p53 else { return "\(self)" }
        let (whole, fraction) = Int(scaled.magnitude).quotientAndRemainder(dividingBy: scale)
        let sign = scaled < 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(whole)" }
        let decimals = String(fraction)
        return "\(sign)\(whole)." + String(repeating: "0", count: digits - decimals.count) + decimals
    }
}
