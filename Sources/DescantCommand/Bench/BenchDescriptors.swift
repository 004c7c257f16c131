import ArgumentParser
import Evaluation
import LinearAlgebra
import Ranking
import TextAnalysis
import TrackCatalogue

/// Descriptor matching (Epure et al. 2024, arXiv 2411.05649): a request against all descriptor sets, one of them relevant.
struct BenchDescriptors: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "descriptors", abstract: "Recall of words, meaning and both together on requests and descriptor sets.",
        discussion: """
            Protocols: published (text split on ". ", sampled tags), full (whole text, all tags), sampled (whole text, sampled tags), association (tags that \
            share no stem with the text). Sampling ones run for each seed and give mean ± deviation; queries whose relevant document is empty are also left \
            out. "corrected" takes documents as sets and drops empty ones. Methods by meaning need a text model (descant models install).
            """)

    @Argument(help: "CSV with a text column and a tag-list column.")
    var file: String
    @Option(help: "Column of the request text.")
    var text = "caption"
    @Option(help: "Column of the tags, a Python list or comma-separated.")
    var tags = "aspect_list"
    @Option(help: "Protocols to run, separated by commas.")
    var protocols = "full,sampled,published,association"
    @Option(help: "Seeds of the sampling, separated by commas.")
    var seeds = "0,1,2"
    @Flag(help: "Documents as sets, empty ones dropped.")
    var corrected = false
    @OptionGroup var model: ModelOption
    @Option(help: "Precision of the text model: \(Precision.allCases.map(\.rawValue).joined(separator: " or ")).")
    var precision = Precision.int8
    @Flag(help: "Print JSON.")
    var json = false
    @Option(help: "Folder for TREC run and qrels files of the first seed.")
    var runs: String?

    func run() throws {
        let stems = Analyzer(stemmer: .english)
        let matching = DescriptorMatching(rows: try rows()) { stems.terms($0) }
        let seedList = try seeds.split(separator: ",").map { text -> UInt64 in
            guard let seed = UInt64(text) else { throw ValidationError("--seeds holds '\(text)'; expected whole numbers separated by commas") }
            return seed
        }
        guard !seedList.isEmpty else { throw ValidationError("--seeds is empty") }
        let kinds = try protocols.split(separator: ",").map { name -> MatchingProtocol in
            guard let kind = MatchingProtocol(rawValue: String(name)) else {
                throw ValidationError("--protocols holds '\(name)'; expected \(MatchingProtocol.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return kind
        }
        let encoder = try model.installedEncoder(precision: precision)
        if encoder == nil { Terminal.note("no text model is installed, so methods by meaning are left out: descant models install") }
        let vectors = encoder.map { DescriptorVectors($0, rows: matching.rows) }
        for kind in kinds {
            let start = monotonicSeconds()
            let table = try self.table(matching, kind, isDrawn(kind) ? seedList : [seedList[0]], vectors)
            Terminal.write(json ? try table.json() : table.markdown)
            Terminal.note("\(kind.rawValue): \(Int((monotonicSeconds() - start).rounded())) s in all\n")
        }
        if let vectors { Terminal.note(vectors.timings) }
    }

    private func isDrawn(_ kind: MatchingProtocol) -> Bool { kind == .sampled || kind == .published }

    private func rows() throws -> [DescriptorMatching.Row] {
        var table = try SeparatedValues(path: file, separator: ",", quotes: true)
        defer { table.close() }
        guard let text = table.header.firstIndex(of: text) else { throw ImportError.missingColumn(path: file, column: self.text, found: table.header) }
        guard let tags = table.header.firstIndex(of: tags) else { throw ImportError.missingColumn(path: file, column: self.tags, found: table.header) }
        var rows: [DescriptorMatching.Row] = []
        while let row = try table.next() {
            guard row.cells.count == table.header.count else {
                throw ImportError.row(path: file, line: row.line, why: "expected \(table.header.count) cells, found \(row.cells.count)")
            }
            let cell = row.cells[tags]
            let list: [String]
            if cell.hasPrefix("[") {
                guard let parsed = PythonLiteral.strings(cell) else {
                    throw ImportError.row(path: file, line: row.line, why: "the tag list is not closed or not quoted")
                }
                list = parsed
            } else {
                list = cell.split(separator: ",").map { String($0.drop { $0 == " " }) }
            }
            rows.append(DescriptorMatching.Row(text: row.cells[text], tags: list))
        }
        return rows
    }

    private func table(_ matching: DescriptorMatching, _ kind: MatchingProtocol, _ seeds: [UInt64], _ vectors: DescriptorVectors?) throws -> ResultTable {
        let methods = DescriptorScorers.methods.map(\.name) + (vectors == nil ? [] : DenseMethod.all.map(\.name))
        var all = [[Double]](repeating: [], count: methods.count)
        var nonEmpty = all, amongHundred = all
        var hits = all
        var documents = 0
        var queries = 0
        for (n, seed) in seeds.enumerated() {
            let task = matching.task(kind, rules: corrected ? .corrected : .published, seed: seed)
            documents += task.documents.count
            queries += task.queries.count
            for (m, rankings) in try rankings(task, vectors).enumerated() {
                let recall = task.recall(at: 10, rankings: rankings)
                all[m].append(recall.all * 100)
                nonEmpty[m].append(recall.nonEmpty * 100)
                amongHundred[m].append(task.recall(at: Self.longest, rankings: rankings).all * 100)
                hits[m] += task.hits(at: 10, rankings: rankings)
                if n == 0, let runs { try write(task, rankings.map { Array($0.prefix(10)) }, "\(kind.rawValue)-\(m)", to: runs) }
            }
        }
        // Every method against scikit-learn's, over all seeds' queries, Holm-corrected for the number of comparisons.
        let test = PairedRandomisation()
        let adjusted = PairedRandomisation.holm(methods.indices.dropFirst().map { test.pValue(hits[$0], hits[0]) })
        let best = all.indices.max { (all[$0].reduce(0, +)) < (all[$1].reduce(0, +)) }
        var table = ResultTable(columns: [
            .init("\(kind.rawValue)\(corrected ? ", corrected" : ""): \(queries / seeds.count) requests, \(documents / seeds.count) documents"),
            .number("Recall@10"), .number("without empty"), .number("Recall@100"), .number("p against the first"),
        ])
        for (m, method) in methods.enumerated() {
            let recall = ResultTable.Cell.measure(MeanAndDeviation(all[m]))
            table.append([
                .text(method), m == best ? recall.bold() : recall, .measure(MeanAndDeviation(nonEmpty[m])), .measure(MeanAndDeviation(amongHundred[m])),
                m == 0 ? .empty : .number(adjusted[m - 1], digits: 4),
            ])
        }
        return table
    }

    private static let longest = 100

    /// The best documents of each query by each method.
    private func rankings(_ task: MatchingTask, _ vectors: DescriptorVectors?) throws -> [[[Int]]] {
        let index = try DescriptorIndex(documents: task.documents)
        vectors?.add(task.queries)
        let dense = vectors.map { DenseDescriptors(task, $0) }
        var result: [[[Int]]] = []
        for query in task.queries {
            let lexical = index.scores(of: query)
            let lists = lexical.methods + (dense?.scores(of: query, lexical) ?? [])
            if result.isEmpty { result = Array(repeating: [], count: lists.count) }
            for (m, scores) in lists.enumerated() {
                var top = TopK(Self.longest)
                for (i, score) in scores.enumerated() where score > top.threshold && score > 0 { top.insert(Scored(document: DocumentID(i), score: score)) }
                result[m].append(top.sorted().map { Int($0.document) })
            }
        }
        return result
    }

    private func write(_ task: MatchingTask, _ rankings: [[Int]], _ name: String, to folder: String) throws {
        try BenchFiles.write(
            rankings: rankings.map { ranking in ranking.map { "d\($0)" } }, relevant: task.relevant.map { ["d\($0)"] }, name: name, folder: folder)
    }
}
