import ArgumentParser
import Encoders
import LinearAlgebra
import MusicSearch

/// Which text encoder: an installed one by name, or any BERT-family model by folder.
struct ModelOption: ParsableArguments {
    @Option(help: "Text model: the name of an installed one, or a folder with config.json, vocab.txt and model.safetensors.")
    var model = ModelDescription.minilm.name

    func encoder(precision: Precision = .int8, remembered: Int = 256, team: ThreadTeam = .shared) throws -> BiEncoder {
        try BiEncoder(folder: try folder(), name: name, precision: precision, remembered: remembered, team: team)
    }

    /// The encoder; nil where nobody named a model and none is installed.
    func installedEncoder(precision: Precision) throws -> BiEncoder? {
        if model == ModelDescription.minilm.name, !ModelStore(folder: try DataFolder().models).present().contains(.minilm) { return nil }
        return try encoder(precision: precision, remembered: 0)
    }

    private var name: String { model.split(separator: "/").last.map(String.init) ?? model }

    private func folder() throws -> String {
        guard !model.contains("/") else { return model }
        let store = ModelStore(folder: try DataFolder().models)
        return try store.path(of: store.model(named: model))
    }
}
