public import LinearAlgebra
public import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The shape of a BERT-family encoder, in the names of its `config.json`.
public struct TransformerConfiguration: Hashable, Sendable {
    /// How the vectors of a text's tokens become one.
    public enum Pooling: String, Hashable, Sendable {
        /// Their mean, special tokens included (sentence-transformers).
        case mean
        /// The vector of `[CLS]`.
        case cls
    }

    /// `vocab_size`: rows of the word embeddings.
    public var vocabularySize: Int
    /// `hidden_size`, C.
    public var width: Int
    /// `num_hidden_layers`.
    public var layers: Int
    /// `num_attention_heads`, H; divides the width.
    public var heads: Int
    /// `intermediate_size` of the feed-forward part.
    public var feedForwardWidth: Int
    /// `hidden_act`.
    public var activation: Activation
    /// `max_position_embeddings`: tokens that the model knows positions for.
    public var positions: Int
    /// `type_vocab_size`: 2 where pairs of texts are told apart.
    public var tokenTypes: Int
    /// `layer_norm_eps`.
    public var epsilon: Float
    /// `pooling_mode`, which `config.json` leaves unsaid: the caller says it.
    public var pooling: Pooling
    /// Tokens of a text that are read, special tokens included; at most `positions`.
    public var maximumTokens: Int

    /// Weights of the encoder, without the biases.
    var parameters: Int { (vocabularySize + positions + tokenTypes) * width + layers * (4 * width * width + 2 * width * feedForwardWidth) }

    init(
        vocabularySize: Int, width: Int, layers: Int, heads: Int, feedForwardWidth: Int, activation: Activation, positions: Int, tokenTypes: Int,
        epsilon: Float, pooling: Pooling, maximumTokens: Int
    ) {
        self.vocabularySize = vocabularySize
        self.width = width
        self.layers = layers
        self.heads = heads
        self.feedForwardWidth = feedForwardWidth
        self.activation = activation
        self.positions = positions
        self.tokenTypes = tokenTypes
        self.epsilon = epsilon
        self.pooling = pooling
        self.maximumTokens = maximumTokens
    }

    /// Reads `config.json`.
    ///
    /// - Parameters:
    ///   - pooling: where the file has no `pooling_mode` of its own.
    ///   - maximumTokens: where the file has no `max_seq_length` of its own; cut to `max_position_embeddings`.
    /// - Throws: `ModelError.configuration`, naming file and key.
    public init(path: String, pooling: Pooling, maximumTokens: Int) throws(ModelError) {
        func wrong(_ key: String, _ expected: String, found: String) -> ModelError { .configuration(path: path, key: key, expected: expected, found: found) }
        func size(_ value: Double?, _ key: String, atMost limit: Int) throws(ModelError) -> Int {
            guard let value, let whole = Int(exactly: value), (1...limit).contains(whole) else {
                throw wrong(key, "a whole number from 1 to \(limit)", found: value.map { "\($0)" } ?? "nothing")
            }
            return whole
        }

        guard let data = FileManager.default.contents(atPath: path) else { throw wrong("", "a readable file", found: "none") }
        let file: ConfigurationFile
        do {
            file = try JSONDecoder().decode(ConfigurationFile.self, from: data)
        } catch DecodingError.typeMismatch(let type, let context) {
            throw wrong(context.codingPath.map(\.stringValue).joined(separator: "."), "\(type)", found: "another type")
        } catch {
            throw wrong("", "a JSON object", found: "something else")
        }
        if let type = file.model_type, type != "bert" { throw wrong("model_type", "bert", found: type) }
        if let kind = file.position_embedding_type, kind != "absolute" { throw wrong("position_embedding_type", "absolute", found: kind) }
        // The limits are far above any encoder of this family; they keep products of sizes from overflowing.
        vocabularySize = try size(file.vocab_size, "vocab_size", atMost: 1 << 24)
        width = try size(file.hidden_size, "hidden_size", atMost: 1 << 14)
        layers = try size(file.num_hidden_layers, "num_hidden_layers", atMost: 1 << 10)
        heads = try size(file.num_attention_heads, "num_attention_heads", atMost: 1 << 10)
        feedForwardWidth = try size(file.intermediate_size, "intermediate_size", atMost: 1 << 16)
        positions = try size(file.max_position_embeddings, "max_position_embeddings", atMost: 1 << 16)
        guard positions >= 4 else { throw wrong("max_position_embeddings", "room for a text between [CLS] and [SEP]", found: "\(positions)") }
        tokenTypes = try size(file.type_vocab_size, "type_vocab_size", atMost: 16)
        guard width.isMultiple(of: heads) else { throw wrong("num_attention_heads", "a divisor of hidden_size \(width)", found: "\(heads)") }
        switch file.hidden_act {
        case "gelu": activation = .gelu
        case "relu": activation = .relu
        default: throw wrong("hidden_act", "gelu or relu", found: file.hidden_act ?? "nothing")
        }
        guard let epsilon = file.layer_norm_eps.map(Float.init), epsilon > 0, epsilon < 1 else {
            throw wrong("layer_norm_eps", "a number between 0 and 1", found: file.layer_norm_eps.map { "\($0)" } ?? "nothing")
        }
        self.epsilon = epsilon
        guard let mode = Pooling(rawValue: file.pooling_mode ?? pooling.rawValue) else {
            throw wrong("pooling_mode", "mean or cls", found: file.pooling_mode ?? "nothing")
        }
        self.pooling = mode
        let wanted = try size(file.max_seq_length ?? Double(maximumTokens), "max_seq_length", atMost: 1 << 16)
        guard wanted >= 4 else { throw wrong("max_seq_length", "room for a text between [CLS] and [SEP]", found: "\(wanted)") }
        self.maximumTokens = min(positions, wanted)
    }
}

extension TransformerConfiguration {
    /// Writes `config.json`, pooling and token limit included, so that the file says all that the vectors depend on.
    ///
    /// - Parameter matryoshkaDimensions: numbers of leading elements that a vector was trained to be cut to; for the reader's information.
    /// - Throws: `FileError`.
    public func write(to path: String, matryoshkaDimensions: [Int] = []) throws(FileError) {
        let name =
            switch activation {
            case .gelu: "gelu"
            case .relu: "relu"
            case .identity, .tanh: preconditionFailure("no model of this family has \(activation) in its feed-forward part")
            }
        let file = ConfigurationFile(
            model_type: "bert", position_embedding_type: "absolute", vocab_size: Double(vocabularySize), hidden_size: Double(width),
            num_hidden_layers: Double(layers), num_attention_heads: Double(heads), intermediate_size: Double(feedForwardWidth),
            max_position_embeddings: Double(positions), type_vocab_size: Double(tokenTypes), hidden_act: name,
            // By way of its shortest text: 1e-12 and not 9.999999960041972e-13.
            layer_norm_eps: Double("\(epsilon)"), pooling_mode: pooling.rawValue, max_seq_length: Double(maximumTokens))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        guard let data = try? encoder.encode(WrittenConfiguration(file: file, matryoshkaDimensions: matryoshkaDimensions)) else {
            preconditionFailure("a configuration that JSON cannot hold: \(self)")
        }
        try writeDurably([Array(data) + [UInt8(ascii: "\n")]], to: path)
    }
}

/// `config.json` as far as it is read, in its own names. Numbers are `Double` first: the decoder's error for one that is no `Int` does not say its key.
private struct ConfigurationFile: Codable {
    var model_type: String?
    var position_embedding_type: String?
    var vocab_size: Double?
    var hidden_size: Double?
    var num_hidden_layers: Double?
    var num_attention_heads: Double?
    var intermediate_size: Double?
    var max_position_embeddings: Double?
    var type_vocab_size: Double?
    var hidden_act: String?
    var layer_norm_eps: Double?
    var pooling_mode: String?
    var max_seq_length: Double?
}

/// The same with what is written and not read.
private struct WrittenConfiguration: Encodable {
    private enum Key: String, CodingKey { case matryoshka_dimensions }
    var file: ConfigurationFile
    var matryoshkaDimensions: [Int]

    func encode(to encoder: any Encoder) throws {
        try file.encode(to: encoder)
        guard !matryoshkaDimensions.isEmpty else { return }
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(matryoshkaDimensions, forKey: .matryoshka_dimensions)
    }
}

/// A model that cannot be used: what, where, expected and found.
public enum ModelError: Error, Hashable, Sendable, CustomStringConvertible {
    case configuration(path: String, key: String, expected: String, found: String)
    /// Vectors that were made by another model, or have another width, than those they are to be compared with.
    case mismatch(what: String, expected: String, found: String)

    public var description: String {
        switch self {
        case .configuration(let path, let key, let expected, let found):
            "\(path): \(key.isEmpty ? "" : "\(key): ")expected \(expected), found \(found)"
        case .mismatch(let what, let expected, let found): "\(what): expected \(expected), found \(found)"
        }
    }
}
