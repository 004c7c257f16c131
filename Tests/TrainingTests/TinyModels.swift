import Foundation
import LinearAlgebra
import NeuralNetworks
import TestSupport

/// The revision in the encoders' identities.
enum PackedRevision { static let current = PackedMatrix.revision }

/// Models of one layer and random weights, whose vocabulary is that of `RandomPairs`.
enum TinyModels {
    private static let width = 16, wide = 32
    private static let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "some"] + RandomPairs.words

    static func writeBiEncoder(to folder: String, seed: UInt64, positions: Int = 32) throws {
        try write(to: folder, seed: seed, prefix: "", classifier: false, positions: positions)
    }

    static func writeCrossEncoder(to folder: String, seed: UInt64) throws { try write(to: folder, seed: seed, prefix: "bert.", classifier: true) }

    private static func write(to folder: String, seed: UInt64, prefix: String, classifier: Bool, positions: Int = 32) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var generator = SeededGenerator(seed: seed)
        var file = SafetensorsWriter()
        func add(_ name: String, _ shape: Int...) { file.add(name, shape: shape, generator.floats(shape.reduce(1, *), in: -0.6...0.6)) }
        func addNorm(_ name: String) {
            file.add(name + ".weight", shape: [width], [Float](repeating: 1, count: width))
            file.add(name + ".bias", shape: [width], [Float](repeating: 0, count: width))
        }
        func addLinear(_ name: String, _ outputs: Int, _ inputs: Int) {
            add(name + ".weight", outputs, inputs)
            add(name + ".bias", outputs)
        }
        for (name, rows) in [("word", words.count), ("position", positions), ("token_type", 2)] {
            add("\(prefix)embeddings.\(name)_embeddings.weight", rows, width)
        }
        addNorm(prefix + "embeddings.LayerNorm")
        let layer = prefix + "encoder.layer.0."
        for name in ["query", "key", "value"] { addLinear(layer + "attention.self." + name, width, width) }
        addLinear(layer + "attention.output.dense", width, width)
        addNorm(layer + "attention.output.LayerNorm")
        addLinear(layer + "intermediate.dense", wide, width)
        addLinear(layer + "output.dense", width, wide)
        addNorm(layer + "output.LayerNorm")
        if classifier {
            addLinear(prefix + "pooler.dense", width, width)
            addLinear("classifier", 1, width)
        }
        try file.write(to: folder + "/model.safetensors")
        try Data((words.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: folder + "/vocab.txt"))
        let configuration = """
            {"model_type":"bert","vocab_size":\(words.count),"hidden_size":\(width),"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":\(wide),\
            "max_position_embeddings":\(positions),"type_vocab_size":2,"hidden_act":"gelu","layer_norm_eps":1e-12}
            """
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
    }
}
