import Evaluation
import LinearAlgebra
import MoodTransformation

/// What listeners felt, from embeddings of sound: ridge regression for emotions, nearest neighbours for genre, both on tracks that were held out.
struct EmotionFromSound {
    var embeddings: [[Float]]
    var genres: [String]
    /// [tracks][emotions].
    var felt: [[Float]]

    private static let folds = 5
    private static let neighbours = 5
    /// Of the squared weights, on features of variance 1.
    private static let penaltyPerFeature = 1.0

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
                let width = embeddings.first?.count ?? 0
                let ridge = RidgeRegression(Matrix(x), Matrix(training.map { felt[$0] }), penalty: Self.penaltyPerFeature * Double(width))
                for track in held {
                    let own = scale.apply(embeddings[track])
                    predicted[track] = ridge.predict(Matrix([own])).values
                    let nearest = x.indices.map { ($0, Self.dot(own, x[$0]) / max(1e-9, (Self.dot(x[$0], x[$0])).squareRoot())) }
                        .sorted { ($0.1, $1.0) > ($1.1, $0.0) }.prefix(Self.neighbours)
                    var votes: [String: Double] = [:]
                    for (rank, neighbour) in nearest.enumerated() { votes[genres[training[neighbour.0]], default: 0] += 1 - 0.01 * Double(rank) }
                    if votes.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key == genres[track] { hits += 1 }
                }
            }
            genre.append(Double(hits) / Double(max(1, genres.count)))
            correlations.append(
                (felt.first ?? []).indices.map { emotion in correlation(felt.map { Double($0[emotion]) }, predicted.map { Double($0[emotion]) }) })
        }
        let byEmotion = (felt.first ?? []).indices.map { emotion in correlations.reduce(0) { $0 + $1[emotion] } / Double(max(1, seeds.count)) }
        return Outcome(
            genre: MeanAndDeviation(genre), correlation: MeanAndDeviation(correlations.map { $0.reduce(0, +) / Double(max(1, $0.count)) }), byEmotion: byEmotion
        )
    }

    private static func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
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
