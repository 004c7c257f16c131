import Foundation
import Storage

@testable import QueryPlanning
@testable import Vocabulary

/// A vocabulary of this folder's own: what the planner makes of a request is then decided by these lines alone, not by the tables that ship.
/// Columns are divided by bars here and by tabs in the files.
enum SmallVocabulary {
    static let shared: Vocabulary = {
        do {
            let folder = try TemporaryFolder()
            try folder.writeTables(files)
            return try Vocabulary.compiled(from: folder.root)
        } catch {
            preconditionFailure("the small vocabulary: \(error)")
        }
    }()

    static let files: [String: String] = [
        "genre.tsv": """
        id | label | broader | aliases | related
        rock | rock |  |  |
        metal | metal | rock | heavy metal |
        punk | punk | rock |  |
        jazz | jazz |  |  |
        bebop | bebop | jazz |  |
        hiphop | hip hop |  | rap |
        rnb | R&B |  |  |
        soul | soul |  |  |
        techno | techno | electronic |  |
        electronic | electronic |  |  |
        dnb | drum and bass | electronic |  |
        ambient | ambient | electronic |  | mood:calm
        folk | folk |  |  |
        pop | pop |  |  |
        classical | classical |  |  |
        classical-piano | classical piano | classical |  | instrument:piano
        """,
        "mood.tsv": """
        id | label | broader | aliases | related | valence | arousal
        upbeat | upbeat |  |  |  | 0.7 | 0.6
        happy | happy |  | happiness |  | 0.9 | 0.4
        sad | sad |  | sadness |  | -0.7 | -0.4
        melancholic | melancholic | sad | melancholy |  | -0.5 | -0.4
        calm | calm |  |  |  | 0.3 | -0.7
        relaxing | relaxing | calm | chill |  | 0.5 | -0.6
        aggressive | aggressive |  |  |  | -0.5 | 0.9
        energetic | energetic |  |  |  | 0.5 | 0.9
        dark | dark |  | gloomy |  | -0.6 | 0.1
        romantic | romantic |  |  |  | 0.6 | 0
        """,
        "instrument.tsv": """
        id | label | broader | aliases | related
        percussion | percussion |  |  |
        drums | drums | percussion |  |
        bass | bass |  | bass guitar |
        guitar | guitar |  |  |
        electric-guitar | electric guitar | guitar |  |
        piano | piano |  |  |
        strings | strings |  |  |
        violin | violin | strings |  |
        saxophone | saxophone |  | sax |
        steelpan | steelpan | percussion |  |
        808 | 808 | drums |  |
        """,
        "voice.tsv": """
        id | label | broader | aliases | related
        vocals | vocals |  | voice; singing; singer |
        female-vocals | female vocals | vocals | female voice |
        male-vocals | male vocals | vocals |  |
        choir | choir | vocals |  |
        instrumental | instrumental |  |  |
        """,
        "theme.tsv": """
        id | label | broader | aliases | related
        workout | workout |  | gym |
        love | love |  | love song |
        driving | driving |  | road trip |
        christmas | christmas |  |  |
        party | party |  |  |
        study | study |  | studying |
        """,
        "era.tsv": """
        id | label | broader | aliases | related | year_from | year_to
        1960s | 1960s |  |  |  | 1960 | 1969
        1970s | 1970s |  |  |  | 1970 | 1979
        1980s | 1980s |  |  |  | 1980 | 1989
        1990s | 1990s |  |  |  | 1990 | 1999
        """,
        "tempo.tsv": """
        id | label | broader | aliases | related | bpm_low | bpm_high
        slow | slow |  |  |  | 40 | 80
        mid-tempo | mid-tempo |  |  |  | 85 | 115
        fast | fast |  |  |  | 120 | 180
        """,
        "texture.tsv": """
        id | label | broader | aliases | related
        lofi | lo-fi |  |  |
        acoustic | acoustic |  | unplugged |
        live | live |  |  |
        loud | loud |  |  |
        """,
        "place.tsv": """
        id | label | broader | aliases | related
        france | France |  | french |
        brazil | Brazil |  | brazilian |
        """,
        "spellings.tsv": """
        spelling | variants
        hiphop | hip hop; hip-hop
        rnb | r&b; r and b
        dnb | drum and bass; drum'n'bass
        lofi | lo-fi; lo fi
        steelpan | steel drum; steel drums; steeldrum
        midtempo | mid tempo; mid-tempo
        """,
        "usages.tsv": "descriptor\tphrases",
        "taggers.tsv": "tagger\ttag\tdescriptor\tbackground",
        "implied-moods.tsv": "descriptor\tvalence\tarousal",
        "artists.tsv": """
        artist | descriptors
        Miles Davis | genre:jazz
        """,
        "common-words.txt": """
        # ordinary words
        a
        blue
        bohemian
        but
        calmer
        curtain
        curtains
        drum
        extremely
        free
        greasy
        happiest
        island
        lines
        one
        queen
        rhapsody
        river
        rubbery
        saddest
        slap
        slightly
        steal
        steel
        sun
        train
        velvet
        wall
        waltz
        """,
    ]
}

extension Vocabulary {
    /// Tables of a folder, written and opened as a library does it.
    static func compiled(from folder: String) throws -> Vocabulary {
        let output = try TemporaryFolder()
        try compile(VocabularyTables(folder: folder), to: output.path("vocabulary"))
        return try Vocabulary(compiled: SectionFile(path: output.path("vocabulary"), kind: kind, version: version))
    }
}

/// A library's names: what exact results about artists and titles rest on.
enum SmallDirectory {
    static let tracks: [(artist: String, title: String)] = [
        ("Queen", "Bohemian Rhapsody"), ("Queen", "We Will Rock You"), ("Nina Simone", "Feeling Good"), ("Nina Simone", "Sinnerman"),
        ("Michael Bublé", "Feeling Good"), ("The Beatles", "Yesterday"), ("Jacob Collier", "All I Need"), ("Radiohead", "Creep"),
        ("Andy Narell", "Island Sun"), ("Metallica", "One"),
    ]

    static let shared: NameDirectory = {
        do {
            let folder = try TemporaryFolder()
            var builder = NameDirectory.Builder(SmallVocabulary.shared.analyzer)
            for (number, track) in tracks.enumerated() { builder.add(artist: track.artist, title: track.title, track: "t\(number)") }
            try builder.write(to: folder.path("names"))
            return try NameDirectory(SectionFile(path: folder.path("names"), kind: NameDirectory.kind, version: NameDirectory.version))
        } catch {
            preconditionFailure("the small directory: \(error)")
        }
    }()
}

/// A folder of one test, removed with it.
final class TemporaryFolder {
    let root: String

    init() throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("descant-planning-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func path(_ name: String) -> String { root + "/" + name }

    func writeTables(_ files: [String: String]) throws {
        for (name, text) in files {
            let rows = text.split(separator: "\n", omittingEmptySubsequences: false).map { row in
                row.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\t")
            }
            try rows.joined(separator: "\n").write(toFile: path(name), atomically: true, encoding: .utf8)
        }
    }
}
