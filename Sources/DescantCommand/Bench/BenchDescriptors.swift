import ArgumentParser
import Evaluation
import LibraryAccess

/// Descriptor matching (Epure et al. 2024, arXiv 2411.05649): a request against all descriptor sets, one of them relevant.
struct BenchDescriptors: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "descriptors", abstract: "Recall of words, meaning and both together on requests and descriptor sets.",
        discussion: """
            Protocols: published (text split on ". ", sampled tags), full (whole text, all tags), sampled (whole text, sampled tags), association (tags that \
            share no stem with the text). Sampling ones run for each seed and give mean ± deviation; queries whose relevant document is empty are also left \
            out. "corrected" takes documents as sets and drops empty ones. Methods by meaning need a text model (descant models install).
            """)

    @OptionGroup var options: DescriptorOptions
    @Flag(help: "Documents as sets, empty ones dropped.")
    var corrected = false
    @Flag(help: "Print JSON.")
    var json = false
    @Option(help: "Folder for TREC run and qrels files of the first seed.")
    var runs: String?

    func run() throws {
        let matching = try options.matching()
        let seeds = try options.seedList(), protocols = try options.protocolList()
        let encoders = try options.encoders(rows: matching.rows.count)
        if encoders.isEmpty { Terminal.note("no text model is installed, so methods by meaning are left out: descant models install") }
        for encoder in encoders { _ = try encoder.encoder(0) }  // what cannot be loaded is said before minutes of work
        var comparison = try DescriptorComparison(
            matching, protocols, [corrected ? .corrected : .published], seeds: seeds, encoders: encoders, file: options.file, keepsRankings: runs != nil)
        try comparison.run { Terminal.note($0) }
        for test in comparison.tests {
            let table = self.table(test, comparison.methods)
            Terminal.write(json ? try table.json() : table.markdown)
            if let runs { for method in comparison.methods.indices { try write(test, method, to: runs) } }
        }
    }

    private func table(_ test: DescriptorComparison.Test, _ methods: [DescriptorComparison.Method]) -> ResultTable {
        // Every method against scikit-learn's, over all seeds' queries, Holm-corrected for the number of comparisons.
        let randomisation = PairedRandomisation()
        let hits = methods.indices.map { test.hits($0, at: 10) }
        let adjusted = PairedRandomisation.holm(methods.indices.dropFirst().map { randomisation.pValue(hits[$0], hits[0]) })
        let best = test.best(of: Array(methods.indices), at: 10)
        func mean(_ count: (MatchingTask) -> Int) -> Int { test.tasks.reduce(0) { $0 + count($1) } / test.tasks.count }
        var table = ResultTable(columns: [
            .init("\(test.name): \(mean { $0.queries.count }) requests, \(mean { $0.documents.count }) documents"),
            .number("Recall@10"), .number("without empty"), .number("Recall@100"), .number("p against the first"),
        ])
        for (m, method) in methods.enumerated() {
            let recall = ResultTable.Cell.measure(MeanAndDeviation(test.recall(m, at: 10)))
            table.append([
                .text(method.name), m == best ? recall.bold() : recall, .measure(MeanAndDeviation(test.nonEmptyRecall(m, at: 10))),
                .measure(MeanAndDeviation(test.recall(m, at: 100))), m == 0 ? .empty : .number(adjusted[m - 1], digits: 4),
            ])
        }
        return table
    }

    private func write(_ test: DescriptorComparison.Test, _ method: Int, to folder: String) throws {
        try BenchFiles.write(
            rankings: test.rankings[method].map { ranking in ranking.map { "d\($0)" } }, relevant: test.tasks[0].relevant.map { ["d\($0)"] },
            name: "\(test.kind.rawValue)-\(method)", folder: folder)
    }
}
