public import LinearAlgebra

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How likely each mood is, given how a track sounds: multinomial logistic regression with a penalty on the weights.
///
/// The moods exclude each other here; probabilities add up to 1. They keep the moods' own frequencies: a mood that few tracks have needs more to be believed, which
/// is what a listener who turns to it wants.
/// The loss is convex; it is minimised by L-BFGS. Source: Liu & Nocedal 1989, doi 10.1007/BF01589116.
public struct MoodPosterior: Sendable {
    /// [dimension][moods] and a summand for each mood.
    public let weights: Matrix
    public let bias: [Float]

    private static let memory = 10
    private static let steps = 200

    /// One that was learnt before: [dimension][moods], and a summand for each.
    public init(weights: Matrix, bias: [Float]) {
        precondition(weights.columns == bias.count, "\(bias.count) summands for \(weights.columns) moods")
        (self.weights, self.bias) = (weights, bias)
    }

    /// - Parameter moods: the number of each example's mood, below `count`.
    public init(_ x: Matrix, moods: [Int], count: Int, penalty: Double) {
        precondition(moods.allSatisfy { (0..<count).contains($0) }, "moods beyond \(count)")
        var labels = Matrix(rows: moods.count, columns: count)
        for (example, mood) in moods.enumerated() { labels[example, mood] = 1 }
        self.init(x, labels: labels, penalty: penalty)
    }

    /// - Parameters:
    ///   - x: [examples][dimension].
    ///   - labels: how much of each mood an example has, [examples][moods]; a row adds up to what the example counts, as a rule 1.
    ///   - penalty: of Σ w² / 2, against the sum of the examples' losses.
    /// - Complexity: O(steps · examples · dimension · moods).
    public init(_ x: Matrix, labels: Matrix, penalty: Double) {
        precondition(x.rows == labels.rows, "\(x.rows) examples, labels of \(labels.rows)")
        let (d, count) = (x.columns, labels.columns)
        let transposed = x.transposed
        let counts = (0..<labels.rows).map { labels.row($0).reduce(0, +) }
        /// Weights row by row, then the biases.
        func lossAndGradient(_ w: [Double]) -> (Double, [Double]) {
            let weights = Matrix(rows: d, columns: count, values: w.prefix(d * count).map { Float($0) })
            var errors = x.product(weights)
            var loss = 0.0
            var logits = [Double](repeating: 0, count: count)
            for i in 0..<x.rows {
                for k in 0..<count { logits[k] = Double(errors[i, k]) + w[d * count + k] }
                let greatest = logits.max() ?? 0
                var sum = 0.0
                for k in 0..<count { sum += exp(logits[k] - greatest) }
                let total = greatest + log(sum)
                for k in 0..<count {
                    loss += Double(labels[i, k]) * (total - logits[k])
                    errors[i, k] = counts[i] * Float(exp(logits[k] - total)) - labels[i, k]
                }
            }
            var gradient = transposed.product(errors).values.map(Double.init)
            for j in gradient.indices {
                gradient[j] += penalty * w[j]
                loss += penalty * w[j] * w[j] / 2
            }
            // Biases are free: they carry the frequencies.
            gradient += errors.columnMeans.map { Double($0) * Double(x.rows) }
            return (loss, gradient)
        }
        let solution = Self.minimise(Array(repeating: 0, count: d * count + count), lossAndGradient)
        weights = Matrix(rows: d, columns: count, values: solution.prefix(d * count).map { Float($0) })
        bias = solution.suffix(count).map { Float($0) }
    }

    /// [rows][moods], each row adding up to 1.
    public func probabilities(_ x: Matrix) -> Matrix {
        var result = x.product(weights)
        for row in 0..<result.rows {
            let logits = bias.indices.map { result[row, $0] + bias[$0] }
            let greatest = logits.max() ?? 0
            let exponentials = logits.map { Float(exp(Double($0 - greatest))) }
            let sum = exponentials.reduce(0, +)
            for k in bias.indices { result[row, k] = exponentials[k] / sum }
        }
        return result
    }

    private static func minimise(_ start: [Double], _ function: ([Double]) -> (Double, [Double])) -> [Double] {
        func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        var x = start
        var (value, gradient) = function(x)
        var history: [(s: [Double], y: [Double], rho: Double)] = []
        let tolerance = 1e-5 * max(1, dot(gradient, gradient).squareRoot())
        for _ in 0..<steps {
            guard dot(gradient, gradient).squareRoot() > tolerance else { break }
            // The two loops of L-BFGS.
            var direction = gradient
            var alphas: [Double] = []
            for (s, y, rho) in history.reversed() {
                let alpha = rho * dot(s, direction)
                alphas.append(alpha)
                for i in direction.indices { direction[i] -= alpha * y[i] }
            }
            if let last = history.last {
                let scale = dot(last.s, last.y) / dot(last.y, last.y)
                for i in direction.indices { direction[i] *= scale }
            }
            for ((s, y, rho), alpha) in zip(history, alphas.reversed()) {
                let beta = rho * dot(y, direction)
                for i in direction.indices { direction[i] += s[i] * (alpha - beta) }
            }
            let slope = dot(gradient, direction)
            guard slope > 0 else { break }
            var step = history.isEmpty ? min(1, 1 / dot(gradient, gradient).squareRoot()) : 1
            var next = x, found = (value, gradient), halvings = 0
            repeat {
                next = zip(x, direction).map { $0 - step * $1 }
                found = function(next)
                step /= 2
                halvings += 1
            } while found.0 > value - 1e-4 * step * 2 * slope && halvings < 30
            guard found.0 < value else { break }
            let s = zip(next, x).map { $0 - $1 }, y = zip(found.1, gradient).map { $0 - $1 }
            let curvature = dot(s, y)
            if curvature > 1e-12 {
                history.append((s, y, 1 / curvature))
                if history.count > memory { history.removeFirst() }
            }
            (x, value, gradient) = (next, found.0, found.1)
        }
        return x
    }
}
