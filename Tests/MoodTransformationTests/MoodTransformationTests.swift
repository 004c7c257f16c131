import LinearAlgebra
import TestSupport
import Testing

@testable import MoodTransformation

/// Tracks of two genres and two moods: the first coordinate tells the mood, the second the genre, the others nothing.
private struct Plane {
    static let moods = ["calm", "energetic"]
    let data: LabelledVectors

    init(count: Int, seed: UInt64, noise: Float = 0.3) {
        var random = SeededGenerator(seed: seed)
        var values: [Float] = [], moods: [[Int]] = [], genres: [[Int]] = []
        for track in 0..<count {
            let (mood, genre) = (track % 2, track / 2 % 2)
            values += [Float(2 * mood - 1), Float(2 * genre - 1), 0, 0].map { $0 + noise * random.normal() }
            moods.append([mood])
            genres.append([genre])
        }
        data = LabelledVectors(
            vectors: Matrix(rows: count, columns: 4, values: values), moods: moods, genres: genres, instruments: Array(repeating: [], count: count),
            artists: (0..<count).map { $0 / 4 }, moodNames: Self.moods, genreNames: ["jazz", "rock"], instrumentNames: [])
    }
}

@Suite struct RidgeRegressionTests {
    /// y = 3x₀ − x₁ + 2, without noise.
    @Test func aLineIsFound() {
        var random = SeededGenerator(seed: 1)
        let x = Matrix(rows: 50, columns: 2, values: (0..<100).map { _ in random.normal() })
        let y = Matrix(rows: 50, columns: 1, values: (0..<50).map { 3 * x[$0, 0] - x[$0, 1] + 2 })
        let ridge = RidgeRegression(x, y, penalty: 1e-6)
        #expect(abs(ridge.weights[0, 0] - 3) < 1e-3 && abs(ridge.weights[1, 0] + 1) < 1e-3)
        let predicted = ridge.predict(x)
        for row in 0..<50 { #expect(abs(predicted[row, 0] - y[row, 0]) < 1e-3) }
    }

    /// One feature, one target: w = Σxy / (Σx² + λ) for centred x and y.
    @Test(arguments: [0.5, 2, 100]) func thePenaltyShrinksAsTheFormulaSays(penalty: Double) {
        let x = Matrix(rows: 4, columns: 1, values: [-1, 0, 1, 4]), y = Matrix(rows: 4, columns: 1, values: [1, 2, 2, 7])
        // Means 1 and 3: Σxy = 4 + 1 + 0 + 12 = 17, Σx² = 4 + 1 + 0 + 9 = 14.
        let ridge = RidgeRegression(x, y, penalty: penalty)
        #expect(abs(Double(ridge.weights[0, 0]) - 17 / (14 + penalty)) < 1e-5)
        #expect(ridge.inputMean == [1] && ridge.targetMean == [3])
    }

    @Test func moreFeaturesThanExamplesAreNoTrouble() {
        var random = SeededGenerator(seed: 2)
        let x = Matrix(rows: 5, columns: 20, values: (0..<100).map { _ in random.normal() })
        let ridge = RidgeRegression(x, Matrix(rows: 5, columns: 1, values: [1, 2, 3, 4, 5]), penalty: 0.01)
        #expect(ridge.weights.values.allSatisfy { $0.isFinite })
        for row in 0..<5 { #expect(abs(ridge.predict(x)[row, 0] - Float(row + 1)) < 0.1) }
    }
}

@Suite struct MoodPosteriorTests {
    /// With weights held to 0 by an endless penalty, only the frequencies are left.
    @Test func withoutEvidenceFrequenciesAreGiven() {
        var random = SeededGenerator(seed: 3)
        let x = Matrix(rows: 8, columns: 3, values: (0..<24).map { _ in random.normal() })
        let posterior = MoodPosterior(x, moods: [0, 0, 0, 0, 0, 1, 1, 2], count: 3, penalty: 1e9)
        let probabilities = posterior.probabilities(x)
        for (own, expected) in zip(probabilities.row(0), [0.625, 0.25, 0.125] as [Float]) { #expect(abs(own - expected) < 1e-3) }
    }

    /// At the minimum, Σ (p − y) x + λ w = 0 for every weight, and Σ (p − y) = 0 for every bias.
    @Test func theGradientVanishes() {
        let data = Plane(count: 40, seed: 4, noise: 1).data
        let moods = data.moods.map { $0[0] }
        let posterior = MoodPosterior(data.vectors, moods: moods, count: 2, penalty: 0.7)
        let p = posterior.probabilities(data.vectors)
        for k in 0..<2 {
            var bias = 0.0, weights = [Double](repeating: 0, count: 4)
            for i in 0..<40 {
                let error = Double(p[i, k]) - (moods[i] == k ? 1 : 0)
                bias += error
                for j in 0..<4 { weights[j] += error * Double(data.vectors[i, j]) }
            }
            #expect(abs(bias) < 1e-2)
            for j in 0..<4 { #expect(abs(weights[j] + 0.7 * Double(posterior.weights[j, k])) < 1e-2) }
        }
        for row in 0..<40 { #expect(abs(p.row(row).reduce(0, +) - 1) < 1e-5) }
    }
}

@Suite struct ArtistFoldsTests {
    @Test(arguments: 0..<5 as Range<UInt64>) func noArtistIsInTwoFoldsAndMoodsAreSpread(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let artists = (0..<400).map { _ in random.integer(in: 0...59) }
        let moods = artists.map { ($0 * 7 + random.integer(in: 0...1)) % 4 }
        let folds = ArtistFolds.cut(artists: artists, moods: moods, moodCount: 4, folds: 5, seed: seed)
        for artist in 0..<60 { #expect(Set(artists.indices.filter { artists[$0] == artist }.map { folds[$0] }).count <= 1) }
        for mood in 0..<4 {
            let all = moods.count { $0 == mood }
            for fold in 0..<5 {
                let own = folds.indices.count { folds[$0] == fold && moods[$0] == mood }
                #expect(abs(Double(own) / Double(max(1, all)) - 0.2) < 0.12, "mood \(mood), fold \(fold): \(own) of \(all)")
            }
        }
        #expect(folds == ArtistFolds.cut(artists: artists, moods: moods, moodCount: 4, folds: 5, seed: seed))
    }
}

@Suite struct MoodDialTests {
    private let plane = Plane(count: 200, seed: 5)
    private var dial: MoodDial { MoodDial(plane.data, moods: [0, 1]) }

    /// Shares of first answers with the wanted mood, and with the seed's genre.
    private func turned(_ strength: Float) -> (mood: Double, genre: Double) {
        let held = Plane(count: 80, seed: 6).data
        let dial = dial, space = dial.space(held.vectors)
        var (moods, genres) = (0, 0)
        for seed in 0..<80 {
            let target = 1 - held.moods[seed][0]
            let scores = dial.scores(seed: seed, target: (0..<2).map { $0 == target ? 1 : 0 }, strength: strength, in: space)
            let best = (0..<80).filter { $0 != seed }.max { (scores[$0], $1) < (scores[$1], $0) } ?? 0
            moods += held.moods[best][0] == target ? 1 : 0
            genres += held.genres[best] == held.genres[seed] ? 1 : 0
        }
        return (Double(moods) / 80, Double(genres) / 80)
    }

    @Test func atStrengthZeroTheSeedIsItselfWhateverTheTarget() {
        let dial = dial, space = dial.space(plane.data.vectors)
        let cosines = space.vectors.product(space.vectors.transposed)
        for seed in [0, 17, 99] {
            for target in [[1, 0], [0.5, 0.5], [0, 1]] as [[Float]] {
                let scores = dial.scores(seed: seed, target: target, strength: 0, in: space)
                for (own, expected) in zip(scores, cosines.row(seed)) { #expect(abs(own - expected) < 1e-5) }
                #expect(scores.firstIndex(of: scores.max() ?? 0) == seed)
            }
        }
    }

    @Test func theMoodTurnsAndTheGenreStays() {
        let none = turned(0), half = turned(0.5)
        #expect(none.mood < 0.2 && none.genre > 0.9, "\(none)")
        #expect(half.mood > 0.9 && half.genre > 0.9, "\(half)")
    }

    @Test func moreStrengthIsMoreOfTheMood() {
        let sweep = [0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1].map { turned(Float($0)).mood }
        for (less, more) in zip(sweep, sweep.dropFirst()) { #expect(more >= less - 0.03, "\(sweep)") }
    }
}

@Suite struct TranslationNetworkTests {
    @Test func aTrackIsMovedToTheOtherMoodAndStaysWithItsOwn() throws {
        let data = Plane(count: 64, seed: 7, noise: 0.1).data
        let x = data.vectors.normalized, moods = data.moods.map { $0[0] }
        var options = TranslationNetwork.Options()
        (options.epochs, options.rate, options.proxies, options.widths) = (150, 2e-3, 5, (48, 24))
        let network = try TranslationNetwork(x, moods: moods, count: 2, options: options)
        var away = Matrix(rows: 64, columns: 2)
        for row in 0..<64 {
            away[row, 1 - moods[row]] = 1
            away[row, moods[row]] = -1
        }
        let moved = network.moved(x, by: away), same = network.moved(x, by: Matrix(rows: 64, columns: 2))
        // The first coordinate is the mood.
        let turned = (0..<64).count { moved[$0, 0] * (moods[$0] == 1 ? -1 : 1) > 0 }
        let stayed = (0..<64).count { same[$0, 0] * (moods[$0] == 1 ? 1 : -1) > 0 }
        #expect(turned > 56 && stayed > 56, "\(turned) turned, \(stayed) stayed")
        let again = try TranslationNetwork(x, moods: moods, count: 2, options: options)
        #expect(again.moved(x, by: away).values == moved.values)
    }
}
