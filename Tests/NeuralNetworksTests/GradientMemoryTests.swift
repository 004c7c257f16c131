import LinearAlgebra
import TestSupport
import Testing

@testable import NeuralNetworks

/// Memory from the pool holds whatever the step before left there, and work is shared out among threads: neither changes a bit.
@Suite struct GradientMemoryTests {
    private static let tokens = 23, width = 20

    /// A small network with every operation, and its gradients.
    private static func step(pool: BufferPool, team: ThreadTeam) -> [UInt32] {
        let words = Parameter("words", 9, width, seed: 1), positions = Parameter("positions", tokens, width, seed: 2)
        let gain = Parameter("gain", width, seed: 3), shift = Parameter("shift", width, seed: 4)
        let project = Parameter("project", 3 * width, width, seed: 5), bias = Parameter("bias", 3 * width, seed: 6)
        let wide = Parameter("wide", 40, width, seed: 7), narrow = Parameter("narrow", width, 40, seed: 8)
        let tape = Tape(team: team, pool: pool)
        let starts = [0, 1, 6, 23]
        var hidden = tape.embedding([(words, (0..<23).map { Int32($0 * $0 % 9) }), (positions, (0..<23).map { Int32($0) })])
        hidden = tape.dropout(tape.layerNorm(hidden, gain: gain, shift: shift, epsilon: 1e-5), rate: 0.2, seed: 9)
        for causal in [false, true] {
            let context = tape.attention(tape.linear(hidden, project, bias), starts: starts, heads: 4, causal: causal)
            hidden = tape.layerNorm(hidden, plus: tape.scale(context, by: 2), gain: gain, shift: shift, epsilon: 1e-5)
            hidden = tape.layerNorm(
                hidden, plus: tape.linear(tape.gelu(tape.linear(hidden, wide, nil)), narrow, nil), gain: gain, shift: shift, epsilon: 1e-5)
        }
        let first = tape.tanh(tape.rows(hidden, [0, 1, 6])), means = tape.relu(tape.mean(hidden, starts: starts))
        let vectors = tape.normalize(tape.prefix(tape.concatenate([first, tape.sigmoid(means)]), columns: 33))
        let cosines = tape.products(vectors, vectors), twins = tape.pairedProducts(first, means)
        let losses: [(weight: Float, loss: Variable)] = [
            (1, tape.crossEntropy(cosines, targets: [0, nil, 2], temperature: 0.1, excluded: (0..<9).map { $0 == 1 })),
            (2, tape.listDivergence(cosines, teacher: (0..<9).map { Float($0 % 4) })),
            (3, tape.marginSquaredError(cosines, teacher: (0..<9).map { Float($0 % 4) }, scale: 3)), (4, tape.meanSquaredError(twins, [1, 2, 3])),
            (5, tape.binaryCrossEntropy(twins, targets: [0, 1, 0.5])), (6, tape.cosineLoss(twins)),
            (7, tape.tripletLoss(positives: twins, negatives: tape.rows(twins, [2, 0, 1]), margin: 0.3)),
        ]
        let loss = tape.sum(losses)
        let value = loss.scalar
        tape.backward(from: loss)
        let all = [value] + [words, positions, gain, shift, project, bias, wide, narrow].flatMap(\.gradients)
        #expect(all.allSatisfy { $0.isFinite } && all.contains { abs($0) > 0.1 })
        return all.map(\.bitPattern)
    }

    /// Every size that the step can ask for, of which there are eight to an octave.
    private static func dirtyPool() -> BufferPool {
        let pool = BufferPool()
        let sizes = (6...11).flatMap { octave in (8..<16).map { $0 << (octave - 3) } }
        for buffer in sizes.flatMap({ size in (0..<12).map { _ in pool.take(size) } }) {
            buffer.pointer.update(repeating: .nan, count: buffer.count)
            pool.giveBack(buffer)
        }
        return pool
    }

    @Test func rubbishInThePoolChangesNoBit() {
        let clean = Self.step(pool: BufferPool(), team: testTeams[1])
        let pool = Self.dirtyPool()
        for round in 0..<3 { #expect(Self.step(pool: pool, team: testTeams[1]) == clean, "round \(round)") }
    }

    @Test func threadsChangeNoBit() {
        let alone = Self.step(pool: BufferPool(), team: testTeams[0])
        for team in testTeams.dropFirst() { #expect(Self.step(pool: BufferPool(), team: team) == alone, "\(team.size) threads") }
    }
}
