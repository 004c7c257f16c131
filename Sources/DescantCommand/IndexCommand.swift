import ArgumentParser
import LibraryAccess
import MusicSearch
import Storage
import TrackCatalogue
import Vocabulary

struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index", abstract: "Import a corpus into a library and index it.",
        discussion: """
            A folder of music is heard, file by file, by the sound model; files that did not change since are passed over, and a run that was stopped goes on.
            Formats of corpora: Descant JSON Lines, CSV or TSV with a header, MTG-Jamendo TSV, MusicCaps CSV, MagnaTagATune CSV, BEIR folder.
            Importing again replaces tracks by id. The old library answers until the new one is whole.
            """)

    @Argument(help: "Files or folders to import.")
    var corpora: [String] = []
    @Option(name: [.short, .long], help: "Folder of the library; made when it is not there.")
    var library: String
    @Option(help: "Format of the corpora; recognised when left out (\(CorpusFormat.allCases.map(\.rawValue).joined(separator: ", "))).")
    var format: CorpusFormat?
    @Option(help: "For CSV: which column is what, as title=Name,tags=Genre,tags=Mood.")
    var columns: String?
    @Flag(help: "Drop the tracks that are in the library already.")
    var replace = false
    @OptionGroup var model: ModelOption
    @OptionGroup var sound: SoundOptions
    @Option(help: "Vectors of tracks' sound by any encoder, a row for a track: .npy, .npz or .safetensors. Needs --ids.")
    var embeddings: String?
    @Option(help: "With --embeddings: file of track ids, one a line.")
    var ids: String?
    @Option(help: "With --embeddings: name of the encoder, kept in the library; the file's name by default.")
    var encoder: String?
    @Option(help: "A dial for moods by descant train mood, for vectors by its encoder; the library keeps it, none gives it up.")
    var dial: String?
    @Option(help: "Show at most this many bad rows and files.")
    var problems = 20

    func validate() throws {
        if corpora.isEmpty, embeddings == nil { throw ValidationError("expected a corpus, a folder of music, or --embeddings") }
        if (embeddings == nil) != (ids == nil) { throw ValidationError("--embeddings and --ids belong together") }
        if encoder != nil, embeddings == nil { throw ValidationError("--encoder names what made --embeddings") }
        if problems < 0 { throw ValidationError("--problems is \(problems); expected 0 or more") }
    }

    func run() throws {
        guard let map = columns.map({ ColumnMap($0) }) ?? ColumnMap() else {
            throw ValidationError(
                "--columns is '\(columns ?? "")'; expected ROLE=COLUMN,… with roles \(ColumnMap.Role.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let folders = try corpora.filter { try format == nil && (sound.forget || SoundOptions.isMusic($0)) }
        let sources = try corpora.filter { !folders.contains($0) }.map {
            LibraryBuilder.Source(path: $0, format: try format ?? CorpusFormat.recognise($0), columns: map)
        }
        let vectors = try self.vectors()
        let progress = ProgressLine()
        let start = monotonicSeconds()
        let roots = try sound.hear(folders, library: library, problems: problems, progress: progress)
        let builder = LibraryBuilder(library: library, vocabulary: try DataFolder().tables(), encoder: try TextModels.encoder(model.model))
        if dial == "none" { try builder.abandonDial() } else if let dial { try builder.adopt(dial: dial) }
        let outcome = try builder.build(
            sources, folders: roots, embeddings: vectors, replacing: replace
        ) { step in
            progress.show(step)
        }
        progress.finish()
        for (path, report) in outcome.reports {
            for problem in report.problems.prefix(problems) { Terminal.note(problem) }
            if path == embeddings {
                Terminal.write("\(path): vectors of \(report.imported) tracks taken, \(report.failed) rows left out")
            } else if !roots.contains(path) {
                Terminal.write("\(path): \(report.imported) tracks imported, \(report.failed) rows left out")
            }
            let unresolved = report.unresolvedTags.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
            if !unresolved.isEmpty {
                let shown = unresolved.prefix(8).map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
                Terminal.write(
                    "  \(unresolved.count) tags name nothing in the vocabulary and are searched as words: \(shown)\(unresolved.count > 8 ? ", …" : "")")
            }
        }
        for problem in outcome.soundProblems { Terminal.note(problem) }
        let seconds = ((monotonicSeconds() - start) * 100).rounded() / 100
        Terminal.write("\(library): generation \(outcome.manifest.generation), \(outcome.manifest.tracks) tracks, \(seconds) s")
    }
}

extension IndexCommand {
    private func vectors() throws -> LibraryBuilder.Embeddings? {
        guard let embeddings, let ids else { return nil }
        let file = try EmbeddingFile(path: embeddings)
        let mapped = try MappedFile(path: ids)
        var lines = withExtendedLifetime(mapped) { String(decoding: mapped.bytes, as: UTF8.self) }
            .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        if lines.last == "" { lines.removeLast() }
        let name = embeddings.split(separator: "/").last.map { String($0.prefix { $0 != "." }) } ?? embeddings
        return try LibraryBuilder.Embeddings(vectors: file, ids: lines, idsPath: ids, encoder: encoder ?? name)
    }
}
