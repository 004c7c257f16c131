import Encoders
import LinearAlgebra
import MusicSearch

/// The text encoder that libraries are made and searched with.
enum TextModels {
    /// The installed model; nil where there is none, and everything works by words.
    static func installed() throws -> BiEncoder? {
        let store = ModelStore(folder: try DataFolder().models)
        guard store.present().contains(.minilm) else { return nil }
        return try BiEncoder(folder: try store.path(of: .minilm), name: ModelDescription.minilm.name, precision: .int8)
    }

    /// Gives a library the encoder that its vectors were made with, if that is installed.
    static let provider: EncoderProvider = { _ in try installed() }
}
