public import Encoders
import Storage
import TrackCatalogue
public import Vocabulary

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

/// Where the project's own data lies: `vocab/`, `corpora/` and the text model in `weights/`, and the pretrained models that were installed.
public struct DataFolder: Sendable {
    public let path: String

    public var vocabulary: String { path + "/vocab" }
    public var starterCorpus: String { path + "/corpora/starter" }
    /// The folder of the text model that comes with the project.
    public var shippedModel: String { path + "/weights/" + ShippedModel.name }
    /// `DESCANT_MODELS`, or `models/` here.
    public var models: String { getenv("DESCANT_MODELS").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? path + "/models" }

    /// `DESCANT_HOME`, or the nearest folder above the program that holds `vocab/`.
    /// - Throws: `LibraryError.noData`.
    public init() throws {
        var looked: [String] = []
        if let home = getenv("DESCANT_HOME").map({ String(cString: $0) }), !home.isEmpty {
            looked.append(home)
        } else {
            var folder = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments.first ?? "."
            while let slash = folder.lastIndex(of: "/"), slash > folder.startIndex {
                folder = String(folder[..<slash])
                looked.append(folder)
            }
        }
        guard let found = looked.first(where: { FileManager.default.fileExists(atPath: $0 + "/vocab/genre.tsv") }) else {
            throw LibraryError.noData(looked: Array(looked.prefix(4)))
        }
        path = found
    }

    /// - Throws: `VocabularyError`.
    public func tables() throws -> VocabularyTables { try VocabularyTables(folder: vocabulary) }
}

/// Where things lie that can be made again: `descant/` under `XDG_CACHE_HOME`, `~/.cache`, or a temporary folder.
public enum CacheFolder {
    /// - Throws: `LibraryError.unwritable`.
    public static func path() throws -> String {
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } }
        let candidates = [variable("XDG_CACHE_HOME"), variable("HOME").map { $0 + "/.cache" }, variable("TMPDIR"), "/tmp"].compactMap { $0 }
        for candidate in candidates {
            let folder = candidate + "/descant"
            if (try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)) != nil, access(folder, W_OK) == 0 { return folder }
        }
        throw LibraryError.unwritable(path: candidates.first ?? "/tmp", why: "no cache folder can be written; set XDG_CACHE_HOME")
    }
}

/// The library that answers when none is named: the project's own corpus, indexed once into the cache folder.
public enum StarterLibrary {
    /// Opens it, building it first when the data or the program's formats have changed.
    /// - Parameters:
    ///   - encoder: makes the starter library's dense half, and answers with it; nil leaves it to words.
    ///   - building: called with nil before a build, and then with its progress.
    public static func open(_ data: DataFolder, encoder: (any TextEncoder)?, building: (LibraryBuilder.Progress?) -> Void = { _ in }) throws -> Library {
        let path = try CacheFolder.path() + "/starter-" + fingerprint(data, encoder)
        let provider: EncoderProvider = { _ in encoder }
        if FileManager.default.fileExists(atPath: path + "/" + Manifest.fileName), let library = try? Library(path: path, encoder: provider) {
            return library
        }
        building(nil)
        let corpora = try FileManager.default.contentsOfDirectory(atPath: data.starterCorpus).filter { $0.hasSuffix(".jsonl") }.sorted()
        let sources = corpora.map { LibraryBuilder.Source(path: data.starterCorpus + "/" + $0, format: .jsonl) }
        _ = try LibraryBuilder(library: path, vocabulary: try data.tables(), encoder: encoder).build(sources, replacing: true, progress: building)
        carryListeners(to: path)
        removeOthers(than: path)
        return try Library(path: path, encoder: provider)
    }

    /// What listeners said of moods outlives the library that they said it to.
    private static func carryListeners(to path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let folder = String(path[..<slash]), manager = FileManager.default
        func modified(_ path: String) -> Date { ((try? manager.attributesOfItem(atPath: path))?[.modificationDate] as? Date) ?? .distantPast }
        let others = ((try? manager.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasPrefix("starter-") }.map { folder + "/" + $0 + "/listeners" }
        guard !manager.fileExists(atPath: path + "/listeners"), let latest = others.filter(manager.fileExists).max(by: { modified($0) < modified($1) }) else {
            return
        }
        try? manager.copyItem(atPath: latest, toPath: path + "/listeners")
    }

    /// Sizes and dates of the data, and the versions of the formats.
    private static func fingerprint(_ data: DataFolder, _ encoder: (any TextEncoder)?) -> String {
        var text =
            "\(encoder?.identity ?? "words") \(Manifest.currentFormat) \(Vocabulary.version) \(TrackStore.version) \(MoodIndex.version) \(GenerationBuilder.broaderShare)"
        for folder in [data.vocabulary, data.starterCorpus] {
            for name in ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() {
                var status = stat()
                if stat(folder + "/" + name, &status) == 0 { text += "\n\(name) \(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)" }
            }
        }
        return String(Array(text.utf8).withUnsafeBytes { Checksum.xxh3($0) }, radix: 16)
    }

    private static func removeOthers(than path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let folder = String(path[..<slash])
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasPrefix("starter-") && folder + "/" + name != path {
            // Another command may be reading it: only ones that nobody has touched for a day go.
            let modified = (try? FileManager.default.attributesOfItem(atPath: folder + "/" + name))?[.modificationDate] as? Date
            if let modified, modified.timeIntervalSinceNow < -86_400 { try? FileManager.default.removeItem(atPath: folder + "/" + name) }
        }
    }
}
