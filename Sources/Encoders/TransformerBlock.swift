import LinearAlgebra
import NeuralNetworks
import Storage

/// One layer: attention and feed-forward, each added to its input and normalised (post-norm, as in BERT).
struct TransformerBlock: Sendable {
    let attention: SelfAttention
    let attentionOutput: Linear
    let attentionNorm: LayerNorm
    let expand: Linear
    let contract: Linear
    let outputNorm: LayerNorm

    init(_ tensors: TensorReader, _ configuration: TransformerConfiguration, precision: Precision) {
        let width = configuration.width
        let wide = configuration.feedForwardWidth
        attention = SelfAttention(tensors.scope("attention.self"), width: width, heads: configuration.heads, precision: precision)
        attentionOutput = Linear(tensors.scope("attention.output.dense"), outputs: width, inputs: width, precision: precision)
        attentionNorm = LayerNorm(tensors.scope("attention.output.LayerNorm"), width: width, epsilon: configuration.epsilon)
        expand = Linear(
            tensors.scope("intermediate.dense"), outputs: wide, inputs: width, activation: configuration.activation, precision: precision)
        contract = Linear(tensors.scope("output.dense"), outputs: width, inputs: wide, precision: precision)
        outputNorm = LayerNorm(tensors.scope("output.LayerNorm"), width: width, epsilon: configuration.epsilon)
    }

    /// - Throws: `FileError`.
    init(_ tensors: CompiledTensors, _ name: String, _ configuration: TransformerConfiguration) throws(FileError) {
        let width = configuration.width
        let wide = configuration.feedForwardWidth
        attention = try SelfAttention(tensors, name + ".qkv", width: width, heads: configuration.heads)
        attentionOutput = try Linear(tensors, name + ".out", outputs: width, inputs: width)
        attentionNorm = try LayerNorm(tensors, name + ".n1", width: width, epsilon: configuration.epsilon)
        expand = try Linear(tensors, name + ".up", outputs: wide, inputs: width, activation: configuration.activation)
        contract = try Linear(tensors, name + ".down", outputs: width, inputs: wide)
        outputNorm = try LayerNorm(tensors, name + ".n2", width: width, epsilon: configuration.epsilon)
    }

    func compile(_ name: String, into tensors: inout CompiledTensorsWriter) {
        attention.projection.compile(name + ".qkv", into: &tensors)
        attentionOutput.compile(name + ".out", into: &tensors)
        attentionNorm.compile(name + ".n1", into: &tensors)
        expand.compile(name + ".up", into: &tensors)
        contract.compile(name + ".down", into: &tensors)
        outputNorm.compile(name + ".n2", into: &tensors)
    }

    var byteCount: Int {
        [attention.projection, attentionOutput, expand, contract].reduce(0) { $0 + $1.weights.byteCount + $1.bias.count * 4 }
    }

    func forward(_ batch: TokenBatch, in room: TransformerRoom, team: ThreadTeam) {
        attend(batch, in: room, team: team)
        transform(rows: batch.ids.count, in: room, team: team)
    }

    /// The layer with another way of attending.
    ///
    /// - Parameter attend: fills the context `[T][C]` from queries, keys and values `[T][3C]`.
    func forward(
        rows: Int, in room: TransformerRoom, team: ThreadTeam, attend: (_ qkv: UnsafeMutablePointer<Float>, _ context: UnsafeMutablePointer<Float>) -> Void
    ) {
        attention.projection.forward(room.hidden.pointer, rows: rows, room: room.quantized, into: room.wide.pointer, team: team)
        attend(room.wide.pointer, room.context.pointer)
        transform(rows: rows, in: room, team: team)
    }

    /// As `forward`, but only each sequence's first token goes beyond attention: row s of `room.hidden` is then the state of sequence s's `[CLS]`, the same to the
    /// bit. In the last layer of a model that reads nothing else this saves all but the projection.
    func forwardFirstTokens(_ batch: TokenBatch, in room: TransformerRoom, team: ThreadTeam) {
        attend(batch, in: room, team: team)
        let width = attention.projection.weights.inputs
        // Sequence s begins at row s or later, so rows move towards the front only.
        for sequence in 0..<batch.sequences {
            for rows in [room.hidden.pointer, room.context.pointer] {
                (rows + sequence * width).update(from: rows + batch.starts[sequence] * width, count: width)
            }
        }
        transform(rows: batch.sequences, in: room, team: team)
    }

    /// `room.hidden` → `room.context`: what the heads gather for every token.
    private func attend(_ batch: TokenBatch, in room: TransformerRoom, team: ThreadTeam) {
        attention.projection.forward(room.hidden.pointer, rows: batch.ids.count, room: room.quantized, into: room.wide.pointer, team: team)
        attention.forward(
            room.wide.pointer, starts: batch.starts, into: room.context.pointer, scratch: room.scratch.pointer, scratchSize: room.scratchSize, team: team)
    }

    /// The rest of the layer, row by row, into `room.hidden`.
    private func transform(rows: Int, in room: TransformerRoom, team: ThreadTeam) {
        let (hidden, context, wide) = (room.hidden.pointer, room.context.pointer, room.wide.pointer)
        attentionOutput.forward(context, rows: rows, room: room.quantized, into: wide, team: team)
        attentionNorm.forward(hidden, plus: wide, rows: rows, team: team)
        expand.forward(hidden, rows: rows, room: room.quantized, into: wide, team: team)
        contract.forward(wide, rows: rows, room: room.quantized, into: context, team: team)
        outputNorm.forward(hidden, plus: context, rows: rows, team: team)
    }
}
