import Encoders
import Foundation
import LinearAlgebra
import NeuralNetworks

/// Two random models of the BERT family (2 layers, width 32) and what the transformers library computes with them in float64.
///
/// `Fixtures/record_tiny_bert.py` recorded them (seed 7; torch 2.15.0, transformers 5.23.0): `bi-encoder/` is a `BertModel`, `cross-encoder/` a
/// `BertForSequenceClassification`. `vocab.txt` was added afterwards: every id from 4 is a word, and in the bi-encoder two of them are suffixes, so that a
/// text can be written for any recorded sequence.
enum TinyModel: String {
    case biEncoder = "bi-encoder"
    case crossEncoder = "cross-encoder"

    private static let fixtures = Bundle.module.bundlePath + "/Fixtures"

    var folder: String { Self.fixtures + "/" + rawValue }

    static let expected: Expected = {
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(Expected.self, from: Data(contentsOf: URL(fileURLWithPath: fixtures + "/expected.json")))
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    struct Expected: Decodable {
        struct BiEncoder: Decodable {
            var inputIds: [[Int32]]
            var lastHiddenStateOfFirst: [[Float]]
            var meanNormalised: [[Float]]
            var clsNormalised: [[Float]]
        }
        struct CrossEncoder: Decodable {
            var inputIds: [[Int32]]
            var tokenTypeIds: [[Int32]]
            var logits: [[Float]]
        }
        var biEncoder: BiEncoder
        var crossEncoder: CrossEncoder
    }

    static let words: [String] = {
        guard let text = try? String(contentsOfFile: TinyModel.biEncoder.folder + "/vocab.txt", encoding: .utf8) else {
            preconditionFailure("the fixture has no vocab.txt")
        }
        return text.split(separator: "\n").map(String.init)
    }()

    /// The text that becomes these ids, without `[CLS]` and `[SEP]`. Id 3 is `[UNK]`, which any unknown word becomes.
    static func text(_ ids: some Sequence<Int32>) -> String { ids.map { $0 == 3 ? "zzz" : words[Int($0)] }.joined(separator: " ") }

    /// Texts of `lengths` words each, the same ones every time.
    static func texts(lengths: some Sequence<Int>) -> [String] {
        lengths.enumerated().map { index, length in text((0..<length).map { Int32(4 + (index * 31 + $0 * 17 + $0 * $0 * index) % 44) }) }
    }

    static let teams = [1, 2, 3].map { ThreadTeam(size: $0) }

    func transformer(_ precision: Precision) throws -> Transformer {
        let configuration = try TransformerConfiguration(path: folder + "/config.json", pooling: .mean, maximumTokens: 64)
        let tensors = TensorReader(try SafetensorsFile(path: folder + "/model.safetensors"), ignoring: ["pooler.*"])
        let transformer = Transformer(tensors, configuration, precision: precision)
        try tensors.finish()
        return transformer
    }
}

/// A copy of a model in a folder of its own, to be damaged; it goes with the value.
final class ModelCopy {
    let folder = FileManager.default.temporaryDirectory.path + "/model-\(UUID().uuidString)"

    init(_ model: TinyModel) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for name in ["config.json", "vocab.txt", "model.safetensors"] {
            try Data(contentsOf: URL(fileURLWithPath: model.folder + "/" + name)).write(to: url(name))
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func url(_ name: String) -> URL { URL(fileURLWithPath: folder + "/" + name) }

    /// Sets a key of `config.json`, or removes it.
    func configure(_ key: String, _ value: Any?) throws {
        var object = try JSONSerialization.jsonObject(with: Data(contentsOf: url("config.json"))) as? [String: Any] ?? [:]
        object[key] = value
        try JSONSerialization.data(withJSONObject: object).write(to: url("config.json"))
    }

    func write(_ text: String, to name: String) throws { try Data(text.utf8).write(to: url(name)) }

    /// Writes the weights anew, each as `change` returns it; nil leaves one out.
    func rewriteWeights(adding extra: [String: [Float]] = [:], _ change: (SafetensorsFile.Tensor, [Float]) -> (shape: [Int], values: [Float])?) throws {
        let file = try SafetensorsFile(path: url("model.safetensors").path)
        var copy = SafetensorsWriter()
        for tensor in file.tensors {
            if let (shape, values) = change(tensor, try file.floats(of: tensor.name)) { copy.add(tensor.name, shape: shape, values) }
        }
        for (name, values) in extra { copy.add(name, shape: [values.count], values) }
        try copy.write(to: url("model.safetensors").path)
    }
}

func cosine(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Float {
    func dot(_ x: some Collection<Float>, _ y: some Collection<Float>) -> Float { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
    return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
}

/// The greatest difference of two vectors; infinite where their lengths differ.
func distance(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Float {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
}
