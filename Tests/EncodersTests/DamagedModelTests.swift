import Encoders
import Foundation
import LinearAlgebra
import NeuralNetworks
import Storage
import Testing
import TextAnalysis

/// Folders that hold no usable model: the error says which file and what is wrong with it.
@Suite struct DamagedModelTests {
    @discardableResult private static func load(_ copy: ModelCopy) throws -> BiEncoder {
        try BiEncoder(folder: copy.folder, name: "tiny", precision: .int8, team: TinyModel.teams[0])
    }

    @Test func anUndamagedCopyLoads() throws {
        let copy = try ModelCopy(.biEncoder)
        #expect(try Self.load(copy).dimension == 32)
    }

    @Test func allThatIsWrongWithTheTensorsIsSaidAtOnce() throws {
        let copy = try ModelCopy(.biEncoder)
        try copy.rewriteWeights(adding: ["embeddings.extra": [1, 2, 3], "pooler.extra": [1]]) { tensor, values in
            switch tensor.name {
            case "encoder.layer.1.attention.self.key.weight": nil
            case "encoder.layer.0.intermediate.dense.weight": (tensor.shape.reversed(), values)
            case "embeddings.LayerNorm.bias": ([31], Array(values.dropLast()))
            default: (tensor.shape, values)
            }
        }
        let error = #expect(throws: WeightsError.self) { try Self.load(copy) }
        #expect(error?.path == copy.url("model.safetensors").path)
        #expect(
            error?.problems == [
                .init(name: "embeddings.LayerNorm.bias", .misshapen(expected: [32], found: [31])),
                .init(name: "encoder.layer.0.intermediate.dense.weight", .misshapen(expected: [64, 32], found: [32, 64])),
                .init(name: "encoder.layer.1.attention.self.key.weight", .missing(expected: [32, 32])),
                .init(name: "embeddings.extra", .unexpected(type: .float32, shape: [3])),
            ])
    }

    /// A bi-encoder's file has no head, and its tensors no `bert.` before their names.
    @Test func aBiEncoderIsNoCrossEncoder() throws {
        let copy = try ModelCopy(.biEncoder)
        let error = #expect(throws: WeightsError.self) { try CrossEncoder(folder: copy.folder, name: "tiny", precision: .float32) }
        #expect(error?.problems.contains(.init(name: "classifier.weight", .missing(expected: [1, 32]))) == true)
        #expect(error?.problems.contains(.init(name: "embeddings.word_embeddings.weight", .unexpected(type: .float32, shape: [100, 32]))) == true)
    }

    @Test(arguments: [Float.nan, .infinity]) func weightsThatAreNoNumbersAreNamed(value: Float) throws {
        let copy = try ModelCopy(.biEncoder)
        let name = "encoder.layer.1.output.dense.weight"
        let tensor = try #require(try SafetensorsFile(path: copy.url("model.safetensors").path)[name])
        var data = try Data(contentsOf: copy.url("model.safetensors"))
        let offset = tensor.bytes.lowerBound + 4 * 70
        withUnsafeBytes(of: value.bitPattern.littleEndian) { data.replaceSubrange(offset..<offset + 4, with: $0) }
        try data.write(to: copy.url("model.safetensors"))
        let error = #expect(throws: WeightsError.self) { try Self.load(copy) }
        #expect(error?.problems == [.init(name: name, .nonFinite(index: 70, found: "\(value)"))])
    }

    @Test func aVocabularyLargerThanTheModelsIsRefused() throws {
        let copy = try ModelCopy(.biEncoder)
        try copy.write((TinyModel.words + ["one more"]).joined(separator: "\n"), to: "vocab.txt")
        #expect(
            throws: ModelError.mismatch(what: copy.folder + "/vocab.txt", expected: "at most vocab_size = 100 pieces", found: "101")
        ) { try Self.load(copy) }
        try copy.write(TinyModel.words.dropLast().joined(separator: "\n"), to: "vocab.txt")
        #expect(throws: Never.self, "rows that no piece has do no harm") { try Self.load(copy) }
    }

    @Test func aVocabularyWithoutSpecialTokensIsRefused() throws {
        let copy = try ModelCopy(.biEncoder)
        try copy.write("[PAD]\n[CLS]\n[UNK]\npiano\n", to: "vocab.txt")
        let error = #expect(throws: WordPieceVocabularyError.self) { try Self.load(copy) }
        #expect(error?.path == copy.folder + "/vocab.txt" && error?.problem == .missingSpecial("[SEP]"))
    }

    @Test(arguments: ["vocab.txt", "model.safetensors"]) func missingFilesAreNamed(name: String) throws {
        let copy = try ModelCopy(.biEncoder)
        try FileManager.default.removeItem(at: copy.url(name))
        let error = #expect(throws: FileError.self) { try Self.load(copy) }
        #expect(error?.path == copy.folder + "/" + name)
    }

    @Test func aFolderThatIsNoneIsNamed() {
        let error = #expect(throws: ModelError.self) { try BiEncoder(folder: "/nowhere/model", name: "none", precision: .float32) }
        #expect(error == .configuration(path: "/nowhere/model/config.json", key: "", expected: "a readable file", found: "none"))
    }

    @Test(arguments: [0, 7, 1_000, 97_000]) func aCutFileIsDamaged(length: Int) throws {
        let copy = try ModelCopy(.biEncoder)
        try Data(contentsOf: copy.url("model.safetensors")).prefix(length).write(to: copy.url("model.safetensors"))
        let error = #expect(throws: FileError.self) { try Self.load(copy) }
        #expect(error?.path == copy.folder + "/model.safetensors")
    }

    /// Zeros stand in for tensors that are missing until all are reported: 16 million rows of 16,384 would take a terabyte.
    @Test func aConfigurationAloneTakesNoMemory() throws {
        let copy = try ModelCopy(.biEncoder)
        try copy.configure("vocab_size", 1 << 24)
        try copy.configure("hidden_size", 1 << 14)
        let error = #expect(throws: ModelError.self) { try Self.load(copy) }
        guard case .mismatch(let what, _, _) = error else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
        #expect(what == copy.folder + "/model.safetensors")
    }

    /// With one segment there is no vector for the second text of a pair.
    @Test func aCrossEncoderOfOneSegmentIsRefused() throws {
        let copy = try ModelCopy(.crossEncoder)
        try copy.configure("type_vocab_size", 1)
        try copy.rewriteWeights { tensor, values in
            tensor.name.hasSuffix("token_type_embeddings.weight") ? ([1, 32], Array(values.prefix(32))) : (tensor.shape, values)
        }
        let error = #expect(throws: ModelError.self) { try CrossEncoder(folder: copy.folder, name: "tiny", precision: .float32) }
        guard case .configuration(_, "type_vocab_size", _, "1") = error else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
    }

    /// One segment is enough for a bi-encoder, whose texts are all first ones.
    @Test func aBiEncoderOfOneSegmentLoads() throws {
        let copy = try ModelCopy(.biEncoder)
        try copy.configure("type_vocab_size", 1)
        try copy.rewriteWeights { tensor, values in
            tensor.name.hasSuffix("token_type_embeddings.weight") ? ([1, 32], Array(values.prefix(32))) : (tensor.shape, values)
        }
        let whole = try BiEncoder(folder: TinyModel.biEncoder.folder, name: "tiny", precision: .int8, team: TinyModel.teams[0])
        #expect(try Self.load(copy).encode("calm piano") == whole.encode("calm piano"))
    }
}
