import LinearAlgebra
import NeuralNetworks
import TestSupport
import Testing

@Suite struct GradientAttentionTests {
    /// Sequences of 1, 2, 17 and 40 tokens, and one without any in between.
    private static let starts = [0, 1, 3, 3, 20, 60]

    /// Heads of 1, 5, 16 and 17 channels.
    @Test(arguments: [(1, 1), (10, 2), (16, 1), (51, 3)], [false, true]) func attention(shape: (width: Int, heads: Int), causal: Bool) {
        let (width, heads) = shape
        let qkv = Parameter("qkv", 60, 3 * width, seed: UInt64(width))
        GradientCheck(sample: 60)("width \(width)", [qkv]) {
            $0.attention($0.scale($0.rows(of: qkv), by: 1.5), starts: Self.starts, heads: heads, causal: causal)
        }
        // The same variable read once more: its gradient is added to, not set.
        GradientCheck(sample: 24)("width \(width), read twice", [qkv]) { tape in
            let x = tape.rows(of: qkv)
            return tape.concatenate([x, tape.attention(x, starts: Self.starts, heads: heads, causal: causal)])
        }
    }

    private static func forward(_ qkv: [Float], causal: Bool) -> [Float] {
        let tape = Tape(team: testTeams[1])
        return tape.attention(tape.constant(rows: 20, columns: 30, qkv), starts: [0, 3, 20], heads: 2, causal: causal).values
    }

    /// A token changes its own output and later ones; earlier ones and other sequences keep every bit.
    @Test func laterTokensDoNotChangeEarlierOnes() {
        var random = SeededGenerator(seed: 3)
        let qkv = random.floats(20 * 30), whole = Self.forward(qkv, causal: true)
        for token in [0, 2, 3, 11, 19] {
            var changed = qkv
            for i in token * 30..<token * 30 + 30 { changed[i] += 1 }
            let found = Self.forward(changed, causal: true)
            #expect(found[..<(token * 10)] == whole[..<(token * 10)], "before token \(token)")
            let own = token * 10..<(token < 3 ? 30 : 200)
            for row in stride(from: own.lowerBound, to: own.upperBound, by: 10) {
                #expect(found[row..<row + 10] != whole[row..<row + 10], "\(token) → \(row / 10)")
            }
            #expect(found[own.upperBound...] == whole[own.upperBound...], "the next sequence")
        }
        // The first token of a sequence sees itself alone: its value, to the rounding of a weight of 1. The last one sees all, as it does without the mask.
        expectNear(Array(whole[30..<40]), Array(qkv[3 * 30 + 20..<3 * 30 + 30]))
        expectNear(Array(whole[190...]), Array(Self.forward(qkv, causal: false)[190...]))
    }
}

@Suite struct GradientDropoutTests {
    private static let ones = [Float](repeating: 1, count: 200 * 50)

    private static func mask(seed: UInt64, rate: Float = 0.3, team: ThreadTeam = testTeams[1]) -> [Float] {
        let tape = Tape(team: team)
        return tape.dropout(tape.constant(rows: 200, columns: 50, ones), rate: rate, seed: seed).values
    }

    @Test func theSeedAloneChoosesTheMask() {
        let mask = Self.mask(seed: 7)
        for team in testTeams { #expect(Self.mask(seed: 7, team: team) == mask, "\(team.size) threads") }
        #expect(Self.mask(seed: 8) != mask)
        let rows: [ArraySlice<Float>] = stride(from: 0, to: mask.count, by: 50).map { mask[$0..<$0 + 50] }
        #expect(Set(rows).count == 200, "rows draw their own numbers")
    }

    /// Of 10,000 values a share p is dropped with a deviation of √(p (1 − p)) / 100 < 0.005, and the mean of what is kept, 1 / (1 − p) each, has one of √(p / (1 − p)) / 100 ≤ 0.02.
    @Test(arguments: [Float(0.1), 0.3, 0.8]) func shareAndExpectation(rate: Float) {
        let mask = Self.mask(seed: 3, rate: rate)
        #expect(Set(mask) == [0, 1 / (1 - rate)])
        let dropped = Float(mask.count { $0 == 0 }) / 10_000
        #expect(abs(dropped - rate) <= 0.02, "\(dropped) dropped")
        let mean = mask.reduce(0, +) / 10_000
        #expect(abs(mean - 1) <= 4 * (rate / (1 - rate)).squareRoot() / 100, "a mean of \(mean)")
    }

    @Test func theGradientHasTheSameMask() {
        let x = Parameter("x", 9, 17, seed: 1)
        GradientCheck(sample: 153)("dropout", [x]) { $0.dropout($0.rows(of: x), rate: 0.4, seed: 5) }
        let tape = Tape(team: testTeams[1])
        let rows = tape.rows(of: x)
        #expect(tape.dropout(rows, rate: 0, seed: 5) === rows, "nothing to do")
    }
}
