import ArgumentParser
package import Encoders
package import LinearAlgebra
package import MusicSearch
import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

/// A text model that a command can be told to work with.
package enum TextModel: Hashable, Sendable, CustomStringConvertible {
    /// Words alone.
    case none
    /// The one that lies beside the program.
    case shipped
    case installed(ModelDescription)
    /// Any bi-encoder of the BERT family.
    case folder(String)

    package static let noneName = "none"
    /// What names one when no option does.
    package static let variable = "DESCANT_MODEL"
    package static let names = [ShippedModel.name] + ModelDescription.textModels.map(\.name) + [noneName]

    package var description: String {
        switch self {
        case .none: Self.noneName
        case .shipped: ShippedModel.name
        case .installed(let model): model.name
        case .folder(let path): path
        }
    }

    /// - Throws: `ValidationError` for a name that is none of a model; a folder is told by a slash in it.
    package init(_ text: String) throws {
        if text.contains("/") {
            self = .folder(text)
        } else if text == Self.noneName {
            self = .none
        } else if text == ShippedModel.name {
            self = .shipped
        } else if let model = ModelDescription.textModels.first(where: { $0.name == text }) {
            self = .installed(model)
        } else {
            throw ValidationError("there is no model '\(text)'; known: \(Self.names.joined(separator: ", ")), or a folder with a / in its name")
        }
    }

    /// What `DESCANT_MODEL` names, if it is set.
    /// - Throws: `ValidationError` when it names no model.
    package static func named() throws -> TextModel? {
        guard let text = getenv(variable).map({ String(cString: $0) }), !text.isEmpty else { return nil }
        do {
            return try TextModel(text)
        } catch let error as ValidationError {
            throw ValidationError("\(variable): \(error.message)")
        }
    }

    /// What `DESCANT_MODEL` names; without it the shipped model, or what is installed where that is missing, or none.
    /// - Throws: `ValidationError` when the variable names no model.
    package static func preferred() throws -> TextModel {
        if let named = try named() { return named }
        let data = try DataFolder()
        if ShippedModel.isPresent(in: data.shippedModel) { return .shipped }
        return ModelStore(folder: data.models).present().first { $0.input == .text }.map { .installed($0) } ?? .none
    }

    /// Where its files lie, held to what is known of them; nil for none.
    package func files() throws -> ModelFiles? {
        switch self {
        case .none: return nil
        case .shipped:
            let model = try ShippedModel(folder: DataFolder().shippedModel)
            return ModelFiles(folder: model.path, cacheName: ShippedModel.name, encoderName: { model.encoderName }, check: model.verify)
        case .installed(let model):
            // Its content was held to its hashes when it was installed.
            let folder = try ModelStore(folder: DataFolder().models).path(of: model)
            return ModelFiles(folder: folder, cacheName: model.name, encoderName: { model.name }, check: {})
        case .folder(let path):
            let folder = path.split(separator: "/").last.map(String.init) ?? path
            let place = String(Array(path.utf8).withUnsafeBytes { Checksum.xxh3($0) }, radix: 16)
            return ModelFiles(
                folder: path, cacheName: "folder-\(place)",
                encoderName: { "\(folder)-\(try Checksum.sha256(fileAt: path + "/model.safetensors").prefix(8))" }, check: {})
        }
    }
}

/// A model's files, and how its encoder is called and kept.
package struct ModelFiles {
    package let folder: String
    /// Of its compiled form in the cache folder; names no other model.
    package let cacheName: String
    /// What names the weights in an encoder's identity.
    package let encoderName: () throws -> String
    /// Throws when the files are not what they should be.
    package let check: () throws -> Void

    package func encoder(precision: Precision, remembered: Int = 256, team: ThreadTeam = .shared) throws -> BiEncoder {
        try check()
        return try BiEncoder(folder: folder, name: encoderName(), precision: precision, remembered: remembered, team: team)
    }

    /// The int8 encoder, compiled once into the cache folder and mapped from there: reading, checking and packing the original takes a tenth of a second.
    package func compiled(team: ThreadTeam = .shared) throws -> BiEncoder {
        guard let cache = try? CacheFolder.path() else { return try encoder(precision: .int8, team: team) }
        let path = "\(cache)/\(cacheName)-\(try fingerprint()).encoder"
        if FileManager.default.fileExists(atPath: path), let encoder = try? BiEncoder(compiled: path, team: team) { return encoder }
        let encoder = try encoder(precision: .int8, team: team)
        // Where it cannot be written, the next command loads the original again.
        if (try? encoder.compile(vocabulary: Array(Data(contentsOf: URL(fileURLWithPath: folder + "/vocab.txt"))), to: path)) != nil {
            for other in (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? []
            where other.hasPrefix(cacheName + "-") && other.hasSuffix(".encoder") && "\(cache)/\(other)" != path {
                try? FileManager.default.removeItem(atPath: cache + "/" + other)
            }
        }
        return encoder
    }

    /// Sizes and dates of the model's files.
    private func fingerprint() throws(FileError) -> String {
        var text = "\(PackedMatrix.revision)"
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw FileError(path: folder, .system(operation: "list", message: systemMessage()))
        }
        for name in names.sorted() {
            var status = stat()
            if stat(folder + "/" + name, &status) == 0 { text += "\n\(name) \(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)" }
        }
        return String(Array(text.utf8).withUnsafeBytes { Checksum.xxh3($0) }, radix: 16)
    }
}

/// The text encoders that libraries are made and searched with.
package enum TextModels {
    /// The encoder for a new library; nil for one that is searched by words alone.
    /// - Parameter model: what was asked for; nil for `TextModel.preferred`.
    package static func encoder(_ model: TextModel? = nil, team: ThreadTeam = .shared) throws -> BiEncoder? {
        try (model ?? .preferred()).files()?.compiled(team: team)
    }

    /// The same, or nil and a note where the model is damaged: a search then goes by words.
    package static func usable(_ model: TextModel? = nil) -> BiEncoder? {
        do {
            return try encoder(model)
        } catch {
            Terminal.note("Note: the text model cannot be used: \(error)")
            return nil
        }
    }

    /// Gives a library the encoder that its vectors were made with, if that is here.
    ///
    /// - Parameter asked: the model that the command was told to work with: where a folder is looked for, and nothing for words alone.
    /// - Parameter team: threads of one encoding; one where many requests are answered at a time.
    /// - Throws: `ValidationError` when `DESCANT_MODEL` names no model.
    package static func provider(asked: TextModel? = nil, team: ThreadTeam = .shared) throws -> EncoderProvider? {
        let wanted = try asked ?? .named()
        if wanted == TextModel.none { return nil }
        return { identity in
            do {
                let encoder = try encoder(for: identity, wanted, team)
                if let asked, let encoder, !asked.makes(encoder.name) {
                    Terminal.note("Note: the library was indexed with \(encoder.name), which goes on to answer")
                }
                return encoder
            } catch {
                Terminal.note("Note: the text model cannot be used: \(error)")
                return nil
            }
        }
    }

    /// A library's vectors go with one encoder, whatever a command is asked to work with: that is looked for among the models that are here.
    ///
    /// One that is another training of the same model is given as well; the library then says what its vectors were made with and what there is.
    private static func encoder(for identity: String, _ wanted: TextModel?, _ team: ThreadTeam) throws -> BiEncoder? {
        let data = try DataFolder()
        let name = identity.prefix { $0 != "/" }
        if case .folder = wanted, let encoder = try encoder(wanted, team: team), encoder.identity == identity { return encoder }
        if name.hasPrefix(ShippedModel.name + "-"), ShippedModel.isPresent(in: data.shippedModel) { return try encoder(.shipped, team: team) }
        if let installed = ModelStore(folder: data.models).present().first(where: { $0.name == name }) { return try encoder(.installed(installed), team: team) }
        return nil
    }
}

extension TextModel {
    /// Whether an encoder of this name is this model's.
    fileprivate func makes(_ encoder: String) -> Bool {
        switch self {
        case .none: false
        case .shipped: encoder.hasPrefix(ShippedModel.name + "-")
        case .installed(let model): encoder == model.name
        // A folder's encoder is only given where its identity is the library's.
        case .folder: !encoder.hasPrefix(ShippedModel.name + "-") && !ModelDescription.textModels.contains { $0.name == encoder }
        }
    }
}
