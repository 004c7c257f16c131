public import Encoders
import LexicalIndex
import QueryPlanning
import Ranking
import Storage
public import TrackCatalogue
public import Vocabulary

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

/// Builds a library: imports corpora into the catalogue, writes a new generation beside the old one, and swaps the manifest.
///
/// All of it is one transaction to the outside: until the swap, a reader, or the next command after `kill -9`, finds the old library whole.
public struct LibraryBuilder {
    /// A corpus to import.
    public struct Source: Sendable {
        public var path: String
        public var format: CorpusFormat
        public var columns: ColumnMap

        public init(path: String, format: CorpusFormat, columns: ColumnMap = ColumnMap()) {
            self.path = path
            self.format = format
            self.columns = columns
        }
    }

    /// Vectors of tracks' sound that something else made.
    public struct Embeddings: Sendable {
        public var vectors: EmbeddingFile
        /// The track of every row.
        public var ids: [String]
        /// Where the ids come from, for errors.
        public var idsPath: String
        /// What made the vectors, recorded in the library.
        public var encoder: String

        /// - Throws: `LibraryError` when there are not as many ids as rows.
        public init(vectors: EmbeddingFile, ids: [String], idsPath: String, encoder: String) throws {
            guard ids.count == vectors.rows else {
                throw LibraryError.unreadable(path: idsPath, why: "it has \(ids.count) ids; expected \(vectors.rows), as \(vectors.path) has rows")
            }
            (self.vectors, self.ids, self.idsPath, self.encoder) = (vectors, ids, idsPath, encoder)
        }
    }

    /// What is going on, for a progress line.
    public enum Progress: Sendable {
        case importing(path: String, rows: Int, share: Double?)
        case indexing(tracks: Int)
        /// Descriptor sets and names of descriptors, each distinct text once.
        case encoding(texts: Int, of: Int)
    }

    public struct Outcome: Sendable {
        public var manifest: Manifest
        public var reports: [(path: String, report: ImportReport)]
        /// What of the library's sound, or of its dial, was left out, in words.
        public var soundProblems: [String]
    }

    let library: String
    let tables: VocabularyTables
    let encoder: (any TextEncoder)?

    /// - Parameters:
    ///   - library: folder to create or to bring up to date.
    ///   - encoder: for the dense half; nil builds a library that is searched by words alone.
    public init(library: String, vocabulary tables: VocabularyTables, encoder: (any TextEncoder)? = nil) {
        self.library = library
        self.tables = tables
        self.encoder = encoder
    }

    /// - Parameters:
    ///   - folders: roots of audio files that `SoundScan` has heard.
    ///   - embeddings: for tracks that are there then; they take the place of those that tracks had.
    ///   - replacing: drop tracks that are in the library already instead of adding to them.
    /// - Throws: `LibraryError`, `FileError`, `ImportError` for a corpus that cannot be read at all, `DatabaseError`, `VectorError` when the encoder yields what is no
    ///   unit vector.
    public func build(
        _ sources: [Source], folders: [String] = [], embeddings: Embeddings? = nil, replacing: Bool = false, progress: (Progress) -> Void = { _ in }
    ) throws -> Outcome {
        try run(replacing, progress) { writer, vocabulary, now in
            let heard = try folders.map { ($0, try importSounds($0, writer, vocabulary, now, progress)) }
            let imported = try sources.map { source in
                var importer = CorpusImporter(vocabulary)
                let report = try importer.run(source.path, as: source.format, columns: source.columns) {
                    progress(.importing(path: source.path, rows: $0, share: $1))
                } put: {
                    try writer.put($0)
                }
                try writer.record(
                    ImportRecord(path: source.path, format: source.format.rawValue, rows: report.imported, failed: report.failed, finished: now))
                return (source.path, report)
            }
            return try heard + imported + (embeddings.map { [($0.vectors.path, try Self.importEmbeddings($0, writer))] } ?? [])
        }
    }

    /// A row that cannot be used is reported by its number, from 1, and the rest goes in.
    private static func importEmbeddings(_ embeddings: Embeddings, _ writer: CatalogueWriter) throws -> ImportReport {
        var report = ImportReport()
        let known = try writer.trackIDs()
        for (row, id) in embeddings.ids.enumerated() {
            let vector = Array(embeddings.vectors.row(row))
            guard known.contains(id) else {
                report.add("\(embeddings.idsPath):\(row + 1): there is no track '\(id)'")
                continue
            }
            guard vector.allSatisfy(\.isFinite), vector.contains(where: { $0 != 0 }) else {
                report.add("\(embeddings.vectors.path), row \(row + 1), of '\(id)': expected finite numbers that are not all 0")
                continue
            }
            try writer.putVector(vector, track: id, encoder: embeddings.encoder)
            report.imported += 1
        }
        return report
    }

    /// Tracks of the files that were met; those of files that are gone go, and what was heard in them stays.
    private func importSounds(
        _ root: String, _ writer: CatalogueWriter, _ vocabulary: Vocabulary, _ now: String, _ progress: (Progress) -> Void
    ) throws -> ImportReport {
        var importer = SoundImporter(vocabulary, taggers: tables.taggers)
        var report = ImportReport()
        var files = 0
        try writer.forEachSound(root: root) { sound, isPresent in
            files += 1
            if files % 1000 == 0 { progress(.importing(path: root, rows: files, share: nil)) }
            let id = SoundImporter.id(file: sound.file, root: root)
            // Two folders of one name may hold files of one name.
            if let other = try writer.file(ofTrack: id), other != sound.file {
                if isPresent { report.add("\(sound.file): its id '\(id)' is that of \(other), which stays") }
                return
            }
            guard isPresent, sound.failure == nil else {
                try writer.remove(track: id)
                return
            }
            try writer.put(importer.track(sound))
            try writer.putVector(sound.embedding.isEmpty ? nil : sound.embedding, track: id, encoder: sound.model)
            report.imported += 1
        }
        report.unresolvedTags = importer.unresolvedTags
        try writer.record(ImportRecord(path: root, format: "audio", rows: report.imported, failed: report.failed, finished: now))
        return report
    }

    /// Takes a dial that was trained elsewhere into the library, for all generations from the next on.
    ///
    /// - Parameter path: of a `mood.safetensors`.
    /// - Throws: as `TrainedDial.init`; `FileError`.
    public func adopt(dial path: String) throws {
        let dial = try TrainedDial(path: path)
        let target = library + "/" + Library.FileName.dial
        do {
            try FileManager.default.createDirectory(atPath: library + "/models", withIntermediateDirectories: true)
        } catch {
            throw LibraryError.unwritable(path: library + "/models", why: "the folder cannot be made")
        }
        let lock = try IndexLock(library: library)
        try dial.write(to: target)
        _ = consume lock
    }

    /// Gives up a dial that was taken in. - Returns: whether there was one.
    @discardableResult
    public func abandonDial() throws -> Bool {
        let lock = try IndexLock(library: library)
        let wasThere = unlink(library + "/" + Library.FileName.dial) == 0
        _ = consume lock
        return wasThere
    }

    /// Builds from tracks that the caller makes.
    /// - Parameter importing: is given the place to put tracks.
    public func build(
        replacing: Bool = false, progress: (Progress) -> Void = { _ in }, importing: (_ put: (Track) throws -> Void) throws -> Void
    ) throws -> Outcome {
        try run(replacing, progress) { writer, _, _ in
            try importing { try writer.put($0) }
            return []
        }
    }

    private typealias Import = (CatalogueWriter, Vocabulary, _ now: String) throws -> [(path: String, report: ImportReport)]

    private func run(_ replacing: Bool, _ progress: (Progress) -> Void, _ importing: Import) throws -> Outcome {
        let manager = FileManager.default
        do {
            try manager.createDirectory(atPath: library + "/generations", withIntermediateDirectories: true)
        } catch {
            throw LibraryError.unwritable(
                path: library, why: (try? manager.attributesOfItem(atPath: library)) == nil ? "the folder cannot be made" : "no permission")
        }
        let lock = try IndexLock(library: library)
        let now = Date.now.formatted(.iso8601)
        try writeDurably([Array("started \(now)".utf8)], to: library + "/" + Library.FileName.marker)

        let previous = try? Manifest.read(library: library)
        let generation = nextGeneration(after: previous?.generation ?? 0)
        let name = Manifest.generationFolder(generation)
        let partial = library + "/" + name + ".partial"
        try? manager.removeItem(atPath: partial)
        do {
            try manager.createDirectory(atPath: partial, withIntermediateDirectories: true)
        } catch {
            throw LibraryError.unwritable(path: partial, why: "the folder cannot be made")
        }
        do {
            let outcome = try write(replacing, generation, partial, now, progress, importing)
            prune(keeping: [generation, previous?.generation ?? generation])
            try? manager.removeItem(atPath: library + "/" + Library.FileName.marker)
            _ = consume lock
            return outcome
        } catch {
            // A failure that was met alive leaves nothing behind; only a killed run leaves its marker.
            try? manager.removeItem(atPath: partial)
            try? manager.removeItem(atPath: library + "/" + Library.FileName.marker)
            throw error
        }
    }

    private func write(
        _ replacing: Bool, _ generation: Int, _ partial: String, _ now: String, _ progress: (Progress) -> Void, _ importing: Import
    ) throws -> Outcome {
        try Vocabulary.compile(tables, to: partial + "/" + Library.FileName.vocabulary)
        let vocabulary = try Vocabulary(
            compiled: SectionFile(path: partial + "/" + Library.FileName.vocabulary, kind: Vocabulary.kind, version: Vocabulary.version))
        let catalogue = try Catalogue(path: library + "/" + Library.FileName.catalogue)
        let dialPath = library + "/" + Library.FileName.dial
        let dial = try FileManager.default.fileExists(atPath: dialPath) ? TrainedDial(path: dialPath) : nil
        // The manifest is swapped after the catalogue is committed: a run that dies between leaves tracks for the next one, never a generation without them.
        var (builder, sounds, soundProblems, reports) = try catalogue.write { writer in
            if replacing { try writer.removeAll() }
            let reports = try importing(writer, vocabulary, now)
            var builder = GenerationBuilder(vocabulary, impliedMoods: tables.impliedMoods, dial: dial, isDense: encoder != nil)
            var ids: [String] = []
            try writer.forEachTrack { track in
                builder.add(track)
                ids.append(track.id)
                if builder.count % 10_000 == 0 { progress(.indexing(tracks: builder.count)) }
            }
            try builder.write(to: partial)
            let kinds = try writer.vectorKinds()
            return (builder, try Self.sounds(ids, kinds.first, writer), Self.problems(kinds), reports)
        }
        var files = [Library.FileName.vocabulary, Library.FileName.lexical, Library.FileName.tracks, Library.FileName.names]
        var likeness = sounds
        if let encoder {
            let store = try EmbeddingStore(path: library + "/" + Library.FileName.embeddings, encoder: encoder)
            let described = try builder.writeVectors(to: partial, tables: tables, store: store, encoder: encoder.identity) {
                progress(.encoding(texts: $0, of: $1))
            }
            files += [Library.FileName.dense, Library.FileName.phraseVectors, Library.FileName.setVectors]
            // Whichever tells more tracks apart; in doubt, the sound.
            if let described, builder.count <= Self.largestDescribed, described.documents.count > 2 * (sounds?.documents.count ?? 0) {
                if let sounds {
                    soundProblems.append(
                        "the sound of \(sounds.documents.count) of \(builder.count) tracks is known: too few, so tracks are alike by their descriptors")
                }
                (likeness, sounds) = (described, nil)
            }
        }
        if let likeness, !likeness.isEmpty {
            files += try builder.writeLikeness(likeness, to: partial)
            if let problem = dial.flatMap({ builder.misfit($0, likeness) }) { soundProblems.append("\(dialPath) is not used: \(problem)") }
        } else if dial != nil {
            soundProblems.append("\(dialPath) is not used: the library has no vectors of tracks")
        }
        let manifest = try publish(
            generation, partial, files, tracks: builder.count, sound: sounds.map { Manifest.Model(identity: $0.encoder, dimension: $0.dimension) }, now)
        return Outcome(manifest: manifest, reports: reports, soundProblems: soundProblems)
    }

    /// Of more tracks, likeness by descriptors' text is not kept: it would take as much memory again as everything else.
    private static let largestDescribed = 250_000

    /// The vectors of one kind. - Parameter ids: of all tracks, in their order.
    private static func sounds(
        _ ids: [String], _ kind: (encoder: String, dimension: Int, count: Int)?, _ writer: CatalogueWriter
    ) throws -> TrackVectorsBuilder? {
        guard let kind, kind.dimension > 0 else { return nil }
        var sounds = TrackVectorsBuilder(encoder: kind.encoder, dimension: kind.dimension)
        var document = 0
        // Both in the order of ids: one pass over either.
        try writer.forEachVector(encoder: kind.encoder, dimension: kind.dimension) { id, vector in
            while ids[document] != id { document += 1 }
            sounds.add(vector, document: DocumentID(document))
        }
        return sounds.isEmpty ? nil : sounds
    }

    private static func problems(_ kinds: [(encoder: String, dimension: Int, count: Int)]) -> [String] {
        kinds.dropFirst().map {
            "\($0.count) tracks have vectors by \($0.encoder), \($0.dimension) wide; the library's are by \(kinds[0].encoder), \(kinds[0].dimension) wide: left out"
        }
    }

    /// Puts the generation in its place and makes it the current one.
    private func publish(_ generation: Int, _ partial: String, _ names: [String], tracks: Int, sound: Manifest.Model?, _ now: String) throws -> Manifest {
        let name = Manifest.generationFolder(generation)
        let final = library + "/" + name
        guard rename(partial, final) == 0 else {
            throw FileError(path: final, .system(operation: "rename into place", message: systemMessage()))
        }
        var files: [String: Manifest.File] = [:]
        for file in names {
            let mapped = try MappedFile(path: final + "/" + file)
            files[name + "/" + file] = withExtendedLifetime(mapped) { Manifest.File(bytes: mapped.bytes.count, sha256: Checksum.sha256(mapped.bytes)) }
        }
        let models = encoder.map { [Manifest.Model(identity: $0.identity, dimension: $0.dimension)] } ?? []
        let manifest = Manifest(generation: generation, tracks: tracks, created: now, models: models, sound: sound, files: files)
        try manifest.write(library: library)
        return manifest
    }

    /// A number above every generation on disk, also those that a killed run left.
    private func nextGeneration(after current: Int) -> Int {
        let found = (try? FileManager.default.contentsOfDirectory(atPath: library + "/generations")) ?? []
        return (found.compactMap { Int($0.prefix { $0 != "." }) } + [current]).filter { $0 < Manifest.lastGeneration }.reduce(0, max) + 1
    }

    /// Removes all generations but the given ones. A reader that has an old one mapped keeps it until it closes.
    private func prune(keeping generations: Set<Int>) {
        let folder = library + "/generations"
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            if name.hasSuffix(".partial") || Int(name).map({ !generations.contains($0) }) == true {
                try? FileManager.default.removeItem(atPath: folder + "/" + name)
            }
        }
    }
}
