import Encoders
import Foundation
import LinearAlgebra
import NeuralNetworks
import TestSupport
import Testing

/// The int8 file of a model: small, near, and the same from then on.
@Suite struct QuantizedModelTests {
    private let folder: TemporaryFolder
    private let texts = TinyModel.texts(lengths: [1, 3, 12, 40])

    init() throws { folder = try TemporaryFolder() }

    private func encoder(_ path: String, _ precision: Precision) throws -> BiEncoder {
        try BiEncoder(folder: path, name: "tiny", precision: precision, remembered: 0, team: TinyModel.teams[0])
    }

    private func size(_ path: String) throws -> Int { try Data(contentsOf: URL(fileURLWithPath: path + "/model.safetensors")).count }

    @Test(arguments: Precision.allCases) func vectorsStayNear(precision: Precision) throws {
        try QuantizedModel.write(from: TinyModel.biEncoder.folder, to: folder.path + "/small")
        let original = try encoder(TinyModel.biEncoder.folder, .float32), small = try encoder(folder.path + "/small", precision)
        for text in texts { #expect(cosine(original.encode(text).vector, small.encode(text).vector) > 0.9985, "\(text)") }
        #expect(Double(try size(folder.path + "/small")) < 0.35 * Double(try size(TinyModel.biEncoder.folder)))
    }

    /// A float32 file of the int8 file's values: the encoders are the same to the bit, and it quantizes to the same file.
    @Test func multipliedOutItIsTheSameModel() throws {
        let small = folder.path + "/small", wide = folder.path + "/wide", again = folder.path + "/again"
        try QuantizedModel.write(from: TinyModel.biEncoder.folder, to: small)
        let file = try SafetensorsFile(path: small + "/model.safetensors")
        let reader = TensorReader(file)
        var writer = SafetensorsWriter(metadata: file.metadata)
        var matrices = 0
        for tensor in file.tensors where !tensor.name.hasSuffix("_scale") {
            writer.add(tensor.name, shape: tensor.shape, reader.tensor(tensor.name, shape: tensor.shape))
            if tensor.type == .int8 { matrices += 1 }
        }
        try reader.finish()
        #expect(matrices == 2 + 2 * 6, "word and position embeddings, six matrices a layer")
        try FileManager.default.createDirectory(atPath: wide, withIntermediateDirectories: true)
        for name in ["config.json", "vocab.txt"] { try FileManager.default.copyItem(atPath: small + "/" + name, toPath: wide + "/" + name) }
        try writer.write(to: wide + "/model.safetensors")
        for precision in Precision.allCases {
            #expect(try encoder(small, precision).encode(texts).vectors == encoder(wide, precision).encode(texts).vectors, "\(precision)")
        }
        try QuantizedModel.write(from: wide, to: again)
        for name in ["model.safetensors", "config.json", "vocab.txt"] {
            #expect(try Data(contentsOf: URL(fileURLWithPath: small + "/" + name)) == Data(contentsOf: URL(fileURLWithPath: again + "/" + name)), "\(name)")
        }
    }

    @Test func aFolderWithoutWeightsIsNamed() throws {
        let error = #expect(throws: (any Error).self) { try QuantizedModel.write(from: folder.path, to: folder.path + "/x") }
        #expect(error.map { "\($0)" }?.contains(folder.path + "/model.safetensors") == true)
    }

    // MARK: Fewer dimensions

    /// The first elements of the whole vector, divided by their length.
    @Test(arguments: [1, 8, 31, 32]) func fewerDimensions(dimension: Int) throws {
        for pooling in [TransformerConfiguration.Pooling.mean, .cls] {
            let whole = try BiEncoder(folder: TinyModel.biEncoder.folder, name: "tiny", precision: .float32, pooling: pooling, remembered: 0)
            let cut = try BiEncoder(
                folder: TinyModel.biEncoder.folder, name: "tiny", precision: .float32, pooling: pooling, dimension: dimension, remembered: 0)
            #expect(cut.dimension == dimension)
            #expect(cut.identity == (dimension == 32 ? whole.identity : "tiny@\(dimension)/float32-\(PackedMatrix.revision)"))
            for text in texts {
                let expected = whole.encode(text).vector.prefix(dimension)
                let length = expected.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
                #expect(distance(cut.encode(text).vector, expected.map { $0 / length }) <= 1e-6)
            }
            #expect(cut.encode(texts).vectors == Matrix(texts.map { cut.encode($0).vector }))
            for (tokens, all) in zip(cut.encodeTokens(texts), whole.encodeTokens(texts)) {
                #expect(tokens.states.columns == dimension && tokens.words == all.words)
                for row in 0..<tokens.states.rows { #expect(Array(tokens.states.row(row)) == Array(all.states.row(row).prefix(dimension))) }
            }
        }
    }

    @Test func moreDimensionsThanThereAreIsAnError() throws {
        let folder = TinyModel.biEncoder.folder
        let error = #expect(throws: ModelError.self) { try BiEncoder(folder: folder, name: "tiny", precision: .int8, dimension: 33) }
        #expect(
            error == .configuration(path: folder + "/config.json", key: "hidden_size", expected: "33 or more, for vectors of so many elements", found: "32"))
    }

    @Test func aCompiledEncoderCanBeCutToo() throws {
        let original = try BiEncoder(folder: TinyModel.biEncoder.folder, name: "tiny", precision: .int8, dimension: 12, remembered: 0)
        let path = folder.path + "/tiny.encoder"
        let words = try #require(FileManager.default.contents(atPath: TinyModel.biEncoder.folder + "/vocab.txt"))
        try original.compile(vocabulary: Array(words), to: path)
        let compiled = try BiEncoder(compiled: path, dimension: 12)
        #expect(compiled.identity == original.identity && compiled.encode(texts).vectors == original.encode(texts).vectors)
        #expect(try BiEncoder(compiled: path).dimension == 32)
        let error = #expect(throws: (any Error).self) { try BiEncoder(compiled: path, dimension: 40) }
        #expect(error.map { "\($0)" }?.contains("expected shape: vectors of 40 elements, found 32") == true, "\(error.map { "\($0)" } ?? "")")
    }
}
