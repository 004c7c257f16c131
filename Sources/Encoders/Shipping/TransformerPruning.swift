import NeuralNetworks
import Storage
import TextAnalysis

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A smaller model cut out of a larger one of the BERT family: some of its layers (Sajjad et al. 2023, doi 10.1016/j.csl.2022.101429), some of its pieces,
/// its first positions. A start for training; what is left out is lost.
public enum TransformerPruning {
    /// Reads a model's folder and writes another with `config.json`, `vocab.txt` and `model.safetensors` in float32, for `BiEncoder` or `CrossEncoder`, as
    /// the original was.
    ///
    /// - Parameters:
    ///   - layers: to keep, from 0, in the order they shall have.
    ///   - vocabulary: made from the original's vocabulary; nil keeps all of it.
    ///   - positions: to keep, special tokens included; the original's where it has fewer.
    ///   - pooling: where the original does not say it.
    /// - Throws: `ModelError`, `WeightsError`, `FileError` or the vocabulary's error, each naming the file.
    public static func write(
        from source: String, to target: String, layers: [Int], vocabulary: VocabularyPruning? = nil, positions: Int = 256,
        pooling: TransformerConfiguration.Pooling = .mean
    ) throws {
        precondition(!layers.isEmpty && layers.allSatisfy { $0 >= 0 } && positions >= 4, "layers \(layers), \(positions) positions")
        var configuration = try TransformerConfiguration(path: source + "/config.json", pooling: pooling, maximumTokens: positions)
        guard let last = layers.max(), last < configuration.layers else {
            throw ModelError.mismatch(what: source + "/config.json", expected: "layers \(layers)", found: "\(configuration.layers) layers, from 0")
        }
        let words = try MappedFile(path: source + "/vocab.txt")
        let (original, bytes) = try withExtendedLifetime(words) { (try WordPieceVocabulary(words.bytes, path: words.path), Array(words.bytes)) }
        if let vocabulary, vocabulary.original.count != original.count {
            throw ModelError.mismatch(what: words.path, expected: "the \(vocabulary.original.count) pieces that were pruned", found: "\(original.count)")
        }
        let weights = try SafetensorsFile(path: source + "/model.safetensors")
        let rows = configuration.vocabularySize, width = configuration.width
        configuration.layers = layers.count
        configuration.positions = min(positions, configuration.positions)
        configuration.maximumTokens = min(configuration.maximumTokens, configuration.positions)
        if let vocabulary { configuration.vocabularySize = vocabulary.kept.count }
        if let vocabulary, original.count > rows {
            throw ModelError.mismatch(what: words.path, expected: "at most vocab_size = \(rows) pieces", found: "\(vocabulary.original.count)")
        }

        // Of a tensor that is to be cut, nil where it is not the shape that `config.json` tells.
        func matrix(_ name: String, rows: Int) throws -> [Float] {
            guard let tensor = weights[name], tensor.shape == [rows, width] else {
                throw WeightsError(path: weights.path, problems: [.init(name: name, .misshapen(expected: [rows, width], found: weights[name]?.shape ?? []))])
            }
            return try weights.floats(of: name)
        }
        var copy = SafetensorsWriter(metadata: ["format": "pt"])
        for tensor in weights.tensors {
            let name = Name(tensor.name)
            switch name.part {
            case .positionNumbers: continue
            case .words:
                guard let vocabulary else { fallthrough }
                let table = try matrix(tensor.name, rows: rows)
                copy.add(tensor.name, shape: [vocabulary.kept.count, width], vocabulary.kept.flatMap { table[Int($0) * width..<(Int($0) + 1) * width] })
            case .other: copy.add(tensor.name, shape: tensor.shape, try weights.floats(of: tensor.name))
            case .positions:
                guard tensor.shape.count == 2, tensor.shape[1] == width, tensor.shape[0] >= configuration.positions else {
                    throw WeightsError(
                        path: weights.path,
                        problems: [.init(name: tensor.name, .misshapen(expected: [configuration.positions, width], found: tensor.shape))])
                }
                copy.add(
                    tensor.name, shape: [configuration.positions, width],
                    Array(try weights.floats(of: tensor.name).prefix(configuration.positions * width)))
            case .layer(let number, let rest):
                for (place, layer) in layers.enumerated() where layer == number {
                    copy.add("\(name.prefix)encoder.layer.\(place).\(rest)", shape: tensor.shape, try weights.floats(of: tensor.name))
                }
            }
        }
        try makeFolder(target)
        try writeDurably([vocabulary?.file ?? bytes], to: target + "/vocab.txt")
        try copy.write(to: target + "/model.safetensors")
        try configuration.write(to: target + "/config.json")
    }

    /// A tensor's name as the pruning reads it.
    private struct Name {
        enum Part {
            case words, positions, positionNumbers, other
            case layer(Int, rest: String)
        }

        /// `bert.` in a model with a head.
        var prefix: String
        var part: Part

        init(_ text: String) {
            prefix = text.hasPrefix("bert.") ? "bert." : ""
            let name = text.dropFirst(prefix.count)
            switch name {
            case "embeddings.word_embeddings.weight": part = .words
            case "embeddings.position_embeddings.weight": part = .positions
            case "embeddings.position_ids": part = .positionNumbers
            default:
                let parts = name.split(separator: ".", maxSplits: 3, omittingEmptySubsequences: false)
                if parts.count == 4, parts[0] == "encoder", parts[1] == "layer", let number = Int(parts[2]) {
                    part = .layer(number, rest: String(parts[3]))
                } else {
                    part = .other
                }
            }
        }
    }
}

/// - Throws: `FileError`.
func makeFolder(_ path: String) throws(FileError) {
    do {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
        throw FileError(path: path, .system(operation: "create the folder", message: systemMessage()))
    }
}
