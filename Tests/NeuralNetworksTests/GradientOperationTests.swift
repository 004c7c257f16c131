import LinearAlgebra
import NeuralNetworks
import TestSupport
import Testing

@Suite struct GradientOperationTests {
    private let check = GradientCheck()

    @Test(arguments: [(1, 1, 1), (2, 7, 5), (17, 40, 33), (3, 13, 130)]) func linear(rows: Int, outputs: Int, inputs: Int) {
        let x = Parameter("x", rows, inputs, seed: 1), weight = Parameter("weight", outputs, inputs, seed: 2), bias = Parameter("bias", outputs, seed: 3)
        check("\(rows) × \(inputs) → \(outputs)", [x, weight, bias]) { $0.linear($0.rows(of: x), weight, bias) }
        check("without bias", [x, weight]) { $0.linear($0.rows(of: x), weight, nil) }
    }

    /// Rows that are taken twice, and by two of the tables, gather both gradients; width 70 is more than one block of columns.
    @Test(arguments: [3, 70]) func embedding(width: Int) {
        let words = Parameter("words", 5, width, seed: 1), positions = Parameter("positions", 3, width, seed: 2)
        check("one table", [words]) { $0.embedding([(words, [4, 0, 4, 4, 1, 2, 3])]) }
        check("two tables", [words, positions]) { $0.embedding([(words, [4, 0, 4]), (positions, [0, 1, 2])]) }
        check("one table twice", [words]) { $0.embedding([(words, [4, 0, 4, 1]), (words, [1, 1, 2, 3])]) }
        let tape = Tape(team: testTeams[1])
        let sum = tape.embedding([(words, [4, 1]), (positions, [2, 2])]).values
        #expect(sum == (0..<2 * width).map { words.values[[4, 1][$0 / width] * width + $0 % width] + positions.values[2 * width + $0 % width] })
    }

    @Test(arguments: [(1, 5), (3, 16), (2, 37), (19, 70)]) func layerNorm(rows: Int, width: Int) {
        let x = Parameter("x", rows, width, seed: 1), branch = Parameter("branch", rows, width, seed: 2)
        let gain = Parameter("gain", width, seed: 3), shift = Parameter("shift", width, seed: 4)
        check("\(rows) × \(width)", [x, gain, shift]) { $0.layerNorm($0.rows(of: x), gain: gain, shift: shift, epsilon: 1e-5) }
        check("with a branch", [x, branch, gain, shift]) {
            $0.layerNorm($0.rows(of: x), plus: $0.rows(of: branch), gain: gain, shift: shift, epsilon: 1e-5)
        }
    }

    @Test func layerNormOfASumIsThatOfTheSum() {
        let x = Parameter("x", 3, 21, seed: 1), branch = Parameter("branch", 3, 21, seed: 2)
        let gain = Parameter("gain", 21, seed: 3), shift = Parameter("shift", 21, seed: 4)
        let sum = Parameter("sum", shape: [3, 21], decays: false, values: zip(x.values, branch.values).map { $0 + $1 })
        let tape = Tape(team: testTeams[1])
        let added = tape.layerNorm(tape.rows(of: x), plus: tape.rows(of: branch), gain: gain, shift: shift, epsilon: 1e-12).values
        #expect(added == tape.layerNorm(tape.rows(of: sum), gain: gain, shift: shift, epsilon: 1e-12).values)
    }

    @Test(arguments: [(1, 1), (3, 33)]) func activations(rows: Int, columns: Int) {
        let x = Parameter(apart: "x", rows, columns, seed: 1)
        check("gelu", [x]) { $0.gelu($0.scale($0.rows(of: x), by: 3)) }
        check("relu", [x]) { $0.relu($0.concatenate([$0.rows(of: x), $0.scale($0.rows(of: x), by: -1)])) }
        check("tanh", [x]) { $0.tanh($0.rows(of: x)) }
        check("sigmoid", [x]) { $0.sigmoid($0.scale($0.rows(of: x), by: 3)) }
        check("scale", [x]) { $0.scale($0.rows(of: x), by: -2.5) }
    }

    @Test func rowsAndColumns() {
        let x = Parameter("x", 9, 19, seed: 1), y = Parameter("y", 9, 5, seed: 2)
        check("mean", [x]) { $0.mean($0.rows(of: x), starts: [0, 1, 3, 9]) }
        check("rows", [x]) { $0.rows($0.rows(of: x), [8, 0, 8, 3, 1, 2, 4, 5, 6, 7, 8]) }
        check("elements", [y]) { $0.elements($0.rows(of: y), (0..<90).map { $0 * 7 % 45 }, rows: 6, columns: 15) }
        check("concatenate", [x, y]) { $0.concatenate([$0.rows(of: x), $0.rows(of: y), $0.rows(of: x)]) }
        check("prefix", [y]) { $0.prefix($0.concatenate([$0.rows(of: y), $0.rows(of: x)]), columns: 7) }
        check("prefix of all", [x]) { $0.prefix($0.rows(of: x), columns: 19) }
        check("normalize", [x]) { $0.normalize($0.rows(of: x)) }
    }

    /// Columns beyond a prefix and rows that nobody took have no part in the result.
    @Test func whatIsLeftOutHasNoGradient() {
        let x = Parameter("x", 4, 3, seed: 1)
        let (_, gradient) = evaluate(x) { tape, x in tape.cosineLoss(tape.prefix(tape.rows(x, [2, 0]), columns: 2)) }
        #expect(gradient == [-0.25, -0.25, 0, 0, 0, 0, -0.25, -0.25, 0, 0, 0, 0])
    }

    @Test func products() {
        let a = Parameter("a", 5, 19, seed: 1), b = Parameter("b", 7, 19, seed: 2), c = Parameter("c", 5, 19, seed: 3)
        check("products", [a, b]) { $0.products($0.rows(of: a), $0.rows(of: b)) }
        check("paired products", [a, c]) { $0.pairedProducts($0.rows(of: a), $0.rows(of: c)) }
        check("products of one variable", [a]) { tape in
            let rows = tape.rows(of: a)
            return tape.products(rows, rows)
        }
        check("paired products of one variable", [a]) { tape in
            let rows = tape.rows(of: a)
            return tape.pairedProducts(rows, rows)
        }
    }

    /// A row of zeros has no direction: it stays, and takes and gives no gradient. Its neighbours do.
    @Test func aZeroRowIsNotNormalized() {
        let x = Parameter([[3, 4], [0, 0], [0, 2]])
        let tape = Tape(team: testTeams[0])
        expectNear(tape.normalize(tape.rows(of: x)).values, [0.6, 0.8, 0, 0, 0, 1], within: 1e-7)
        // u = (−1, −1) / 3 for the pair below, that is d Σ(1 − x) / 3; dx = (u − y (y · u)) / |x|: (u + y · 1.4 / 3) / 5 and (u + (0, 1) / 3) / 2.
        let (_, gradient) = evaluate(x) { tape, x in
            tape.cosineLoss(tape.pairedProducts(tape.normalize(x), tape.constant(rows: 3, columns: 2, Array(repeating: 1, count: 6))))
        }
        expectNear(gradient, [(-1 + 0.84) / 15, (-1 + 1.12) / 15, 0, 0, -1 / 6, 0], within: 1e-7)
    }
}

/// How operations share variables: gradients of all that read one are added up, whoever comes first on the tape.
@Suite struct GradientTapeTests {
    private let check = GradientCheck()

    /// `linear`, `gelu` and `attention` set a gradient that nobody wrote before; each of them is both the first and the last to do so here.
    @Test func gradientsOfAllReadersAreAdded() {
        let x = Parameter("x", 6, 12, seed: 1), weight = Parameter("weight", 4, 12, seed: 2)
        let gain = Parameter("gain", 12, seed: 3), shift = Parameter("shift", 12, seed: 4)
        let readers: [(String, (Tape, Variable) -> Variable)] = [
            ("linear", { $0.linear($1, weight, nil) }), ("gelu", { $0.gelu($1) }), ("attention", { $0.attention($1, starts: [0, 2, 6], heads: 2) }),
            ("layer norm", { $0.layerNorm($1, gain: gain, shift: shift, epsilon: 1e-5) }), ("tanh", { $0.tanh($1) }),
            ("dropout", { $0.dropout($1, rate: 0.25, seed: 1) }), ("normalize", { $0.normalize($1) }),
        ]
        for (first, one) in readers {
            for (second, two) in readers {
                check(
                    "\(first) and \(second)",
                    [x, weight, gain, shift].filter { parameter in
                        parameter === x || [first, second].contains(parameter === weight ? "linear" : "layer norm")
                    }
                ) { tape in
                    let shared = tape.scale(tape.rows(of: x), by: 2)
                    return tape.concatenate([one(tape, shared), two(tape, shared)])
                }
            }
        }
    }

    /// The sum of a residual block takes the branch's memory: whatever operation made the branch still finds its gradient.
    @Test func aBranchMayComeFromAnyOperation() {
        let x = Parameter(apart: "x", 6, 12, seed: 1), weight = Parameter("weight", 12, 12, seed: 2), narrow = Parameter("narrow", 6, 4, seed: 5)
        let gain = Parameter("gain", 12, seed: 3), shift = Parameter("shift", 12, seed: 4)
        let makers: [(String, (Tape, Variable) -> Variable)] = [
            ("linear", { $0.linear($1, weight, nil) }), ("gelu", { $0.gelu($1) }), ("relu", { $0.relu($1) }), ("tanh", { $0.tanh($1) }),
            ("sigmoid", { $0.sigmoid($1) }), ("scale", { $0.scale($1, by: 3) }), ("dropout", { $0.dropout($1, rate: 0.25, seed: 1) }),
            ("normalize", { $0.normalize($1) }), ("layer norm", { $0.layerNorm($1, gain: gain, shift: shift, epsilon: 1e-5) }),
            ("attention", { $0.attention($0.concatenate([$1, $1, $1]), starts: [0, 2, 6], heads: 2) }), ("rows", { $0.rows($1, [5, 4, 3, 2, 1, 0]) }),
            ("mean", { $0.mean($1, starts: [0, 1, 2, 3, 4, 5, 6]) }), ("prefix", { $0.prefix($0.concatenate([$1, $1]), columns: 12) }),
            ("products", { $0.concatenate([$0.products($1, $1), $0.products($1, $1)]) }),
            ("paired products", { $0.concatenate(Array(repeating: $0.pairedProducts($1, $1), count: 8) + [$0.rows(of: narrow)]) }),
        ]
        for (name, make) in makers {
            check(name, [x, gain, shift]) { tape in
                let input = tape.tanh(tape.rows(of: x))
                return tape.layerNorm(tape.gelu(input), plus: make(tape, input), gain: gain, shift: shift, epsilon: 1e-5)
            }
        }
    }

    /// Steps made of several passes: gradients of parameters grow until they are cleared, each pass scaled.
    @Test func passesAddUp() {
        let x = Parameter("x", 3, 5, seed: 1)
        func pass(_ scale: Float) {
            let tape = Tape(team: testTeams[0])
            tape.backward(from: tape.meanSquaredError(tape.rows(of: x), Array(repeating: 0, count: 15)), scale: scale)
        }
        pass(1)
        let one = x.gradients
        expectNear(one, x.values.map { 2 * $0 / 15 })
        pass(0.5)
        expectNear(x.gradients, one.map { 1.5 * $0 })
        x.clearGradient()
        #expect(x.gradients.allSatisfy { $0 == 0 })
    }

    @Test func withoutRowsNothingHappens() {
        let weight = Parameter("weight", 4, 12, seed: 1), wide = Parameter("wide", 12, 4, seed: 2)
        let gain = Parameter("gain", 4, seed: 3), shift = Parameter("shift", 4, seed: 4)
        for team in testTeams {
            let tape = Tape(team: team)
            let x = tape.gelu(tape.linear(tape.constant(rows: 0, columns: 12, []), weight, nil))
            let normed = tape.layerNorm(x, gain: gain, shift: shift, epsilon: 1e-5)
            let context = tape.attention(tape.linear(normed, wide, nil), starts: [0, 0], heads: 2)
            let vectors = tape.normalize(tape.dropout(tape.concatenate([tape.rows(context, []), tape.prefix(normed, columns: 2)]), rate: 0.5, seed: 1))
            let loss = tape.crossEntropy(tape.products(vectors, vectors), targets: [])
            #expect(loss.scalar == 0)
            tape.backward(from: loss)
            for parameter in [weight, wide, gain, shift] { #expect(parameter.gradients.allSatisfy { $0 == 0 }) }
        }
    }
}
