import Foundation
import MusicSearch
import QueryPlanning
import TestSupport
import TrackCatalogue
import Vocabulary

enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// The project's own vocabulary, read once for the whole run.
    static let tables: VocabularyTables = {
        do {
            return try VocabularyTables(folder: root + "/vocab")
        } catch {
            fatalError("the vocabulary of \(root) cannot be read: \(error)")
        }
    }()
}

/// A library that a test indexed, with the folder that holds it.
struct IndexedLibrary: Sendable {
    let folder: TemporaryFolder
    let library: Library

    init(_ lines: [String], vocabulary: VocabularyTables) throws {
        folder = try TemporaryFolder()
        let corpus = try folder.write(lines.joined(separator: "\n"), to: "corpus.jsonl")
        let outcome = try LibraryBuilder(library: folder.path + "/library", vocabulary: vocabulary).build([.init(path: corpus, format: .jsonl)])
        guard outcome.reports.allSatisfy({ $0.report.failed == 0 }) else { throw UnexpectedRows(problems: outcome.reports.flatMap(\.report.problems)) }
        library = try Library(path: folder.path + "/library")
    }

    struct UnexpectedRows: Error { var problems: [String] }
}

/// A vocabulary of a few made-up names: it is compiled in milliseconds.
enum TinyVocabulary {
    /// Three levels of genres, some with two parents, and a few names in other facets.
    static let names: [(facet: Facet, slug: String, broader: String)] = {
        var names: [(Facet, String, String)] = []
        for i in 0..<4 { names.append((.genre, "groa\(letter(i))", "")) }
        for i in 0..<12 { names.append((.genre, "grob\(letter(i))", i % 3 == 0 ? "groa\(letter(i % 4)), groa\(letter((i + 1) % 4))" : "groa\(letter(i % 4))")) }
        for i in 0..<20 {
            names.append((.genre, "groc\(letter(i))", i % 5 == 0 ? "grob\(letter(i % 12)), groa\(letter((i + 2) % 4))" : "grob\(letter(i % 12))"))
        }
        for i in 0..<6 { names.append((.instrument, "inka\(letter(i))", i < 2 ? "" : "inka\(letter(i % 2))")) }
        for i in 0..<10 { names.append((.mood, "muda\(letter(i))", i < 5 ? "" : "muda\(letter(i - 5))")) }
        for i in 0..<4 { names.append((.place, "pela\(letter(i))", "")) }
        for i in 0..<4 { names.append((.texture, "texa\(letter(i))", "")) }
        return names
    }()

    private static func letter(_ i: Int) -> String { String(UnicodeScalar(UInt8(ascii: "a") + UInt8(i))) }

    static func tables() throws -> VocabularyTables {
        let folder = try TemporaryFolder()
        let manager = FileManager.default
        // Other tables that the program comes to read are taken as they are, without their rows.
        for name in try manager.contentsOfDirectory(atPath: Repository.root + "/vocab") {
            let text = try String(contentsOfFile: Repository.root + "/vocab/" + name, encoding: .utf8)
            _ = try folder.write(String(text.split(separator: "\n").first { !$0.hasPrefix("#") } ?? "") + "\n", to: name)
        }
        _ = try folder.write("the\nand\n", to: "common-words.txt")
        for facet in Facet.allCases {
            let extra =
                switch facet {
                case .mood: (header: "\tvalence\tarousal", cells: "\t0.25\t-0.5")
                case .tempo: (header: "\tbpm_low\tbpm_high", cells: "\t60\t90")
                case .era: (header: "\tyear_from\tyear_to", cells: "\t1990\t1999")
                default: (header: "", cells: "")
                }
            var lines = ["id\tlabel\tbroader\taliases\trelated" + extra.header]
            for name in names where name.facet == facet { lines.append("\(name.slug)\t\(name.slug)\t\(name.broader)\t\t" + extra.cells) }
            if facet == .era { lines.append("1990s\t1990s\t\t\t" + extra.cells) }
            if facet == .voice { lines += ["vocals\tvocals\t\t\t", "instrumental\tinstrumental\t\t\t"] }
            _ = try folder.write(lines.joined(separator: "\n") + "\n", to: facet.rawValue + ".tsv")
        }
        return try VocabularyTables(folder: folder.path)
    }
}

extension Library {
    /// The descriptor with an id such as `genre:jazz`.
    func descriptor(_ text: String) -> Int? { DescriptorID(text).flatMap { vocabulary.index(of: $0) } }

    /// Whether a track has a descriptor or a narrower one.
    func has(_ id: String, _ descriptor: String) -> Bool {
        guard let document = tracks.document(id: id), let wanted = self.descriptor(descriptor) else { return false }
        return tracks.links(document).contains { link in
            Int(link.descriptor) == wanted || vocabulary.ancestors(of: Int(link.descriptor)).contains { $0.index == wanted }
        }
    }
}

/// A plan by hand: what it asks does not hang on how the planner reads a sentence.
func plan(_ wishes: Clause..., seeds: [Seed] = [], change: (inout QueryPlan) -> Void = { _ in }) -> QueryPlan {
    var plan = QueryPlan()
    plan.clauses = wishes
    plan.seeds = seeds
    change(&plan)
    return plan
}

func want(_ descriptor: String, hard: Bool? = nil, alternatives: Int? = nil) -> Clause {
    let id = DescriptorID(descriptor) ?? DescriptorID(.genre, descriptor)
    return Clause(span: Span(0..<0), descriptor: id, hard: hard ?? id.facet.binds, alternatives: alternatives)
}

func avoid(_ descriptor: String, hard: Bool) -> Clause {
    Clause(span: Span(0..<0), descriptor: DescriptorID(descriptor) ?? DescriptorID(.genre, descriptor), polarity: .avoid, hard: hard)
}
