/// Similarities between which a phrase changes from one that says nothing to one that surely says something, learnt from examples of both.
///
/// The ramp from 0 at `least` to 1 at `certain` that is nearest, in squares, to "says something": an estimate of its probability (Brier 1950) that cannot
/// overfit with its two figures.
public struct SimilarityScale: Hashable, Sendable {
    public var least: Double
    public var certain: Double

    private static let step = 0.01

    /// - Parameters:
    ///   - sense: similarities of phrases that say something, −1…1; at least one.
    ///   - noise: of phrases that say nothing; at least one.
    ///   - noiseShare: how many of all phrases say nothing, above 0 and below 1, whatever the numbers of examples.
    public init(sense: [Double], noise: [Double], noiseShare: Double = 0.5) {
        precondition(!sense.isEmpty && !noise.isEmpty, "\(sense.count) phrases that say something and \(noise.count) that say nothing")
        precondition(noiseShare > 0 && noiseShare < 1, "a share of \(noiseShare)")
        // Counts by step: the grid is then tried on them alone.
        func shares(_ values: [Double], of all: Double) -> [Double] {
            var shares = [Double](repeating: 0, count: 201)
            for value in values {
                // What is no number is as far as can be.
                let value = value.isNaN ? -1 : min(1, max(-1, value))
                shares[Int(((value + 1) / Self.step).rounded())] += all / Double(values.count)
            }
            return shares
        }
        let sense = shares(sense, of: 1 - noiseShare), noise = shares(noise, of: noiseShare)
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
