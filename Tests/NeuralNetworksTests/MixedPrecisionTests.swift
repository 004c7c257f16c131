import LinearAlgebra
import NeuralNetworks
import TestSupport
import Testing

/// Linear layers in bfloat16, all else in float32.
@Suite struct MixedPrecisionTests {
    /// Two layers with attention, norm and gelu between them: loss, and the gradient of every parameter.
    private static func pass(_ precision: Product.Precision, threads: Int) -> (loss: Float, gradients: [(name: String, values: [Float])]) {
        let width = 24, starts = [0, 9, 16, 40]
        var random = SeededGenerator(seed: 5)
        func parameter(_ name: String, _ shape: Int...) -> Parameter { Parameter(name, shape: shape, decays: true, deviation: 0.3, &random) }
        let qkv = parameter("qkv", 3 * width, width), qkvBias = parameter("qkv.bias", 3 * width)
        let wide = parameter("wide", 50, width), wideBias = parameter("wide.bias", 50), narrow = parameter("narrow", width, 50)
        let gain = parameter("gain", width), shift = parameter("shift", width)
        let tape = Tape(team: ThreadTeam(size: threads), precision: precision)
        let x = tape.constant(rows: 40, columns: width, random.floats(40 * width))
        let context = tape.attention(tape.linear(x, qkv, qkvBias), starts: starts, heads: 2)
        let hidden = tape.layerNorm(x, plus: context, gain: gain, shift: shift, epsilon: 1e-5)
        // `hidden` has two readers: its gradient is set by one and added to by the other.
        let out = tape.layerNorm(
            hidden, plus: tape.linear(tape.gelu(tape.linear(hidden, wide, wideBias)), narrow, nil), gain: gain, shift: shift, epsilon: 1e-5)
        let loss = tape.meanSquaredError(out, random.floats(40 * width))
        let value = loss.scalar
        tape.backward(from: loss)
        return (
            value,
            [qkv, qkvBias, wide, wideBias, narrow, gain, shift].map { ($0.name, Array(UnsafeBufferPointer(start: $0.gradient.pointer, count: $0.count))) }
        )
    }

    private static func cosine(_ a: [Float], _ b: [Float]) -> Float {
        func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
    }

    @Test func gradientsPointWhereThoseOfFloat32Do() {
        let exact = Self.pass(.float32, threads: 1), rounded = Self.pass(.bfloat16, threads: 1)
        #expect(abs(rounded.loss - exact.loss) < 0.01 * exact.loss)
        #expect(rounded.loss != exact.loss)
        for (exact, rounded) in zip(exact.gradients, rounded.gradients) {
            #expect(Self.cosine(exact.values, rounded.values) > 0.999, "\(exact.name)")
            let squares = [exact, rounded].map { $0.values.reduce(0) { $0 + $1 * $1 } }
            #expect(abs(squares[1] / squares[0] - 1) < 0.03, "length of the gradient of \(exact.name)")
        }
    }

    @Test(arguments: [2, 3]) func threadsChangeNoBit(threads: Int) {
        let one = Self.pass(.bfloat16, threads: 1), several = Self.pass(.bfloat16, threads: threads)
        #expect(one.loss == several.loss)
        for (one, several) in zip(one.gradients, several.gradients) { #expect(one.values == several.values, "\(one.name)") }
    }
}
