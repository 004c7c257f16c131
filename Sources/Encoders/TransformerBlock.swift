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
        let rows = batch.ids.count
        let (hidden, context, wide) = (room.hidden.pointer, room.context.pointer, room.wide.pointer)
        attention.projection.forward(hidden, rows: rows, room: room.quantized, into: wide, team: team)
        attention.forward(wide, starts: batch.starts, into: context, scratch: room.scratch.pointer, scratchSize: room.scratchSize, team: team)
        attentionOutput.forward(context, rows: rows, room: room.quantized, into: wide, team: team)
        attentionNorm.forward(hidden, plus: wide, rows: rows, team: team)
        expand.forward(hidden, rows: rows, room: room.quantized, into: wide, team: team)
        contract.forward(wide, rows: rows, room: room.quantized, into: context, team: team)
        outputNorm.forward(hidden, plus: context, rows: rows, team: team)
    }
}
