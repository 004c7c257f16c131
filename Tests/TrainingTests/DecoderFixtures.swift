import Encoders
import Evaluation
import Foundation
import LinearAlgebra
import NeuralNetworks
import TestSupport
import Training

/// A language in which a song has two tags and its captions say them in a fixed frame: "a warm piano song" for ["piano", "warm"].
enum ToyLanguage {
    static let moods = ["warm", "cold", "dark", "happy"]
    static let instruments = ["piano", "harp", "drum", "flute"]
    static let rows = moods.flatMap { mood in
        instruments.map { DescriptorMatching.Row(text: "A \(mood) \($0) song. It is a \(mood) one.", tags: [$0, mood]) }
    }

    private static let vocabulary =
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ",", ".", "-", "'", "a", "it", "is", "song", "one", "s", "lo", "fi", "##s", "##er"] + moods + instruments

    /// A random model of the BERT family: width 32, two layers, four heads.
    static func makeBase(in folder: TemporaryFolder) throws -> String {
        let (width, wide, positions) = (32, 64, 64)
        _ = try folder.write(vocabulary.joined(separator: "\n") + "\n", to: "vocab.txt")
        _ = try folder.write(
            """
            {"model_type": "bert", "vocab_size": \(vocabulary.count), "hidden_size": \(width), "num_hidden_layers": 2, "num_attention_heads": 4,
             "intermediate_size": \(wide), "max_position_embeddings": \(positions), "type_vocab_size": 2, "hidden_act": "gelu", "layer_norm_eps": 1e-12}
            """, to: "config.json")
        var generator = SeededGenerator(seed: 3)
        var file = SafetensorsWriter()
        func dense(_ name: String, _ outputs: Int, _ inputs: Int) {
            file.add(name + ".weight", shape: [outputs, inputs], (0..<outputs * inputs).map { _ in 0.15 * generator.normal() })
            file.add(name + ".bias", shape: [outputs], (0..<outputs).map { _ in 0.05 * generator.normal() })
        }
        func norm(_ name: String) {
            file.add(name + ".weight", shape: [width], [Float](repeating: 1, count: width))
            file.add(name + ".bias", shape: [width], [Float](repeating: 0, count: width))
        }
        for (name, rows) in [("word", vocabulary.count), ("position", positions), ("token_type", 2)] {
            file.add("embeddings.\(name)_embeddings.weight", shape: [rows, width], (0..<rows * width).map { _ in 0.3 * generator.normal() })
        }
        norm("embeddings.LayerNorm")
        for layer in 0..<2 {
            let name = "encoder.layer.\(layer)."
            for part in ["query", "key", "value"] { dense(name + "attention.self." + part, width, width) }
            dense(name + "attention.output.dense", width, width)
            norm(name + "attention.output.LayerNorm")
            dense(name + "intermediate.dense", wide, width)
            dense(name + "output.dense", width, wide)
            norm(name + "output.LayerNorm")
        }
        try file.write(to: folder.path + "/model.safetensors")
        return folder.path
    }

    static func options(steps: Int) -> DecoderTraining.Options {
        var options = DecoderTraining.Options()
        options.loop.steps = steps
        options.loop.rate = 6e-3
        options.loop.dropout = 0
        options.loop.checkpointEvery = 4
        options.tokensPerStep = 160
        options.layers = [0, 1]
        options.vocabularySize = vocabulary.count
        options.examples.runs = [1]
        options.examples.longestPrefix = 16
        options.examples.longestText = 16
        options.examples.sharedTagRate = 1
        options.examples.otherTagRate = 1
        return options
    }
}
