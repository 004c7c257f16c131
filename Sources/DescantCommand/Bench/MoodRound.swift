import LinearAlgebra
import MoodTransformation
import NeuralNetworks

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What seeds are turned to.
enum MoodTargets: String, CaseIterable {
    /// Every mood but the seed's own.
    case single
    /// Every two moods that are not the seed's, each with half of the weight; the answer should have one of them.
    case pairs
    /// The seed's place in the valence–arousal plane, moved by 0.6 along an axis, where that leaves the plane's square by less than half of the way; the answer should
    /// lie at least half as far that way.
    case shifts
}

/// One cut into folds: every method is learnt on four of them and turns the tracks of the fifth.
struct MoodRound {
    static let logCurve = "nearest + w · log P(mood)"
    static let dialCurve = "dial"
    private static let folds = 5
    /// Sums of which the dial is the last.
    static let parts: [(name: String, isKin: Bool, mood: @Sendable (Float) -> Float)] = [
        ("nearest + w · P(mood)", false, { $0 }), ("nearest + w · P(mood)²", false, { $0 * $0 }),
        ("kin + w · log P(mood)", true, { logf(max(1e-9, $0)) }), ("kin + w · P(mood)", true, { $0 }), ("kin + w · P(mood)²", true, { $0 * $0 }),
    ]
    /// The published sampling of proxies, and of the oracle.
    private static let near = 100

    private let data: LabelledVectors
    private let chosen: [Int]
    private let single: [(track: Int, mood: Int)]
    private let fold: [Int]
    private let seed: UInt64
    private let epochs: Int
    private let targets: MoodTargets
    /// Of each chosen mood; needed for shifts only.
    private let places: [MoodPlace]

    init(_ data: LabelledVectors, _ chosen: [Int], seed: UInt64, epochs: Int, targets: MoodTargets, places: [MoodPlace]) {
        (self.data, self.chosen, self.seed, self.epochs, self.targets, self.places) = (data, chosen, seed, epochs, targets, places)
        single = data.tracks(withOneOf: chosen)
        fold = ArtistFolds.cut(
            artists: single.map { data.artists[$0.track] }, moods: single.map(\.mood), moodCount: chosen.count, folds: Self.folds, seed: seed)
    }

    /// Calls `report` for each method in each fold.
    func run(_ report: (String, MoodFigures) -> Void) throws {
        for part in 0..<Self.folds {
            let held = single.indices.filter { fold[$0] == part }
            let artists = Set(held.map { data.artists[single[$0].track] })
            let training = data.subset((0..<data.count).filter { !artists.contains(data.artists[$0]) })
            let taught = single.indices.filter { fold[$0] != part }
            try Fold(
                tracks: data.subset(held.map { single[$0].track }), moods: held.map { single[$0].mood }, training: training,
                taught: data.vectors.rows(taught.map { single[$0].track }).normalized, taughtMoods: taught.map { single[$0].mood }, chosen: chosen,
                asks: chosen.indices.map(asks), seed: seed + UInt64(part) << 32, epochs: epochs
            ).run(report)
        }
    }

    /// What a seed may be turned to.
    private struct Ask {
        /// Of each mood, in 0…1.
        var weights: [Float]
        /// Whether an answer of a mood will do, by mood.
        var isMet: [Bool]
    }

    /// For seeds of a mood.
    private func asks(of own: Int) -> [Ask] {
        let others = chosen.indices.filter { $0 != own }
        switch targets {
        case .single:
            return others.map { target in Ask(weights: chosen.indices.map { $0 == target ? 1 : 0 }, isMet: chosen.indices.map { $0 == target }) }
        case .pairs:
            return others.flatMap { first in
                others.filter { $0 > first }.map { second in
                    Ask(weights: chosen.indices.map { $0 == first || $0 == second ? 0.5 : 0 }, isMet: chosen.indices.map { $0 == first || $0 == second })
                }
            }
        case .shifts:
            let step = 0.6
            return [(step, 0.0), (-step, 0), (0, step), (0, -step)].compactMap { valence, arousal in
                let target = MoodPlace(valence: places[own].valence + valence, arousal: places[own].arousal + arousal)
                guard max(target.valence.magnitude, target.arousal.magnitude) <= 1 + step / 2 else { return nil }
                let met = places.map { ($0.valence - places[own].valence) * valence + ($0.arousal - places[own].arousal) * arousal >= step * step / 2 }
                return met.contains(true) ? Ask(weights: target.weights(from: places[own], of: places), isMet: met) : nil
            }
        }
    }

    private struct Fold {
        let tracks: LabelledVectors
        let moods: [Int]
        let training: LabelledVectors
        let taught: Matrix
        let taughtMoods: [Int]
        let chosen: [Int]
        /// By the seed's mood.
        let asks: [[Ask]]
        let seed: UInt64
        let epochs: Int

        func run(_ report: (String, MoodFigures) -> Void) throws {
            let n = tracks.count, k = chosen.count
            let x = tracks.vectors.normalized
            let cosines = x.product(x.transposed)
            var random = SeededGenerator(seed: seed)
            func judge(_ name: String, _ score: (_ seed: Int, _ ask: Ask) -> [Float]) { report(name, figures { seed, _, ask in score(seed, ask) }) }

            // Without labels at query time.
            judge("random") { _, _ in (0..<n).map { _ in random.uniform() } }
            judge("no edit, nearest") { seed, _ in Array(cosines.row(seed)) }
            let means = (0..<k).map { mood in taught.rows(taughtMoods.indices.filter { taughtMoods[$0] == mood }).columnMeans }
            for factor in [1, 3] as [Float] {
                judge("add mood difference vector × \(Int(factor))") { seed, ask in
                    let own = means[moods[seed]], target = mix(means, ask.weights)
                    return dots(x, zip(x.row(seed), zip(own, target)).map { $0 + factor * ($1.1 - $1.0) })
                }
            }
            judge("nearest to the average mood vector") { _, ask in dots(x, mix(means, ask.weights)) }
            let dial = MoodDial(training, moods: chosen)
            let space = dial.space(tracks.vectors)
            let posteriors = space.posteriors
            func posterior(_ track: Int, _ weights: [Float]) -> Float { zip(weights, posteriors.row(track)).reduce(0) { $0 + $1.0 * $1.1 } }
            judge("filter by predicted mood, then nearest") { seed, ask in
                (0..<n).map { track in
                    let likeliest = (0..<k).max { posteriors[track, $0] < posteriors[track, $1] } ?? 0
                    return cosines[seed, track] + (ask.isMet[likeliest] ? 10 : 0)
                }
            }
            for weight in [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 4] as [Float] {
                judge("\(MoodRound.logCurve), w = \(weight)") { seed, ask in
                    (0..<n).map { cosines[seed, $0] + weight * logf(max(1e-9, posterior($0, ask.weights))) }
                }
            }
            var learned: Matrix?
            // All seeds and asks at once.
            let rows = (0..<n).flatMap { seed in asks[moods[seed]].map { (seed: seed, ask: $0) } }
            let starts = (0..<n).reduce(into: [0]) { $0.append(($0.last ?? 0) + asks[moods[$1]].count) }
            if epochs > 0 {
                for (name, losses) in [
                    ("the published map", (1, 1, 1)), ("… cosine loss alone", (1, 0, 0)), ("… triplet loss alone", (0, 1, 0)),
                    ("… cross-entropy alone", (0, 0, 1)),
                ] as [(String, (Float, Float, Float))] {
                    var options = TranslationNetwork.Options()
                    (options.epochs, options.seed) = (epochs, seed)
                    (options.cosine, options.triplet, options.crossEntropy) = losses
                    let network = try TranslationNetwork(taught, moods: taughtMoods, count: k, options: options)
                    var differences = Matrix(rows: rows.count, columns: k)
                    for (row, (seed, ask)) in rows.enumerated() {
                        for mood in 0..<k { differences[row, mood] = ask.weights[mood] - (moods[seed] == mood ? 1 : 0) }
                    }
                    let moved = network.moved(x.rows(rows.map(\.seed)), by: differences).product(x.transposed)
                    if learned == nil { learned = moved }
                    report(name, figures { seed, place, _ in Array(moved.row(starts[seed] + place)) })
                }
            }
            for strength in [0, 0.1, 0.2, 0.3, 0.4, 0.45, 0.475, 0.5, 0.525, 0.55, 0.6, 0.65, 0.7, 0.8, 0.9, 1] as [Float] {
                judge("\(MoodRound.dialCurve), strength \(strength)") { seed, ask in
                    dial.scores(seed: seed, target: ask.weights, strength: strength, in: space)
                }
            }

            // What the dial's parts are worth, as curves over the weight.
            let kin = space.profiles.product(space.profiles.transposed)
            for part in MoodRound.parts {
                for weight in [0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.3, 1.6, 2, 3, 5, 10] as [Float] {
                    judge("\(part.name), w = \(weight)") { seed, ask in
                        (0..<n).map { (part.isKin ? kin : cosines)[seed, $0] + weight * part.mood(posterior($0, ask.weights)) }
                    }
                }
            }

            // With the moods' labels, or all labels, at query time.
            func meets(_ ask: Ask, _ track: Int) -> Float { ask.isMet[moods[track]] ? 100 : 0 }
            judge("label: random of the 100 nearest with the mood") { seed, ask in
                let near = (0..<n).filter { $0 != seed && ask.isMet[moods[$0]] }.sorted { (cosines[seed, $0], $1) > (cosines[seed, $1], $0) }.prefix(
                    MoodRound.near)
                let pick = near.isEmpty ? 0 : near[near.startIndex + random.integer(in: 0...near.count - 1)]
                return (0..<n).map { $0 == pick ? 1 : 0 }
            }
            judge("label: nearest with the mood") { seed, ask in (0..<n).map { cosines[seed, $0] + meets(ask, $0) } }
            if let learned {
                report(
                    "label: the published map with the mood",
                    figures { seed, place, ask in (0..<n).map { learned[starts[seed] + place, $0] + meets(ask, $0) } })
            }
            let told = dial.space(tracks.vectors, moods: tracks.moodLabels(chosen), labels: tracks.keptLabels)
            for strength in [0.2, 0.4, 0.5, 0.55, 0.6, 0.8, 1] as [Float] {
                judge("labels told to the dial, strength \(strength)") { seed, ask in dial.scores(seed: seed, target: ask.weights, strength: strength, in: told)
                }
            }
            judge("label: nearest kin with the mood") { seed, ask in (0..<n).map { kin[seed, $0] + meets(ask, $0) } }
            judge("all labels: the mood, then shared genres and instruments, then kin") { seed, ask in
                (0..<n).map { track in
                    let genre: Float = Set(tracks.genres[seed]).isDisjoint(with: tracks.genres[track]) ? 0 : 1
                    return meets(ask, track) + genre + Self.jaccard(tracks.instruments[seed], tracks.instruments[track]) + 0.1 * kin[seed, track]
                }
            }
        }

        private func dots(_ x: Matrix, _ vector: [Float]) -> [Float] { x.product(Matrix(rows: vector.count, columns: 1, values: vector)).values }

        /// The weighted mean of some vectors.
        private func mix(_ vectors: [[Float]], _ weights: [Float]) -> [Float] {
            let total = max(weights.reduce(0, +), .leastNormalMagnitude)
            return (vectors.first ?? []).indices.map { i in zip(vectors, weights).reduce(0) { $0 + $1.0[i] * $1.1 } / total }
        }

        private static func jaccard(_ a: [Int], _ b: [Int]) -> Float {
            let union = Set(a).union(b)
            return union.isEmpty ? 0 : Float(Set(a).intersection(b).count) / Float(union.count)
        }

        /// - Parameter score: of all tracks, for a seed and the ask at a place among its mood's.
        private func figures(_ score: (_ seed: Int, _ place: Int, _ ask: Ask) -> [Float]) -> MoodFigures {
            var (moodHits, asked, genreHits, genrePairs, jaccards, instrumentPairs) = (0, 0, 0, 0, 0.0, 0)
            for seed in 0..<tracks.count {
                for (place, ask) in asks[moods[seed]].enumerated() {
                    let scores = score(seed, place, ask)
                    var best = -1
                    for track in 0..<tracks.count where track != seed && (best < 0 || scores[track] > scores[best]) { best = track }
                    guard best >= 0 else { continue }
                    asked += 1
                    if ask.isMet[moods[best]] { moodHits += 1 }
                    if !tracks.genres[seed].isEmpty, !tracks.genres[best].isEmpty {
                        genrePairs += 1
                        if !Set(tracks.genres[seed]).isDisjoint(with: tracks.genres[best]) { genreHits += 1 }
                    }
                    if !tracks.instruments[seed].isEmpty, !tracks.instruments[best].isEmpty {
                        instrumentPairs += 1
                        jaccards += Double(Self.jaccard(tracks.instruments[seed], tracks.instruments[best]))
                    }
                }
            }
            return MoodFigures(
                mood: Double(moodHits) / Double(max(1, asked)), genre: Double(genreHits) / Double(max(1, genrePairs)),
                instrument: jaccards / Double(max(1, instrumentPairs)))
        }
    }
}
