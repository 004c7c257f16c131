package import ArgumentParser
package import Encoders
package import LinearAlgebra

/// Which text encoder: a model by name, or any BERT-family model by folder.
package struct ModelOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Text model: \(TextModel.names.joined(separator: ", ")), or a folder with config.json, vocab.txt and model.safetensors.",
            discussion: "Without it \(TextModel.variable) names it, or else it is \(ShippedModel.name). A library goes on with the model it was indexed with."),
        transform: { try TextModel($0) })
    package var model: TextModel?

    package init() {}

    /// The encoder of a measurement, which needs one.
    package func encoder(precision: Precision = .int8, remembered: Int = 256, team: ThreadTeam = .shared) throws -> BiEncoder {
        guard let files = try (model ?? .preferred()).files() else {
            throw ValidationError("there is no text model to measure; install one with: descant models install \(ModelDescription.minilm.name)")
        }
        return try files.encoder(precision: precision, remembered: remembered, team: team)
    }

    /// The encoder; nil where there is none to be had, or none is wanted.
    package func installedEncoder(precision: Precision) throws -> BiEncoder? {
        try (model ?? .preferred()).files()?.encoder(precision: precision, remembered: 0)
    }

    /// The folder of a model to train: MiniLM unless another was asked for, as the shipped one was trained already.
    package func folder() throws -> String {
        guard let files = try (model ?? .installed(.minilm)).files() else { throw ValidationError("--model is none; expected a model to train") }
        return files.folder
    }
}
