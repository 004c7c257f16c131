import LinearAlgebra
public import NeuralNetworks
import Storage
import TextAnalysis

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A `BiEncoder` with gradients.
public final class TrainableBiEncoder: Sendable {
    public let transformer: TrainableTransformer
    private let wordPiece: WordPiece
    private let files: ModelFiles

    public var parameters: [Parameter] { transformer.parameters }

    /// - Parameter maximumTokens: of a text; what is beyond is cut off.
    /// - Throws: as `BiEncoder.init`.
    public init(folder: String, maximumTokens: Int = 160) throws {
        let model = try PretrainedModel(folder: folder, pooling: .mean, maximumTokens: maximumTokens)
        transformer = TrainableTransformer(model.tensors, model.configuration)
        try model.tensors.finish()
        wordPiece = model.wordPiece
        files = try ModelFiles(folder: folder)
    }

    public func tokens(of text: String) -> [Int32] { wordPiece.sequence(text, limit: transformer.configuration.maximumTokens).ids }

    /// Each text's states in one, as the model pools them: `[texts][C]`, not normalised; `Tape.normalize` of all or of the first columns makes unit vectors.
    public func vectors(_ batch: TokenBatch, on tape: Tape, dropout: Float = 0, seed: UInt64 = 0) -> Variable {
        let states = transformer.forward(batch, on: tape, dropout: dropout, seed: seed)
        return switch transformer.configuration.pooling {
        case .mean: tape.mean(states, starts: batch.starts)
        case .cls: tape.rows(states, Array(batch.starts.dropLast()))
        }
    }

    /// Writes a folder that `BiEncoder` opens.
    /// - Throws: `FileError`; `WeightsError` for weights that are not finite.
    public func write(to folder: String, metadata: [String: String] = [:]) throws {
        var tensors = SafetensorsWriter(metadata: metadata)
        transformer.write(to: &tensors)
        try files.write(tensors, to: folder)
    }
}

/// What a model's folder holds beside its weights.
struct ModelFiles: Sendable {
    private let configuration: [UInt8]
    private let vocabulary: [UInt8]

    init(folder: String) throws(FileError) {
        let files = (try MappedFile(path: folder + "/config.json"), try MappedFile(path: folder + "/vocab.txt"))
        // The bytes belong to the mappings.
        (configuration, vocabulary) = withExtendedLifetime(files) { (Array(files.0.bytes), Array(files.1.bytes)) }
    }

    func write(_ tensors: SafetensorsWriter, to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try writeDurably([configuration], to: folder + "/config.json")
        try writeDurably([vocabulary], to: folder + "/vocab.txt")
        try tensors.write(to: folder + "/model.safetensors")
    }
}
