import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `MANIFEST.json`: which generation of a library is current, and what its files must be. Swapped by rename, so a reader sees one whole generation.
public struct Manifest: Codable, Hashable, Sendable {
    public static let currentFormat = 1
    static let fileName = "MANIFEST.json"
    /// Generations are numbered below this; a larger number on disk is none of ours.
    static let lastGeneration = 1_000_000_000

    public struct File: Codable, Hashable, Sendable {
        public var bytes: Int
        public var sha256: String
    }

    public struct Model: Codable, Hashable, Sendable {
        public var identity: String
        public var dimension: Int
    }

    /// Version of the library layout.
    public var format = currentFormat
    public var generation: Int
    public var tracks: Int
    /// ISO 8601.
    public var created: String
    /// The text model that the generation's vectors were made with; none for a library searched by words alone.
    public var models: [Model] = []
    /// What the vectors of sound were made with; nil for a library that knows no track's sound.
    public var sound: Model?
    /// By path inside the library.
    public var files: [String: File]

    static func generationFolder(_ generation: Int) -> String {
        let digits = String(generation)
        return "generations/" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    /// - Throws: `LibraryError`.
    static func read(library: String) throws -> Manifest {
        let path = library + "/" + fileName
        guard FileManager.default.fileExists(atPath: path) else { throw LibraryError.missing(path: library) }
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw LibraryError.unreadable(path: path, why: "it cannot be read")
        }
        struct Version: Decodable { var format: Int }
        if let version = try? JSONDecoder().decode(Version.self, from: data), version.format != currentFormat {
            throw FileError(path: path, .version(expected: UInt32(currentFormat), found: UInt32(clamping: version.format)))
        }
        let manifest: Manifest
        do {
            manifest = try JSONDecoder().decode(Manifest.self, from: data)
        } catch {
            throw LibraryError.unreadable(path: path, why: "it is no manifest (\(data.count) bytes)")
        }
        guard (0..<lastGeneration).contains(manifest.generation), manifest.tracks >= 0 else {
            throw LibraryError.unreadable(path: path, why: "it names generation \(manifest.generation) with \(manifest.tracks) tracks")
        }
        return manifest
    }

    func write(library: String) throws(FileError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { preconditionFailure("a manifest that JSON cannot hold: \(self)") }
        try writeDurably([Array(data) + [UInt8(ascii: "\n")]], to: library + "/" + Self.fileName)
    }
}

/// Why a library cannot be used.
public enum LibraryError: Error, Hashable, Sendable, CustomStringConvertible {
    case missing(path: String)
    case unreadable(path: String, why: String)
    case busy(path: String)
    case unwritable(path: String, why: String)
    case noData(looked: [String])
    /// A folder that had music in it has none.
    case vanished(path: String, files: Int)
    /// A file that is not what the manifest says.
    case changed(path: String, expected: String, found: String)

    public var description: String {
        switch self {
        case .missing(let path): "\(path): there is no library here; make one with: descant index CORPUS --library \(path)"
        case .unreadable(let path, let why): "\(path): \(why)"
        case .busy(let path): "\(path): another descant is indexing into this library"
        case .unwritable(let path, let why): "\(path): cannot write here: \(why)"
        case .noData(let looked):
            "the vocabulary is missing: no folder 'vocab' in \(looked.joined(separator: ", ")); set DESCANT_HOME to the folder that holds it"
        case .vanished(let path, let files):
            "\(path): \(files) audio files were here and none is left: is a disk missing? Nothing was changed; to take them out of the library, say --forget"
        case .changed(let path, let expected, let found): "\(path): not the file that was indexed: expected \(expected), found \(found)"
        }
    }
}
