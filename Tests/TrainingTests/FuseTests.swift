import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct ConditionalLogitTests {
    private static func random(_ random: inout SeededGenerator, choices: Int, candidates: Int, features: Int, weights: [Double]) -> [ConditionalLogit.Choice] {
        (0..<choices).map { _ in
            let x = random.floats(candidates * features)
            // A draw by the model itself: Gumbel's noise on the scores.
            let scores = (0..<candidates).map { c in
                (0..<features).reduce(0.0) { $0 + weights[$1] * Double(x[c * features + $1]) } - log(-log(max(1e-12, Double(random.uniform()))))
            }
            return .init(features: x, chosen: scores.indices.max { scores[$0] < scores[$1] } ?? 0)
        }
    }

    @Test func weightsThatMadeTheChoicesAreFound() {
        var generator = SeededGenerator(seed: 1)
        let weights = [2.0, -1, 0.5]
        let model = ConditionalLogit(Self.random(&generator, choices: 6000, candidates: 7, features: 3, weights: weights), features: 3, penalty: 1e-9)
        for (found, made) in zip(model.fitted, weights) { #expect(abs(found - made) < 0.12, "\(model.fitted)") }
    }

    @Test func slopeAndCurvatureEqualDifferences() {
        var generator = SeededGenerator(seed: 2)
        let model = ConditionalLogit(
            Self.random(&generator, choices: 20, candidates: 5, features: 3, weights: [1, 1, -1])
                + [.init(features: [1, 2, 3, 4, 5, 6], chosen: 1, weight: 2.5)], features: 3, penalty: 0.01)
        let at = [0.3, -0.7, 0.2], step = 1e-5
        let found = model.derivatives(at)
        for i in 0..<3 {
            var up = at, down = at
            up[i] += step
            down[i] -= step
            #expect(abs(found.slope[i] - (model.loss(up) - model.loss(down)) / (2 * step)) < 1e-7)
            let slopes = (model.derivatives(up).slope, model.derivatives(down).slope)
            for j in 0..<3 { #expect(abs(found.curvature[i * 3 + j] - (slopes.0[j] - slopes.1[j]) / (2 * step)) < 1e-6) }
        }
    }

    @Test func nothingNearIsBetter() {
        var generator = SeededGenerator(seed: 3)
        let model = ConditionalLogit(Self.random(&generator, choices: 50, candidates: 4, features: 2, weights: [3, -3]), features: 2)
        let fitted = model.fitted
        let best = model.loss(fitted)
        for _ in 0..<50 {
            let other = fitted.map { $0 + Double(generator.uniform() - 0.5) * 0.1 }
            #expect(model.loss(other) >= best - 1e-9)
        }
    }

    /// One feature tells all: the penalty keeps its weight finite.
    @Test func separableChoicesEnd() {
        let choices = (0..<10).map { ConditionalLogit.Choice(features: [0, 1, 0], chosen: 1, weight: Double($0 + 1)) }
        let fitted = ConditionalLogit(choices, features: 1).fitted
        #expect(fitted[0].isFinite && fitted[0] > 3)
        #expect(ConditionalLogit([], features: 2).fitted == [0, 0])
    }
}

@Suite struct CoordinateSearchTests {
    @Test func theBestOfASeparableGridIsFound() throws {
        let values = [0.0, 1, 2, 3, 4]
        let search = CoordinateSearch([.init("a", values), .init("b", values), .init("c", values)])
        var asked: [[Double]] = []
        let best = search.best(from: [0, 4, 2], told: { asked.append($0.values) }) { -abs($0[0] - 3) - abs($0[1] - 1) - abs($0[2] - 2) }
        #expect(best == .init(values: [3, 1, 2], worth: 0))
        #expect(Set(asked).count == asked.count, "a point was measured twice")
    }

    @Test func gainsWithinTheMarginChangeNothing() {
        let best = CoordinateSearch([.init("a", [1, 2])]).best(from: [0], margin: 0.5) { $0[0] * 0.2 }
        #expect(best.values == [0])
    }
}

@Suite struct SimilarityScaleTests {
    @Test func whatIsApartIsDividedInBetween() {
        let scale = SimilarityScale(sense: [0.8, 0.85, 0.9], noise: [0.1, 0.2, 0.3])
        #expect(scale.least >= 0.29 && scale.certain <= 0.81 && scale.least < scale.certain)
    }

    /// Densities whose ratio makes a straight line of the probability: similarities of sense rise linearly over 0.5…1, those of noise fall.
    @Test func theRampIsTheProbability() {
        let grid = (0...500).map { 0.5 + Double($0) / 1000 }
        func repeated(_ share: (Double) -> Double) -> [Double] { grid.flatMap { x in Array(repeating: x, count: Int((share((x - 0.5) * 2) * 100).rounded())) } }
        let scale = SimilarityScale(sense: repeated { $0 }, noise: repeated { 1 - $0 })
        #expect(abs(scale.least - 0.5) <= 0.03 && abs(scale.certain - 1) <= 0.03, "\(scale)")
    }

    /// The rarer noise is, the sooner a phrase is believed.
    @Test func noiseThatIsRareIsFearedLess() {
        var generator = SeededGenerator(seed: 5)
        let sense = generator.floats(400, in: 0.4...1).map(Double.init), noise = generator.floats(400, in: 0.2...0.8).map(Double.init)
        let scales = [0.8, 0.5, 0.2].map { SimilarityScale(sense: sense, noise: noise, noiseShare: $0) }
        let middles = scales.map { $0.least + $0.certain }
        #expect(middles[0] > middles[1] && middles[1] > middles[2], "\(scales)")
    }

    @Test func mixedUpExamplesGiveARampAllTheSame() {
        let scale = SimilarityScale(sense: [0.2, .nan, 2], noise: [0.9, -5])
        #expect(scale.least < scale.certain && (-1...1).contains(scale.least) && (-1...1).contains(scale.certain))
    }
}
