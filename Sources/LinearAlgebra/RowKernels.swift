import CKernels

/// The kernels that work on rows; see `transformer.h` for shapes.
public enum RowKernels {
    /// Rows of `out` = layer norm of `x + residual` (Ba et al. 2016, arXiv 1607.06450); `out` may be `x`.
    public static func layerNorm(
        _ x: UnsafePointer<Float>, plus residual: UnsafePointer<Float>?, gain: UnsafePointer<Float>, shift: UnsafePointer<Float>, epsilon: Float, width: Int,
        into out: UnsafeMutablePointer<Float>, rows: Range<Int>
    ) {
        ck_layer_norm(x, residual, gain, shift, epsilon, width, out, rows.lowerBound, rows.upperBound)
    }

    /// Floats of scratch for `attention` over `tokens` tokens and heads of `headWidth` channels.
    public static func attentionScratch(tokens: Int, headWidth: Int) -> Int { ck_attention_scratch(tokens, headWidth) }

    /// One head of one sequence: softmax(q kᵀ / √D) v (Vaswani et al. 2017, arXiv 1706.03762). Rows of `qkv` hold 3 · width floats.
    public static func attention(
        _ qkv: UnsafePointer<Float>, tokens: Int, width: Int, headWidth: Int, head: Int, into out: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        ck_attention(qkv, 3 * width, tokens, width, headWidth, head, out, width, scratch)
    }

    /// Softmax in place; the greatest is subtracted first.
    public static func softmax(_ x: UnsafeMutablePointer<Float>, count: Int) { ck_softmax(x, count) }

    /// The mean of `rows` rows.
    public static func mean(_ x: UnsafePointer<Float>, rows: Int, width: Int, into out: UnsafeMutablePointer<Float>) {
        ck_mean_rows(x, rows, width, out)
    }

    /// Scales to unit length; returns the length it had. A vector of length 0 stays.
    @discardableResult
    public static func normalize(_ x: UnsafeMutablePointer<Float>, count: Int) -> Float { ck_normalize(x, count) }
}
