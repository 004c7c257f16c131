import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The project's own text model, which lies beside the program: the default encoder, with nothing to download.
///
/// Its folder holds the files of a `BiEncoder`, what training wrote of them (`MODEL-CARD.md`, `fusion.json`), and `manifest.json` with the SHA-256 of each.
/// Nothing else is read: a file that the manifest does not name is none of the model's.
public struct ShippedModel: Hashable, Sendable {
    public static let name = "music-minilm"
    /// Bytes of all files that a repository is to carry at most.
    public static let largestSize = 12_000_000
    static let manifestName = "manifest.json"
    /// What an encoder's vectors depend on.
    public static let encoderFiles = ["config.json", "model.safetensors", "vocab.txt"]
    static let furtherFiles = ["MODEL-CARD.md", "fusion.json"]

    public let path: String
    public let title: String
    public let licence: String
    public let purpose: String
    /// By name.
    public let files: [ModelDescription.File]

    public var bytes: Int { files.reduce(0) { $0 + $1.bytes } }

    /// What to call the encoder: the name and the first eight digits of a hash over weights, vocabulary and configuration, so that vectors of an earlier
    /// training are not compared with those of a later one.
    public var encoderName: String {
        let lines = files.filter { Self.encoderFiles.contains($0.name) }.map { "\($0.name) \($0.sha256)\n" }.joined()
        return Self.name + "-" + Array(lines.utf8).withUnsafeBytes { Checksum.sha256($0) }.prefix(8)
    }

    private struct Manifest: Codable {
        struct File: Codable {
            var name: String
            var bytes: Int
            var sha256: String
        }
        static let currentFormat = 1
        var format = currentFormat
        var name = ShippedModel.name
        var title: String
        var licence: String
        var purpose: String
        var files: [File]
    }

    /// Whether there is one to open.
    public static func isPresent(in folder: String) -> Bool { FileManager.default.fileExists(atPath: folder + "/" + manifestName) }

    /// Reads the manifest; the files are what `verify` looks at.
    /// - Throws: `FileError` when it cannot be read, `ModelError` when it is no manifest of this model.
    public init(folder: String) throws {
        let path = folder + "/" + Self.manifestName
        func wrong(_ key: String, _ expected: String, _ found: String) -> ModelError { .configuration(path: path, key: key, expected: expected, found: found) }
        let file = try MappedFile(path: path)
        let data = withExtendedLifetime(file) { Data(file.bytes) }
        guard let manifest = try? JSONDecoder().decode(Manifest.self, from: data) else {
            throw wrong("", "a manifest of a text model", "\(data.count) bytes of something else")
        }
        guard manifest.format == Manifest.currentFormat else { throw wrong("format", "\(Manifest.currentFormat)", "\(manifest.format)") }
        guard manifest.name == Self.name else { throw wrong("name", Self.name, manifest.name) }
        let known = Self.encoderFiles + Self.furtherFiles
        let names = manifest.files.map(\.name)
        guard Set(names).count == names.count, names.allSatisfy(known.contains), Self.encoderFiles.allSatisfy(names.contains) else {
            throw wrong("files", Self.encoderFiles.joined(separator: ", "), names.joined(separator: ", "))
        }
        self.path = folder
        (title, licence, purpose) = (manifest.title, manifest.licence, manifest.purpose)
        files = manifest.files.map { .init(name: $0.name, bytes: $0.bytes, sha256: $0.sha256) }.sorted { $0.name < $1.name }
    }

    /// Holds every file to its SHA-256.
    /// - Throws: `ModelStoreError.wrong` with all that are not what they should be; `FileError`.
    /// - Complexity: reads the model once.
    public func verify() throws {
        let faults = try files.compactMap { try ModelStore.fault(at: path + "/" + $0.name, $0) }
        guard faults.isEmpty else { throw ModelStoreError.wrong(model: Self.name, faults: faults) }
    }

    /// Writes the manifest of the model in a folder, last of all files.
    ///
    /// - Throws: `FileError` for a file that is missing; `ModelError` when the files are larger than a repository is to carry.
    public static func seal(folder: String, title: String, licence: String, purpose: String) throws -> ShippedModel {
        var files: [Manifest.File] = []
        for name in encoderFiles + furtherFiles where encoderFiles.contains(name) || FileManager.default.fileExists(atPath: folder + "/" + name) {
            let file = try MappedFile(path: folder + "/" + name)
            files.append(withExtendedLifetime(file) { .init(name: name, bytes: file.bytes.count, sha256: Checksum.sha256(file.bytes)) })
        }
        let bytes = files.reduce(0) { $0 + $1.bytes }
        guard bytes <= largestSize else { throw ModelError.mismatch(what: folder, expected: "at most \(largestSize) bytes", found: "\(bytes)") }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        let manifest = Manifest(title: title, licence: licence, purpose: purpose, files: files.sorted { $0.name < $1.name })
        guard let data = try? encoder.encode(manifest) else { preconditionFailure("a manifest that JSON cannot hold: \(manifest)") }
        try writeDurably([Array(data) + [UInt8(ascii: "\n")]], to: folder + "/" + manifestName)
        return try ShippedModel(folder: folder)
    }
}
