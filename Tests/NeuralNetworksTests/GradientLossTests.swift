import Foundation
import LinearAlgebra
import NeuralNetworks
import TestSupport
import Testing

@Suite struct GradientLossTests {
    private let check = GradientCheck()

    private static func random(_ count: Int, seed: UInt64, in range: ClosedRange<Float> = -1...1) -> [Float] {
        var random = SeededGenerator(seed: seed)
        return random.floats(count, in: range)
    }

    @Test func crossEntropy() {
        let logits = Parameter("logits", 5, 7, seed: 1)
        let targets: [Int?] = [6, nil, 0, 3, nil]
        let excluded = (0..<35).map { $0 % 3 == 0 }
        check("plain", [logits]) { $0.crossEntropy($0.rows(of: logits), targets: targets) }
        check("with a temperature", [logits]) { $0.crossEntropy($0.rows(of: logits), targets: targets, temperature: 0.4) }
        // Row 0 has its target among the excluded ones.
        check("with excluded columns", [logits]) { $0.crossEntropy($0.rows(of: logits), targets: targets, temperature: 0.7, excluded: excluded) }
    }

    /// InfoNCE as it is used: cosines divided by 1/20, all the way from the vectors. The fifth derivative is up to 20⁵, hence the smaller step.
    @Test func contrastiveOfCosines() {
        let requests = Parameter("requests", 4, 19, seed: 1), documents = Parameter("documents", 6, 19, seed: 2)
        GradientCheck(step: 0x1p-8)("InfoNCE", [requests, documents]) { tape in
            let cosines = tape.products(tape.normalize(tape.rows(of: requests)), tape.normalize(tape.rows(of: documents)))
            return tape.crossEntropy(cosines, targets: [0, 1, 2, 3], temperature: 0.05)
        }
    }

    @Test func listDivergence() {
        let logits = Parameter("logits", 3, 9, seed: 1)
        check("divergence", [logits]) { $0.listDivergence($0.rows(of: logits), teacher: Self.random(27, seed: 2, in: -3...3)) }
        check("with a temperature", [logits]) { $0.listDivergence($0.rows(of: logits), teacher: Self.random(27, seed: 2, in: -3...3), temperature: 0.5) }
    }

    @Test func regression() {
        let x = Parameter("x", 3, 5, seed: 1)
        check("squares", [x]) { $0.meanSquaredError($0.rows(of: x), Self.random(15, seed: 2)) }
        check("margins", [x]) { $0.marginSquaredError($0.rows(of: x), teacher: Self.random(15, seed: 2, in: -9...9), scale: 8) }
        check("cosines", [x]) { $0.cosineLoss($0.rows(of: x)) }
        check("binary", [x]) { $0.binaryCrossEntropy($0.scale($0.rows(of: x), by: 4), targets: Self.random(15, seed: 2, in: 0...1)) }
    }

    /// Excesses 0.3 + n − p are at least 0.1 from the kink at 0.
    @Test func triplets() {
        let excess = Parameter(apart: "excess", 9, 1, seed: 1).values, positive = Parameter("positive", 9, 1, seed: 2)
        let negative = Parameter("negative", shape: [9, 1], decays: false, values: zip(excess, positive.values).map { $0 + $1 - 0.3 })
        #expect(excess.contains { $0 > 0 } && excess.contains { $0 < 0 })
        check("triplets", [positive, negative]) { $0.tripletLoss(positives: $0.rows(of: positive), negatives: $0.rows(of: negative), margin: 0.3) }
    }

    @Test func sums() {
        let x = Parameter("x", 3, 4, seed: 1)
        check("sum", [x]) { tape in
            let rows = tape.rows(of: x)
            let squares = tape.meanSquaredError(rows, Array(repeating: 0.5, count: 12))
            return tape.sum([(2, squares), (-3, tape.crossEntropy(rows, targets: [0, 1, 2])), (0.5, squares)])
        }
    }
}

/// One example of every loss, small enough to be done by hand.
@Suite struct GradientLossExampleTests {
    /// Row 0: softmax(ln 2, ln 6) = (1/4, 3/4), so ln 4 for column 0. Row 1 is left out. Row 2: (1/2, 1/2), so ln 2. The mean of two rows; a gradient of
    /// (p − target) / 2.
    @Test func crossEntropy() {
        let logits = Parameter([[log(2), log(6)], [5, -5], [0, 0]])
        let (value, gradient) = evaluate(logits) { $0.crossEntropy($1, targets: [0, nil, 1]) }
        expectNear([value], [1.5 * log(2)])
        expectNear(gradient, [-3 / 8, 3 / 8, 0, 0, 1 / 4, -1 / 4])
    }

    /// A temperature of 1/2 doubles the logits: e^(2 ln 2) : e^0 = 4 : 1, so ln 5 for the second, and a gradient of (p − target) · 2.
    @Test func temperature() {
        let (value, gradient) = evaluate(Parameter([[log(2), 0]])) { $0.crossEntropy($1, targets: [1], temperature: 0.5) }
        expectNear([value], [log(5)])
        expectNear(gradient, [8 / 5, -8 / 5])
    }

    /// Without column 2: softmax(0, 0) = (1/2, 1/2), whatever column 2 holds. In row 1 the target itself is marked, and takes part: 1 : 3.
    @Test func excludedColumns() {
        let logits = Parameter([[0, 0, 80], [-90, 0, log(3)]])
        let (value, gradient) = evaluate(logits) { $0.crossEntropy($1, targets: [0, 2], excluded: [false, false, true, true, false, true]) }
        expectNear([value], [(log(2) + log(4 / 3)) / 2])
        expectNear(gradient, [-1 / 4, 1 / 4, 0, 0, 1 / 8, -1 / 8])
    }

    /// Nothing counts: a loss of 0 without a gradient. One candidate is always right.
    @Test func rowsThatCannotTeach() {
        expectExactly(evaluate(Parameter([[1, 2], [3, 4]])) { $0.crossEntropy($1, targets: [nil, nil]) }, 0, [0, 0, 0, 0])
        expectExactly(evaluate(Parameter([[5]])) { $0.crossEntropy($1, targets: [0]) }, 0, [0])
    }

    /// Logits in the thousands neither overflow nor vanish: 2000 − 1000.
    @Test func greatLogits() {
        let (value, gradient) = evaluate(Parameter([[2_000, 1_000]])) { $0.crossEntropy($1, targets: [1]) }
        #expect(value == 1_000 && gradient == [1, -1])
    }

    /// Teacher (1/2, 1/2), student (1/4, 3/4): ½ ln 2 + ½ ln ⅔ = ½ ln 4/3, and a gradient of student − teacher. Equal lists differ by 0.
    @Test func listDivergence() {
        let (value, gradient) = evaluate(Parameter([[log(2), log(6)]])) { $0.listDivergence($1, teacher: [3, 3]) }
        expectNear([value], [log(4 / 3) / 2])
        expectNear(gradient, [-1 / 4, 1 / 4])
        // At temperature 2 the student is (ln 2, ln 6) / 2: √2 : √6 = 1 : √3; the teacher stays. The gradient is halved.
        let warm = evaluate(Parameter([[log(2), log(6)]])) { $0.listDivergence($1, teacher: [3, 3], temperature: 2) }
        let p = 1 / (1 + Float(3).squareRoot())
        expectNear([warm.value], [-(log(2 * p) + log(2 * (1 - p))) / 2])
        expectNear(warm.gradient, [(p - 0.5) / 2, (0.5 - p) / 2])
        // A teacher who is sure: e⁻²⁰⁰ vanishes, and so does its term.
        expectNear([evaluate(Parameter([[0, 0]])) { $0.listDivergence($1, teacher: [200, 0]) }.value], [log(2)])
    }

    /// x = 0, t = 1: ln 2, slope −1/2. x = ln 3, t = 0: −ln(1 − 3/4) = ln 4, slope 3/4. Means of two.
    @Test func binaryCrossEntropy() {
        let (value, gradient) = evaluate(Parameter([[0, log(3)]])) { $0.binaryCrossEntropy($1, targets: [1, 0]) }
        expectNear([value], [1.5 * log(2)])
        expectNear(gradient, [-1 / 4, 3 / 8])
        let (far, slopes) = evaluate(Parameter([[1_000, -1_000]])) { $0.binaryCrossEntropy($1, targets: [0, 0]) }
        #expect(far == 500 && slopes == [0.5, 0])
    }

    /// ((1 − 0)² + (3 − 1)²) / 2, slopes 2 · (1, 2) / 2.
    @Test func meanSquaredError() {
        expectExactly(evaluate(Parameter([[1, 3]])) { $0.meanSquaredError($1, [0, 1]) }, 2.5, [1, 2])
    }

    /// Margins of the student 10 · (0.75 − 0.25) = 5 and 10 · (0.75 − 0.5) = 2.5, of the teacher 5 − 1 = 4 and 5 − 4 = 1: errors 1 and 1.5.
    /// (1 + 2.25) / 2; the negatives' slopes are −2 · 10 · error / 2, and the positive has the opposite of their sum.
    @Test func marginSquaredError() {
        let (value, gradient) = evaluate(Parameter([[0.75, 0.25, 0.5]])) { $0.marginSquaredError($1, teacher: [5, 1, 4], scale: 10) }
        expectNear([value], [1.625])
        expectNear(gradient, [25, -10, -15], within: 1e-5)
        // A shift of all of the teacher's logits changes nothing: it is margins that count.
        expectExactly(evaluate(Parameter([[0.75, 0.25, 0.5]])) { $0.marginSquaredError($1, teacher: [-3, -7, -4], scale: 10) }, value, gradient)
    }

    /// (0 + ½) / 2.
    @Test func cosineLoss() {
        expectExactly(evaluate(Parameter([[1], [0.5]])) { $0.cosineLoss($1) }, 0.25, [-0.5, -0.5])
    }

    /// 0.5 + 0.75 − 1 = ¼ and 0.5 + 0.125 − 0.75 < 0: the second is far enough. Positives are the first column.
    @Test func tripletLoss() {
        let pairs = Parameter([[1, 0.75], [0.75, 0.125]])
        let (value, gradient) = evaluate(pairs) { tape, x in
            let (first, second) = (tape.constant(rows: 2, columns: 2, [1, 0, 1, 0]), tape.constant(rows: 2, columns: 2, [0, 1, 0, 1]))
            return tape.tripletLoss(positives: tape.pairedProducts(x, first), negatives: tape.pairedProducts(x, second), margin: 0.5)
        }
        #expect(value == 0.125)
        #expect(gradient == [-0.5, 0.5, 0, 0])
    }

    /// 2 · 2.5 − 1 · 1 for x = (1, 3): squares as above, and the mean of 1 − x, which is −1.
    @Test func sum() {
        let (value, gradient) = evaluate(Parameter([[1, 3]])) { $0.sum([(2, $0.meanSquaredError($1, [0, 1])), (1, $0.cosineLoss($1))]) }
        #expect(value == 4 && gradient == [1.5, 3.5])
        expectExactly(evaluate(Parameter([[1]])) { tape, _ in tape.sum([]) }, 0, [0])
    }
}
