import LinearAlgebra
public import NeuralNetworks
import Storage
import TextAnalysis

/// A `CrossEncoder` with gradients, begun from an encoder of single texts.
public final class TrainableCrossEncoder: Sendable {
    public let transformer: TrainableTransformer
    private let pooler: (weight: Parameter, bias: Parameter)
    private let classifier: (weight: Parameter, bias: Parameter)
    private let wordPiece: WordPiece
    private let files: ModelFiles

    public var parameters: [Parameter] { transformer.parameters + [pooler.weight, pooler.bias, classifier.weight, classifier.bias] }

    /// - Parameters:
    ///   - folder: of a BERT-family encoder without a head; the head's weights are drawn with `seed`.
    ///   - maximumTokens: of request and document together.
    /// - Throws: as `BiEncoder.init`; `ModelError.configuration` for a model that knows one segment only.
    public init(encoder folder: String, seed: UInt64, maximumTokens: Int = 192) throws {
        let model = try PretrainedModel(folder: folder, pooling: .cls, maximumTokens: maximumTokens)
        guard model.configuration.tokenTypes >= 2 else {
            throw ModelError.configuration(
                path: folder + "/config.json", key: "type_vocab_size", expected: "2 or more, for pairs of texts", found: "\(model.configuration.tokenTypes)")
        }
        transformer = TrainableTransformer(model.tensors, model.configuration)
        try model.tensors.finish()
        var generator = SeededGenerator(seed: seed)
        let width = model.configuration.width
        func dense(_ name: String, _ outputs: Int) -> (Parameter, Parameter) {
            // The deviation that BERT begins with.
            (
                Parameter(name + ".weight", shape: [outputs, width], decays: true, deviation: 0.02, &generator),
                Parameter(name + ".bias", shape: [outputs], decays: false, values: Array(repeating: 0, count: outputs))
            )
        }
        pooler = dense("pooler.dense", width)
        classifier = dense("classifier", 1)
        wordPiece = model.wordPiece
        files = try ModelFiles(folder: folder)
    }

    public func tokens(of request: String, _ document: String) -> (ids: [Int32], boundary: Int) {
        let limit = transformer.configuration.maximumTokens
        let pair = wordPiece.pair(
            wordPiece.pieces(of: request, limit: limit - 3).ids, wordPiece.pieces(of: document, limit: limit - 3).ids, limit: limit)
        return (pair.ids, pair.secondFrom ?? pair.ids.count)
    }

    /// One logit a pair, `[pairs][1]`.
    public func logits(_ batch: TokenBatch, on tape: Tape, dropout: Float = 0, seed: UInt64 = 0) -> Variable {
        let states = transformer.forward(batch, on: tape, dropout: dropout, seed: seed)
        let first = tape.rows(states, Array(batch.starts.dropLast()))
        return tape.linear(tape.tanh(tape.linear(first, pooler.weight, pooler.bias)), classifier.weight, classifier.bias)
    }

    /// Writes a folder that `CrossEncoder` opens.
    /// - Throws: `FileError`; `WeightsError` for weights that are not finite.
    public func write(to folder: String, metadata: [String: String] = [:]) throws {
        var tensors = SafetensorsWriter(metadata: metadata)
        transformer.write(to: &tensors, prefix: "bert.")
        for parameter in [pooler.weight, pooler.bias] { tensors.add("bert." + parameter.name, shape: parameter.shape, parameter.values) }
        for parameter in [classifier.weight, classifier.bias] { tensors.add(parameter.name, shape: parameter.shape, parameter.values) }
        try files.write(tensors, to: folder)
    }
}
