import Encoders
import Foundation
import LinearAlgebra
import Testing

@Suite struct TransformerConfigurationTests {
    private static func read(_ copy: ModelCopy, pooling: TransformerConfiguration.Pooling = .mean, maximumTokens: Int = 256) throws -> TransformerConfiguration
    {
        try TransformerConfiguration(path: copy.folder + "/config.json", pooling: pooling, maximumTokens: maximumTokens)
    }

    @Test func readsTheFile() throws {
        let found = try Self.read(ModelCopy(.crossEncoder))
        #expect(found.vocabularySize == 48 && found.width == 32 && found.layers == 2 && found.heads == 4)
        #expect(found.feedForwardWidth == 64 && found.positions == 32 && found.tokenTypes == 2)
        #expect(found.activation == .gelu && found.epsilon == 1e-12 && found.pooling == .mean)
        #expect(found.maximumTokens == 32, "256 tokens are cut to the positions there are")
    }

    @Test func theFilesOwnPoolingAndLengthGoBeforeTheCallers() throws {
        let copy = try ModelCopy(.biEncoder)
        #expect(try Self.read(copy, pooling: .cls, maximumTokens: 20).pooling == .cls)
        #expect(try Self.read(copy, maximumTokens: 20).maximumTokens == 20)
        try copy.configure("pooling_mode", "cls")
        try copy.configure("max_seq_length", 17)
        try copy.configure("hidden_act", "relu")
        let found = try Self.read(copy)
        #expect(found.pooling == .cls && found.maximumTokens == 17 && found.activation == .relu)
    }

    /// Values as JSON text; an empty one removes the key.
    @Test(
        arguments: [
            "vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "max_position_embeddings", "type_vocab_size",
        ], ["", "0", "-3", "9223372036854775807", "99999999999999999999", "2.5", "\"8\"", "[8]", "null"])
    func wrongSizesNameFileAndKey(key: String, value: String) throws { try Self.expectError(at: key, value) }

    @Test(arguments: [
        ("num_attention_heads", "5"), ("hidden_act", "\"silu\""), ("hidden_act", ""), ("hidden_act", "3"), ("model_type", "\"roberta\""),
        ("position_embedding_type", "\"relative_key\""), ("layer_norm_eps", "0"), ("layer_norm_eps", "-1e-12"), ("layer_norm_eps", "1"),
        ("layer_norm_eps", ""), ("layer_norm_eps", "1e-99"), ("layer_norm_eps", "\"small\""), ("pooling_mode", "\"max\""), ("max_seq_length", "3"),
        ("max_seq_length", "0"), ("max_position_embeddings", "3"), ("type_vocab_size", "17"), ("hidden_size", "33"),
    ]) func otherWrongValuesNameFileAndKey(key: String, value: String) throws {
        // The width is refused for the heads that do not divide it.
        try Self.expectError(at: key, value, named: key == "hidden_size" ? "num_attention_heads" : key)
    }

    private static func expectError(at key: String, _ value: String, named: String? = nil, _ location: SourceLocation = #_sourceLocation) throws {
        let copy = try ModelCopy(.biEncoder)
        try copy.configure(key, value.isEmpty ? nil : "@")
        let text = try String(contentsOf: copy.url("config.json"), encoding: .utf8)
        try copy.write(text.replacing("\"@\"", with: value), to: "config.json")
        let error = #expect(throws: ModelError.self, sourceLocation: location) { try Self.read(copy) }
        guard case .configuration(let path, let found, _, _) = error else {
            Issue.record("\(key) = \(value): \(error.map { "\($0)" } ?? "no error")", sourceLocation: location)
            return
        }
        #expect(path == copy.folder + "/config.json" && found == named ?? key, "\(key) = \(value)", sourceLocation: location)
        #expect(error?.description.hasPrefix("\(path): \(found): expected ") == true, sourceLocation: location)
    }

    @Test(arguments: ["", "[]", "{", "no JSON", "\u{0}"]) func whatIsNoObjectNamesTheFile(text: String) throws {
        let copy = try ModelCopy(.biEncoder)
        try copy.write(text, to: "config.json")
        let error = #expect(throws: ModelError.self) { try Self.read(copy) }
        #expect(error?.description.hasPrefix(copy.folder + "/config.json: expected ") == true)
    }

    @Test func aMissingFileIsNamed() {
        let error = #expect(throws: ModelError.self) { try TransformerConfiguration(path: "/nowhere/config.json", pooling: .mean, maximumTokens: 64) }
        #expect(error == .configuration(path: "/nowhere/config.json", key: "", expected: "a readable file", found: "none"))
    }
}
