import ArgumentParser
import Evaluation
import LibraryAccess
import LinearAlgebra
import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Everything that `bench descriptors` can compare, on one page with plots.
///
/// The page holds nothing of when it was made: two runs on the same rows and models differ in the measured times alone, and not at all with `--calls 0`.
struct BenchReport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "One page in Markdown and HTML: every scorer, encoder and hybrid on every protocol, with significance and plots.",
        discussion: """
            Writes report.md with its plots as SVG files, and report.html, one file without scripts, into a folder. Both sets of rules are run: documents \
            as published, and as sets without empty ones.
            """)

    @OptionGroup var options: DescriptorOptions
    @Option(help: "Folder that the page is written to.", completion: .directory)
    var out = "report"
    @Option(help: "Calls by which one query's time is measured; 0 leaves times out.")
    var calls = Self.defaultCalls

    private static let defaultCalls = 300

    func validate() throws {
        if calls < 0 { throw ValidationError("--calls is \(calls); expected 0 or more") }
    }

    func run() throws {
        let matching = try options.matching()
        let seeds = try options.seedList(), protocols = try options.protocolList()
        let encoders = try options.encoders(rows: matching.rows.count)
        if encoders.isEmpty { Terminal.note("no text model is installed, so methods by meaning are left out: descant models install") }
        // Speed first: it loads every kind of model, so that one that is damaged is said before minutes of work.
        let texts = matching.rows.map(\.text)
        let speeds = try encoders.map { try EncoderSpeed($0, calls: calls, texts: texts) }
        var comparison = try DescriptorComparison(
            matching, protocols, MatchingRules.allCases, seeds: seeds, encoders: encoders, file: options.file)
        try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
        try comparison.run { Terminal.note($0) }
        let report = DescriptorReport(
            comparison, rows: matching.rows.count, speeds: speeds, facts: try facts(rows: matching.rows.count, seeds, encoders, speeds),
            reportCommand: reportArguments, arguments: arguments)
        let page = report.page
        for (file, svg) in page.plots { try write(svg, to: file) }
        try write(page.markdown, to: "report.md")
        try write(page.html, to: "report.html")
        Terminal.write("\(out)/report.md\n\(out)/report.html")
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(out)/\(name)"), options: .atomic)
    }

    /// What the figures depend on.
    private func facts(rows: Int, _ seeds: [UInt64], _ encoders: [ComparedEncoder], _ speeds: [EncoderSpeed]) throws -> ResultTable {
        var table = ResultTable(columns: ["what", "which"])
        func add(_ what: String, _ which: String) { table.append([.text(what), .text(which)]) }
        add("corpus", "\(options.file.split(separator: "/").last ?? ""), \(rows) rows, columns \(options.text) and \(options.tags)")
        add("its SHA-256", try Checksum.sha256(fileAt: options.file))
        if let date = try FileManager.default.attributesOfItem(atPath: options.file)[.modificationDate] as? Date {
            add("its date", date.formatted(.iso8601.year().month().day()))
        }
        add("seeds of the sampling", seeds.map { "\($0)" }.joined(separator: ", "))
        for (encoder, speed) in zip(encoders, speeds) {
            var text = "\(speed.identity), \(speed.dimension) dimensions"
            if case .folds(let folds) = encoder.models { text += " (of the first of \(folds.count) folds; seed of the folds \(folds.seed))" }
            add("model \(encoder.name)", text)
        }
        add("program", "descant \(Descant.configuration.version), \(Machine.build), kernels \(Processor.kernels)")
        add("processor", "\(Machine.processor), \(ProcessInfo.processInfo.activeProcessorCount) cores")
        return table
    }

    /// The options that both commands have, as they were given.
    private var arguments: [String] {
        var words = [options.file]
        func add(_ name: String, _ value: String, unless usual: String) { if value != usual { words += ["--\(name)", value] } }
        add("text", options.text, unless: DescriptorOptions.defaultText)
        add("tags", options.tags, unless: DescriptorOptions.defaultTags)
        add("seeds", options.seeds, unless: DescriptorOptions.defaultSeeds)
        add("precision", options.precision.rawValue, unless: DescriptorOptions.defaultPrecision.rawValue)
        for model in options.model { words += ["--model", model] }
        for folder in options.folds { words += ["--folds", folder] }
        for form in options.hybrid { words += ["--hybrid", form] }
        return words
    }

    private var reportArguments: [String] {
        arguments + (options.protocols == DescriptorOptions.defaultProtocols ? [] : ["--protocols", options.protocols])
            + (calls == Self.defaultCalls ? [] : ["--calls", "\(calls)"])
    }
}
