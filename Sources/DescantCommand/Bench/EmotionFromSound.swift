import Evaluation
import LinearAlgebra

/// What listeners felt, from embeddings of sound: ridge regression for emotions, nearest neighbours for genre, both on tracks that were held out.
struct EmotionFromSound {
    var embeddings: [[Float]]
    var genres: [String]
    /// [tracks][emotions].
    var felt: [[Float]]

    private static let folds = 5
    private static let neighbours = 5
    /// Of the ridge, on features of variance 1 over as many dimensions as they have.
    private static let regularisation = 1.0

    struct Outcome {
        var genre: MeanAndDeviation?
        var correlation: MeanAndDeviation?
        /// Mean over the seeds.
        var byEmotion: [Double]
    }

    func crossValidated(seeds: [UInt64]) -> Outcome {
        var genre: [Double] = [], correlations: [[Double]] = []
        for seed in seeds {
            var random = SeededGenerator(seed: seed)
            var fold = [Int](repeating: 0, count: genres.count)
            for (place, track) in random.shuffled(Array(genres.indices)).enumerated() { fold[track] = place % Self.folds }
            var hits = 0
            var predicted = [[Float]](repeating: [], count: genres.count)
            for k in 0..<Self.folds {
                let training = fold.indices.filter { fold[$0] != k }, held = fold.indices.filter { fold[$0] == k }
                let scale = FeatureScale(training.map { embeddings[$0] })
                let x = training.map { scale.apply(embeddings[$0]) }
                let ridge = KernelRidge(x, targets: training.map { felt[$0] }, regularisation: Self.regularisation)
                for track in held {
                    let own = scale.apply(embeddings[track])
                    predicted[track] = ridge.predict(own)
                    let nearest = x.indices.map { ($0, Self.dot(own, x[$0]) / max(1e-9, (Self.dot(x[$0], x[$0])).squareRoot())) }
                        .sorted { ($0.1, $1.0) > ($1.1, $0.0) }.prefix(Self.neighbours)
                    var votes: [String: Double] = [:]
                    for (rank, neighbour) in nearest.enumerated() { votes[genres[training[neighbour.0]], default: 0] += 1 - 0.01 * Double(rank) }
                    if votes.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key == genres[track] { hits += 1 }
                }
            }
            genre.append(Double(hits) / Double(max(1, genres.count)))
            correlations.append(
                (felt.first ?? []).indices.map { emotion in Self.correlation(felt.map { Double($0[emotion]) }, predicted.map { Double($0[emotion]) }) })
        }
        let byEmotion = (felt.first ?? []).indices.map { emotion in correlations.reduce(0) { $0 + $1[emotion] } / Double(max(1, seeds.count)) }
        return Outcome(
            genre: MeanAndDeviation(genre), correlation: MeanAndDeviation(correlations.map { $0.reduce(0, +) / Double(max(1, $0.count)) }), byEmotion: byEmotion
        )
    }

    private static func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

    private static func correlation(_ a: [Double], _ b: [Double]) -> Double {
        let (meanA, meanB) = (a.reduce(0, +) / Double(a.count), b.reduce(0, +) / Double(b.count))
        var (ab, aa, bb) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            ab += (x - meanA) * (y - meanB)
            aa += (x - meanA) * (x - meanA)
            bb += (y - meanB) * (y - meanB)
        }
        return aa > 0 && bb > 0 ? ab / (aa * bb).squareRoot() : 0
    }
}

/// Brings every feature to mean 0 and variance 1 of what it was made from.
struct FeatureScale {
    private let mean: [Float]
    private let factor: [Float]

    init(_ rows: [[Float]]) {
        let width = rows.first?.count ?? 0
        var mean = [Double](repeating: 0, count: width), square = mean
        for row in rows {
            for i in 0..<width {
                mean[i] += Double(row[i])
                square[i] += Double(row[i]) * Double(row[i])
            }
        }
        let count = Double(max(1, rows.count))
        self.mean = mean.map { Float($0 / count) }
        factor = zip(mean, square).map { mean, square in
            let variance = square / count - (mean / count) * (mean / count)
            return variance > 1e-12 ? Float(1 / variance.squareRoot()) : 0
        }
    }

    func apply(_ row: [Float]) -> [Float] { row.indices.map { (row[$0] - mean[$0]) * factor[$0] } }
}

/// Ridge regression by the products of its examples: few examples, many features.
struct KernelRidge {
    private let x: [[Float]]
    private let mean: [Double]
    /// [examples][targets].
    private let weights: [[Double]]

    /// - Parameter regularisation: of features of variance 1, per feature.
    init(_ x: [[Float]], targets: [[Float]], regularisation: Double) {
        self.x = x
        let count = x.count, width = targets.first?.count ?? 0
        let mean = (0..<width).map { target in targets.reduce(0) { $0 + Double($1[target]) } / Double(max(1, count)) }
        self.mean = mean
        var system = (0..<count).map { i in (0..<count).map { j in zip(x[i], x[j]).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } } }
        for i in 0..<count { system[i][i] += regularisation * Double(x.first?.count ?? 1) }
        var right = targets.map { row in zip(row, mean).map { Double($0) - $1 } }
        // Cholesky: the system is symmetric and positive definite.
        for i in 0..<count {
            for j in 0...i {
                var sum = system[i][j]
                for k in 0..<j { sum -= system[i][k] * system[j][k] }
                system[i][j] = i == j ? max(sum, 1e-12).squareRoot() : sum / system[j][j]
            }
        }
        for target in 0..<width {
            for i in 0..<count {
                for k in 0..<i { right[i][target] -= system[i][k] * right[k][target] }
                right[i][target] /= system[i][i]
            }
            for i in (0..<count).reversed() {
                for k in i + 1..<max(i + 1, count) { right[i][target] -= system[k][i] * right[k][target] }
                right[i][target] /= system[i][i]
            }
        }
        weights = right
    }

    func predict(_ features: [Float]) -> [Float] {
        var result = mean
        for (example, weight) in zip(x, weights) {
            let product = zip(example, features).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            for target in result.indices { result[target] += product * weight[target] }
        }
        return result.map { Float($0) }
    }
}
