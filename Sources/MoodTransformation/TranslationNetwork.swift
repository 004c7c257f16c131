public import LinearAlgebra
public import NeuralNetworks

/// The published way to move an embedding to another mood: a network that maps a seed and the difference of two moods to where the moved track should lie.
///
/// p_s (d → 1024 → 512, ReLU, dropout 0.3) reads the seed, p_y (moods → 64 → 128, dropout 0.4) the difference of the one-hot moods; both side by side go through one
/// linear layer back to d. Targets are proxies: of the 100 tracks nearest to the seed that have the mood, one at random; the seed itself where the moods agree.
/// Loss: 1 − cos(x̂, x_t), a triplet loss with margin 0.3 that keeps away from the seed, and binary cross-entropy of σ(3 cos(x̂, x_t)) with target 1 for agreeing
/// moods and 0.5 for others. It is here for `MoodDial` to be compared with.
///
/// Source: Wilkins et al. 2025, arXiv 2510.20759.
public final class TranslationNetwork {
    public struct Options: Sendable {
        public var epochs = 500
        public var batch = 1024
        public var rate: Float = 5e-4
        public var proxies = 100
        /// Widths of the two layers that read the seed.
        public var widths = (1024, 512)
        public var cosine: Float = 1
        public var triplet: Float = 1
        public var crossEntropy: Float = 1
        public var seed: UInt64 = 0

        public init() {}
    }

    private static let margin: Float = 0.3
    private static let logitScale: Float = 3
    private static let otherMood: Float = 0.5

    private let dimension: Int
    private let moods: Int
    private let layers: [(weight: Parameter, bias: Parameter)]
    private let team: ThreadTeam

    /// - Parameters:
    ///   - x: unit vectors, [tracks][dimension].
    ///   - moods: the one mood of each track, below `count`.
    /// - Throws: `TrainingFailure` when the loss is no number.
    /// - Complexity: O(epochs · tracks · weights), and O(tracks² · dimension) for the proxies.
    public init(_ x: Matrix, moods: [Int], count: Int, options: Options = Options(), team: ThreadTeam = .shared) throws(TrainingFailure) {
        precondition(x.rows == moods.count && x.rows > 0, "\(x.rows) vectors of \(moods.count) tracks")
        (dimension, self.moods, self.team) = (x.columns, count, team)
        var random = SeededGenerator(seed: options.seed)
        layers = [(x.columns, options.widths.0), options.widths, (count, 64), (64, 128), (options.widths.1 + 128, x.columns)].enumerated().map {
            number, shape in
            // He et al. 2015: variances stay through ReLUs.
            let weight = Parameter(
                "layer\(number).weight", shape: [shape.1, shape.0], decays: true, deviation: (2 / Float(shape.0)).squareRoot(), &random)
            return (weight, Parameter("layer\(number).bias", shape: [shape.1], decays: false, values: [Float](repeating: 0, count: shape.1)))
        }
        let proxies = Self.proxies(x, moods, count, options.proxies)
        let optimiser = AdamW(layers.flatMap { [$0.weight, $0.bias] })
        let pool = BufferPool()
        for epoch in 0..<options.epochs {
            for (number, batch) in random.shuffled(Array(0..<x.rows)).chunks(of: options.batch).map(Array.init).enumerated() {
                var targets: [Int] = [], differences: [Float] = [], agreement: [Float] = []
                for track in batch {
                    let mood = random.integer(in: 0...count - 1)
                    let near = proxies[track][mood]
                    targets.append(mood == moods[track] || near.isEmpty ? track : near[random.integer(in: 0...near.count - 1)])
                    differences += (0..<count).map { ($0 == mood ? 1 : 0) - ($0 == moods[track] ? 1 : 0) }
                    agreement.append(mood == moods[track] ? 1 : Self.otherMood)
                }
                let tape = Tape(team: team, pool: pool)
                let seeds = tape.constant(rows: batch.count, columns: x.columns, x.rows(batch).values)
                let difference = tape.constant(rows: batch.count, columns: count, differences)
                let target = tape.constant(rows: batch.count, columns: x.columns, x.rows(targets).values)
                let moved = tape.normalize(forward(tape, seeds, difference, dropoutSeed: SeededGenerator.mixed(options.seed, UInt64(epoch * 4096 + number))))
                let cosines = tape.pairedProducts(moved, target)
                let loss = tape.sum([
                    (options.cosine, tape.cosineLoss(cosines)),
                    (options.triplet, tape.tripletLoss(positives: cosines, negatives: tape.pairedProducts(moved, seeds), margin: Self.margin)),
                    (options.crossEntropy, tape.binaryCrossEntropy(tape.scale(cosines, by: Self.logitScale), targets: agreement)),
                ])
                tape.backward(from: loss)
                _ = try optimiser.step(rate: options.rate, team: team)
            }
        }
    }

    /// Where tracks lie when they are moved: unit vectors.
    ///
    /// - Parameter difference: of the moods, target less seed, for each track. [tracks][moods]
    public func moved(_ x: Matrix, by difference: Matrix) -> Matrix {
        let tape = Tape(team: team)
        let out = tape.normalize(
            forward(
                tape, tape.constant(rows: x.rows, columns: x.columns, x.values), tape.constant(rows: x.rows, columns: moods, difference.values),
                dropoutSeed: nil))
        return Matrix(rows: x.rows, columns: x.columns, values: out.values)
    }

    private func forward(_ tape: Tape, _ seeds: Variable, _ difference: Variable, dropoutSeed: UInt64?) -> Variable {
        func layer(_ x: Variable, _ number: Int) -> Variable { tape.linear(x, layers[number].weight, layers[number].bias) }
        func drop(_ x: Variable, _ rate: Float, _ number: UInt64) -> Variable {
            dropoutSeed.map { tape.dropout(x, rate: rate, seed: SeededGenerator.mixed($0, number)) } ?? x
        }
        let seed = drop(tape.relu(layer(drop(tape.relu(layer(seeds, 0)), 0.3, 1), 1)), 0.3, 2)
        let mood = drop(tape.relu(layer(drop(tape.relu(layer(difference, 2)), 0.4, 3), 3)), 0.4, 4)
        return layer(drop(tape.concatenate([seed, mood]), 0.3, 5), 4)
    }

    /// For each track and mood, the nearest tracks that have it.
    private static func proxies(_ x: Matrix, _ moods: [Int], _ count: Int, _ limit: Int) -> [[[Int]]] {
        let similarities = x.product(x.transposed)
        return (0..<x.rows).map { track in
            var near = [[Int]](repeating: [], count: count)
            for other in (0..<x.rows).sorted(by: { (similarities[track, $0], $1) > (similarities[track, $1], $0) }) where other != track {
                if near[moods[other]].count < limit { near[moods[other]].append(other) }
            }
            return near
        }
    }
}

extension Array {
    fileprivate func chunks(of count: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min(self.count, $0 + count)] }
    }
}
