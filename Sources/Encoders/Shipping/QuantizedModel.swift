import NeuralNetworks
import Storage

/// A bi-encoder in a quarter of its size: word and position embeddings and the weights of linear layers in int8 with one scale for every row
/// (`<name>_scale`), the rest in float32. `BiEncoder` reads either form; in int8 both give linear layers the same codes.
public enum QuantizedModel {
    /// Reads a model's folder and writes another, with `config.json` and `vocab.txt` as they are.
    ///
    /// - Throws: `WeightsError` or `FileError`, each naming the file.
    public static func write(from source: String, to target: String) throws {
        let weights = try SafetensorsFile(path: source + "/model.safetensors")
        var copy = SafetensorsWriter(metadata: weights.metadata)
        for tensor in weights.tensors where !isLeftOut(tensor.name) {
            let values = try weights.floats(of: tensor.name)
            if isQuantized(tensor) {
                copy.addQuantized(tensor.name, shape: tensor.shape, values)
            } else {
                copy.add(tensor.name, shape: tensor.shape, values)
            }
        }
        try makeFolder(target)
        for name in ["config.json", "vocab.txt"] {
            let file = try MappedFile(path: source + "/" + name)
            try withExtendedLifetime(file) { try writeDurably([Array(file.bytes)], to: target + "/" + name) }
        }
        try copy.write(to: target + "/model.safetensors")
    }

    /// What a bi-encoder does not read.
    private static func isLeftOut(_ name: String) -> Bool { name.hasPrefix("pooler.") || name == "embeddings.position_ids" }

    /// Segment embeddings are two rows, every token has one of them: they stay exact.
    private static func isQuantized(_ tensor: SafetensorsFile.Tensor) -> Bool {
        tensor.shape.count == 2 && tensor.shape.allSatisfy { $0 > 0 }
            && (tensor.name.hasPrefix("encoder.layer.") || tensor.name == "embeddings.word_embeddings.weight"
                || tensor.name == "embeddings.position_embeddings.weight")
    }
}
