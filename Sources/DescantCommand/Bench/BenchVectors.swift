import ArgumentParser
import Evaluation
import LibraryAccess
import LinearAlgebra
import MusicSearch
import Ranking
import VectorIndex

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Vector indexes against an exact search: recall@10, queries a second, latency, build time, bytes.
///
/// Rows and queries are little-endian float32 files, the same that `Benchmarks/peers/vectors.py` reads; `--library` makes them from a library's descriptor
/// sets (see `VectorSample`). Recall is measured against the exact ten nearest in float32, over all queries.
struct BenchVectors: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "vectors", abstract: "Measure vector indexes: recall, speed, build time, bytes.")

    @Option(help: "Rows: a file of float32.", completion: .file())
    var rows: String?
    @Option(help: "Queries: a file of float32.", completion: .file())
    var queries: String?
    @Option(help: "Elements of a vector.")
    var dimension = 384
    @Option(name: [.short, .long], help: "Make rows and queries from this library's descriptor sets instead; needs the text model.")
    var library: String?
    @Option(help: "With --library: rows to make.")
    var count = 200_000
    @Option(help: "With --library: folder for rows.f32 and queries.f32, for the peers.")
    var export: String?
    @Option(help: "Links of a node, M.")
    var m = 16
    @Option(help: "Candidates while building, efConstruction.")
    var efConstruction = 200
    @OptionGroup var model: ModelOption

    private static let efs = [12, 16, 24, 32, 48, 64, 96, 128, 192, 256]
    private static let k = 10

    func validate() throws {
        if dimension < 1 { throw ValidationError("--dimension is \(dimension); expected 1 or more") }
        if count < 1 { throw ValidationError("--count is \(count); expected 1 or more") }
        if m < 2 { throw ValidationError("--m is \(m); expected 2 or more") }
        if efConstruction < m { throw ValidationError("--ef-construction is \(efConstruction); expected at least --m, \(m)") }
    }

    func run() throws {
        let (rows, queries) = try vectors()
        let dimension = rows.columns
        guard rows.rows > 0, queries.rows > 0 else { throw ValidationError("no rows or no queries") }
        Terminal.write("\(Machine("\(rows.rows) × \(dimension), \(queries.rows) queries")), M \(m), efConstruction \(efConstruction)\n")
        let folder = FileManager.default.temporaryDirectory.path + "/descant-vectors-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }

        let (exact, exactSeconds) = try flat(.float32, rows, queries, threads: 2)
        var scans = ResultTable(columns: ["exact scan", .number("threads"), .number("ms a query"), .number("GB/s"), .number("recall@10")])
        for format in [RowFormat.float32, .int8] {
            for threads in [1, 2] {
                let (found, seconds) = format == .float32 && threads == 2 ? (exact, exactSeconds) : try flat(format, rows, queries, threads: threads)
                scans.append([
                    .text("\(format)"), .integer(threads), .number(seconds * 1000, digits: 2),
                    .number(Double(rows.rows * rows.columns * (format == .float32 ? 4 : 1)) / seconds / 1e9), .number(recall(found, exact), digits: 4),
                ])
            }
        }
        Terminal.write(scans.markdown + "\n")

        var builds = ResultTable(columns: ["graph over", .number("built in s, 2 threads"), .number("MB"), .number("bytes a row")])
        var searches = ResultTable(columns: [
            "graph over", .number("ef"), .number("recall@10"), .number("queries/s, 1 thread"), .number("2 threads"), .number("p50 ms"), .number("p99 ms"),
        ])
        for format in [RowFormat.int8WithResidual, .int8] {
            let path = folder + "/\(format).vec"
            let clock = ContinuousClock()
            let seconds = try clock.measure {
                try rows.values.withUnsafeBufferPointer {
                    try HNSWBuilder(
                        rows: $0, dimension: dimension, format: format, parameters: HNSWParameters(m: m, efConstruction: efConstruction), threads: 2
                    ).write(to: path)
                }
            }
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped).count
            builds.append([
                .text("\(format)"), .number(seconds / .seconds(1)), .number(Double(bytes) / 1e6), .number(Double(bytes) / Double(rows.rows), digits: 0),
            ])
            let index = try HNSWIndex(path: path)
            for ef in Self.efs { searches.append(try measure(index, "\(format)", ef, queries, exact)) }
        }
        Terminal.write(builds.markdown + "\n\n" + searches.markdown)
    }

    /// Recall, then the better of three passes with one thread and with two.
    private func measure(_ index: HNSWIndex, _ name: String, _ ef: Int, _ queries: Matrix, _ exact: [[Scored]]) throws -> [ResultTable.Cell] {
        let found = (0..<queries.rows).map { index.search(Array(queries.row($0)), k: Self.k, ef: ef) }
        let clock = ContinuousClock()
        var best: [Int: LatencySummary] = [:]
        var rates: [Int: Double] = [:]
        for threads in [1, 2] {
            let team = ThreadTeam(size: threads)
            for _ in 0..<3 {
                let samples = AlignedBuffer<Double>(count: queries.rows)
                let total = clock.measure {
                    queries.values.withUnsafeBufferPointer { values in
                        guard let base = values.baseAddress else { return }
                        nonisolated(unsafe) let first = base
                        team.split(queries.rows) { range in
                            for i in range {
                                let query = UnsafeBufferPointer(start: first + i * queries.columns, count: queries.columns)
                                samples.pointer[i] = clock.measure { _ = index.search(query, k: Self.k, ef: ef, filter: nil) } / .seconds(1)
                            }
                        }
                    }
                }
                let rate = Double(queries.rows) / (total / .seconds(1))
                if rate > rates[threads] ?? 0 {
                    rates[threads] = rate
                    best[threads] = LatencySummary(samples: Array(UnsafeBufferPointer(start: samples.pointer, count: queries.rows)))
                }
            }
        }
        return [
            .text(name), .integer(ef), .number(recall(found, exact), digits: 4), .number(rates[1] ?? 0, digits: 0), .number(rates[2] ?? 0, digits: 0),
            .number((best[1]?.p50 ?? 0) * 1000, digits: 3), .number((best[1]?.p99 ?? 0) * 1000, digits: 3),
        ]
    }

    /// The ten nearest of every query (for speed: of a hundred of them, three times), by an exact scan.
    private func flat(_ format: RowFormat, _ rows: Matrix, _ queries: Matrix, threads: Int) throws -> (found: [[Scored]], seconds: Double) {
        let index = try rows.values.withUnsafeBufferPointer {
            try FlatIndex(inMemory: FlatBuilder(rows: $0, dimension: rows.columns, format: format, threads: 2), threads: threads)
        }
        let found = (0..<queries.rows).map { index.search(Array(queries.row($0)), k: Self.k) }
        let few = (0..<min(100, queries.rows)).map { Array(queries.row($0)) }
        let clock = ContinuousClock()
        let seconds = (0..<3).map { _ in clock.measure { for query in few { _ = index.search(query, k: Self.k) } } / .seconds(1) / Double(few.count) }.min()
        return (found, seconds ?? 0)
    }

    private func recall(_ found: [[Scored]], _ exact: [[Scored]]) -> Double {
        let kept = zip(found, exact).map { found, exact in Set(found.map(\.document)).intersection(exact.map(\.document)).count }
        return Double(kept.reduce(0, +)) / Double(max(1, exact.reduce(0) { $0 + $1.count }))
    }

    private func vectors() throws -> (rows: Matrix, queries: Matrix) {
        if let library {
            let sample = try VectorSample(library: try Library(path: library), encoder: try model.encoder(), count: count)
            if let export {
                try FileManager.default.createDirectory(atPath: export, withIntermediateDirectories: true)
                try BenchFiles.write(sample.rows, to: export + "/rows.f32")
                try BenchFiles.write(sample.queries, to: export + "/queries.f32")
            }
            return (sample.rows, sample.queries)
        }
        guard let rows, let queries else { throw ValidationError("name --rows and --queries, or --library") }
        return (try BenchFiles.floats(path: rows, columns: dimension), try BenchFiles.floats(path: queries, columns: dimension))
    }
}
