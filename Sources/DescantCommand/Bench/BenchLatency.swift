import ArgumentParser
import Evaluation
import LexicalIndex
import LibraryAccess
import LinearAlgebra
import MusicSearch
import QueryPlanning
import Ranking
import TextAnalysis
import TrackCatalogue
import Vocabulary

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

/// How fast a library answers, warm and cold, and what it weighs. The requests are tag queries (see `bench tags`), drawn with a seed.
struct BenchLatency: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latency", abstract: "Latency, throughput, memory, cold start, build time and bytes.",
        discussion: "With --replicate the library is first resampled with replacement to so many tracks in a temporary folder: synthetic, and said to be.")

    @Option(name: [.short, .long], help: "Folder of the library.")
    var library: String
    @Option(help: "Requests to draw.")
    var queries = 1000
    @Option(help: "Seed of the drawing.")
    var seed: UInt64 = 0
    @Option(help: "Tracks of a synthetic corpus resampled from the library.")
    var replicate: Int?
    @Option(help: "Folder for the synthetic library; removed afterwards when it is left out.")
    var into: String?
    @Option(help: "Write documents.jsonl and queries.jsonl for Benchmarks/peers into this folder.")
    var export: String?
    @Option(help: "TSV of other words for tags (facet, tag, phrase), for requests that have to be read by their meaning.")
    var paraphrases: String?
    @Option(help: "Cold starts to time.")
    var cold = 20
    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        var path = library
        var notes: [String] = []
        if let replicate {
            path = into ?? FileManager.default.temporaryDirectory.path + "/descant-replica-\(getpid())"
            let seconds = try Replica(of: try Library(path: library), tracks: replicate, seed: seed).build(at: path)
            notes.append("synthetic: \(replicate) tracks resampled with replacement from \(library), seed \(seed); built in \(rounded(seconds)) s")
        }
        defer { if replicate != nil, into == nil { try? FileManager.default.removeItem(atPath: path) } }
        let (opened, opening) = try timed { try Library(path: path, encoder: TextModels.provider()) }
        // Reading the corpus back to draw requests takes memory of its own; what serving takes is asked of a fresh process below.
        let maker = TagQueries(opened)
        let drawn = maker.draw(queries, seed: seed)
        guard !drawn.isEmpty else { throw ValidationError("\(path): no two tags are on ten tracks together, so there is nothing to ask") }
        if let export { try maker.export(drawn, to: export, tagsOnly: true) }
        var table = ResultTable(columns: [
            "what", .number("p50 ms"), .number("p95 ms"), .number("p99 ms"), .number("queries/s"),
        ])
        func measure(_ name: String, _ body: (Int) -> Void) {
            for i in drawn.indices { body(i) }
            let samples = drawn.indices.map { i in
                let start = monotonicSeconds()
                body(i)
                return monotonicSeconds() - start
            }
            guard let summary = LatencySummary(samples: samples) else { return }
            table.append([
                .text(name), .number(summary.p50 * 1000, digits: 3), .number(summary.p95 * 1000, digits: 3), .number(summary.p99 * 1000, digits: 3),
                .number(summary.queriesPerSecond, digits: 0),
            ])
        }
        measure("whole search: plan, all candidates, totals, 10 hits with reasons") { _ = opened.search(drawn[$0].text) }
        if let paraphrases {
            let others = maker.draw(queries, seed: seed &+ 1, .oneParaphrased(try BenchTags.read(paraphrases, opened.vocabulary)))
            if !others.isEmpty { measure("whole search, one tag in other words") { _ = opened.search(others[$0 % others.count].text) } }
        }
        measure("plan alone") { _ = opened.planner.plan(drawn[$0].text) }
        let plans = drawn.map { opened.planner.plan($0.text) }
        measure("search of a plan") { _ = opened.search(plans[$0]) }
        let moves = self.moves(opened, drawn.count)
        if !moves.isEmpty {
            let plain = opened.withoutLikeness
            measure("like a track in another mood, by descriptors alone") { _ = plain.search(moves[$0]) }
            measure("like a track in another mood, by the dial too") { _ = opened.search(moves[$0]) }
        }
        let lexical = LexicalPart(opened, drawn)
        measure("lexical part: descriptor postings, best 10") { lexical.search($0) }
        let text = try TextPart(maker, drawn)
        measure("lexical part over the tags as text: words to BM25, best 10") { text.search($0) }
        if cold > 0 {
            let samples = try (0..<cold).map { i in try coldStart(path, drawn[i % drawn.count].text) }
            if let summary = LatencySummary(samples: samples) {
                table.append([
                    .text("cold: descant search as a process"), .number(summary.p50 * 1000, digits: 1), .number(summary.p95 * 1000, digits: 1),
                    .number(summary.p99 * 1000, digits: 1), .number(summary.queriesPerSecond, digits: 0),
                ])
            }
        }
        notes.append(opened.lexicalOnly.map { "words alone: \($0)" } ?? "words and vectors: \(opened.manifest.models.map(\.identity).joined())")
        notes.append("\(opened.tracks.count) tracks, \(drawn.count) requests, seed \(seed), one thread, one warm pass before")
        notes.append(
            "opening \(rounded(opening * 1000)) ms; postings \(opened.index.postingBytes) bytes; all files \(opened.manifest.files.values.reduce(0) { $0 + $1.bytes }) bytes"
        )
        let memory = try servingMemory(path, drawn)
        notes.append("serving the requests takes \(memory.all >> 20) MiB resident, of which \(memory.own >> 20) MiB are not pages of the index files")
        let hash = opened.manifest.files.first { $0.key.hasSuffix("tracks.idx") }?.value.sha256.prefix(12) ?? ""
        notes.append(Machine(String(hash)).description)
        Terminal.write(json ? try table.json() : notes.joined(separator: "\n") + "\n\n" + table.markdown)
    }

    /// Tracks that are moved to calm or energetic; none for a library without a dial.
    private func moves(_ library: Library, _ count: Int) -> [QueryPlan] {
        var random = SeededGenerator(seed: seed)
        let targets = ["calm", "energetic"].map { MoodMove.Target(descriptor: DescriptorID(.mood, $0), change: .more) }
        let known = (0..<UInt32(library.tracks.count)).filter { library.mood(of: $0) != nil }
        guard !known.isEmpty else { return [] }
        return (0..<count).map { i in
            library.plan(like: [known[random.integer(in: 0...known.count - 1)]], move: MoodMove(targets: [targets[i % 2]], strength: 0.6))
        }
    }

    private func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    private func timed<Result>(_ body: () throws -> Result) throws -> (Result, Double) {
        let start = monotonicSeconds()
        let result = try body()
        return (result, monotonicSeconds() - start)
    }

    /// Wall seconds of a whole process.
    private func coldStart(_ path: String, _ text: String) throws -> Double {
        try timed { try Self.spawn(["search", text, "--library", path], output: nil) }.1
    }

    /// Resident memory of a fresh process after it has answered the requests.
    private func servingMemory(_ path: String, _ queries: [TagQueries.Query]) throws -> (all: Int, own: Int) {
        let folder = FileManager.default.temporaryDirectory.path
        let input = "\(folder)/descant-requests-\(getpid())"
        let output = "\(folder)/descant-memory-\(getpid())"
        defer {
            try? FileManager.default.removeItem(atPath: input)
            try? FileManager.default.removeItem(atPath: output)
        }
        try Data(queries.map(\.text).joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: input))
        try Self.spawn(["bench", "memory", input, "--library", path], output: output)
        let numbers = String(decoding: FileManager.default.contents(atPath: output) ?? Data(), as: UTF8.self).split(whereSeparator: \.isWhitespace).compactMap {
            Int($0)
        }
        return numbers.count == 2 ? (numbers[0], numbers[1]) : (0, 0)
    }

    /// Runs this program again.
    private static func spawn(_ arguments: [String], output: String?) throws {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output ?? "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        let words = ([program] + arguments).map { strdup($0) }
        defer { words.forEach { free($0) } }
        var process: pid_t = 0
        guard posix_spawn(&process, program, &actions, nil, words + [nil], environ) == 0 else { throw ValidationError("cannot start \(program)") }
        var status: Int32 = 0
        waitpid(process, &status, 0)
        guard status == 0 else { throw ValidationError("descant \(arguments.joined(separator: " ")) ended with status \(status)") }
    }
}

/// The descriptor channel by itself: terms of the plan, best ten, pruned.
private struct LexicalPart {
    private let index: LexicalIndex
    private let scoring: [FieldScoring]
    private let queries: [LexicalQuery]

    init(_ library: Library, _ drawn: [TagQueries.Query]) {
        index = library.index
        scoring = [FieldScoring(library.index, field: 0)]
        queries = drawn.map { query in
            LexicalQuery(query.descriptors.map { LexicalQuery.Term(field: 0, text: library.vocabulary.descriptors[$0].id.description) })
        }
    }

    func search(_ i: Int) { _ = index.search(queries[i], scoring, k: 10) }
}

/// What the peers do: tags as text, the request's words, BM25.
private struct TextPart {
    private let index: LexicalIndex
    private let scoring: [FieldScoring]
    private let analyzer = Analyzer(stemmer: .none)
    private let texts: [String]

    init(_ maker: TagQueries, _ drawn: [TagQueries.Query]) throws {
        var builder = IndexBuilder(fields: [Field("text", .text, scorer: .bm25(k1: 1.2, b: 0.75))])
        for document in 0..<DocumentID(maker.library.tracks.count) { builder.add(analyzer.terms(maker.text(of: document)), field: 0, document: document) }
        index = try LexicalIndex(inMemory: builder)
        scoring = [FieldScoring(index, field: 0)]
        texts = drawn.map(\.tags)
    }

    func search(_ i: Int) { _ = index.search(LexicalQuery(analyzer.terms(texts[i]), field: 0), scoring, k: 10) }
}

/// Answers requests and prints its own resident memory in bytes, all and without mapped files; `bench latency` runs it in a fresh process.
struct BenchMemory: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "memory", abstract: "Resident memory after answering the requests of a file.")
    @Argument(help: "Requests, one a line.")
    var requests: String
    @OptionGroup var libraryOption: LibraryOption

    func run() throws {
        let library = try libraryOption.open()
        for line in try String(contentsOfFile: requests, encoding: .utf8).split(separator: "\n") { _ = library.search(String(line)) }
        let memory = Machine.residentMemory
        Terminal.write("\(memory.all) \(memory.own)")
    }
}
