import LinearAlgebra
public import NeuralNetworks
import Storage
public import TextAnalysis

/// A causal language model with gradients: every token sees those before it and foretells the next.
///
/// ```swift
/// let model = try TrainableDecoder(encoder: "minilm-cut", maximumTokens: 160)
/// let loss = tape.crossEntropy(model.logits(batch, rows: told, on: tape), targets: next)
/// ```
/// The transformer is begun from an encoder's weights. A logit is the product of a state and a row of the word embeddings, plus a bias of its own: tied
/// embeddings (Press & Wolf 2017, arXiv 1608.05859). `LanguageModel` is the same without gradients.
public final class TrainableDecoder: Sendable {
    public let transformer: TrainableTransformer
    /// Of every piece of the vocabulary.
    public let bias: Parameter
    public let wordPiece: WordPiece
    private let files: ModelFiles

    public var parameters: [Parameter] { transformer.parameters + [bias] }

    static let biasName = "predictions.bias"

    /// - Parameters:
    ///   - folder: of a BERT-family encoder, whose logits have no bias yet.
    ///   - maximumTokens: of a sequence; at most the model's positions.
    /// - Throws: as `BiEncoder.init`; `ModelError.configuration` for a model that knows one segment only.
    public convenience init(encoder folder: String, maximumTokens: Int) throws {
        try self.init(folder, maximumTokens) { _, count in Array(repeating: 0, count: count) }
    }

    /// - Parameter folder: as `write` left it.
    /// - Throws: as `BiEncoder.init`.
    public convenience init(folder: String, maximumTokens: Int) throws {
        try self.init(folder, maximumTokens) { tensors, count in tensors.tensor(Self.biasName, shape: [count]) }
    }

    private init(_ folder: String, _ maximumTokens: Int, bias: (TensorReader, Int) -> [Float]) throws {
        let model = try PretrainedModel(decoder: folder, maximumTokens: maximumTokens)
        transformer = TrainableTransformer(model.tensors, model.configuration)
        let size = model.configuration.vocabularySize
        self.bias = Parameter(Self.biasName, shape: [size], decays: false, values: bias(model.tensors, size))
        try model.tensors.finish()
        wordPiece = model.wordPiece
        files = try ModelFiles(folder: folder)
    }

    /// What the pieces after some tokens may be, `[rows.count][vocabulary]`.
    ///
    /// - Parameter rows: tokens of the batch, counted through all sequences.
    public func logits(_ batch: TokenBatch, rows: [Int], on tape: Tape, dropout: Float = 0, seed: UInt64 = 0) -> Variable {
        let states = transformer.forward(batch, on: tape, causal: true, dropout: dropout, seed: seed)
        return tape.linear(tape.rows(states, rows), transformer.words, bias)
    }

    /// Writes a folder that `LanguageModel` opens.
    /// - Throws: `FileError`; `WeightsError` for weights that are not finite.
    public func write(to folder: String, metadata: [String: String] = [:]) throws {
        var tensors = SafetensorsWriter(metadata: metadata)
        transformer.write(to: &tensors)
        tensors.add(bias.name, shape: bias.shape, bias.values)
        try files.write(tensors, to: folder)
    }
}

extension PretrainedModel {
    /// A model whose sequences are a given text and one that is to be written: two segments.
    init(decoder folder: String, maximumTokens: Int) throws {
        try self.init(folder: folder, pooling: .cls, maximumTokens: maximumTokens)
        guard configuration.tokenTypes >= 2 else {
            throw ModelError.configuration(
                path: folder + "/config.json", key: "type_vocab_size", expected: "2 or more, for what is given and what is written",
                found: "\(configuration.tokenTypes)")
        }
    }
}
