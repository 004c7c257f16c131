import CKernels
import TestSupport
import Testing

extension KernelTests {
    @Suite(.serialized) struct Rows {
        /// Sums of C values round at most C / 16 + 4 times in each lane; the centred values are then divided by the deviation, which magnifies what they carry.
        @Test(arguments: [false, true]) func layerNormEqualsTheReference(withResidual: Bool) {
            for c in 1...70 {
                let rows = 1 + c % 4
                var random = SeededGenerator(seed: UInt64(c))
                let x = random.floats(rows * c, in: -3...3), residual = withResidual ? random.floats(rows * c) : nil
                let gain = random.floats(c), shift = random.floats(c)
                var expected = x
                ck_layer_norm_reference(x, residual, gain, shift, 1e-3, c, &expected, 0, rows)
                let apart = KernelTests.atEveryLevel("C \(c)") {
                    var out = [Float](repeating: 0, count: rows * c)
                    ck_layer_norm(x, residual, gain, shift, 1e-3, c, &out, 0, rows)
                    return out
                }
                var inPlace = x
                // Row by row, as threads split them.
                inPlace.withUnsafeMutableBufferPointer { p in
                    for row in 0..<rows { ck_layer_norm(p.baseAddress!, residual, gain, shift, 1e-3, c, p.baseAddress!, row, row + 1) }
                }
                #expect(inPlace == apart, "C \(c) in place")
                for row in 0..<rows {
                    let sums = (row * c..<(row + 1) * c).map { Double(x[$0]) + Double(residual?[$0] ?? 0) }
                    let mean = sums.reduce(0, +) / Double(c)
                    let deviation = (sums.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(c) + 1e-3).squareRoot()
                    let tolerance = 16 * KernelTests.roundoff * (1 + 4 / Float(deviation))
                    for i in row * c..<(row + 1) * c { #expect(abs(apart[i] - expected[i]) <= tolerance, "C \(c) value \(i)") }
                }
            }
        }

        @Test func layerNormOfExtremesIsFinite() {
            let c = KernelTests.extremes.count + 7
            let gain = [Float](repeating: 1, count: c), shift = [Float](repeating: 0.5, count: c)
            let rows: [[Float]] = [
                KernelTests.extremes + Array(repeating: 0, count: 7), Array(repeating: 0, count: c), Array(repeating: 1e4, count: c),
                Array(repeating: .leastNonzeroMagnitude, count: c), Array(repeating: 1e30, count: c - 1) + [-1e30],
            ]
            let found = KernelTests.atEveryLevel("extremes") {
                var out = [Float](repeating: 0, count: rows.count * c)
                ck_layer_norm(Array(rows.joined()), nil, gain, shift, 1e-12, c, &out, 0, rows.count)
                return out
            }
            #expect(found.allSatisfy { $0.isFinite })
            #expect(found[c..<2 * c].allSatisfy { $0 == 0.5 }, "zeros leave the shift")
        }

        /// Probabilities are at most 1, and the exponential's relative error is 2e-7 plus that of its rounded argument d, whose share d e^-d is at most 0.4.
        @Test func softmaxEqualsTheReference() {
            for count in 0...70 {
                var random = SeededGenerator(seed: UInt64(count))
                let x = random.floats(count, in: -12...12)
                let found = KernelTests.atEveryLevel("\(count) values") {
                    var y = x
                    ck_softmax(&y, count)
                    return y
                }
                var expected = x
                ck_softmax_reference(&expected, count)
                for i in 0..<count { #expect(abs(found[i] - expected[i]) <= 1e-6, "\(i) of \(count)") }
                if count > 0 { #expect(abs(found.reduce(0, +) - 1) <= 1e-5) }
            }
        }

        @Test(arguments: [KernelTests.extremes, [1e4, -1e4], [-1e4], Array(repeating: -1e4, count: 33), [1e38, -1e38], [.leastNonzeroMagnitude, 0]])
        func softmaxOfExtremesIsADistribution(_ x: [Float]) {
            let found = KernelTests.atEveryLevel("\(x)") {
                var y = x
                ck_softmax(&y, x.count)
                return y
            }
            var expected = x
            ck_softmax_reference(&expected, x.count)
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-6 })
            #expect(found.allSatisfy { $0 >= 0 } && abs(found.reduce(0, +) - 1) <= 1e-6)
        }

        /// The error function is off by at most 3.1e-7, of which gelu takes |x| / 2 times; two roundings more.
        @Test func geluEqualsTheReference() {
            let x = (-1_200...1_200).map { Float($0) / 150 } + KernelTests.extremes
            var expected = x
            ck_gelu_reference(&expected, x.count)
            let found = KernelTests.atEveryLevel("gelu") {
                var y = x
                ck_gelu(&y, x.count)
                return y
            }
            for (x, (found, expected)) in zip(x, zip(found, expected)) {
                #expect(abs(found - expected) <= abs(x) * (1.6e-7 + 2 * KernelTests.roundoff), "gelu(\(x))")
            }
            #expect(found.suffix(KernelTests.extremes.count).allSatisfy { $0.isFinite })
        }

        @Test func geluOfOddCountsTouchesNothingElse() {
            for count in 0...35 {
                var random = SeededGenerator(seed: UInt64(count))
                let x = random.floats(count + 8)
                let found = KernelTests.atEveryLevel("\(count) values") {
                    var y = x
                    ck_gelu(&y, count)
                    return y
                }
                var expected = x
                ck_gelu_reference(&expected, count)
                #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 4e-7 })
                #expect(found[count...] == x[count...])
            }
        }

        @Test func meanEqualsTheDefinition() {
            for (t, c) in zip((0..<70).map { 1 + $0 % 33 }, 1...70) {
                var random = SeededGenerator(seed: UInt64(c))
                let x = random.floats(t * c)
                let found = KernelTests.atEveryLevel("T \(t) C \(c)") {
                    var out = [Float](repeating: 7, count: c + 4)
                    ck_mean_rows(x, t, c, &out)
                    return out
                }
                for i in 0..<c {
                    let mean = (0..<t).reduce(0.0) { $0 + Double(x[$1 * c + i]) } / Double(t)
                    // T additions of values up to 1, a reciprocal and a product.
                    #expect(abs(found[i] - Float(mean)) <= Float(t + 3) * KernelTests.roundoff, "T \(t) C \(c)")
                }
                #expect(found[c...].allSatisfy { $0 == 7 })
            }
        }

        @Test func normalizeGivesTheLengthAndUnitLength() {
            for count in 1...70 {
                var random = SeededGenerator(seed: UInt64(count))
                let x = random.floats(count, in: -5...5)
                let found = KernelTests.atEveryLevel("\(count) values") {
                    var y = x
                    let length = ck_normalize(&y, count)
                    return y + [length]
                }
                let length = x.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
                #expect(abs(Double(found[count]) - length) <= length * 1e-6)
                for i in 0..<count { #expect(abs(Double(found[i]) - Double(x[i]) / length) <= 1e-6) }
            }
        }

        /// Squares below Float's range make a length of 0, which leaves the vector as it is.
        @Test(arguments: [[0, -0.0, 0], [0x1p-133, 0, -0x1p-133], [1e4, -1e4, 0]] as [[Float]]) func normalizeOfExtremes(_ x: [Float]) {
            let found = KernelTests.atEveryLevel("\(x)") {
                var y = x
                let length = ck_normalize(&y, x.count)
                return y + [length]
            }
            let length = found[x.count]
            #expect(Array(found.dropLast()) == (length > 0 ? x.map { $0 / length } : x))
            #expect((length == 0) == (abs(x[0]) < 1))
        }
    }
}
