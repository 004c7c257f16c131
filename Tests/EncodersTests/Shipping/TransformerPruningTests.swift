import Encoders
import Foundation
import LinearAlgebra
import NeuralNetworks
import TestSupport
import Testing
import TextAnalysis

/// Models cut out of the recorded tiny ones.
@Suite struct TransformerPruningTests {
    private let folder: TemporaryFolder
    private let texts = TinyModel.texts(lengths: [0, 1, 5, 12, 30])

    init() throws { folder = try TemporaryFolder() }

    private func encoder(_ path: String, _ precision: Precision = .float32) throws -> BiEncoder {
        try BiEncoder(folder: path, name: "tiny", precision: precision, remembered: 0, team: TinyModel.teams[0])
    }

    @Test func allLayersAreTheSameModel() throws {
        try TransformerPruning.write(from: TinyModel.biEncoder.folder, to: folder.path + "/all", layers: [0, 1])
        let all = try encoder(folder.path + "/all")
        #expect(all.encode(texts).vectors == (try encoder(TinyModel.biEncoder.folder)).encode(texts).vectors)
        #expect(all.transformer.configuration.positions == 64, "the original has no 256")
    }

    /// Layer 1 alone, against a model whose file was renamed by hand; and both in turned order, which differs from the original.
    @Test func layersTakeTheirNewPlaces() throws {
        let copy = try ModelCopy(.biEncoder)
        try copy.configure("num_hidden_layers", 1)
        var text = SafetensorsWriter()
        let file = try SafetensorsFile(path: copy.url("model.safetensors").path)
        for tensor in file.tensors where !tensor.name.contains("layer.0.") {
            text.add(tensor.name.replacingOccurrences(of: "layer.1.", with: "layer.0."), shape: tensor.shape, try file.floats(of: tensor.name))
        }
        try text.write(to: copy.url("model.safetensors").path)
        try TransformerPruning.write(from: TinyModel.biEncoder.folder, to: folder.path + "/one", layers: [1])
        try TransformerPruning.write(from: TinyModel.biEncoder.folder, to: folder.path + "/turned", layers: [1, 0])
        let one = try encoder(folder.path + "/one")
        #expect(one.transformer.configuration.layers == 1)
        #expect(one.encode(texts).vectors == (try encoder(copy.folder)).encode(texts).vectors)
        #expect((try encoder(folder.path + "/turned")).encode(texts).vectors != (try encoder(TinyModel.biEncoder.folder)).encode(texts).vectors)
    }

    /// Half of the words go; texts of the other half have the vectors they had, and unknown words are unknown. `##s` stays as well, a single character.
    @Test func piecesTakeTheirVectorsAlong() throws {
        let words = TinyModel.words
        let vocabulary = try WordPieceVocabulary(Array(words.joined(separator: "\n").utf8), path: "vocab.txt")
        let subject = words.enumerated().filter { $0.offset > 3 && $0.offset.isMultiple(of: 2) && !$0.element.hasPrefix("##") }.map(\.element)
        let pruning = VocabularyPruning(vocabulary, subject: subject, general: [], size: 5 + subject.count)
        try TransformerPruning.write(from: TinyModel.biEncoder.folder, to: folder.path + "/half", layers: [0, 1], vocabulary: pruning)
        let half = try encoder(folder.path + "/half"), whole = try encoder(TinyModel.biEncoder.folder)
        #expect(half.transformer.configuration.vocabularySize == 5 + subject.count && subject.count > 20)
        let kept = ["", subject[3], subject.prefix(9).joined(separator: " "), subject.reversed().joined(separator: " ")]
        #expect(half.encode(kept).vectors == whole.encode(kept).vectors)
        let gone = try #require(words.enumerated().first { $0.offset > 3 && !$0.offset.isMultiple(of: 2) && !$0.element.hasPrefix("##") }?.element)
        #expect(half.encode(gone).vector == whole.encode("zzz").vector)
    }

    @Test func positionsAreCut() throws {
        try TransformerPruning.write(from: TinyModel.biEncoder.folder, to: folder.path + "/short", layers: [0, 1], positions: 10)
        let short = try encoder(folder.path + "/short"), whole = try encoder(TinyModel.biEncoder.folder)
        #expect(short.transformer.configuration.positions == 10 && short.transformer.configuration.maximumTokens == 10)
        #expect(short.encode(texts[2]) == whole.encode(texts[2]))
        #expect(
            short.encode(texts[4]).truncated
                && short.encode(texts[4]).vector == whole.encode(texts[4].split(separator: " ").prefix(8).joined(separator: " ")).vector)
    }

    @Test func aCrossEncoderKeepsItsHead() throws {
        try TransformerPruning.write(from: TinyModel.crossEncoder.folder, to: folder.path + "/cross", layers: [0, 1])
        func scores(_ path: String) throws -> [Float] {
            try CrossEncoder(folder: path, name: "tiny", precision: .float32, team: TinyModel.teams[0]).score("calm piano", ["piano", "loud guitar", ""])
        }
        #expect(try scores(folder.path + "/cross") == scores(TinyModel.crossEncoder.folder))
        try TransformerPruning.write(from: TinyModel.crossEncoder.folder, to: folder.path + "/cross-1", layers: [1])
        #expect(try scores(folder.path + "/cross-1") != scores(TinyModel.crossEncoder.folder))
    }

    /// What is written is read as it was, and says what it was trained for.
    @Test func configurationsSurviveWriting() throws {
        var configuration = try encoder(TinyModel.biEncoder.folder).transformer.configuration
        (configuration.activation, configuration.pooling, configuration.epsilon, configuration.maximumTokens) = (.relu, .cls, 1e-12, 17)
        let path = folder.path + "/config.json"
        try configuration.write(to: path, matryoshkaDimensions: [32, 16])
        #expect(try TransformerConfiguration(path: path, pooling: .mean, maximumTokens: 9) == configuration)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("1e-12") && text.contains("\"matryoshka_dimensions\""))
    }

    @Test func faultsAreNamed() throws {
        let source = TinyModel.biEncoder.folder, target = folder.path + "/none"
        #expect(throws: ModelError.mismatch(what: source + "/config.json", expected: "layers [0, 2]", found: "2 layers, from 0")) {
            try TransformerPruning.write(from: source, to: target, layers: [0, 2])
        }
        let other = try WordPieceVocabulary(Array("[PAD]\n[CLS]\n[SEP]\n[UNK]\na\n".utf8), path: "other")
        #expect(throws: ModelError.mismatch(what: source + "/vocab.txt", expected: "the 5 pieces that were pruned", found: "100")) {
            try TransformerPruning.write(from: source, to: target, layers: [0], vocabulary: VocabularyPruning(other, subject: [], general: [], size: 5))
        }
        let copy = try ModelCopy(.biEncoder)
        try copy.rewriteWeights { tensor, values in
            tensor.name.hasSuffix("position_embeddings.weight") ? ([32, 64], values) : (tensor.shape, values)
        }
        let error = #expect(throws: WeightsError.self) { try TransformerPruning.write(from: copy.folder, to: target, layers: [0]) }
        #expect(error?.problems == [.init(name: "embeddings.position_embeddings.weight", .misshapen(expected: [64, 32], found: [32, 64]))])
        #expect(!FileManager.default.fileExists(atPath: target), "nothing is written where something is wrong")
    }
}
