import CKernels

/// Kernels of training that work on rows and on flat runs of weights; see `training.h` for shapes.
public enum GradientKernels {
    /// Rows of the gradient of layer norm: `dx +=`, and the gradients of gain and shift are added up.
    public static func layerNorm(
        _ x: UnsafePointer<Float>, upstream: UnsafePointer<Float>, gain: UnsafePointer<Float>, epsilon: Float, width: Int, into dx: UnsafeMutablePointer<Float>,
        gainGradient: UnsafeMutablePointer<Float>, shiftGradient: UnsafeMutablePointer<Float>, rows: Range<Int>
    ) {
        ck_layer_norm_backward(x, upstream, gain, epsilon, width, dx, gainGradient, shiftGradient, rows.lowerBound, rows.upperBound)
    }

    /// x · Φ(x), in place.
    public static func gelu(_ x: UnsafeMutablePointer<Float>, count: Int) { ck_gelu(x, count) }

    /// `out = upstream · gelu′(x)`; `out` may be either.
    public static func geluBackward(_ x: UnsafePointer<Float>, upstream: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, count: Int) {
        ck_gelu_backward(x, upstream, out, count)
    }

    /// As `RowKernels.attention`, every token seeing itself and those before it.
    public static func causalAttention(
        _ qkv: UnsafePointer<Float>, tokens: Int, width: Int, headWidth: Int, head: Int, into out: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        ck_attention_causal(qkv, 3 * width, tokens, width, headWidth, head, out, width, scratch)
    }

    /// Floats of scratch for `attentionBackward`; more than `RowKernels.attentionScratch`.
    public static func attentionScratch(tokens: Int, headWidth: Int) -> Int { ck_attention_backward_scratch(tokens, headWidth) }

    /// Sets one head's columns of `qkvGradient[tokens][3 · width]`.
    public static func attentionBackward(
        _ qkv: UnsafePointer<Float>, tokens: Int, width: Int, headWidth: Int, head: Int, causal: Bool, upstream: UnsafePointer<Float>,
        into qkvGradient: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
    ) {
        ck_attention_backward(qkv, 3 * width, tokens, width, headWidth, head, causal ? 1 : 0, upstream, width, qkvGradient, scratch)
    }

    /// `to += scale · from`.
    public static func add(_ from: UnsafePointer<Float>, scale: Float = 1, to: UnsafeMutablePointer<Float>, count: Int) {
        ck_add_scaled(from, scale, to, count)
    }

    public static func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Float { ck_dot_f32(a, b, count) }

    /// Σ x², in double precision.
    public static func sumOfSquares(_ x: UnsafePointer<Float>, count: Int) -> Double { ck_sum_of_squares(x, count) }

    /// What one step of AdamW multiplies with.
    public struct AdamWFactors: Sendable {
        /// The learning rate.
        public var rate: Float
        public var beta1: Float
        public var beta2: Float
        public var epsilon: Float
        /// 1 − rate · weight decay.
        public var decay: Float
        /// Of the gradient, before all else: what clipping asks for.
        public var gradientScale: Float
        /// 1 / (1 − β₁ᵗ).
        public var meanCorrection: Float
        /// 1 / (1 − β₂ᵗ).
        public var squareCorrection: Float

        public init(
            rate: Float, beta1: Float, beta2: Float, epsilon: Float, decay: Float, gradientScale: Float, meanCorrection: Float, squareCorrection: Float
        ) {
            (self.rate, self.beta1, self.beta2, self.epsilon) = (rate, beta1, beta2, epsilon)
            (self.decay, self.gradientScale, self.meanCorrection, self.squareCorrection) = (decay, gradientScale, meanCorrection, squareCorrection)
        }
    }

    /// One AdamW step for `count` weights (Loshchilov & Hutter 2019, arXiv 1711.05101).
    public static func adamW(
        _ weights: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, mean: UnsafeMutablePointer<Float>, square: UnsafeMutablePointer<Float>,
        count: Int, _ f: AdamWFactors
    ) {
        ck_adamw(
            weights, gradient, mean, square, count, f.rate, f.beta1, f.beta2, f.epsilon, f.decay, f.gradientScale, f.meanCorrection, f.squareCorrection)
    }
}
