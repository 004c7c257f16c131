import CKernels
import TestSupport
import Testing

extension KernelTests {
    /// One product of odd sizes; over the trials every N of 1…70, every K of 1…65 and every M of 0…14 and 25 occurs, with every activation.
    struct LinearCase: CustomStringConvertible {
        static let activations = [CK_IDENTITY, CK_GELU, CK_RELU, CK_TANH]
        static let trials = 0..<224
        let m, n, k: Int
        let x, w: [Float]
        let bias: [Float]?
        let activation: ck_activation

        init(trial: Int) {
            let rows = Array(0...14) + [25]
            var random = SeededGenerator(seed: UInt64(trial))
            (m, n, k) = (rows[trial % 16], 1 + trial % 70, 1 + trial * 7 % 65)
            activation = Self.activations[trial / 16 % 4]
            x = random.floats(m * (k + 2))
            w = random.floats(n * k)
            bias = trial % 5 == 0 ? nil : random.floats(n)
        }

        var stride: Int { k + 2 }
        var description: String { "M \(m) N \(n) K \(k) activation \(activation.rawValue) bias \(bias != nil)" }

        /// How far float32 may be from the exact result. A chain of K fused multiply-adds and the bias rounds K + 1 times, each time by at most half a unit
        /// in the last place of Σ|x w| + |bias|; no activation is steeper than 1.13 (gelu). The activations add their own error, at most 4e-7 of 1 + |sum|.
        var tolerances: [Float] {
            var magnitude = [Float](repeating: 0, count: m * n)
            ck_linear_f32_reference(x.map(abs), m, stride, w.map(abs), bias?.map(abs), n, k, CK_IDENTITY, &magnitude, n)
            let own: Float = activation == CK_IDENTITY || activation == CK_RELU ? 0 : 4e-7
            return magnitude.map { 1.13 * Float(k + 2) * KernelTests.roundoff * $0 + own * (1 + $0) }
        }
    }

    @Suite(.serialized) struct Linear {
        @Test func equalsTheReferenceAtEveryLevel() throws {
            for trial in LinearCase.trials {
                let c = LinearCase(trial: trial)
                var expected = [Float](repeating: 0, count: c.m * c.n)
                ck_linear_f32_reference(c.x, c.m, c.stride, c.w, c.bias, c.n, c.k, c.activation, &expected, c.n)
                var packed = [Float](repeating: .nan, count: ck_linear_f32_size(c.n, c.k))
                ck_linear_f32_pack(c.w, c.n, c.k, &packed)
                let guarded = KernelTests.atEveryLevel("\(c)") {
                    var out = GuardedRows(rows: c.m, width: c.n)
                    ck_linear_f32(c.x, c.m, c.stride, packed, c.bias, c.n, c.k, c.activation, &out.values, out.stride, 0, (c.n + 31) / 32)
                    return out.values
                }
                var out = GuardedRows(rows: c.m, width: c.n)
                out.values = guarded
                let found = try #require(out.rows(c.m), "\(c) wrote beside its rows")
                for (i, tolerance) in c.tolerances.enumerated() {
                    #expect(abs(found[i] - expected[i]) <= tolerance, "\(c) output \(i)")
                }
            }
        }

        /// Neither the other rows nor the split of the panels changes a bit.
        @Test func rowsAndPanelsAloneGiveTheSameBytes() {
            let (m, n, k) = (25, 70, 33)
            var random = SeededGenerator(seed: 9)
            let x = random.floats(m * k), w = random.floats(n * k), bias = random.floats(n)
            var packed = [Float](repeating: 0, count: ck_linear_f32_size(n, k))
            ck_linear_f32_pack(w, n, k, &packed)
            let whole = KernelTests.atEveryLevel("whole") {
                var out = [Float](repeating: 0, count: m * n)
                ck_linear_f32(x, m, k, packed, bias, n, k, CK_GELU, &out, n, 0, 3)
                return out
            }
            let pieces = KernelTests.atEveryLevel("pieces") {
                var out = [Float](repeating: 0, count: m * n)
                for row in 0..<m {
                    for panel in 0..<3 {
                        x.withUnsafeBufferPointer { x in
                            out.withUnsafeMutableBufferPointer { out in
                                ck_linear_f32(x.baseAddress! + row * k, 1, k, packed, bias, n, k, CK_GELU, out.baseAddress! + row * n, n, panel, panel + 1)
                            }
                        }
                    }
                }
                return out
            }
            #expect(pieces == whole)
        }

        /// tanh and gelu through a weight of 1, so that an activation meets each extreme as it is.
        @Test func extremesStayFinite() {
            let x = KernelTests.extremes
            var packed = [Float](repeating: 0, count: ck_linear_f32_size(1, 1))
            ck_linear_f32_pack([1], 1, 1, &packed)
            for activation in LinearCase.activations {
                let found = KernelTests.atEveryLevel("activation \(activation.rawValue)") {
                    var out = [Float](repeating: 0, count: x.count)
                    ck_linear_f32(x, x.count, 1, packed, nil, 1, 1, activation, &out, 1, 0, 1)
                    return out
                }
                var expected = [Float](repeating: 0, count: x.count)
                ck_linear_f32_reference(x, x.count, 1, [1], nil, 1, 1, activation, &expected, 1)
                for (x, (found, expected)) in zip(x, zip(found, expected)) {
                    #expect(abs(found - expected) <= 4e-7 * (1 + abs(x)), "activation \(activation.rawValue) of \(x)")
                }
                if activation == CK_TANH { #expect(found.allSatisfy { abs($0) <= 1 }) }
            }
        }
    }
}
