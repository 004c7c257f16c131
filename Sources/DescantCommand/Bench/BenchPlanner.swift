import ArgumentParser
import Evaluation
import LibraryAccess
import MusicSearch
import QueryPlanning
import TextAnalysis
import TrackCatalogue
import Vocabulary

/// Scores the planner on requests with labelled descriptors, in MusicRecoIntent's format: columns `query` and `intents`, the latter
/// `{'Genre': {('rock', '+'): 1.0}, 'NE': {('drake', '~'): 1.0}}`.
struct BenchPlanner: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "planner", abstract: "Descriptors, polarity and names read from real requests.")

    @OptionGroup var libraryOption: LibraryOption
    @Argument(help: "CSV in MusicRecoIntent's format.")
    var file: String
    @Flag(help: "Print each request whose descriptors were read wrongly.")
    var errors = false
    @Option(help: "Only errors of this group (Genre, Mood, Instrument, ListeningContext, Decade, country, NE).")
    var only: String?

    static let groups = ["Genre", "Mood", "Instrument", "ListeningContext", "Decade", "country"]

    /// The data set's group for a facet of ours.
    static func group(_ facet: Facet) -> String {
        switch facet {
        case .genre: "Genre"
        case .mood, .tempo: "Mood"
        case .texture: texture
        case .instrument, .voice: "Instrument"
        case .theme: "ListeningContext"
        case .era: "Decade"
        case .place: "country"
        }
    }

    /// The data set has no group for sound and playing; it labels such words as moods or instruments, or not at all. A texture is counted with the group
    /// whose label it meets, and is no prediction otherwise.
    static let texture = "texture"

    private struct Span {
        var group: String
        var text: String
        var words: Set<String>
        var isUnwanted: Bool
    }

    func run() throws {
        let planner = try libraryOption.open().planner
        var table = try SeparatedValues(path: file, separator: ",", quotes: true)
        defer { table.close() }
        let (query, intents) = (try table.column("query"), try table.column("intents"))
        var counts: [SpanMatching.Rule: [String: MatchCounts]] = [:]
        var anyGroup = MatchCounts()
        var polarity = (right: 0, found: 0)
        var requests = 0
        while let row = try table.next() {
            guard row.cells.count == table.header.count, let labels = Self.labels(row.cells[intents], planner.vocabulary.analyzer) else {
                throw ImportError.row(path: file, line: row.line, why: "no labels in Python's notation")
            }
            requests += 1
            let predicted = Self.predictions(planner.plan(row.cells[query]), planner.vocabulary.analyzer).compactMap { span -> Span? in
                guard span.group == Self.texture else { return span }
                guard let label = labels.first(where: { Self.groups.contains($0.group) && !$0.words.isDisjoint(with: span.words) }) else { return nil }
                return Span(group: label.group, text: span.text, words: span.words, isUnwanted: span.isUnwanted)
            }
            var wrong: [String] = []
            for group in Self.groups + ["NE"] {
                let ours = predicted.filter { $0.group == group }
                let theirs = labels.filter { $0.group == group }
                for rule in SpanMatching.Rule.allCases {
                    let (found, partner) = SpanMatching.match(predicted: ours.map(\.words), labelled: theirs.map(\.words), rule)
                    counts[rule, default: [:]][group, default: MatchCounts()] = counts[rule]?[group].map { $0 + found } ?? found
                    guard rule == .overlap else { continue }
                    for (label, partner) in zip(theirs, partner) where group != "NE" {
                        guard let partner else { continue }
                        polarity.found += 1
                        if ours[partner].isUnwanted == label.isUnwanted { polarity.right += 1 }
                    }
                    if only == nil || only == group, found.matchedLabels < found.labels || found.matchedPredictions < found.predictions {
                        wrong.append(
                            "    \(group): read [\(ours.map(\.text).joined(separator: " | "))] labelled [\(theirs.map(\.text).joined(separator: " | "))]")
                    }
                }
            }
            anyGroup =
                anyGroup
                + SpanMatching.match(
                    predicted: predicted.filter { $0.group != "NE" }.map(\.words),
                    labelled: labels.filter { $0.group != "NE" && Self.groups.contains($0.group) }.map(\.words),
                    .overlap
                ).counts
            if errors, !wrong.isEmpty { Terminal.write(([row.cells[query]] + wrong).joined(separator: "\n")) }
        }
        report(counts, anyGroup, polarity, requests)
    }

    private func report(
        _ counts: [SpanMatching.Rule: [String: MatchCounts]], _ anyGroup: MatchCounts, _ polarity: (right: Int, found: Int), _ requests: Int
    ) {
        func percent(_ value: Double) -> String {
            let tenths = Int((value * 1000).rounded())
            return "\(tenths / 10).\(tenths % 10)"
        }
        func row(_ name: String, _ counts: MatchCounts) -> String {
            "| \(name) | \(counts.labels) | \(percent(counts.precision)) | \(percent(counts.recall)) | \(percent(counts.f1)) |"
        }
        var lines = [
            "\(requests) requests of \(file)",
            "Not labelled there and so not counted: textures that meet no label, and what songs are about.",
        ]
        for rule in SpanMatching.Rule.allCases {
            lines += ["", "Spans match when they \(rule == .exact ? "hold the same words" : "share a content word").", ""]
            lines += ["| group | labels | precision | recall | F1 |", "|---|---|---|---|---|"]
            let groups = counts[rule] ?? [:]
            for group in Self.groups { lines.append(row(group, groups[group] ?? MatchCounts())) }
            lines.append(row("all descriptors", Self.groups.reduce(MatchCounts()) { $0 + (groups[$1] ?? MatchCounts()) }))
            if rule == .overlap { lines.append(row("all, whatever the group", anyGroup)) }
            lines.append(row("artists and titles", groups["NE"] ?? MatchCounts()))
        }
        lines += ["", "Polarity of the descriptors found: \(percent(Double(polarity.right) / Double(max(1, polarity.found)))) of \(polarity.found)"]
        Terminal.write(lines.joined(separator: "\n"))
    }

    private static func labels(_ cell: String, _ analyzer: Analyzer) -> [Span]? {
        guard case .dictionary(let groups)? = PythonLiteral(cell) else { return nil }
        var spans: [Span] = []
        for group in groups {
            guard case .string(let name) = group.key, case .dictionary(let entries) = group.value else { return nil }
            for entry in entries {
                guard case .list(let key) = entry.key, key.count == 2, case .string(let text) = key[0], case .string(let role) = key[1] else { return nil }
                spans.append(Span(group: name, text: text + (role == "+" ? "" : role), words: words(text, analyzer), isUnwanted: role == "-"))
            }
        }
        return spans
    }

    private static func predictions(_ plan: QueryPlan, _ analyzer: Analyzer) -> [Span] {
        func span(_ group: String, _ span: QueryPlanning.Span, _ isUnwanted: Bool) -> Span {
            let text = plan.source(span)
            return Span(group: group, text: text, words: words(text, analyzer), isUnwanted: isUnwanted)
        }
        // The data set does not label what songs are about ("songs about friendship"); nor do we count it.
        let subjects = plan.clauses.filter { [.theme, .mood].contains($0.descriptor.facet) && isSubject($0, plan) }
        var spans = plan.clauses.filter { !subjects.contains($0) }.map { span(group($0.descriptor.facet), $0.span, $0.polarity == .avoid) }
        if let years = plan.filters.years { spans.append(span("Decade", years.span, false)) }
        for seed in plan.seeds {
            // A title and its artist are two names.
            if let artist = seed.artist {
                spans.append(Span(group: "NE", text: seed.name, words: words(seed.name, analyzer), isUnwanted: seed.polarity == .avoid))
                spans.append(Span(group: "NE", text: artist, words: words(artist, analyzer), isUnwanted: seed.polarity == .avoid))
            } else {
                spans.append(span("NE", seed.span, seed.polarity == .avoid))
            }
        }
        for artist in plan.filters.artists { spans.append(span("NE", artist.span, false)) }
        for artist in plan.filters.withoutArtists { spans.append(span("NE", artist.span, true)) }
        return spans
    }

    /// Whether "about" stands before a clause in its stretch of the request.
    private static func isSubject(_ clause: Clause, _ plan: QueryPlan) -> Bool {
        let before = Array(plan.text.utf8)[..<clause.span.start]
        let stretch = before.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false).last ?? []
        return String(decoding: stretch, as: UTF8.self).split(separator: " ").contains("about")
    }

    /// Content words by their stems; all words where nothing else is left ("this one").
    private static func words(_ text: String, _ analyzer: Analyzer) -> Set<String> {
        let tokens = analyzer.tokens(text)
        let content = tokens.filter { !FunctionWords.contains($0.text) }
        return Set((content.isEmpty ? tokens : content).map(\.stem))
    }
}
