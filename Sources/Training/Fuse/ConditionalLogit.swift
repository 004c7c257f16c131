#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Weights of a linear score by which the right one of several candidates is the likeliest:
///
///     P(i) = exp(w·xᵢ) / Σⱼ exp(w·xⱼ)
///
/// McFadden 1974, "Conditional logit analysis of qualitative choice behavior"; to learning to rank it is ListNet's top-one loss with one right document
/// (Cao et al. 2007, doi:10.1145/1273496.1273513). The loss is convex, so Newton's method finds the one answer in a few steps, the same on every machine.
public struct ConditionalLogit {
    /// One right candidate among several.
    public struct Choice: Sendable {
        /// [candidates][F].
        let features: [Float]
        let chosen: Int
        let weight: Double

        /// - Parameters:
        ///   - features: [candidates][F], all finite.
        ///   - chosen: number of the right candidate.
        ///   - weight: what the choice counts, above 0.
        public init(features: [Float], chosen: Int, weight: Double = 1) {
            precondition(weight > 0, "a choice that counts \(weight)")
            (self.features, self.chosen, self.weight) = (features, chosen, weight)
        }
    }

    private let choices: [Choice]
    private let count: Int
    /// λ of λ·|w|², which keeps weights finite where one feature tells all.
    private let penalty: Double

    /// - Parameters:
    ///   - features: F, 1 or more.
    ///   - penalty: above 0; the weighted mean loss of a choice is of the order 1.
    public init(_ choices: [Choice], features count: Int, penalty: Double = 1e-4) {
        precondition(count > 0 && penalty > 0, "\(count) features, penalty \(penalty)")
        precondition(choices.allSatisfy { $0.features.count.isMultiple(of: count) && (0..<$0.features.count / count).contains($0.chosen) }, "uneven features")
        (self.choices, self.count, self.penalty) = (choices, count, penalty)
    }

    /// The weights, [F]; zeros for no choices.
    ///
    /// - Complexity: O(steps · candidates of all choices · F²), some ten steps.
    public var fitted: [Double] {
        var weights = [Double](repeating: 0, count: count)
        var state = derivatives(weights)
        for _ in 0..<Self.mostSteps {
            let step = Self.solution(of: state.curvature, state.slope)
            let promise = zip(step, state.slope).reduce(0) { $0 + $1.0 * $1.1 }
            guard promise > Self.precision else { break }
            // A full step but where that overshoots.
            var share = 1.0
            while true {
                let next = zip(weights, step).map { $0 - share * $1 }
                let reached = derivatives(next)
                if reached.loss <= state.loss - 0.25 * share * promise || share < 1e-6 {
                    (weights, state) = (next, reached)
                    break
                }
                share /= 2
            }
        }
        return weights
    }

    private static let mostSteps = 50
    /// Of the loss.
    private static let precision = 1e-10

    /// Weighted mean of −log P of the right candidates, and the penalty.
    public func loss(_ weights: [Double]) -> Double { derivatives(weights).loss }

    /// Slope: Σ (E[x] − x_chosen); curvature: Σ Cov[x], [F][F].
    func derivatives(_ weights: [Double]) -> (loss: Double, slope: [Double], curvature: [Double]) {
        var loss = penalty * weights.reduce(0) { $0 + $1 * $1 }
        var slope = weights.map { 2 * penalty * $0 }
        var curvature = [Double](repeating: 0, count: count * count)
        for i in 0..<count { curvature[i * count + i] = 2 * penalty }
        let all = max(choices.reduce(0) { $0 + $1.weight }, .leastNormalMagnitude)
        var mean = [Double](repeating: 0, count: count), square = curvature
        for choice in choices {
            let candidates = choice.features.count / count
            choice.features.withUnsafeBufferPointer { x in
                var scores = [Double](repeating: 0, count: candidates)
                for c in 0..<candidates { for i in 0..<count { scores[c] += weights[i] * Double(x[c * count + i]) } }
                let best = scores.max() ?? 0
                let total = scores.reduce(0) { $0 + exp($1 - best) }
                let factor = choice.weight / all
                loss += factor * (log(total) + best - scores[choice.chosen])
                for i in 0..<count { mean[i] = 0 }
                for i in 0..<count * count { square[i] = 0 }
                for c in 0..<candidates {
                    let share = exp(scores[c] - best) / total
                    if share < 1e-12 { continue }
                    for i in 0..<count {
                        let value = share * Double(x[c * count + i])
                        mean[i] += value
                        for j in 0...i { square[i * count + j] += value * Double(x[c * count + j]) }
                    }
                }
                for i in 0..<count {
                    slope[i] += factor * (mean[i] - Double(x[choice.chosen * count + i]))
                    for j in 0...i {
                        let covariance = factor * (square[i * count + j] - mean[i] * mean[j])
                        curvature[i * count + j] += covariance
                        if j < i { curvature[j * count + i] += covariance }
                    }
                }
            }
        }
        return (loss, slope, curvature)
    }

    /// x of A·x = b for a symmetric positive definite A, [n][n], by Cholesky's decomposition.
    static func solution(of matrix: [Double], _ values: [Double]) -> [Double] {
        let n = values.count
        var lower = matrix, result = values
        for i in 0..<n {
            for j in 0...i {
                var sum = matrix[i * n + j]
                for k in 0..<j { sum -= lower[i * n + k] * lower[j * n + k] }
                lower[i * n + j] = i == j ? max(sum, .leastNormalMagnitude).squareRoot() : sum / lower[j * n + j]
            }
        }
        for i in 0..<n {
            for k in 0..<i { result[i] -= lower[i * n + k] * result[k] }
            result[i] /= lower[i * n + i]
        }
        for i in (0..<n).reversed() {
            for k in i + 1..<n { result[i] -= lower[k * n + i] * result[k] }
            result[i] /= lower[i * n + i]
        }
        return result
    }
}
