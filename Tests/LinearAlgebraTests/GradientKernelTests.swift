import CKernels
import Foundation
import LinearAlgebra
import TestSupport
import Testing

extension KernelTests {
    /// The kernels of training: every level gives the same bytes, and those are what the definition gives in double precision. That the definitions are the
    /// gradients of the forward kernels is shown by finite differences in the tests of `NeuralNetworks`.
    @Suite(.serialized) struct Gradients {
        private static let widths = [1, 2, 15, 16, 17, 31, 33, 48, 70]

        private static func expectNear(_ found: some Collection<Float>, _ expected: [Double], within tolerance: Double, _ what: String) {
            let worst = zip(found, expected).map { abs(Double($0) - $1) }.max() ?? 0
            #expect(found.count == expected.count && worst <= tolerance, "\(what): off by \(worst)")
        }

        /// Φ(x) + x φ(x) is at most 1.13; its parts are good to some units in the last place of 1 and of x φ(x) < 0.25.
        @Test func geluSlope() {
            for count in Self.widths {
                var random = SeededGenerator(seed: UInt64(count))
                let x = random.floats(count, in: -9...9), upstream = random.floats(count)
                let out = KernelTests.atEveryLevel("\(count) values") {
                    var out = [Float](repeating: GuardedRows.untouched, count: count + 16)
                    ck_gelu_backward(x, upstream, &out, count)
                    return out
                }
                #expect(out.dropFirst(count).allSatisfy { $0 == GuardedRows.untouched })
                let expected = zip(x.map(Double.init), upstream).map { x, u in
                    let share: Double = 0.5 * (1 + erf(x / 2.0.squareRoot()))
                    let density: Double = exp(-x * x / 2) / (2 * Double.pi).squareRoot()
                    return Double(u) * (share + x * density)
                }
                Self.expectNear(out.prefix(count), expected, within: 4e-7, "\(count) values")
            }
        }

        /// Far out the slope is 0 or 1, and never a NaN; the output may be the upstream gradient or x.
        @Test func geluSlopeOfExtremesInPlace() {
            let x = KernelTests.extremes
            let found = KernelTests.atEveryLevel("in place of the upstream gradient") {
                var out = [Float](repeating: 1, count: x.count)
                out.withUnsafeMutableBufferPointer { ck_gelu_backward(x, $0.baseAddress!, $0.baseAddress!, x.count) }
                return out
            }
            var inPlace = x
            inPlace.withUnsafeMutableBufferPointer { ck_gelu_backward($0.baseAddress!, [Float](repeating: 1, count: x.count), $0.baseAddress!, x.count) }
            #expect(inPlace == found)
            for (x, slope) in zip(x, found) {
                if x >= 87 { #expect(slope == 1, "at \(x)") }
                if x <= -87 { #expect(abs(slope) <= 1e-7, "at \(x)") }
                if abs(x) < 1e-30 { #expect(slope == 0.5, "at \(x)") }
            }
        }

        /// One fused multiply-add each, so exactly that.
        @Test func addScaled() {
            for count in Self.widths {
                var random = SeededGenerator(seed: UInt64(count))
                let from = random.floats(count), to = random.floats(count)
                let found = KernelTests.atEveryLevel("\(count) values") {
                    var out = to + [GuardedRows.untouched]
                    ck_add_scaled(from, -0.3, &out, count)
                    return out
                }
                #expect(found == zip(from, to).map { $1.addingProduct(-0.3, $0) } + [GuardedRows.untouched])
            }
        }

        /// In double precision: 2⁻⁵³ for each term at most, also where float32 would overflow or vanish.
        @Test func sumOfSquares() {
            for count in Self.widths + [1_000] {
                var random = SeededGenerator(seed: UInt64(count))
                let x = random.floats(count, in: -3...3)
                let expected = x.reduce(0.0) { $0 + Double($1) * Double($1) }
                #expect(abs(GradientKernels.sumOfSquares(x, count: count) - expected) <= Double(count) * 0x1p-53 * expected)
            }
            #expect(GradientKernels.sumOfSquares([1e30, 1e30], count: 2) == 2 * Double(Float(1e30)) * Double(Float(1e30)))
            #expect(GradientKernels.sumOfSquares([1e-30], count: 1) == Double(Float(1e-30)) * Double(Float(1e-30)))
            #expect(GradientKernels.sumOfSquares([1, .nan, 2], count: 3).isNaN)
        }

        /// With n = (x − mean) / σ and g = upstream · gain: dx = (g − mean g − n · mean (g n)) / σ, d gain = Σ upstream · n, d shift = Σ upstream.
        ///
        /// Values are at most 3 with σ near 1.7, in rows of 4 or more; the error is a few roundings of sums of such rows.
        @Test func layerNorm() {
            for (rows, width) in [(1, 4), (3, 15), (2, 16), (5, 33), (4, 70)] {
                var random = SeededGenerator(seed: UInt64(width))
                let x = random.floats(rows * width, in: -3...3), upstream = random.floats(rows * width), gain = random.floats(width)
                let before = random.floats(rows * width), gains = random.floats(width), shifts = random.floats(width)
                let found = KernelTests.atEveryLevel("\(rows) × \(width)") {
                    let guarded = [GuardedRows.untouched]
                    var dx = before + guarded, dGain = gains + guarded, dShift = shifts + guarded
                    ck_layer_norm_backward(x, upstream, gain, 1e-12, width, &dx, &dGain, &dShift, 0, rows)
                    return dx + dGain + dShift
                }
                var dx = before.map(Double.init), dGain = gains.map(Double.init), dShift = shifts.map(Double.init)
                for row in 0..<rows {
                    let cells = (0..<width).map { (Double(x[row * width + $0]), Double(upstream[row * width + $0])) }
                    let mean = cells.reduce(0) { $0 + $1.0 } / Double(width)
                    let deviation = (cells.reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) } / Double(width) + 1e-12).squareRoot()
                    let n = cells.map { ($0.0 - mean) / deviation }, g = cells.indices.map { cells[$0].1 * Double(gain[$0]) }
                    let meanG = g.reduce(0, +) / Double(width), meanGN = zip(g, n).reduce(0) { $0 + $1.0 * $1.1 } / Double(width)
                    for i in 0..<width {
                        dx[row * width + i] += (g[i] - meanG - n[i] * meanGN) / deviation
                        dGain[i] += cells[i].1 * n[i]
                        dShift[i] += cells[i].1
                    }
                }
                let untouched = [Double(GuardedRows.untouched)]
                Self.expectNear(found, [dx, untouched, dGain, untouched, dShift, untouched].flatMap { $0 }, within: 2e-6, "\(rows) × \(width)")
            }
        }

        /// The gradient of softmax(q kᵀ / √D) v by its definition: dv = wᵀ u, dw = u vᵀ, ds = w (dw − Σ w dw), dq = ds k / √D, dk = dsᵀ q / √D.
        ///
        /// Weights are set, not added to, in the head's own columns alone. Queries, keys and values lie in ±1 and up to 40 of them are summed up: 1e-5 as in
        /// ``Attention/equalsTheReferenceAtEveryLevel()``.
        @Test(arguments: [false, true]) func attention(causal: Bool) {
            for (t, d, heads) in [(1, 1, 1), (2, 5, 2), (3, 16, 1), (16, 8, 3), (17, 17, 2), (40, 33, 1)] {
                let c = d * heads, stride = 3 * c + 2, head = heads - 1
                var random = SeededGenerator(seed: UInt64(t))
                let qkv = random.floats(t * stride), upstream = random.floats(t * c)
                let found = KernelTests.atEveryLevel("T \(t) D \(d)") {
                    var out = [Float](repeating: GuardedRows.untouched, count: t * stride)
                    var forward = [Float](repeating: GuardedRows.untouched, count: t * c)
                    var scratch = [Float](repeating: .nan, count: ck_attention_backward_scratch(t, d)) + [GuardedRows.untouched]
                    if causal {
                        ck_attention_causal(qkv, stride, t, c, d, head, &forward, c, &scratch)
                    } else {
                        ck_attention(qkv, stride, t, c, d, head, &forward, c, &scratch)
                    }
                    ck_attention_backward(qkv, stride, t, c, d, head, causal ? 1 : 0, upstream, c, &out, &scratch)
                    return out + forward + scratch.suffix(1)
                }
                #expect(found.last == GuardedRows.untouched, "wrote beyond its scratch")
                var gradient = [Double](repeating: Double(GuardedRows.untouched), count: t * stride)
                var forward = [Double](repeating: Double(GuardedRows.untouched), count: t * c)
                func part(_ which: Int, _ row: Int, _ i: Int) -> Int { row * stride + which * c + head * d + i }
                for which in 0..<3 { for row in 0..<t { for i in 0..<d { gradient[part(which, row, i)] = 0 } } }
                let root = Double(d).squareRoot()
                for row in 0..<t {
                    let seen = causal ? row + 1 : t
                    let scores = (0..<seen).map { j in (0..<d).reduce(0.0) { $0 + Double(qkv[part(0, row, $1)]) * Double(qkv[part(1, j, $1)]) } / root }
                    let total = scores.reduce(0) { $0 + exp($1) }
                    let weights = scores.map { exp($0) / total }
                    let up = (0..<d).map { Double(upstream[row * c + head * d + $0]) }
                    let slopes = (0..<seen).map { j in (0..<d).reduce(0.0) { $0 + up[$1] * Double(qkv[part(2, j, $1)]) } }
                    let mean = zip(weights, slopes).reduce(0) { $0 + $1.0 * $1.1 }
                    for i in 0..<d {
                        forward[row * c + head * d + i] = (0..<seen).reduce(0) { $0 + weights[$1] * Double(qkv[part(2, $1, i)]) }
                        for j in 0..<seen {
                            let slope = weights[j] * (slopes[j] - mean) / root
                            gradient[part(0, row, i)] += slope * Double(qkv[part(1, j, i)])
                            gradient[part(1, j, i)] += slope * Double(qkv[part(0, row, i)])
                            gradient[part(2, j, i)] += weights[j] * up[i]
                        }
                    }
                }
                Self.expectNear(found.dropLast(), gradient + forward, within: 1e-5, "T \(t) D \(d)")
            }
        }

        /// m = β₁ m + (1 − β₁) g, s = β₂ s + (1 − β₂) g², w = decay · w − rate · m̂ / (√ŝ + ε), by the same float32 factors in double precision. All numbers are
        /// near 1 or below, and each goes through about ten roundings.
        @Test func adamW() {
            let f = GradientKernels.AdamWFactors(
                rate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-3, decay: 0.98, gradientScale: 0.5, meanCorrection: 3, squareCorrection: 30)
            for count in Self.widths {
                var random = SeededGenerator(seed: UInt64(count))
                let weights = random.floats(count), gradient = random.floats(count), means = random.floats(count)
                let squares = random.floats(count, in: 0...1)
                let found = KernelTests.atEveryLevel("\(count) weights") {
                    var w = weights + [GuardedRows.untouched], m = means, s = squares
                    GradientKernels.adamW(&w, gradient: gradient, mean: &m, square: &s, count: count, f)
                    return m + s + w
                }
                let g = gradient.map { Double($0) * 0.5 }
                let (beta1, beta2, rest1, rest2) = (Double(f.beta1), Double(f.beta2), Double(1 - f.beta1), Double(1 - f.beta2))
                let (rate, epsilon, decay) = (Double(f.rate), Double(f.epsilon), Double(f.decay))
                let m: [Double] = zip(means, g).map { beta1 * Double($0) + rest1 * $1 }
                let s: [Double] = zip(squares, g).map { beta2 * Double($0) + rest2 * $1 * $1 }
                let w: [Double] = weights.indices.map {
                    let root = (s[$0] * 30).squareRoot() + epsilon
                    return decay * Double(weights[$0]) - rate * m[$0] * 3 / root
                }
                Self.expectNear(found, [m, s, w, [Double(GuardedRows.untouched)]].flatMap { $0 }, within: 1e-6, "\(count) weights")
            }
        }
    }
}
