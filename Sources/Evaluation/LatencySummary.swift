/// How long the queries of a measurement took: percentiles, mean, and queries answered a second, one after another.
///
/// Percentiles are by nearest rank: pP is the smallest sample such that at least P % of the samples are not above it, the sample at
/// rank ⌈P · n / 100⌉. So each is a time that was measured, never an interpolation; p99 of fewer than 100 samples is the largest.
public struct LatencySummary: Hashable, Sendable, Codable, CustomStringConvertible {
    public let count: Int
    /// Seconds, as every time here.
    public let p50: Double
    public let p95: Double
    public let p99: Double
    public let mean: Double
    /// n / Σ samples; infinite where the clock saw no time pass.
    public let queriesPerSecond: Double

    /// - Parameter samples: seconds, one for each query, in any order. `nil` for none.
    /// - Complexity: O(n log n).
    public init?(samples: [Double]) {
        let rising = samples.sorted()
        guard !rising.isEmpty else { return nil }
        let total = rising.reduce(0, +)
        count = rising.count
        p50 = Self.percentile(50, ofRising: rising)
        p95 = Self.percentile(95, ofRising: rising)
        p99 = Self.percentile(99, ofRising: rising)
        mean = total / Double(rising.count)
        queriesPerSecond = Double(rising.count) / total
    }

    public var description: String {
        func milliseconds(_ seconds: Double) -> String { (seconds * 1000).fixed(digits: 3) + " ms" }
        return "p50 \(milliseconds(p50)), p95 \(milliseconds(p95)), p99 \(milliseconds(p99)), mean \(milliseconds(mean)), "
            + "\(queriesPerSecond.fixed(digits: 1)) queries/s (n = \(count))"
    }

    /// - Parameter percent: in 1...100, of which the rank is computed in integers: 0.95 · 20 in floating point may be above 19.
    private static func percentile(_ percent: Int, ofRising samples: [Double]) -> Double {
        samples[(percent * samples.count + 99) / 100 - 1]
    }
}
