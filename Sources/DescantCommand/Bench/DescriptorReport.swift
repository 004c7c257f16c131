import Evaluation
import LinearAlgebra

/// The page of `bench report`.
struct DescriptorReport {
    /// What the page is about: the best lexical method and, of each encoder, the bi-encoder alone and its hybrid.
    struct Chief {
        var name: String
        /// Of the comparison.
        var method: Int
        /// Not to be compared with what knows the words.
        var isAlone: Bool
    }

    /// A figure that methods are compared by: Recall@k of a test.
    struct Figure {
        var test: Int
        var k: Int
        var name: String
    }

    let comparison: DescriptorComparison
    private let rows: Int
    private let speeds: [EncoderSpeed]
    private let facts: ResultTable
    private let reportCommand: [String]
    private let arguments: [String]
    private let significance: ClipRandomisation

    init(_ comparison: DescriptorComparison, rows: Int, speeds: [EncoderSpeed], facts: ResultTable, reportCommand: [String], arguments: [String]) {
        (self.comparison, self.rows, self.speeds, self.facts) = (comparison, rows, speeds, facts)
        (self.reportCommand, self.arguments) = (reportCommand, arguments)
        significance = ClipRandomisation(rows: rows)
    }

    var page: ReportPage {
        var page = ReportPage(title: "Descriptor matching: words, meaning and both together")
        page.add(
            .paragraph(
                "A song is only its set of descriptors, a request is free text; all sets are ranked for each request, and one of them is the request's own. "
                    + "Recall@k is the share of requests, in per cent, whose own set is among the first k. Every figure of this page is made by"))
        page.add(.code(Self.line("bench report", reportCommand)))
        page.add(.table(facts))
        addGlance(to: &page)
        for kind in kinds { addProtocol(kind, to: &page) }
        addDifferences(to: &page)
        if !speeds.isEmpty { addEncoders(to: &page) }
        addPublished(to: &page)
        addMethod(to: &page)
        return page
    }

    // MARK: What is compared

    private var kinds: [MatchingProtocol] {
        comparison.tests.reduce(into: []) { kinds, test in if !kinds.contains(test.kind) { kinds.append(test.kind) } }
    }

    private var lexical: [Int] { comparison.methods.indices.filter { if case .words = comparison.methods[$0].kind { true } else { false } } }

    /// In this order everywhere, so that a colour is a method's on the whole page.
    private func chiefs(_ test: DescriptorComparison.Test) -> [Chief] {
        var chiefs: [Chief] = []
        if let best = test.best(of: lexical, at: 10) { chiefs.append(Chief(name: "words: best lexical", method: best, isAlone: false)) }
        for (number, encoder) in comparison.encoders.enumerated() {
            for (what, method, isAlone) in [("alone", DenseMethod.alone, true), ("hybrid", encoder.hybrid, false)] {
                if let index = comparison.methods.firstIndex(where: { $0.kind == .dense(encoder: number, method) }) {
                    chiefs.append(Chief(name: "\(encoder.name): \(what)", method: index, isAlone: isAlone))
                }
            }
        }
        return chiefs
    }

    private func figures(_ rules: MatchingRules) -> [Figure] {
        comparison.tests.indices.filter { comparison.tests[$0].rules == rules }.flatMap { test in
            let kind = comparison.tests[test].kind
            return kind == .association
                ? [Figure(test: test, k: 10, name: "\(kind.rawValue) at 10"), Figure(test: test, k: 100, name: "\(kind.rawValue) at 100")]
                : [Figure(test: test, k: 10, name: kind.rawValue)]
        }
    }

    private static func rulesName(_ rules: MatchingRules) -> String { rules == .published ? "rules as published" : "corrected rules" }

    // MARK: Sections

    private func addGlance(to page: inout ReportPage) {
        page.add(.heading("At a glance", level: 2))
        var text = "Recall@10, of `association` also Recall@100; mean ± deviation over the seeds. Words: the lexical scorer that is best on the protocol."
        if !comparison.encoders.isEmpty {
            text +=
                " Alone: the cosine of the bi-encoder, tags joined by a space. Hybrid: "
                + comparison.encoders.map { "\($0.name): \($0.hybrid.name)" }.joined(separator: "; ") + "."
        }
        page.add(.paragraph(text))
        for rules in MatchingRules.allCases {
            let figures = figures(rules)
            guard let first = figures.first else { continue }
            let names = chiefs(comparison.tests[first.test]).map(\.name)
            var table = ResultTable(columns: [.init(Self.rulesName(rules))] + figures.map { .number($0.name) })
            var series = names.map { Plot.Series($0, .bars, []) }
            let columns = figures.enumerated().map { place, figure in
                let test = comparison.tests[figure.test]
                let values = chiefs(test).map { MeanAndDeviation(test.recall($0.method, at: figure.k)) }
                let best = values.compactMap { $0?.mean }.max()
                for (i, value) in values.enumerated() {
                    if let value { series[i].points.append(.init(x: Double(place), y: value.mean, deviation: value.deviation)) }
                }
                return values.map { ResultTable.Cell.measure($0).bold($0?.mean == best) }
            }
            for (i, name) in names.enumerated() { table.append([.text(name)] + columns.map { $0[i] }) }
            page.add(
                .plot(
                    Plot(
                        title: "Recall by protocol, \(Self.rulesName(rules))", x: .init("", .categories(figures.map(\.name))),
                        y: .init("Recall, %", range: 0...100),
                        series: series),
                    name: "recall-\(rules.rawValue)"))
            page.add(.table(table))
        }
    }

    private static let about: [MatchingProtocol: String] = [
        .full: "The whole text is the request, all tags of its row are the document.",
        .sampled: "The whole text is the request, tags drawn from those of its row are the document, so that most are named in the text.",
        .published: "As in the paper: each piece of the text is a request, tags drawn for this piece are its document.",
        .association:
            "The whole text is the request, and only those tags that share no stem with it, at least two, are the document: no matching of words can find it.",
    ]

    private func addProtocol(_ kind: MatchingProtocol, to page: inout ReportPage) {
        let tests = comparison.tests.filter { $0.kind == kind }
        page.add(.heading("Protocol `\(kind.rawValue)`", level: 2))
        var text = Self.about[kind] ?? ""
        for test in tests {
            func mean(_ count: (MatchingTask) -> Int) -> Int { test.tasks.reduce(0) { $0 + count($1) } / test.tasks.count }
            let empty = mean { $0.emptyQueries.count }
            text +=
                " \(test.rules == .published ? "As published" : "Corrected"): \(mean { $0.queries.count }) requests, \(mean { $0.documents.count }) documents"
                + (empty > 0 ? ", \(empty) requests for the empty document." : ".")
        }
        page.add(.paragraph(text))
        page.add(
            .code(
                tests.map { Self.line("bench descriptors", arguments + ["--protocols", kind.rawValue] + ($0.rules == .corrected ? ["--corrected"] : [])) }
                    .joined(separator: "\n")))
        page.add(.table(protocolTable(tests)))
        page.add(
            .paragraph(
                "p: against the best lexical scorer ("
                    + tests.map { test in
                        "\(Self.rulesName(test.rules)): \(test.best(of: lexical, at: 10).map { comparison.methods[$0].name } ?? "none")"
                    }.joined(separator: "; ") + "), Holm-corrected over the column; by `bench report`."))
        // Without empty documents and repeated sets: the curve of the fairer test.
        if let test = tests.last {
            let series = chiefs(test).map { chief in
                Plot.Series(
                    chief.name, .line,
                    (1...DescriptorComparison.depth).compactMap { k in
                        MeanAndDeviation(test.recall(chief.method, at: k)).map { .init(x: Double(k), y: $0.mean) }
                    })
            }
            page.add(
                .plot(
                    Plot(
                        title: "Recall@k, \(kind.rawValue), \(Self.rulesName(test.rules))", x: .init("k, first documents", .logarithmic, range: 1...100),
                        y: .init("Recall@k, %", range: 0...100), series: series),
                    name: "curve-\(kind.rawValue)"))
        }
    }

    private func protocolTable(_ tests: [DescriptorComparison.Test]) -> ResultTable {
        var columns: [ResultTable.Column] = ["method"]
        var cells: [[ResultTable.Cell]] = []
        for test in tests {
            let hasEmpty = test.tasks.contains { !$0.emptyQueries.isEmpty }
            let prefix = test.rules == .published ? "as published" : "corrected"
            columns += [.number("\(prefix): @10")] + (hasEmpty ? [.number("without empty")] : []) + [.number("@100"), .number("p")]
            let all = Array(comparison.methods.indices)
            let best = test.best(of: all, at: 10), baseline = test.best(of: lexical, at: 10)
            let others = all.filter { $0 != baseline }
            let pValues = baseline.map { baseline in PairedRandomisation.holm(others.map { significance.pValue(test, $0, baseline, at: 10) }) } ?? []
            let pOfMethod = Dictionary(uniqueKeysWithValues: zip(others, pValues))
            cells += [all.map { ResultTable.Cell.measure(MeanAndDeviation(test.recall($0, at: 10))).bold($0 == best) }]
            if hasEmpty { cells += [all.map { .measure(MeanAndDeviation(test.nonEmptyRecall($0, at: 10))) }] }
            cells += [all.map { .measure(MeanAndDeviation(test.recall($0, at: 100))) }, all.map { pOfMethod[$0].map { .number($0, digits: 4) } ?? .empty }]
        }
        var table = ResultTable(columns: columns)
        for (m, method) in comparison.methods.enumerated() { table.append([.text(method.name)] + cells.map { $0[m] }) }
        return table
    }

    private func addDifferences(to page: inout ReportPage) {
        guard !comparison.encoders.isEmpty else { return }
        page.add(.heading("Which differences are more than chance", level: 2))
        page.add(
            .paragraph(
                "Difference of Recall in points, first minus second, and the p of a two-sided paired randomisation test over rows (10,000 rounds, seed 0): a row's "
                    + "requests, of all seeds, keep or change their sign together. Holm-corrected over all comparisons of a table; p < 0.05 is bold. By `bench report`."
            ))
        for rules in MatchingRules.allCases {
            let figures = figures(rules)
            if figures.isEmpty { continue }
            for isAlone in [false, true] {
                let chiefs = figures.map { self.chiefs(comparison.tests[$0.test]).filter { $0.isAlone == isAlone } }
                // Later ones against all before them: models are given in the order in which they were made better.
                let pairs = chiefs[0].indices.flatMap { a in chiefs[0].indices.prefix(a).map { (a, $0) } }
                if pairs.isEmpty { continue }
                let pValues = PairedRandomisation.holm(
                    pairs.flatMap { a, b in
                        figures.enumerated().map { i, figure in
                            significance.pValue(comparison.tests[figure.test], chiefs[i][a].method, chiefs[i][b].method, at: figure.k)
                        }
                    })
                var table = ResultTable(
                    columns: [.init("\(Self.rulesName(rules)), \(isAlone ? "alone" : "hybrids")")] + figures.flatMap { [.number($0.name), .number("p")] })
                for (n, (a, b)) in pairs.enumerated() {
                    let row = figures.enumerated().flatMap { i, figure -> [ResultTable.Cell] in
                        let test = comparison.tests[figure.test]
                        func mean(_ method: Int) -> Double { MeanAndDeviation(test.recall(method, at: figure.k))?.mean ?? 0 }
                        let difference = mean(chiefs[i][a].method) - mean(chiefs[i][b].method)
                        let text = MeanAndDeviation([difference])?.formatted() ?? ""
                        let p = pValues[n * figures.count + i]
                        return [.text(text.hasPrefix("-") ? "−\(text.dropFirst())" : "+\(text)"), ResultTable.Cell.number(p, digits: 4).bold(p < 0.05)]
                    }
                    table.append([.text("\(chiefs[0][a].name) − \(chiefs[0][b].name)")] + row)
                }
                page.add(.table(table))
            }
        }
    }

    private func addEncoders(to page: inout ReportPage) {
        page.add(.heading("Encoders: speed, size and recall", level: 2))
        let test = comparison.tests.first { $0.kind == .sampled } ?? comparison.tests[0]
        page.add(
            .paragraph(
                "One query of \(EncoderSpeed.tokens) tokens on one thread, tokenizer included, nothing remembered, one call after another; measured by this run, and as "
                    + "noisy as the machine was busy. Bytes: the weights in memory. Recall@10: the bi-encoder alone on `\(test.kind.rawValue)`, \(Self.rulesName(test.rules)). "
                    + "By `bench report`; `bench encode --model …` measures more."))
        var table = ResultTable(columns: [
            "model", "precision", .number("dimensions"), .number("MB"), .number("p50 ms"), .number("p99 ms"), .number("Recall@10"),
        ])
        var bySpeed: [Plot.Point] = [], byBytes: [Plot.Point] = []
        for (number, (encoder, speed)) in zip(comparison.encoders, speeds).enumerated() {
            let method = comparison.methods.firstIndex { $0.kind == .dense(encoder: number, .alone) }
            let recall = method.flatMap { MeanAndDeviation(test.recall($0, at: 10)) }
            let megabytes = Double(speed.bytes) / 1e6
            table.append([
                .text(encoder.name), .text(encoder.precision.rawValue), .integer(speed.dimension), .number(megabytes),
                speed.latency.map { .number($0.p50 * 1000, digits: 3) } ?? .empty, speed.latency.map { .number($0.p99 * 1000, digits: 3) } ?? .empty,
                .measure(recall),
            ])
            guard let recall else { continue }
            if let latency = speed.latency { bySpeed.append(.init(x: latency.p50 * 1000, y: recall.mean, deviation: recall.deviation, label: encoder.name)) }
            byBytes.append(.init(x: megabytes, y: recall.mean, deviation: recall.deviation, label: encoder.name))
        }
        page.add(.table(table))
        for (points, what, name) in [(bySpeed, "milliseconds a query (p50)", "encoders-speed"), (byBytes, "MB of weights", "encoders-bytes")]
        where !points.isEmpty {
            page.add(
                .plot(
                    Plot(
                        title: "Recall@10 alone, \(test.kind.rawValue), by \(what)", x: .init(what, .logarithmic),
                        y: .init("Recall@10, %", range: Self.range(points)),
                        series: [Plot.Series("encoders", .points, points)]),
                    name: name))
        }
    }

    /// Ten by ten around the points and their error bars, within 0…100.
    private static func range(_ points: [Plot.Point]) -> ClosedRange<Double> {
        let low = points.map { $0.y - ($0.deviation ?? 0) }.min() ?? 0, high = points.map { $0.y + ($0.deviation ?? 0) }.max() ?? 100
        return max(0, (low / 10 - 0.5).rounded(.down) * 10)...min(100, (high / 10 + 0.5).rounded(.up) * 10)
    }

    private func addPublished(to page: inout ReportPage) {
        page.add(.heading("Published figures", level: 2))
        page.add(
            .paragraph(
                "Recall@10 from Epure et al. 2024 (arXiv 2411.05649), the publication of this task, three seeds. Their rows are others, and their texts were written by a "
                    + "language model from the tags, while the rows here have captions that people wrote: these figures and those above cannot be compared directly. "
                    + "\"Words shared\" is the share of words that text and tags have in common."))
        page.add(.table(PublishedFigures.table))
        page.add(
            .paragraph(
                "Without training, by the same protocol on the evaluation rows of MusicCaps with those texts, three seeds; again other rows than above. The scorers are those of "
                    + "`bench descriptors`, given such a file."))
        page.add(.table(PublishedFigures.untrained))
    }

    private func addMethod(to page: inout ReportPage) {
        page.add(.heading("How to read it", level: 2))
        var items = [
            "As published: documents with the same text are one, \"a, b\" and \"b, a\" are two, and a request none of whose tags stands in it asks for the empty document. "
                + "Corrected: documents with the same set of tags are one, and empty ones are dropped with their requests.",
            "± is the standard deviation over the seeds of the sampling, n − 1 in the denominator; `full` and `association` draw nothing and have none.",
            "Two methods are compared row by row, not request by request, because requests of one row, over its pieces and the seeds, are no independent evidence.",
            "A method ranks at most 100 documents and none with a score of 0.",
        ]
        for case .folds(let folds) in comparison.encoders.map(\.models) {
            items.append(
                "\(folds.count) folds (seed \(folds.seed)): every request is answered by the model that was trained without its row, against all documents; requests of "
                    + "all folds are pooled.")
            break
        }
        page.add(.list(items))
    }

    // MARK: Commands

    private static func line(_ command: String, _ arguments: [String]) -> String { (["descant", command] + arguments.map(quoted)).joined(separator: " ") }

    /// As a shell reads it back.
    private static func quoted(_ word: String) -> String {
        let isPlain = !word.isEmpty && word.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || "0123456789-_./,:=@+".unicodeScalars.contains($0) }
        return isPlain ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

/// ``PairedRandomisation`` over the rows of a corpus: what was made of one row stays together.
struct ClipRandomisation {
    let rows: Int
    private let test = PairedRandomisation()

    init(rows: Int) { self.rows = rows }

    func pValue(_ test: DescriptorComparison.Test, _ a: Int, _ b: Int, at k: Int) -> Double {
        // Hits of a row by each method: rows where they are equal change no sum.
        let hits = [a, b].map { method in
            var sums = [Double](repeating: 0, count: rows)
            for (task, ranks) in zip(test.tasks, test.ranks[method]) {
                for (row, hit) in zip(task.rows, ranks.hits(at: k)) { sums[row] += hit }
            }
            return sums
        }
        let differing = (0..<rows).filter { hits[0][$0] != hits[1][$0] }
        return self.test.pValue(differing.map { hits[0][$0] }, differing.map { hits[1][$0] })
    }
}
