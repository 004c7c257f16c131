import TestSupport
import Testing

@testable import Training

@Suite struct DecoderSamplingTests {
    private func nucleus(_ probabilities: [Float], _ topP: Float) -> Nucleus { probabilities.withUnsafeBufferPointer { Nucleus($0, topP: topP) } }

    @Test func theNucleusIsTheFewestPieces() {
        let probabilities: [Float] = [0.05, 0.3, 0.1, 0.3, 0.05, 0.2]
        // 0.3 + 0.3 + 0.2 = 0.8: equal ones in the order of their ids.
        #expect(nucleus(probabilities, 0.75).pieces.map(\.id) == [1, 3, 5])
        #expect(nucleus(probabilities, 0.2).pieces.map(\.id) == [1])
        #expect(nucleus(probabilities, 1).pieces.map(\.id).prefix(4) == [1, 3, 5, 2])
        #expect(abs(nucleus(probabilities, 0.75).sum - 0.8) < 1e-6)
        // All below the first bound.
        #expect(nucleus([Float](repeating: 1e-4, count: 10_000), 0.5).pieces.count.isWithin(4990...5010))
        // Probabilities whose rounded sum stays below 1.
        #expect(nucleus([0.5, 0.25, 0.2499], 1).pieces.map(\.id) == [0, 1, 2])
    }

    @Test func piecesComeAsOftenAsTheyAreProbable() {
        let nucleus = nucleus([0.1, 0.5, 0.3, 0.1], 0.8)
        var generator = SeededGenerator(seed: 2)
        var counts = [0, 0, 0, 0]
        let draws = 4000
        for _ in 0..<draws { counts[nucleus.draw(generator.uniform())] += 1 }
        // 5/8 and 3/8; four deviations of 4,000 draws are 0.031.
        #expect(counts[0] == 0 && counts[3] == 0)
        #expect(abs(Double(counts[1]) / Double(draws) - 0.625) < 0.031)
        #expect(nucleus.draw(0) == 1)
        #expect(nucleus.draw(0.999_999_9) == 2)
    }
}

extension Int {
    fileprivate func isWithin(_ range: ClosedRange<Int>) -> Bool { range.contains(self) }
}
