import Encoders
import Foundation
import LinearAlgebra
import MusicSearch
import TestSupport
import Testing

/// By hand: three tags and three words, each a direction of its own.
@Suite struct TagAffinityTests {
    private static let tags = Matrix([[1, 0, 0], [0, 1, 0], [0, 0, 1]])

    /// A request of words that are one-hot states between `[CLS]` and `[SEP]`; its vector is the mean of the words.
    private static func request(_ words: [Int], vector: [Float]? = nil) -> TokenEncoding {
        let states = [[Float](repeating: 0.5, count: 3)] + words.map { word in (0..<3).map { $0 == word ? 2 : 0 } } + [[9, 9, 9]]
        let sum = (0..<3).map { i in Float(words.count { $0 == i }) }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return TokenEncoding(vector: vector ?? sum.map { $0 / max(length, 1) }, states: Matrix(states), words: words.indices.map { $0 + 1..<$0 + 2 })
    }

    private static func close(_ found: some Collection<Float>, _ expected: [Float]) -> Bool {
        found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 }
    }

    @Test func aTagIsHeldToItsOwnMeanAndDeviation() {
        // sim of tag 0: 0.8 and 0.4 → μ 0.6, σ 0.2; of tag 1: 0.6 and 0 → 0.3, 0.3; of tag 2 never anything.
        let background = [Self.request([], vector: [0.8, 0.6, 0]), Self.request([], vector: [0.4, 0, 0])]
        let affinity = TagAffinity(tags: Self.tags, background: background, reading: .whole)
        let z = affinity.deviations([Self.request([], vector: [1, 0.45, 0]), Self.request([], vector: [0.5, 0.3, 0.5])])
        #expect(Self.close(z.row(0), [2, 0.5, 0]), "(1 − 0.6) / 0.2, (0.45 − 0.3) / 0.3; what is below the mean is 0")
        #expect(Self.close(z.row(1).prefix(2), [0, 0]))
        #expect(z[1, 2] > 1000, "a tag that the background never comes near is as surprising as it gets, and finite")
        #expect(z.values.allSatisfy { $0.isFinite })
    }

    @Test func windowsFindAWishThatTheWholeDrowns() {
        // Two requests of one word each, (0, 0, 1) and (0, 1, 0): μ (0, ½, ½), σ (10⁻⁶, ½, ½).
        let background = [Self.request([2]), Self.request([1])]
        let asked = [Self.request([1, 1, 1, 2])]
        let one = TagAffinity(tags: Self.tags, background: background, reading: .windows(1...1)).deviations(asked)
        #expect(Self.close(one.row(0), [0, 1, 1]), "the one word and the three alike: (1 − ½) / ½")
        let whole = TagAffinity(tags: Self.tags, background: background, reading: .whole).deviations(asked)
        #expect(Self.close(whole.row(0), [0, (3 / Float(10).squareRoot() - 0.5) / 0.5, 0]), "(3, 1) / √10: the one word is below the mean")
        let two = TagAffinity(tags: Self.tags, background: background, reading: .windows(2...2)).deviations(asked)
        #expect(Self.close(two.row(0), [0, 1, (Float(0.5).squareRoot() - 0.5) / 0.5]), "(1, 1) / √2 is the last pair")
        let three = TagAffinity(tags: Self.tags, background: background, reading: .windows(1...3)).deviations(asked)
        #expect(three == one, "the greatest of all runs")
    }

    @Test func aWordIsTheMeanOfItsPieces() {
        // One word of two pieces, (2, 0, 0) and (0, 2, 0); then one of one piece.
        let states = Matrix([[0, 0, 0], [2, 0, 0], [0, 2, 0], [0, 0, 2], [0, 0, 0]])
        let request = TokenEncoding(vector: [1, 0, 0], states: states, words: [1..<3, 3..<4])
        let background = [Self.request([2]), Self.request([1]), Self.request([0])]  // μ ⅓, σ √2/3 for each tag
        let z = TagAffinity(tags: Self.tags, background: background, reading: .windows(1...1)).deviations([request])
        func deviation(_ similarity: Double) -> Float { Float((similarity - 1 / 3) / (2.0.squareRoot() / 3)) }
        #expect(Self.close(z.row(0), [deviation(0.5.squareRoot()), deviation(0.5.squareRoot()), deviation(1)]))
    }

    @Test func requestsWithFewWordsOrNoneAreReadWhole() {
        let background = [Self.request([2]), Self.request([1]), Self.request([0])]
        let windows = TagAffinity(tags: Self.tags, background: background, reading: .windows(3...3))
        let whole = TagAffinity(tags: Self.tags, background: background, reading: .whole)
        for request in [Self.request([0, 1]), Self.request([], vector: [0.6, 0.8, 0])] {
            #expect(Self.close(windows.deviations([request]).row(0), Array(whole.deviations([request]).row(0))))
        }
        #expect(windows.deviations([]).rows == 0)
    }

    // MARK: Sets

    @Test func aSetScoresItsTagsByRarityAndDegree() {
        // N = 3; df: tag 0 in 2, tag 1 in 1, tag 2 in 1. i = ln(4/3), ln 2, ln 2.
        let scoring = TagSetScoring([[0, 1], [0, 2, 2], []], exponent: 0.5)
        let (a, b) = (log(4.0 / 3), log(2.0))
        let scores = scoring.scores([3, 1, 0])
        #expect(Self.close(scores, [Float((3 * a + b) / (a + b).squareRoot()), Float(3 * a / (a + b).squareRoot()), 0]))
        #expect(Self.close(TagSetScoring([[0, 1], [0, 2], []], exponent: 1).scores([7, 7, 7]), [7, 7, 0]), "a = 1 is the weighted mean")
    }

    @Test func aTagOfEveryDocumentSaysNothing() {
        #expect(TagSetScoring([[0], [0, 1]]).scores([5, 0]) == [0, 0])
        #expect(TagSetScoring([]).scores([1]).isEmpty)
    }

    /// Against the formula, with dictionaries.
    @Test(arguments: 0..<10) func scoresAreTheFormulas(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let documents = (0..<20).map { _ in (0..<Int.random(in: 0...6, using: &random)).map { _ in Int.random(in: 0..<12, using: &random) } }
        let z = random.floats(12, in: 0...4)
        let found = TagSetScoring(documents, exponent: 0.7).scores(z)
        for (document, score) in zip(documents, found) {
            var above = 0.0, mass = 0.0
            for tag in Set(document) {
                let idf = log(21 / Double(documents.count { $0.contains(tag) } + 1))
                above += idf * Double(z[tag])
                mass += idf
            }
            #expect(abs(Double(score) - (mass > 0 ? above / pow(mass, 0.7) : 0)) <= 1e-4)
        }
    }
}
