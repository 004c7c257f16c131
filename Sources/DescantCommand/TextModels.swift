import Encoders
import LinearAlgebra
import MusicSearch
import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

/// The text encoder that libraries are made and searched with.
enum TextModels {
    /// Gives a library the encoder that its vectors were made with, if that is installed.
    static let provider: EncoderProvider = { _ in usable() }

    /// The installed model, or nil and a note where it is damaged: a search then goes by words.
    static func usable() -> BiEncoder? {
        do {
            return try installed()
        } catch {
            Terminal.note("Note: the text model cannot be used: \(error)")
            return nil
        }
    }

    /// The installed model; nil where there is none, and everything works by words.
    ///
    /// Its weights are compiled once into the cache folder and mapped from there: reading and packing the original takes a tenth of a second.
    static func installed() throws -> BiEncoder? {
        let model = ModelDescription.minilm
        let store = ModelStore(folder: try DataFolder().models)
        guard store.present().contains(model) else { return nil }
        let folder = try store.path(of: model)
        guard let cache = try? CacheFolder.path() else { return try load(model, folder) }
        let compiled = "\(cache)/\(model.name)-\(try fingerprint(folder)).encoder"
        if FileManager.default.fileExists(atPath: compiled), let encoder = try? BiEncoder(compiled: compiled) { return encoder }
        let encoder = try load(model, folder)
        // Where it cannot be written, the next command loads the original again.
        if (try? encoder.compile(vocabulary: Array(Data(contentsOf: URL(fileURLWithPath: folder + "/vocab.txt"))), to: compiled)) != nil {
            for other in (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? []
            where other.hasPrefix(model.name + "-") && other.hasSuffix(".encoder") && "\(cache)/\(other)" != compiled {
                try? FileManager.default.removeItem(atPath: cache + "/" + other)
            }
        }
        return encoder
    }

    private static func load(_ model: ModelDescription, _ folder: String) throws -> BiEncoder {
        try BiEncoder(folder: folder, name: model.name, precision: .int8)
    }

    /// Sizes and dates of the model's files.
    private static func fingerprint(_ folder: String) throws -> String {
        var text = "\(PackedMatrix.revision)"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
            var status = stat()
            if stat(folder + "/" + name, &status) == 0 { text += "\n\(name) \(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)" }
        }
        return String(Array(text.utf8).withUnsafeBytes { Checksum.xxh3($0) }, radix: 16)
    }
}
