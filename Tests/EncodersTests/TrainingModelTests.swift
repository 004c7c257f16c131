import Foundation
import LinearAlgebra
import NeuralNetworks
import Storage
import TestSupport
import Testing

@testable import Encoders

/// What is trained is what is used: a model written after training gives in `BiEncoder` and `CrossEncoder` what the tape's forward pass gave.
@Suite struct TrainingModelTests {
    private static let texts = ["", "zzz unknown"] + TinyModel.texts(lengths: [1, 5, 20, 62, 70, 3])

    private static func vectors(_ model: TrainableBiEncoder, team: ThreadTeam = TinyModel.teams[1]) -> Matrix {
        let tape = Tape(team: team)
        var batch = TokenBatch()
        for text in texts { batch.append(model.tokens(of: text)) }
        let unit = tape.normalize(model.vectors(batch, on: tape))
        return Matrix(rows: unit.rows, columns: unit.columns, values: unit.values)
    }

    private static func scatter(_ parameters: [Parameter]) {
        var random = SeededGenerator(seed: 5)
        for parameter in parameters { parameter.set(parameter.values.map { $0 + 0.1 * random.normal() }) }
    }

    /// To the bit: both add and multiply in the same order.
    @Test(arguments: [nil, "cls"]) func aWrittenBiEncoderGivesTheSameVectors(pooling: String?) throws {
        let copy = try ModelCopy(.biEncoder)
        try copy.configure("pooling_mode", pooling)
        let model = try TrainableBiEncoder(folder: copy.folder, maximumTokens: 64)
        Self.scatter(model.parameters)
        let folder = try TemporaryFolder()
        try model.write(to: folder.path + "/model", metadata: ["recipe": "scattered"])
        let encoder = try BiEncoder(folder: folder.path + "/model", name: "tiny", precision: .float32, maximumTokens: 64, team: TinyModel.teams[1])
        let expected = Self.vectors(model)
        #expect(encoder.encode(Self.texts).vectors == expected)
        #expect(Self.vectors(model, team: TinyModel.teams[2]) == expected)
        #expect(try SafetensorsFile(path: folder.path + "/model/model.safetensors").metadata["recipe"] == "scattered")
        let rows: [[Float]] = (0..<expected.rows).map { Array(expected.row($0)) }
        #expect(Set(rows).count == Self.texts.count, "texts that are alike would hide a wrong order")
        // Written once more by a model that was read again: the same bytes.
        try TrainableBiEncoder(folder: folder.path + "/model", maximumTokens: 64).write(to: folder.path + "/again", metadata: ["recipe": "scattered"])
        for name in ["config.json", "vocab.txt", "model.safetensors"] {
            #expect(FileManager.default.contentsEqual(atPath: folder.path + "/model/" + name, andPath: folder.path + "/again/" + name), "\(name)")
        }
    }

    @Test func aWrittenCrossEncoderGivesTheSameLogits() throws {
        let model = try TrainableCrossEncoder(encoder: TinyModel.biEncoder.folder, seed: 3, maximumTokens: 40)
        Self.scatter(model.parameters)
        let documents = TinyModel.texts(lengths: [0, 1, 30, 7, 60])
        let tape = Tape(team: TinyModel.teams[1])
        var batch = TokenBatch()
        for document in documents {
            let (ids, boundary) = model.tokens(of: "calm piano", document)
            #expect(ids.count <= 40)
            batch.append(ids, secondFrom: boundary)
        }
        let logits = model.logits(batch, on: tape).values
        let folder = try TemporaryFolder()
        try model.write(to: folder.path)
        let encoder = try CrossEncoder(folder: folder.path, name: "tiny", precision: .float32, maximumTokens: 40, team: TinyModel.teams[1])
        let scores = encoder.score("calm piano", documents)
        // The head's tanh is another one: each is good to 4e-7, of which the classifier adds up 32 with weights near 0.1.
        #expect(distance(scores, logits) <= 2e-6, "\(scores) for \(logits)")
        #expect(Set(logits).count == documents.count)
    }

    /// The head's gradient reaches the encoder through `[CLS]`; every parameter is moved by a step, but for what no token uses.
    @Test func everyParameterOfACrossEncoderLearns() throws {
        let model = try TrainableCrossEncoder(encoder: TinyModel.biEncoder.folder, seed: 3)
        let tape = Tape(team: TinyModel.teams[1])
        var batch = TokenBatch()
        for document in TinyModel.texts(lengths: [3, 9]) {
            let (ids, boundary) = model.tokens(of: "calm piano", document)
            batch.append(ids, secondFrom: boundary)
        }
        tape.backward(from: tape.binaryCrossEntropy(model.logits(batch, on: tape), targets: [1, 0]))
        for parameter in model.parameters {
            let greatest = UnsafeBufferPointer(start: parameter.gradient.pointer, count: parameter.count).map(abs).max() ?? 0
            #expect(greatest > 1e-7, "\(parameter.name)")
        }
        #expect(Set(model.parameters.map(\.name)).count == model.parameters.count, "a checkpoint tells parameters apart by their names")
        let seeds = try [3, 3, 4].map { try TrainableCrossEncoder(encoder: TinyModel.biEncoder.folder, seed: $0).parameters.flatMap(\.values) }
        #expect(seeds[0] == seeds[1] && seeds[0] != seeds[2])
    }

    @Test func aCrossEncoderNeedsTwoSegments() throws {
        let copy = try ModelCopy(.biEncoder)
        try copy.configure("type_vocab_size", 1)
        try copy.rewriteWeights { tensor, values in
            tensor.name.hasSuffix("token_type_embeddings.weight") ? ([1, 32], Array(values.prefix(32))) : (tensor.shape, values)
        }
        let error = #expect(throws: ModelError.self) { _ = try TrainableCrossEncoder(encoder: copy.folder, seed: 1) }
        guard case .configuration(_, key: "type_vocab_size", _, found: "1") = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        _ = try TrainableBiEncoder(folder: copy.folder)
    }

    /// A training that went wrong replaces no model: the weights that are no numbers are named by what they are in the file.
    @Test func weightsThatAreNoNumbersAreNotWritten() throws {
        let folder = try TemporaryFolder()
        let model = try TrainableBiEncoder(folder: TinyModel.biEncoder.folder)
        try model.write(to: folder.path)
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/model.safetensors"))
        let joined = try #require(model.parameters.first { $0.name.hasSuffix("qkv.weight") })
        joined.value.pointer[32 * 32 + 5] = .nan
        let error = #expect(throws: WeightsError.self) { try model.write(to: folder.path) }
        #expect(error?.problems == [WeightsError.Problem(name: "encoder.layer.0.attention.self.key.weight", .nonFinite(index: 5, found: "nan"))])
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/model.safetensors")) == before)
    }

    /// With `causal` the states of a text's beginning do not depend on what follows.
    @Test func aDecoderSeesTheBeginningAlone() throws {
        let model = try TrainableBiEncoder(folder: TinyModel.biEncoder.folder).transformer
        let ids = TrainingExample.expected.inputIds[5]
        func states(_ length: Int, causal: Bool) -> [Float] {
            let tape = Tape(team: TinyModel.teams[1])
            var batch = TokenBatch()
            batch.append([1, 9, 2])
            batch.append(Array(ids.prefix(length)))
            return tape.rows(model.forward(batch, on: tape, causal: causal), Array(3..<3 + min(length, 10))).values
        }
        #expect(states(10, causal: true) == states(40, causal: true))
        #expect(states(10, causal: false) != states(40, causal: false))
    }
}
