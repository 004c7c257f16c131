import CKernels
import TestSupport
import Testing

/// A row by its definition: the nearest of 256 steps between its least and greatest value, 0 among them.
private struct QuantizedRow {
    let bytes: [Int]
    let scale: Float
    let zero: Int

    init(_ x: some Collection<Float>) {
        let low = min(0, x.min() ?? 0)
        let span = max(0, x.max() ?? 0) - low
        let inverse = span >= 0x1p-100 ? 255 / span : 0
        let zero = Int((-low * inverse).rounded(.toNearestOrEven))
        bytes = x.map { min(255, max(0, Int(($0 * inverse).rounded(.toNearestOrEven)) + zero)) }
        scale = span / 255
        self.zero = zero
    }

    func dot(_ weights: Quantized) -> Int { zip(bytes, weights.values).reduce(0) { $0 + ($1.0 - zero) * $1.1 } }
}

/// Weights by their definition: the nearest of 255 steps, exact sums.
private struct Quantized {
    let values: [Int]
    let scale: Float

    init(_ x: some Collection<Float>) {
        let greatest = x.map(abs).max() ?? 0
        let inverse = greatest > 0 ? 127 / greatest : 0
        values = x.map { Int(($0 * inverse).rounded(.toNearestOrEven)) }
        scale = greatest / 127
    }
}

extension KernelTests {
    @Suite(.serialized) struct Int8 {
        /// Weights packed by the kernel under test.
        private struct Packed {
            var bytes: [Swift.Int8]
            var scales: [Float]
            var sums: [Int32]

            init(_ w: [Float], n: Int, k: Int) {
                bytes = Array(repeating: 99, count: ck_linear_i8_size(n, k))
                scales = Array(repeating: .nan, count: (n + 31) / 32 * 32)
                sums = Array(repeating: 99, count: (n + 31) / 32 * 32)
                ck_linear_i8_pack(w, n, k, &bytes, &scales, &sums)
            }
        }

        @Test func rowsAreTheNearestStepsAtEveryLevel() {
            for trial in LinearCase.trials {
                let c = LinearCase(trial: trial)
                let padded = (c.k + 3) / 4 * 4
                // Bytes and scales as one list of floats, which hold both exactly; the first and the last row stay out of it.
                let found = KernelTests.atEveryLevel("\(c)") {
                    var bytes = [UInt8](repeating: 7, count: c.m * padded)
                    var scales = [Float](repeating: -1, count: c.m)
                    var zeros = [Int32](repeating: -1, count: c.m)
                    ck_quantize_rows(c.x, c.stride, c.k, &bytes, &scales, &zeros, min(1, c.m), max(min(1, c.m), c.m - 1))
                    return bytes.map(Float.init) + scales + zeros.map(Float.init)
                }
                for row in 0..<c.m {
                    let bytes = found[row * padded..<(row + 1) * padded].map { Int($0) }
                    let scale = found[c.m * padded + row]
                    guard row > 0, row < c.m - 1 else {
                        #expect(scale == -1 && bytes.allSatisfy { $0 == 7 }, "\(c): row \(row) was not asked for")
                        continue
                    }
                    let expected = QuantizedRow(c.x[row * c.stride..<row * c.stride + c.k])
                    #expect(scale == expected.scale)
                    #expect(found[c.m * padded + c.m + row] == Float(expected.zero))
                    #expect(bytes == expected.bytes + Array(repeating: expected.zero, count: padded - c.k), "\(c) row \(row)")
                }
            }
        }

        /// Sums are exact and the two multiplications are written out, so identity and relu have no tolerance.
        @Test func equalsExactSumsAtEveryLevel() throws {
            for trial in LinearCase.trials {
                let c = LinearCase(trial: trial)
                let packed = Packed(c.w, n: c.n, k: c.k)
                var bytes = [UInt8](repeating: 0, count: c.m * ((c.k + 3) / 4 * 4))
                var scales = [Float](repeating: 0, count: c.m)
                var zeros = [Int32](repeating: 0, count: c.m)
                ck_quantize_rows(c.x, c.stride, c.k, &bytes, &scales, &zeros, 0, c.m)
                let guarded = KernelTests.atEveryLevel("\(c)") {
                    var out = GuardedRows(rows: c.m, width: c.n)
                    ck_linear_i8(
                        bytes, scales, zeros, c.m, packed.bytes, packed.scales, packed.sums, c.bias, c.n, c.k, c.activation, &out.values, out.stride, 0,
                        (c.n + 31) / 32)
                    return out.values
                }
                var out = GuardedRows(rows: c.m, width: c.n)
                out.values = guarded
                let found = try #require(out.rows(c.m), "\(c) wrote beside its rows")

                let weights = (0..<c.n).map { Quantized(c.w[$0 * c.k..<($0 + 1) * c.k]) }
                for row in 0..<c.m {
                    let x = QuantizedRow(c.x[row * c.stride..<row * c.stride + c.k])
                    for column in 0..<c.n {
                        let sum = Float(x.dot(weights[column])) * (weights[column].scale * x.scale) + (c.bias?[column] ?? 0)
                        var expected: Float = 0
                        ck_linear_f32_reference([sum], 1, 1, [1], nil, 1, 1, c.activation, &expected, 1)
                        let own: Float = c.activation == CK_IDENTITY || c.activation == CK_RELU ? 0 : 4e-7
                        #expect(abs(found[row * c.n + column] - expected) <= own * (1 + abs(sum)), "\(c) [\(row)][\(column)]")
                    }
                }
            }
        }

        /// x = s (q + e) with |e| ≤ 1 for inputs (½ of rounding, ½ where zero was rounded) and ≤ ½ for weights, so a product is off by at most
        /// s |w| + ½ t |x| + ½ s t.
        @Test func isAsNearToFloat32AsStepsAllow() {
            for trial in LinearCase.trials where trial / 16 % 4 == 0 {
                let c = LinearCase(trial: trial)
                let packed = Packed(c.w, n: c.n, k: c.k)
                var bytes = [UInt8](repeating: 0, count: c.m * ((c.k + 3) / 4 * 4))
                var scales = [Float](repeating: 0, count: c.m)
                var zeros = [Int32](repeating: 0, count: c.m)
                ck_quantize_rows(c.x, c.stride, c.k, &bytes, &scales, &zeros, 0, c.m)
                var found = [Float](repeating: 0, count: c.m * c.n), exact = found
                ck_linear_i8(
                    bytes, scales, zeros, c.m, packed.bytes, packed.scales, packed.sums, c.bias, c.n, c.k, CK_IDENTITY, &found, c.n, 0, (c.n + 31) / 32)
                ck_linear_f32_reference(c.x, c.m, c.stride, c.w, c.bias, c.n, c.k, CK_IDENTITY, &exact, c.n)
                for row in 0..<c.m {
                    for column in 0..<c.n {
                        let (s, t) = (scales[row], packed.scales[column])
                        let bound = (0..<c.k).reduce(Float(1e-5)) {
                            $0 + s * abs(c.w[column * c.k + $1]) + 0.5 * t * abs(c.x[row * c.stride + $1]) + 0.5 * s * t
                        }
                        #expect(abs(found[row * c.n + column] - exact[row * c.n + column]) <= bound, "\(c) [\(row)][\(column)]")
                    }
                }
            }
        }

        /// The greatest sums there are: a saturating addition of pairs would show here and nowhere else.
        @Test(arguments: [Float(1), -1]) func theGreatestProductsDoNotSaturate(sign: Float) {
            let k = 64
            let packed = Packed(Array(repeating: sign * 3, count: k), n: 1, k: k)
            let found = KernelTests.atEveryLevel("all ones") {
                var bytes = [UInt8](repeating: 0, count: k)
                var scale: Float = 0
                var zero: Int32 = 0
                var out: Float = 0
                ck_quantize_rows(Array(repeating: 2, count: k), k, k, &bytes, &scale, &zero, 0, 1)
                ck_linear_i8(bytes, [scale], [zero], 1, packed.bytes, packed.scales, packed.sums, nil, 1, k, CK_IDENTITY, &out, 1, 0, 1)
                return [out]
            }
            #expect(abs(found[0] - sign * 384) <= 384 * 4 * KernelTests.roundoff)
        }

        /// A scale whose inverse is beyond Float's range must not reach an integer conversion: rows so small count as zeros.
        @Test(arguments: [0, -0.0, .leastNonzeroMagnitude, 0x1p-133, -.leastNormalMagnitude, 3e-37, 1e4] as [Float])
        func extremesStayFinite(greatest: Float) {
            let k = 21
            let x = (0..<k).map { $0 % 3 == 0 ? greatest : greatest / 3 }
            let packed = Packed(x, n: 1, k: k), plain = Packed(Array(repeating: 1, count: k), n: 1, k: k)
            for (weights, input, expected) in [(packed, Array(repeating: Float(1), count: k), x.reduce(0, +)), (plain, x, x.reduce(0, +))] {
                let found = KernelTests.atEveryLevel("greatest \(greatest)") {
                    var bytes = [UInt8](repeating: 0, count: 24)
                    var scale: Float = 0
                    var zero: Int32 = 0
                    var out: Float = 0
                    ck_quantize_rows(input, k, k, &bytes, &scale, &zero, 0, 1)
                    ck_linear_i8(bytes, [scale], [zero], 1, weights.bytes, weights.scales, weights.sums, nil, 1, k, CK_IDENTITY, &out, 1, 0, 1)
                    return [out]
                }
                // Steps of the weights' greatest value over 127 or of the row's span over 255: no more than one for each of the inputs.
                #expect(abs(found[0] - expected) <= max(Float(k) * abs(greatest) / 127 * 1.01, 1e-30))
            }
        }

        @Test func rowsAndPanelsAloneGiveTheSameBytes() {
            let (m, n, k) = (25, 70, 35)
            var random = SeededGenerator(seed: 10)
            let x = random.floats(m * k), bias = random.floats(n)
            let packed = Packed(random.floats(n * k), n: n, k: k)
            func product(alone: Bool) -> [Float] {
                KernelTests.atEveryLevel("alone: \(alone)") {
                    var bytes = [UInt8](repeating: 0, count: m * 36)
                    var scales = [Float](repeating: 0, count: m), out = [Float](repeating: 0, count: m * n)
                    var zeros = [Int32](repeating: 0, count: m)
                    for row in alone ? Array(0..<m) : [0] { ck_quantize_rows(x, k, k, &bytes, &scales, &zeros, row, alone ? row + 1 : m) }
                    out.withUnsafeMutableBufferPointer { out in
                        bytes.withUnsafeBufferPointer { bytes in
                            for row in alone ? Array(0..<m) : [0] {
                                for panel in alone ? Array(0..<3) : [0] {
                                    ck_linear_i8(
                                        bytes.baseAddress! + row * 36, [Float](scales[row...]), [Int32](zeros[row...]), alone ? 1 : m, packed.bytes,
                                        packed.scales, packed.sums, bias, n, k, CK_TANH, out.baseAddress! + row * n, n, panel, alone ? panel + 1 : 3)
                                }
                            }
                        }
                    }
                    return Array(out)
                }
            }
            #expect(product(alone: true) == product(alone: false))
        }
    }
}
