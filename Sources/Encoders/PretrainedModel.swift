import NeuralNetworks
import Storage
import TextAnalysis

/// The files of a BERT-family model in a folder, as the Hugging Face hub lays them out.
struct PretrainedModel {
    let configuration: TransformerConfiguration
    let tensors: TensorReader
    let wordPiece: WordPiece

    init(folder: String, pooling: TransformerConfiguration.Pooling, maximumTokens: Int) throws {
        configuration = try TransformerConfiguration(path: folder + "/config.json", pooling: pooling, maximumTokens: maximumTokens)
        let words = try MappedFile(path: folder + "/vocab.txt")
        // The bytes belong to the mapping.
        let vocabulary = try withExtendedLifetime(words) { try WordPieceVocabulary($0.bytes, path: words.path) }
        guard vocabulary.count <= configuration.vocabularySize else {
            throw ModelError.mismatch(
                what: folder + "/vocab.txt", expected: "at most vocab_size = \(configuration.vocabularySize) pieces", found: "\(vocabulary.count)")
        }
        wordPiece = WordPiece(vocabulary: vocabulary)
        let weights = try SafetensorsFile(path: folder + "/model.safetensors")
        let held = weights.tensors.reduce(0) { $0 + $1.count }
        // Zeros stand in for missing tensors until all of them are reported; `config.json` alone must not say how much memory those take.
        guard configuration.parameters <= 4 * held + (1 << 20) else {
            throw ModelError.mismatch(
                what: weights.path, expected: "about \(configuration.parameters) weights, as config.json has it", found: "\(held)")
        }
        // The pooler is for the task of pre-training; position ids merely count.
        tensors = TensorReader(weights, ignoring: ["embeddings.position_ids", "bert.embeddings.position_ids", "pooler.*"])
    }
}
