import Foundation
import Storage
import TrackCatalogue
import Vocabulary

/// The repository, from this file's own place in it.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    static let starterCorpus = root + "/corpora/starter"
    /// Samples of public corpora, on development machines only.
    static let developmentData = URL(fileURLWithPath: root).deletingLastPathComponent().path + "/shared/data"

    /// The project's vocabulary, compiled once for the whole run.
    static let vocabulary: Vocabulary = {
        do {
            return try withTemporaryFolder { folder in
                let path = folder + "/vocabulary.idx"
                try Vocabulary.compile(VocabularyTables(folder: root + "/vocab"), to: path)
                return try Vocabulary(compiled: SectionFile(path: path, kind: Vocabulary.kind, version: Vocabulary.version))
            }
        } catch {
            fatalError("the vocabulary of \(root) cannot be compiled: \(error)")
        }
    }()
}

@discardableResult
func withTemporaryFolder<Result>(_ body: (_ folder: String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("descant-import-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
}

/// Calls `body` with the path of a file that holds `content`.
@discardableResult
func withFile<Result>(_ name: String, _ content: [UInt8], _ body: (_ path: String) throws -> Result) throws -> Result {
    try withTemporaryFolder { folder in
        let path = folder + "/" + name
        try Data(content).write(to: URL(fileURLWithPath: path))
        return try body(path)
    }
}

/// What an import put, what it reported, and where it read.
struct Imported {
    var tracks: [Track]
    var report: ImportReport
    var path: String

    /// The only track with an id.
    func track(_ id: String) -> Track? { tracks.filter { $0.id == id }.count == 1 ? tracks.first { $0.id == id } : nil }
}

func importFile(_ path: String, as format: CorpusFormat, columns: ColumnMap = ColumnMap()) throws -> Imported {
    var importer = CorpusImporter(Repository.vocabulary)
    var tracks: [Track] = []
    let report = try importer.run(path, as: format, columns: columns) { tracks.append($0) }
    return Imported(tracks: tracks, report: report, path: path)
}

func importText(_ text: String, named name: String = "corpus.jsonl", as format: CorpusFormat = .jsonl, columns: ColumnMap = ColumnMap()) throws -> Imported {
    try withFile(name, Array(text.utf8)) { try importFile($0, as: format, columns: columns) }
}

extension Track {
    /// `genre:jazz`, sorted.
    var descriptorNames: [String] { descriptors.map(\.id.description).sorted() }
}
