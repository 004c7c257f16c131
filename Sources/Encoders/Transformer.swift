public import LinearAlgebra
public import NeuralNetworks
import Storage

/// The encoder of the BERT family (Devlin et al. 2019, doi 10.18653/v1/N19-1423), forward only: token ids → one vector a token.
///
/// Letters: T tokens of all sequences together, C width. Sequences lie one after the other without padding, so that no work is spent on nothing, and a
/// sequence's vectors do not depend on what else is in the batch.
public struct Transformer: Sendable {
    public let configuration: TransformerConfiguration
    public let precision: Precision
    let embeddings: Embeddings
    let blocks: [TransformerBlock]

    /// - Parameter tensors: the scope that holds `embeddings` and `encoder`; the caller calls `finish`.
    public init(_ tensors: TensorReader, _ configuration: TransformerConfiguration, precision: Precision) {
        self.configuration = configuration
        self.precision = precision
        embeddings = Embeddings(tensors.scope("embeddings"), configuration)
        blocks = (0..<configuration.layers).map {
            TransformerBlock(tensors.scope("encoder").scope("layer.\($0)"), configuration, precision: precision)
        }
    }

    /// - Throws: `FileError`.
    init(_ tensors: CompiledTensors, _ configuration: TransformerConfiguration) throws(FileError) {
        self.configuration = configuration
        precision = .int8
        embeddings = try Embeddings(tensors, configuration)
        var blocks: [TransformerBlock] = []
        for layer in 0..<configuration.layers { blocks.append(try TransformerBlock(tensors, "\(layer)", configuration)) }
        self.blocks = blocks
    }

    func compile(into tensors: inout CompiledTensorsWriter) {
        embeddings.compile(into: &tensors)
        for (layer, block) in blocks.enumerated() { block.compile("\(layer)", into: &tensors) }
    }

    /// Bytes of weights held in memory.
    public var byteCount: Int { embeddings.byteCount + blocks.reduce(0) { $0 + $1.byteCount } }

    /// Vectors of all tokens, `[T][C]`, left in `room.hidden`.
    ///
    /// - Precondition: ids lie inside the vocabulary, no sequence is empty or longer than the model's positions, `room` is large enough.
    public func forward(_ batch: TokenBatch, in room: TransformerRoom, team: ThreadTeam) {
        embed(batch, in: room, team: team)
        for block in blocks { block.forward(batch, in: room, team: team) }
    }

    /// Vectors of each sequence's first token alone, `[sequences][C]`, left in `room.hidden`: the same to the bit, and a layer's work less.
    func forwardFirstTokens(_ batch: TokenBatch, in room: TransformerRoom, team: ThreadTeam) {
        embed(batch, in: room, team: team)
        for block in blocks.dropLast() { block.forward(batch, in: room, team: team) }
        blocks.last?.forwardFirstTokens(batch, in: room, team: team)
    }

    private func embed(_ batch: TokenBatch, in room: TransformerRoom, team: ThreadTeam) {
        let tokens = batch.ids.count
        precondition(tokens <= room.tokens && batch.longest <= room.longest, "\(tokens) tokens in room for \(room.tokens)")
        precondition(batch.longest <= configuration.positions, "\(batch.longest) tokens for \(configuration.positions) positions")
        embeddings.forward(batch, into: room.hidden.pointer, team: team)
    }
}

/// Token ids of several sequences, one after the other.
public struct TokenBatch: Sendable {
    public private(set) var ids: [Int32] = []
    /// The segment of every token: 0, or 1 for the second text of a pair.
    public private(set) var types: [Int32] = []
    /// Where sequences start, and where the last one ends.
    public private(set) var starts = [0]

    public init() {}

    public mutating func append(_ sequence: [Int32], secondFrom boundary: Int? = nil) {
        precondition(!sequence.isEmpty, "a sequence without tokens")
        ids += sequence
        types += sequence.indices.map { $0 < boundary ?? sequence.count ? 0 : 1 }
        starts.append(ids.count)
    }

    public var sequences: Int { starts.count - 1 }
    var longest: Int { zip(starts, starts.dropFirst()).map { $1 - $0 }.max() ?? 0 }
}

/// Memory that one forward pass at a time works in.
public final class TransformerRoom: @unchecked Sendable {  // one pass at a time, see `BiEncoder`
    public let tokens: Int
    public let longest: Int
    /// [T][C]: the result of a pass.
    public let hidden: AlignedBuffer<Float>
    let context: AlignedBuffer<Float>
    /// [T][max(3C, feed-forward width)].
    let wide: AlignedBuffer<Float>
    let quantized: QuantizedActivations?
    let scratch: AlignedBuffer<Float>
    let scratchSize: Int

    /// - Parameters:
    ///   - tokens: of all sequences of a pass.
    ///   - longest: of one sequence.
    public init(_ configuration: TransformerConfiguration, precision: Precision, tokens: Int, longest: Int, team: ThreadTeam) {
        self.tokens = tokens
        self.longest = longest
        hidden = AlignedBuffer(count: tokens * configuration.width)
        context = AlignedBuffer(count: tokens * configuration.width)
        wide = AlignedBuffer(count: tokens * max(3 * configuration.width, configuration.feedForwardWidth))
        quantized = precision == .int8 ? QuantizedActivations(rows: tokens, width: max(configuration.width, configuration.feedForwardWidth)) : nil
        // A cache line apart, so that two threads do not write to one.
        scratchSize = (RowKernels.attentionScratch(tokens: longest, headWidth: configuration.width / configuration.heads) + 15) / 16 * 16
        scratch = AlignedBuffer(count: scratchSize * team.size)
    }
}
