import Encoders
import Foundation
import MusicSearch
import TestSupport
import TrackCatalogue
import Vocabulary

/// A vocabulary of a few real names with loose wordings, for libraries that are read by meaning.
enum DenseVocabulary {
    private static let rows: [Facet: [String]] = [
        .genre: [
            "funk\tfunk\t\t\t", "ska\tska\t\t\t", "ambient\tambient\t\t\t", "rock\trock\t\t\t", "metal\tmetal\trock\t\t", "jazz\tjazz\t\t\t",
            "bebop\tbebop\tjazz\t\t", "polka\tpolka\t\t\t",
        ],
        .instrument: [
            "piano\tpiano\t\t\t", "violin\tviolin\t\t\t", "trumpet\ttrumpet\t\t\t", "drums\tdrums\t\t\t", "bass\tbass\t\t\t", "theremin\ttheremin\t\t\t",
        ],
        .mood: [
            "calm\tcalm\t\t\t\t0.4\t-0.7", "sad\tsad\t\t\t\t-0.7\t-0.4", "happy\thappy\t\t\t\t0.9\t0.4", "angry\tangry\t\t\t\t-0.7\t0.8",
            "pensive\tpensive\t\t\t\t-0.5\t-0.5",
        ],
        .voice: ["vocals\tvocals\t\t\t", "instrumental\tinstrumental\t\t\t"],
        .theme: ["sleep\tsleep\t\t\t", "party\tparty\t\t\t"],
        .tempo: ["slow\tslow\t\t\t\t60\t90", "fast\tfast\t\t\t\t120\t180"],
        .era: ["1990s\t1990s\t\t\t\t1990\t1999"],
    ]

    private static let usages = """
        genre:funk\tgreasy slap lines; wah pedal strut; pocket strut
        genre:ska\toffbeat brass skank; checkered shoes
        genre:ambient\tfloating clouds; endless drone
        genre:metal\tdemons and dragons; chugging mutes
        genre:bebop\tfrantic changes
        genre:polka\tlederhosen umpah
        mood:sad\ttears on the window; grey rain
        mood:calm\tstill water at dawn
        mood:angry\tsmashed plates
        mood:pensive\tlong thoughts by the fire
        theme:party\tconfetti everywhere
        theme:sleep\tpillow and blanket
        voice:instrumental\tnobody opens a mouth

        """

    /// Words that the spelling correction must leave alone.
    private static let common = """
        the and greasy buttery slap thumping lines riffs wah pedal strut pocket offbeat brass skank checkered shoes floating clouds endless drone hum demons
        dragons wyverns devils chugging mutes frantic changes tears weeping window grey rain still water lake dawn daybreak smashed plates long thoughts fire
        confetti everywhere pillow blanket nobody opens mouth velvet curtains elbow
        """

    static func tables() throws -> VocabularyTables {
        let folder = try TemporaryFolder()
        // Other tables that the program comes to read are taken as they are, without their rows.
        for name in try FileManager.default.contentsOfDirectory(atPath: Repository.root + "/vocab") {
            let text = try String(contentsOfFile: Repository.root + "/vocab/" + name, encoding: .utf8)
            let header = String(text.split(separator: "\n").first { !$0.hasPrefix("#") } ?? "") + "\n"
            switch name {
            case "usages.tsv": _ = try folder.write(header + usages, to: name)
            case "common-words.txt": _ = try folder.write(common.split(whereSeparator: \.isWhitespace).joined(separator: "\n") + "\n", to: name)
            default:
                let facet = Facet.allCases.first { $0.rawValue + ".tsv" == name }
                _ = try folder.write(header + (facet.flatMap { rows[$0] } ?? []).map { $0 + "\n" }.joined(), to: name)
            }
        }
        return try VocabularyTables(folder: folder.path)
    }
}

/// A small library with vectors, which tests of the dense half share.
enum DenseLibrary {
    /// Id · title · artist · year · descriptors.
    private static let rows = """
        funk-1 · Low Rider Lane · Crown Heights · 1974 · genre:funk instrument:bass,drums mood:happy
        funk-2 · Elbow Grease · Crown Heights · 1975 · genre:funk instrument:bass theme:party
        funk-3 · Left Foot · Ida Bell · 1976 · genre:funk instrument:trumpet voice:instrumental
        ska-1 · Pork Pie · The Ledgers · 1980 · genre:ska instrument:trumpet mood:happy
        ska-2 · Two Step · The Ledgers · 1981 · genre:ska theme:party
        ambient-1 · Moss · Lowland · 1996 · genre:ambient mood:calm voice:instrumental theme:sleep
        ambient-2 · Tide · Lowland · 1997 · genre:ambient mood:sad
        metal-1 · Anvil · Iron Yard · 1986 · genre:metal mood:angry instrument:drums
        metal-2 · Slag · Iron Yard · 1987 · genre:metal voice:instrumental
        rock-1 · Quarry · Pale Kings · 1975 · genre:rock mood:happy instrument:drums
        rock-2 · Tower · Pale Kings · 1976 · genre:rock mood:sad
        jazz-1 · Rainy Stairs · Mira Stone · 1958 · genre:jazz mood:sad instrument:piano tempo:slow
        jazz-2 · Harbour · Mira Stone · 1959 · genre:jazz mood:happy instrument:piano,trumpet
        jazz-3 · Lantern · Mira Stone · 1960 · genre:jazz mood:calm instrument:piano voice:instrumental
        bebop-1 · Cellar Door · Otto Vane · 1957 · genre:bebop instrument:trumpet tempo:fast
        bebop-2 · Kite · Otto Vane · 1957 · genre:bebop mood:angry
        sad-1 · Porch Light · Della Grace · 1970 · mood:sad voice:vocals
        calm-1 · Nocturne · A. Keller · 1991 · mood:calm instrument:violin,piano
        plain · Untitled · - · - · -
        """

    static let lines: [String] = rows.split(separator: "\n").map { row in
        let cells = row.components(separatedBy: " · ")
        var fields = ["\"id\": \"\(cells[0])\"", "\"title\": \"\(cells[1])\""]
        if cells[2] != "-" { fields.append("\"artist\": \"\(cells[2])\"") }
        if let year = Int(cells[3]) { fields.append("\"year\": \(year), \"duration\": \(year % 100 + 100)") }
        let descriptors = cells[4].split(separator: " ").compactMap { word -> String? in
            let parts = word.split(separator: ":")
            return parts.count == 2 ? "\"\(parts[0])\": [\(parts[1].split(separator: ",").map { "\"\($0)\"" }.joined(separator: ", "))]" : nil
        }
        return "{" + (fields + ["\"descriptors\": {\(descriptors.joined(separator: ", "))}"]).joined(separator: ", ") + "}"
    }

    static let tables: VocabularyTables = {
        do { return try DenseVocabulary.tables() } catch { fatalError("the vocabulary of the dense tests: \(error)") }
    }()

    /// Built once; tests open it with encoders of their own.
    static let folder: TemporaryFolder = {
        do {
            let folder = try TemporaryFolder()
            try build(folder.path + "/library", WordEncoder())
            return folder
        } catch {
            fatalError("the library of the dense tests cannot be indexed: \(error)")
        }
    }()
    static var path: String { folder.path + "/library" }

    @discardableResult
    static func build(_ library: String, _ encoder: WordEncoder?, lines: [String] = lines) throws -> LibraryBuilder.Outcome {
        let corpus = try folderOfCorpora.write(lines.joined(separator: "\n"), to: "\(UUID().uuidString).jsonl")
        return try LibraryBuilder(library: library, vocabulary: tables, encoder: encoder).build([.init(path: corpus, format: .jsonl)])
    }

    private static let folderOfCorpora: TemporaryFolder = {
        do { return try TemporaryFolder() } catch { fatalError("no temporary folder: \(error)") }
    }()

    static func open(_ encoder: WordEncoder = WordEncoder()) throws -> Library { try Library(path: path) { _ in encoder } }
}
