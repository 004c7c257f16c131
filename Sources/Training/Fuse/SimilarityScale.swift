/// Similarities between which a phrase changes from one that says nothing to one that surely says something, learnt from examples of both.
///
/// The ramp from 0 at `least` to 1 at `certain` that is nearest, in squares, to "says something" over all examples, both kinds counting the same: an estimate
/// of its probability (Brier 1950) that reads off a plot and cannot overfit with its two figures.
public struct SimilarityScale: Hashable, Sendable {
    public var least: Double
    public var certain: Double

    private static let step = 0.01

    /// - Parameters:
    ///   - sense: similarities of phrases that say something, −1…1; at least one.
    ///   - noise: of phrases that say nothing; at least one.
    public init(sense: [Double], noise: [Double]) {
        precondition(!sense.isEmpty && !noise.isEmpty, "\(sense.count) phrases that say something and \(noise.count) that say nothing")
        // Counts by step: the grid is then tried on them alone.
        func shares(_ values: [Double]) -> [Double] {
            var shares = [Double](repeating: 0, count: 201)
            for value in values {
                // What is no number is as far as can be.
                let value = value.isNaN ? -1 : min(1, max(-1, value))
                shares[Int(((value + 1) / Self.step).rounded())] += 1 / Double(values.count)
            }
            return shares
        }
        let sense = shares(sense), noise = shares(noise)
        (least, certain) = (0, 1)
        var smallest = Double.infinity
        for low in 0..<200 {
            for high in low + 1...200 {
                var error = 0.0
                for i in 0...200 where sense[i] > 0 || noise[i] > 0 {
                    let value = min(1, max(0, Double(i - low) / Double(high - low)))
                    error += sense[i] * (1 - value) * (1 - value) + noise[i] * value * value
                }
                if error < smallest { (smallest, least, certain) = (error, Double(low) * Self.step - 1, Double(high) * Self.step - 1) }
            }
        }
        least = (least * 100).rounded() / 100
        certain = (certain * 100).rounded() / 100
    }
}
