import CKernels
import LinearAlgebra
import TestSupport
import Testing

extension KernelTests {
    private static let teams = [1, 2, 3].map { ThreadTeam(size: $0) }

    /// One product of odd sizes; over the trials every pair of M and K occurs, and every N with each form.
    struct ProductCase: CustomStringConvertible {
        enum Form: CaseIterable { case plain, transposed, byTransposed }
        static let trials = 0..<63
        private static let sizes = [1, 2, 11, 12, 13, 31, 33, 47, 130]
        private static let depths = [0, 1, 5, 127, 128, 129, 300]

        let form: Form
        let m, n, k: Int
        /// [M][K], or [K][M] where the form is `transposed`; and [K][N], or [N][K] where it is `byTransposed`.
        let x, b: [Float]
        /// What lies in the output before: the sum's first term where the product accumulates, else rubbish.
        let before: [Float]
        let accumulate: Bool
        /// Of `byTransposed` alone.
        let bias: [Float]?

        init(trial: Int, _ form: Form) {
            var random = SeededGenerator(seed: UInt64(trial))
            self.form = form
            (m, n, k) = (Self.sizes[trial % 9], Self.sizes[(trial * 2 + trial / 9) % 9], Self.depths[trial % 7])
            accumulate = form != .byTransposed && trial % 3 > 0
            x = random.floats(m * k)
            b = random.floats(n * k)
            before = accumulate ? random.floats(m * n) : Array(repeating: .nan, count: m * n)
            bias = form == .byTransposed && trial % 3 > 0 ? random.floats(n) : nil
        }

        var description: String { "\(form) M \(m) N \(n) K \(k)\(accumulate ? " accumulating" : "")\(bias == nil ? "" : " with bias")" }

        private static let guarded = 16

        /// The product, and the memory behind it that nothing may touch.
        func compute(_ team: ThreadTeam) -> [Float] {
            var out = before + Array(repeating: GuardedRows.untouched, count: Self.guarded)
            var packed = [Float](repeating: .nan, count: Product.packedCount(n: n, k: k, team: team))
            switch form {
            case .plain: Product.multiply(x, b, m: m, n: n, k: k, accumulate: accumulate, packed: &packed, into: &out, team: team)
            case .transposed: Product.multiplyTransposed(x, b, m: m, n: n, k: k, accumulate: accumulate, packed: &packed, into: &out, team: team)
            case .byTransposed: Product.multiplyByTransposed(x, b, bias: bias, m: m, n: n, k: k, packed: &packed, into: &out, team: team)
            }
            return out
        }

        /// By the definition in double precision; of the operands' magnitudes, for the tolerance.
        func reference(magnitude: Bool = false) -> [Float] {
            let (x, b) = magnitude ? (x.map(abs), b.map(abs)) : (x, b)
            let columns = form == .byTransposed ? (0..<k * n).map { b[$0 % n * k + $0 / n] } : b
            var out = accumulate ? before : (0..<m * n).map { bias?[$0 % n] ?? 0 }
            if magnitude { out = out.map(abs) }
            let (row, step) = form == .transposed ? (1, m) : (k, 1)
            ck_product_reference(x, row, step, columns, n, 1, nil, m, n, k, 0, 1, &out, n)
            return out
        }

        /// A sum of K products with the term before it, in blocks that are added to each other, rounds at most K + 4 times, each time by half a unit in the last
        /// place of Σ |x b|.
        var tolerances: [Float] { reference(magnitude: true).map { Float(k + 4) * KernelTests.roundoff * $0 } }

        func split(_ out: [Float]) -> (product: ArraySlice<Float>, beyond: ArraySlice<Float>) { (out.prefix(m * n), out.dropFirst(m * n)) }
    }

    @Suite(.serialized) struct Products {
        @Test(arguments: ProductCase.Form.allCases) func equalTheReferenceAtEveryLevel(form: ProductCase.Form) {
            for trial in ProductCase.trials {
                let c = ProductCase(trial: trial, form)
                let (found, beyond) = c.split(KernelTests.atEveryLevel("\(c)") { c.compute(KernelTests.teams[0]) })
                #expect(beyond.allSatisfy { $0 == GuardedRows.untouched }, "\(c) wrote beyond its output")
                let wrong = zip(zip(found, c.reference()), c.tolerances).count { !(abs($0.0 - $0.1) <= $1) }
                #expect(wrong == 0, "\(c): \(wrong) of \(found.count) outputs")
            }
        }

        /// Two and three threads share out panels where there are many, and rows where there are few; both change no bit.
        @Test(arguments: ProductCase.Form.allCases) func threadsChangeNoBit(form: ProductCase.Form) {
            for trial in ProductCase.trials {
                let c = ProductCase(trial: trial, form)
                let alone = c.compute(KernelTests.teams[0]).map(\.bitPattern)
                for team in KernelTests.teams.dropFirst() {
                    #expect(c.compute(team).map(\.bitPattern) == alone, "\(c), \(team.size) threads")
                }
            }
        }

        @Test func withoutRowsOrColumnsNothingIsWritten() {
            for (m, n) in [(0, 40), (5, 0), (0, 0)] {
                for team in KernelTests.teams {
                    var out: [Float] = [7], packed = [Float](repeating: 0, count: Product.packedCount(n: n, k: 9, team: team))
                    let x = [Float](repeating: 1, count: 9 * 40)
                    Product.multiply(x, x, m: m, n: n, k: 9, packed: &packed, into: &out, team: team)
                    Product.multiplyTransposed(x, x, m: m, n: n, k: 9, packed: &packed, into: &out, team: team)
                    Product.multiplyByTransposed(x, x, bias: nil, m: m, n: n, k: 9, packed: &packed, into: &out, team: team)
                    #expect(out == [7], "M \(m) N \(n)")
                }
            }
        }
    }
}
