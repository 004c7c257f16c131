import ArgumentParser
import Evaluation
import MusicSearch
import QueryPlanning
import TrackCatalogue
import Vocabulary

/// Tag queries (RESEARCH §1): "happy acoustic guitar folk"; relevant is what has all the tags.
struct BenchTags: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tags", abstract: "P@10 and nDCG@10 of the whole pipeline on requests made of two or three tags.",
        discussion: "With --paraphrases one tag of each query, and then all of them, are said in other words; the file has columns facet, tag and phrase.")

    @OptionGroup var libraryOption: LibraryOption
    @Option(help: "Queries to draw.")
    var queries = 1000
    @Option(help: "Seed of the drawing.")
    var seed: UInt64 = 0
    @Option(help: "TSV of other words for tags.")
    var paraphrases: String?
    @Option(help: "Write documents and queries for the peers into this folder.")
    var export: String?
    @Option(help: "Folder for TREC run and qrels files.")
    var runs: String?
    @Flag(help: "Print the queries that found fewer than ten.")
    var errors = false

    func run() throws {
        let library = try libraryOption.open()
        let maker = TagQueries(library)
        var sets: [(name: String, queries: [TagQueries.Query])] = [("plain wording", maker.draw(queries, seed: seed))]
        if let paraphrases {
            let phrases = try Self.read(paraphrases, library.vocabulary)
            sets.append(("one tag in other words", maker.draw(queries, seed: seed &+ 1, .oneParaphrased(phrases))))
            sets.append(("all tags in other words", maker.draw(queries, seed: seed &+ 2, .allParaphrased(phrases))))
            sets.append(("all tags in words that the vocabulary lacks", maker.draw(queries, seed: seed &+ 3, .allUnknown(phrases, library))))
        }
        if let export { try maker.export(sets[min(1, sets.count - 1)].queries, to: export, tagsOnly: false) }
        var table = ResultTable(columns: ["queries", .number("number"), .number("P@10"), .number("nDCG@10"), .number("found ten")])
        for set in sets {
            var precisions: [Double] = [], gains: [Double] = []
            var rankings: [[String]] = []
            for query in set.queries {
                let hits = library.search(query.text).hits
                let grades = maker.grades(query)
                let precision = RankingMetrics.precision(at: 10, ranking: hits.map(\.id), grades: grades)
                precisions.append(precision)
                gains.append(RankingMetrics.nDCG(at: 10, ranking: hits.map(\.id), grades: grades))
                rankings.append(hits.map(\.id))
                if errors, precision < 1 {
                    let labels = query.descriptors.map { library.vocabulary.descriptors[$0].id.description }.joined(separator: " ")
                    let read = library.planner.plan(query.text).clauses.map { "\($0.polarity.rawValue) \($0.descriptor)" }.joined(separator: ", ")
                    Terminal.write("\(precision)  \(query.text)  [\(labels)] read as [\(read)]")
                }
            }
            if let runs {
                try BenchFiles.write(
                    rankings: rankings, relevant: set.queries.map { $0.relevant.map(library.tracks.id) }, name: set.name.replacing(" ", with: "-"), folder: runs
                )
            }
            table.append([
                .text(set.name), .integer(set.queries.count), .number(100 * precisions.reduce(0, +) / Double(max(1, precisions.count))),
                .number(100 * gains.reduce(0, +) / Double(max(1, gains.count))),
                .integer(precisions.count { $0 == 1 }),
            ])
        }
        Terminal.write("\(library.tracks.count) tracks of \(library.path), seed \(seed)\n\n\(table.markdown)")
    }

    /// Descriptor → phrases, from a TSV with columns facet, tag, phrase.
    static func read(_ path: String, _ vocabulary: Vocabulary) throws -> [Int: [String]] {
        var result: [Int: [String]] = [:]
        var table = try SeparatedValues(path: path, separator: "\t", quotes: false, comment: "#")
        defer { table.close() }
        guard let tag = table.header.firstIndex(of: "tag"), let phrase = table.header.firstIndex(of: "phrase") else {
            throw ImportError.missingColumn(path: path, column: "tag or phrase", found: table.header)
        }
        while let row = try table.next() {
            guard row.cells.count == table.header.count else {
                throw ImportError.row(path: path, line: row.line, why: "expected \(table.header.count) cells, found \(row.cells.count)")
            }
            guard let descriptor = vocabulary.descriptor(named: row.cells[tag]) else {
                throw ImportError.row(path: path, line: row.line, why: "'\(row.cells[tag])' names no descriptor")
            }
            result[descriptor, default: []].append(row.cells[phrase])
        }
        return result
    }
}
