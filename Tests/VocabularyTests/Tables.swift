import Foundation
import Storage

@testable import Vocabulary

/// Vocabulary tables of one test in a folder of their own. Columns are divided by bars here and by tabs in the files.
final class Tables {
    let folder: String

    /// What every vocabulary needs, with a few descriptors to lean on.
    static let plain: [String: String] = [
        "genre.tsv": """
        # a comment
        id | label | broader | aliases | related
        rock | rock |  | rock music | mood:upbeat
        metal | metal | rock | heavy metal |
        doom | doom metal | metal |  |
        be-bop | be bop |  |  |
        at-home | at home |  |  |
        """,
        "mood.tsv":
            "id | label | broader | aliases | related | valence | arousal\nupbeat | upbeat |  |  |  | 0.7 | 0.6\nrelaxing | relaxing |  |  |  | 0.5 | -0.6",
        "instrument.tsv": "id | label | broader | aliases | related\nsteelpan | steel drum |  |  |\ndrums | drums |  |  |",
        "voice.tsv": "id | label | broader | aliases | related\nvocals | vocals |  |  |",
        "theme.tsv": "id | label | broader | aliases | related",
        "era.tsv": "id | label | broader | aliases | related | year_from | year_to\n1980s | 1980s |  |  |  | 1980 | 1989",
        "tempo.tsv": "id | label | broader | aliases | related | bpm_low | bpm_high\nfast | fast |  |  |  | 120 | 180",
        "texture.tsv": "id | label | broader | aliases | related\nlofi | lo-fi |  |  |",
        "place.tsv": "id | label | broader | aliases | related",
        "spellings.tsv": "spelling | variants\nlofi | lo-fi; lo fi\nsteelpan | steel drum; steeldrum",
        "artists.tsv": "artist | descriptors\nThe Melvins | mood:upbeat, tempo:fast",
        "usages.tsv": "descriptor | phrases",
        "taggers.tsv": "tagger | tag | descriptor | background",
        "implied-moods.tsv": "descriptor | valence | arousal",
        "common-words.txt": "# words\nlong\nrelax\n",
    ]

    /// - Parameter changes: files that differ from the plain ones; an empty text takes the file away.
    init(_ changes: [String: String] = [:]) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("descant-vocabulary-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, text) in Self.plain.merging(changes, uniquingKeysWith: { $1 }) where !text.isEmpty {
            let rows = text.split(separator: "\n", omittingEmptySubsequences: false).map { row in
                row.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\t")
            }
            try rows.joined(separator: "\n").write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func vocabulary() throws -> Vocabulary { try Vocabulary.compiled(from: folder) }
}

extension Vocabulary {
    /// Tables of a folder, written and opened as a library does it.
    static func compiled(from folder: String) throws -> Vocabulary {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("descant-vocabulary-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try compile(VocabularyTables(folder: folder), to: path)
        return try Vocabulary(compiled: SectionFile(path: path, kind: kind, version: version))
    }

    func id(_ index: Int?) -> String? { index.map { descriptors[$0].id.description } }
}

/// The tables that ship.
enum Shipped {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../vocab"
    static let vocabulary: Vocabulary = {
        do {
            return try Vocabulary.compiled(from: folder)
        } catch {
            preconditionFailure("the tables in vocab/: \(error)")
        }
    }()
}
