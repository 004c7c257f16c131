import CKernels
import TestSupport
import Testing

extension KernelTests {
    /// One product of odd sizes, either matrix in rows or in columns; some cross the kernels' blocks of rows and of inner steps.
    struct PackedProductCase: CustomStringConvertible {
        static let trials = 0..<180
        let m, n, k: Int
        let x, b, before: [Float]
        let bias: [Float]?
        let accumulate, xInColumns, bInColumns: Bool

        /// Whether factors are rounded to bfloat16.
        let rounded: Bool

        init(trial: Int, rounded: Bool) {
            self.rounded = rounded
            var random = SeededGenerator(seed: UInt64(trial))
            let large = trial % 45 == 44
            m = large ? 191 + trial / 45 : (Array(0...14) + [25])[trial % 16]
            n = large ? 33 : 1 + trial * 11 % 70
            k = large ? 383 + trial / 45 * 2 : trial * 7 % 66
            x = random.floats(m * k)
            b = random.floats(n * k)
            bias = trial % 3 == 0 ? random.floats(n) : nil
            before = random.floats(m * n)
            (accumulate, xInColumns, bInColumns) = (trial / 4 % 2 == 1, trial % 2 == 1, trial / 2 % 2 == 1)
        }

        var xStrides: (row: Int, step: Int) { xInColumns ? (1, m) : (k, 1) }
        var bStrides: (step: Int, column: Int) { bInColumns ? (1, k) : (n, 1) }
        var description: String { "M \(m) N \(n) K \(k) columns \(xInColumns) \(bInColumns) bias \(bias != nil) accumulate \(accumulate)" }

        func reference(_ x: [Float], _ b: [Float], _ bias: [Float]?, _ before: [Float]) -> [Float] {
            var out = before
            ck_product_reference(
                x, xStrides.row, xStrides.step, b, bStrides.step, bStrides.column, bias, m, n, k, rounded ? 1 : 0, accumulate ? 1 : 0,
                &out, n)
            return out
        }

        func kernel(first: Int, last: Int) -> GuardedRows {
            var packed = [UInt8](repeating: 0xFF, count: ck_product_packed_size(n, k, rounded ? 1 : 0))
            var room = [UInt8](repeating: 0xFF, count: ck_product_room())
            for panel in 0..<(n + 31) / 32 { ck_product_pack(b, bStrides.step, bStrides.column, n, k, rounded ? 1 : 0, &packed, panel, panel + 1) }
            var out = GuardedRows(rows: m, width: n)
            for row in 0..<m { out.values.replaceSubrange(row * out.stride..<row * out.stride + n, with: before[row * n..<(row + 1) * n]) }
            for rows in [0..<first, first..<last, last..<m] {
                x.withUnsafeBufferPointer { x in
                    out.values.withUnsafeMutableBufferPointer { to in
                        guard let x = x.baseAddress, let to = to.baseAddress else { return }
                        ck_product(
                            x + rows.lowerBound * xStrides.row, xStrides.row, xStrides.step, packed, bias, rows.count, n, k, rounded ? 1 : 0,
                            accumulate ? 1 : 0,
                            to + rows.lowerBound * out.stride, out.stride, &room)
                    }
                }
            }
            return out
        }
    }

    @Suite(.serialized) struct PackedProducts {
        /// The reference rounds factors as the kernels do and sums exactly. A kernel rounds K fused multiply-adds, the sum of at most 1 + K / 192 blocks, bias and
        /// what was there before, and the reference once: each time by at most half a unit in the last place of Σ|x b| + |bias| + |before|.
        @Test(arguments: [false, true]) func equalsTheReferenceAtEveryLevel(rounded: Bool) throws {
            for trial in PackedProductCase.trials {
                let c = PackedProductCase(trial: trial, rounded: rounded)
                let expected = c.reference(c.x, c.b, c.bias, c.before)
                let magnitude = c.reference(c.x.map(abs), c.b.map(abs), c.bias?.map(abs), c.before.map(abs))
                var out = GuardedRows(rows: c.m, width: c.n)
                out.values = KernelTests.atEveryLevel("\(c)") { c.kernel(first: 0, last: c.m).values }
                let found = try #require(out.rows(c.m), "\(c) wrote beside its rows")
                for i in found.indices {
                    #expect(abs(found[i] - expected[i]) <= Float(c.k + c.k / 192 + 4) * KernelTests.roundoff * magnitude[i], "\(c) output \(i)")
                }
            }
        }

        @Test(arguments: [false, true]) func rowsAloneGiveTheSameBytes(rounded: Bool) {
            for trial in PackedProductCase.trials where trial % 16 == 15 {
                let c = PackedProductCase(trial: trial, rounded: rounded)
                #expect(c.kernel(first: 0, last: c.m).values == c.kernel(first: c.m / 3, last: c.m / 2).values, "\(c)")
            }
        }

        /// Values through a factor of 1: 8 bits stay, ties go to even, subnormals go to 0, what has no number stays so.
        @Test func roundsToNearestEven() {
            let cases: [(Float, Float)] = [
                (1, 1), (0x1.01p0, 0x1p0), (0x1.03p0, 0x1.04p0), (0x1.010002p0, 0x1.02p0), (0x1.02p0, 0x1.02p0), (-0x1.03p0, -0x1.04p0),
                (0x1.fffffep3, 0x1p4), (0x1p-126, 0x1p-126), (Float(bitPattern: 0x007F_FFFF), 0),
                (.leastNonzeroMagnitude, 0), (.greatestFiniteMagnitude, .infinity),
                (-.infinity, -.infinity), (.nan, -99), (Float(bitPattern: 0x7F80_0001), -99), (Float(bitPattern: 0xFFFF_FFFF), -99),
            ]
            let x = cases.map(\.0)
            let found = KernelTests.atEveryLevel("rounding") {
                var packed = [UInt8](repeating: 0, count: ck_product_packed_size(1, 1, 1)), room = [UInt8](repeating: 0, count: ck_product_room())
                var out = [Float](repeating: 0, count: x.count)
                ck_product_pack([1], 1, 1, 1, 1, 1, &packed, 0, 1)
                ck_product(x, 1, 1, packed, nil, x.count, 1, 1, 1, 0, &out, 1, &room)
                return out.map { $0.isNaN ? -99 : $0 }
            }
            #expect(found == cases.map(\.1))
        }
    }
}
