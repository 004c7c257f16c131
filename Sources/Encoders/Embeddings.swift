import LinearAlgebra
import NeuralNetworks
import Storage

/// Word, position and segment embeddings, added and normalised.
struct Embeddings: Sendable {
    private let words: AlignedBuffer<Float>
    /// The position of a token; the segment's vector is added apart.
    private let positions: AlignedBuffer<Float>
    private let types: AlignedBuffer<Float>
    private let norm: LayerNorm
    private let width: Int

    init(_ tensors: TensorReader, _ configuration: TransformerConfiguration) {
        width = configuration.width
        func table(_ name: String, rows: Int) -> AlignedBuffer<Float> {
            AlignedBuffer(tensors.scope(name).tensor("weight", shape: [rows, configuration.width]))
        }
        words = table("word_embeddings", rows: configuration.vocabularySize)
        positions = table("position_embeddings", rows: configuration.positions)
        types = table("token_type_embeddings", rows: configuration.tokenTypes)
        norm = LayerNorm(tensors.scope("LayerNorm"), width: width, epsilon: configuration.epsilon)
    }

    /// - Throws: `FileError`.
    init(_ tensors: CompiledTensors, _ configuration: TransformerConfiguration) throws(FileError) {
        width = configuration.width
        words = try tensors.buffer("words", count: configuration.vocabularySize * width)
        positions = try tensors.buffer("positions", count: configuration.positions * width)
        types = try tensors.buffer("types", count: configuration.tokenTypes * width)
        norm = try LayerNorm(tensors, "embeddings", width: width, epsilon: configuration.epsilon)
    }

    func compile(into tensors: inout CompiledTensorsWriter) {
        tensors.add("words", words)
        tensors.add("positions", positions)
        tensors.add("types", types)
        norm.compile("embeddings", into: &tensors)
    }

    var byteCount: Int { (words.count + positions.count + types.count) * 4 }

    /// - Parameter past: tokens that each sequence had before those of the batch; nil for none.
    func forward(_ batch: TokenBatch, past: [Int]? = nil, into hidden: UnsafeMutablePointer<Float>, team: ThreadTeam) {
        for sequence in 0..<batch.sequences {
            let start = batch.starts[sequence]
            let before = past?[sequence] ?? 0
            for token in start..<batch.starts[sequence + 1] {
                let id = Int(batch.ids[token])
                let type = Int(batch.types[token])
                precondition((0..<words.count / width).contains(id), "token id \(id) of \(words.count / width)")
                precondition((0..<types.count / width).contains(type), "segment \(type) of \(types.count / width)")
                let word = words.pointer + id * width
                let position = positions.pointer + (before + token - start) * width
                let segment = types.pointer + type * width
                let row = hidden + token * width
                for i in 0..<width { row[i] = word[i] + segment[i] + position[i] }
            }
        }
        norm.forward(hidden, plus: nil, rows: batch.ids.count, team: team)
    }
}
