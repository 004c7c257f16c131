import ArgumentParser
import Evaluation
import LexicalIndex
import LibraryAccess
import MusicSearch
import QueryPlanning
import Ranking
import TrackCatalogue
import Training
import Vocabulary

/// Tag queries (RESEARCH §1): "happy acoustic guitar folk"; relevant is what has all the tags.
struct BenchTags: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tags", abstract: "P@10 and nDCG@10 of the whole pipeline on requests made of two or three tags.",
        discussion:
            "Beside it, BM25 over stems of the tags alone as they are said, without phrasing and without a vocabulary. With --paraphrases one tag of each query, and then all of them, are said in other words; the file has columns facet, tag and phrase."
    )

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
        let words = try LexicalRetriever((0..<UInt32(library.tracks.count)).map(maker.tags), scorer: .bm25(k1: 1.2, b: 0.75))
        var table = ResultTable(
            columns: ["queries", .number("number"), .number("P@10"), .number("nDCG@10"), .number("found ten"), .number("words alone P@10"), .number("nDCG@10")])
        for set in sets {
            var searched = Averages(), worded = Averages()
            var rankings: [[String]] = []
            for (query, nearest) in zip(set.queries, words.nearest(set.queries.map(\.tags), count: 10).nearest) {
                let ranking = library.search(query.text).hits.map(\.id)
                let grades = maker.grades(query)
                searched.add(ranking, grades)
                worded.add(nearest.map { library.tracks.id($0.document) }, grades)
                rankings.append(ranking)
                if errors, let precision = searched.precisions.last, precision < 1 {
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
                .text(set.name), .integer(set.queries.count), .number(searched.precision), .number(searched.gain),
                .integer(searched.precisions.count { $0 == 1 }), .number(worded.precision), .number(worded.gain),
            ])
        }
        Terminal.write("\(library.tracks.count) tracks of \(library.path), seed \(seed)\n\n\(table.markdown)")
    }

    /// P@10 and nDCG@10 of many rankings, in percent.
    private struct Averages {
        private(set) var precisions: [Double] = []
        private var gains: [Double] = []
        var precision: Double { mean(precisions) }
        var gain: Double { mean(gains) }

        mutating func add(_ ranking: [String], _ grades: [String: Int]) {
            precisions.append(RankingMetrics.precision(at: 10, ranking: ranking, grades: grades))
            gains.append(RankingMetrics.nDCG(at: 10, ranking: ranking, grades: grades))
        }

        private func mean(_ values: [Double]) -> Double { 100 * values.reduce(0, +) / Double(max(1, values.count)) }
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
