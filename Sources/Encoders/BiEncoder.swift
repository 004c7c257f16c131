public import LinearAlgebra
import NeuralNetworks
import Synchronization
import TextAnalysis

/// Texts → unit vectors whose dot product says how near they are in meaning (Reimers & Gurevych 2019, doi 10.18653/v1/D19-1410).
///
///     let encoder = try BiEncoder(folder: models.path(of: .minilm), name: "minilm", precision: .int8)
///     let request = encoder.encode("music for a rainy Sunday").vector
///     let documents = encoder.encode(["melancholic calm piano", "happy ska"])
///
/// A text's vector depends on the text alone: not on the batch, the number of threads or the processor.
public final class BiEncoder: Sendable {
    /// A text's vector, and whether the text was longer than the model reads.
    public struct Encoding: Hashable, Sendable {
        public var vector: [Float]
        public var truncated: Bool

        public init(vector: [Float], truncated: Bool = false) {
            self.vector = vector
            self.truncated = truncated
        }
    }

    /// Name, precision and, where it is cut, dimension: vectors of another identity are not to be compared with this encoder's.
    public let identity: String
    /// What the identity begins with.
    public let name: String
    /// Elements of a vector: the model's width, or its first ones where fewer were asked for (Kusupati et al. 2022, arXiv 2205.13147).
    public let dimension: Int
    public let transformer: Transformer
    public let fusion: FusionParameters
    let wordPiece: WordPiece
    private let queries: Mutex<QueryState>
    private let team: ThreadTeam

    private struct QueryState {
        var recent: RecentEncodings
        var room: TransformerRoom?
    }

    /// Tokens that one thread works on at a time in a batch: the widest activations then stay in the second-level cache.
    private static let tokensAtOnce = 128

    /// Loads `config.json`, `vocab.txt`, `model.safetensors` and, where there is one, `fusion.json` of a folder.
    ///
    /// - Parameters:
    ///   - name: of the model, for `identity`.
    ///   - precision: of the linear layers; embeddings, attention and norms are float32.
    ///   - pooling: as the model was trained; sentence-transformers' MiniLM takes the mean.
    ///   - maximumTokens: of a text, with `[CLS]` and `[SEP]`; what is beyond is cut off.
    ///   - dimension: elements of a vector: its first ones, to unit length again; nil for all. A model must be trained for it to lose little.
    ///   - remembered: encodings of recent queries that are kept; 0 for none.
    /// - Throws: `ModelError`, `WeightsError`, `FileError` or the vocabulary's error, each naming the file.
    public convenience init(
        folder: String, name: String, precision: Precision, pooling: TransformerConfiguration.Pooling = .mean, maximumTokens: Int = 256,
        dimension: Int? = nil, remembered: Int = 256, team: ThreadTeam = .shared
    ) throws {
        let model = try PretrainedModel(folder: folder, pooling: pooling, maximumTokens: maximumTokens)
        let transformer = Transformer(model.tensors, model.configuration, precision: precision)
        try model.tensors.finish()
        let width = model.configuration.width
        guard let cut = Self.dimension(dimension, of: width) else {
            throw ModelError.configuration(
                path: folder + "/config.json", key: "hidden_size", expected: "\(dimension ?? width) or more, for vectors of so many elements",
                found: "\(width)")
        }
        self.init(
            name: name, transformer: transformer, wordPiece: model.wordPiece, fusion: try .read(folder: folder), dimension: cut, remembered: remembered,
            team: team)
    }

    /// The elements that are wanted; nil where the model has not so many.
    static func dimension(_ wanted: Int?, of width: Int) -> Int? {
        guard let wanted else { return width }
        precondition(wanted > 0, "vectors of \(wanted) elements")
        return wanted <= width ? wanted : nil
    }

    init(
        name: String, transformer: Transformer, wordPiece: WordPiece, fusion: FusionParameters, dimension: Int, remembered: Int, team: ThreadTeam
    ) {
        self.name = name
        self.fusion = fusion
        self.transformer = transformer
        self.wordPiece = wordPiece
        self.dimension = dimension
        identity = Self.identity(
            name: name, precision: transformer.precision, dimension: dimension == transformer.configuration.width ? nil : dimension)
        self.team = team
        queries = Mutex(QueryState(recent: RecentEncodings(capacity: remembered)))
    }

    /// What the identity of an encoder would be.
    ///
    /// - Parameter dimension: nil for vectors of the model's full width.
    public static func identity(name: String, precision: Precision, dimension: Int? = nil) -> String {
        "\(name)\(dimension.map { "@\($0)" } ?? "")/\(precision.rawValue)-\(PackedMatrix.revision)"
    }

    /// One text, on all threads of the team; recent ones are remembered.
    public func encode(_ text: String) -> Encoding {
        queries.withLock { state in
            if let known = state.recent[text] { return known }
            let (ids, truncated) = wordPiece.sequence(text, limit: transformer.configuration.maximumTokens)
            if state.room.map({ $0.tokens < ids.count }) ?? true {
                // Most queries are short: memory grows only for those that are not.
                let tokens = max(64, ids.count)
                state.room = TransformerRoom(transformer.configuration, precision: transformer.precision, tokens: tokens, longest: tokens, team: team)
            }
            guard let room = state.room else { preconditionFailure("the room was just made") }
            var vector = [Float](repeating: 0, count: dimension)
            vector.withUnsafeMutableBufferPointer { vector in
                forward([ids], in: room, team: team) { pool($1, tokens: $2, into: vector.baseAddress.unsafelyUnwrapped) }
            }
            let encoding = Encoding(vector: vector, truncated: truncated)
            state.recent[text] = encoding
            return encoding
        }
    }

    /// Many texts: sequences are sorted by length and shared out among the threads in small batches.
    ///
    /// - Parameter progress: told from time to time how many texts are done, from any thread.
    /// - Returns: `[texts.count][dimension]`, and which texts were cut.
    public func encode(_ texts: [String], progress: (@Sendable (Int) -> Void)? = nil) -> (vectors: Matrix, truncated: [Int]) {
        let limit = transformer.configuration.maximumTokens
        let sequences = texts.map { wordPiece.sequence($0, limit: limit) }
        var vectors = Matrix(rows: texts.count, columns: dimension)
        vectors.values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            forward(sequences.map(\.ids), progress: progress) { pool($1, tokens: $2, into: base + $0 * dimension) }
        }
        return (vectors, sequences.indices.filter { sequences[$0].truncated })
    }

    /// Many sequences, shared out among the threads in small batches.
    ///
    /// - Parameter read: told the states of each sequence's tokens, `[tokens][dimension]`, once and from any thread; they are gone afterwards.
    func forward(
        _ sequences: [[Int32]], progress: (@Sendable (Int) -> Void)?, _ read: (_ sequence: Int, _ states: UnsafePointer<Float>, _ tokens: Int) -> Void
    ) {
        transformer.forward(sequences.map { TokenSequence(ids: $0) }, tokensAtOnce: Self.tokensAtOnce, team: team, progress: progress, read)
    }

    /// Tokens of a text, `[CLS]` and `[SEP]` included, as far as the model reads.
    public func tokenCount(of text: String) -> Int { wordPiece.sequence(text, limit: transformer.configuration.maximumTokens).ids.count }

    private func forward(
        _ sequences: [[Int32]], in room: TransformerRoom, team: ThreadTeam, _ read: (_ sequence: Int, _ states: UnsafePointer<Float>, _ tokens: Int) -> Void
    ) {
        var batch = TokenBatch()
        for sequence in sequences { batch.append(sequence) }
        transformer.forward(batch, in: room, team: team)
        let width = transformer.configuration.width
        for sequence in sequences.indices {
            read(sequence, room.hidden.pointer + batch.starts[sequence] * width, batch.starts[sequence + 1] - batch.starts[sequence])
        }
    }

    /// A sequence's unit vector of `dimension` elements, of the states of its tokens.
    func pool(_ states: UnsafePointer<Float>, tokens: Int, into vector: UnsafeMutablePointer<Float>) {
        let width = transformer.configuration.width
        switch transformer.configuration.pooling {
        case .mean where dimension == width: RowKernels.mean(states, rows: tokens, width: width, into: vector)
        case .mean:
            withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { mean in
                guard let mean = mean.baseAddress else { return }
                RowKernels.mean(states, rows: tokens, width: width, into: mean)
                vector.update(from: mean, count: dimension)
            }
        case .cls: vector.update(from: states, count: dimension)
        }
        RowKernels.normalize(vector, count: dimension)
    }
}

extension WordPiece {
    /// `[CLS] text [SEP]`, at most `limit` tokens.
    func sequence(_ text: String, limit: Int) -> (ids: [Int32], truncated: Bool) {
        let (pieces, truncated) = pieces(of: text, limit: limit - 2)
        return ([classification] + pieces + [separator], truncated)
    }
}
