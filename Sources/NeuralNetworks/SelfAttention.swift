public import LinearAlgebra
public import Storage

/// Multi-head self-attention over sequences that lie one after the other, without padding.
public struct SelfAttention: Sendable {
    public let heads: Int
    public let projection: Linear

    /// Reads `query`, `key` and `value`, each [width][width].
    public init(_ tensors: TensorReader, width: Int, heads: Int, precision: Precision) {
        self.heads = heads
        projection = Linear(
            joining: ["query", "key", "value"].map(tensors.scope), outputs: width, inputs: width, precision: precision)
    }

    /// - Throws: `FileError`.
    public init(_ tensors: CompiledTensors, _ name: String, width: Int, heads: Int) throws(FileError) {
        self.heads = heads
        projection = try Linear(tensors, name, outputs: 3 * width, inputs: width)
    }

    /// `context[tokens][width]` from the projected `qkv[tokens][3 · width]`; sequence s has the tokens `starts[s] ..< starts[s + 1]`.
    ///
    /// - Parameter scratch: `RowKernels.attentionScratch` of the longest sequence, once for every thread of the team.
    public func forward(
        _ qkv: UnsafeMutablePointer<Float>, starts: [Int], into context: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>, scratchSize: Int,
        team: ThreadTeam
    ) {
        let width = projection.weights.inputs
        let work = (starts.count - 1) * heads
        nonisolated(unsafe) let (qkv, context, scratch) = (qkv, context, scratch)
        team.run { part, parts in
            for item in work * part / parts..<work * (part + 1) / parts {
                let start = starts[item / heads]
                RowKernels.attention(
                    qkv + start * 3 * width, tokens: starts[item / heads + 1] - start, width: width, headWidth: width / heads, head: item % heads,
                    into: context + start * width, scratch: scratch + part * scratchSize)
            }
        }
    }
}
