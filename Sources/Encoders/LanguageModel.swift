public import LinearAlgebra
import NeuralNetworks
import Storage
public import TextAnalysis

/// A `TrainableDecoder` forward only, several sequences at once, each read on from where it was.
///
/// ```swift
/// let model = try LanguageModel(folder: "decoder")
/// let cache = KeyValueCache(model, capacity: 160)
/// var logits = model.read(prefix, after: [cache], team: .shared)        // [1][vocabulary]: what may follow
/// logits = model.read(next, after: [cache], team: .shared)              // the prefix is not computed again
/// ```
/// A sequence's logits depend neither on the others of the batch nor on the number of threads, to the bit.
public struct LanguageModel: Sendable {
    public let configuration: TransformerConfiguration
    public let wordPiece: WordPiece
    private let transformer: Transformer
    /// Word embeddings as the layer behind the last one.
    private let output: Linear

    /// Pieces of the vocabulary.
    public var vocabularySize: Int { output.weights.outputs }

    /// - Throws: as `BiEncoder.init`; `ModelError.configuration` for a model that knows one segment only.
    public init(folder: String, maximumTokens: Int, precision: Precision = .float32) throws {
        let model = try PretrainedModel(decoder: folder, maximumTokens: maximumTokens)
        configuration = model.configuration
        let (size, width) = (configuration.vocabularySize, configuration.width)
        let words = model.tensors.scope("embeddings").scope("word_embeddings").tensor("weight", shape: [size, width])
        output = Linear(
            weights: PackedMatrix(words, outputs: size, inputs: width, precision: precision),
            bias: model.tensors.tensor(TrainableDecoder.biasName, shape: [size]))
        transformer = Transformer(model.tensors, configuration, precision: precision)
        try model.tensors.finish()
        wordPiece = model.wordPiece
    }

    /// Reads tokens that follow those in the caches, and puts them there.
    ///
    /// - Parameter caches: one for every sequence of the batch, no two the same.
    /// - Returns: `[sequences][vocabulary]`: the logits of what may come after each sequence's last token.
    /// - Precondition: ids lie inside the vocabulary; the caches have room for the tokens.
    public func read(_ batch: TokenBatch, after caches: [KeyValueCache], team: ThreadTeam) -> AlignedBuffer<Float> {
        precondition(caches.count == batch.sequences, "\(caches.count) caches for \(batch.sequences) sequences")
        let (width, tokens) = (configuration.width, batch.ids.count)
        let past = caches.map(\.count)
        for (sequence, cache) in caches.enumerated() { cache.extend(by: batch.starts[sequence + 1] - batch.starts[sequence]) }
        let longest = caches.map(\.count).max() ?? 0
        precondition(longest <= configuration.positions, "\(longest) tokens for \(configuration.positions) positions")
        let room = TransformerRoom(configuration, precision: transformer.precision, tokens: max(tokens, 1), longest: max(longest, 1), team: team)
        transformer.embeddings.forward(batch, past: past, into: room.hidden.pointer, team: team)
        for (layer, block) in transformer.blocks.enumerated() {
            block.forward(rows: tokens, in: room, team: team) { qkv, context in
                attend(qkv, batch.starts, past, caches, layer: layer, into: context, room: room, team: team)
            }
        }
        // The rows of the last tokens come together at the front of memory that is free now.
        let last = room.context.pointer
        for sequence in 0..<batch.sequences {
            (last + sequence * width).update(from: room.hidden.pointer + (batch.starts[sequence + 1] - 1) * width, count: width)
        }
        let logits = AlignedBuffer<Float>(count: batch.sequences * vocabularySize)
        output.forward(last, rows: batch.sequences, room: room.quantized, into: logits.pointer, team: team)
        return logits
    }

    /// Causal attention of new tokens over those of the cache and themselves: `context[tokens][width]` from `qkv[tokens][3 · width]`.
    private func attend(
        _ qkv: UnsafeMutablePointer<Float>, _ starts: [Int], _ past: [Int], _ caches: [KeyValueCache], layer: Int,
        into context: UnsafeMutablePointer<Float>, room: TransformerRoom, team: ThreadTeam
    ) {
        let (width, heads) = (configuration.width, configuration.heads)
        let headWidth = width / heads
        let scale = 1 / Float(headWidth).squareRoot()
        for (sequence, cache) in caches.enumerated() {
            for token in starts[sequence]..<starts[sequence + 1] {
                let place = past[sequence] + token - starts[sequence]
                cache.keys(layer, from: place).update(from: qkv + token * 3 * width + width, count: width)
                cache.values(layer, from: place).update(from: qkv + token * 3 * width + 2 * width, count: width)
            }
        }
        let work = caches.count * heads
        nonisolated(unsafe) let (qkv, context, scratch) = (qkv, context, room.scratch.pointer)
        team.run { part, parts in
            let weights = scratch + part * room.scratchSize
            for item in work * part / parts..<work * (part + 1) / parts {
                let (sequence, offset) = (item / heads, item % heads * headWidth)
                let (keys, values) = (caches[sequence].keys(layer, from: 0) + offset, caches[sequence].values(layer, from: 0) + offset)
                for token in starts[sequence]..<starts[sequence + 1] {
                    let seen = past[sequence] + token - starts[sequence] + 1
                    let query = qkv + token * 3 * width + offset
                    for i in 0..<seen { weights[i] = scale * GradientKernels.dot(query, keys + i * width, count: headWidth) }
                    RowKernels.softmax(weights, count: seen)
                    let out = context + token * width + offset
                    out.update(repeating: 0, count: headWidth)
                    for i in 0..<seen { GradientKernels.add(values + i * width, scale: weights[i], to: out, count: headWidth) }
                }
            }
        }
    }
}

/// The keys and values of the tokens that a sequence has so far, in every layer.
public final class KeyValueCache: @unchecked Sendable {  // one `read` at a time
    /// Tokens it holds.
    public private(set) var count = 0
    /// Tokens it has room for.
    public let capacity: Int
    private let width: Int
    private let layers: Int
    /// [layers][2][capacity][C].
    private let memory: AlignedBuffer<Float>

    public init(_ model: LanguageModel, capacity: Int) {
        self.capacity = capacity
        (width, layers) = (model.configuration.width, model.configuration.layers)
        memory = AlignedBuffer(count: layers * 2 * capacity * width)
    }

    /// A sequence that begins as another one did, without reading it again.
    /// - Precondition: the capacity is enough for the other's tokens.
    public init(copying other: KeyValueCache, capacity: Int) {
        precondition(other.count <= capacity, "\(other.count) tokens in a cache for \(capacity)")
        (self.capacity, count, width, layers) = (capacity, other.count, other.width, other.layers)
        memory = AlignedBuffer(count: layers * 2 * capacity * width)
        for layer in 0..<layers {
            keys(layer, from: 0).update(from: other.keys(layer, from: 0), count: count * width)
            values(layer, from: 0).update(from: other.values(layer, from: 0), count: count * width)
        }
    }

    func extend(by tokens: Int) {
        precondition(count + tokens <= capacity, "\(count) + \(tokens) tokens in a cache for \(capacity)")
        count += tokens
    }

    func keys(_ layer: Int, from token: Int) -> UnsafeMutablePointer<Float> { memory.pointer + (layer * 2 * capacity + token) * width }
    func values(_ layer: Int, from token: Int) -> UnsafeMutablePointer<Float> { memory.pointer + ((layer * 2 + 1) * capacity + token) * width }
}
