import ArgumentParser
import Encoders
import Evaluation
import LibraryAccess
import LinearAlgebra

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Speed and parity of the text encoder, on the texts of a JSON Lines file (`{"id": …, "text": …}`).
///
/// Queries: texts cut to an exact number of tokens, one at a time; tokenizer, pooling and normalisation included, nothing remembered. Batches: 32 texts of
/// 32 tokens. Reference: little-endian float32 rows, as `Benchmarks/peers/embeddings.py` writes them.
struct BenchEncode: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "encode", abstract: "Measure the text encoder: speed, and parity with reference embeddings.")

    @OptionGroup var model: ModelOption
    @Option(help: "Texts: JSON Lines with \"text\".", completion: .file())
    var texts: String
    @Option(help: "Reference embeddings of the texts: float32 rows.", completion: .file())
    var reference: String?
    @Option(help: "Calls of each measurement.")
    var calls = 500

    func validate() throws {
        if calls < 1 { throw ValidationError("--calls is \(calls); expected 1 or more") }
    }

    func run() throws {
        let texts = try BenchFiles.texts(path: self.texts)
        Terminal.write("\(Machine("\(texts.count) texts of \(self.texts)")), kernels \(Processor.kernels)\n")
        var speed = ResultTable(columns: ["precision", .number("threads"), "measured", .number("p50 ms"), .number("p99 ms")])
        var parity = ResultTable(columns: ["precision", .number("least cosine"), .number("mean cosine"), .number("neighbours kept of 10")])
        for precision in Precision.allCases {
            for threads in [1, 2] {
                let encoder = try model.encoder(precision: precision, remembered: 0, team: ThreadTeam(size: threads))
                func add(_ name: String, _ summary: LatencySummary) {
                    speed.append([
                        .text(precision.rawValue), .integer(threads), .text(name), .number(summary.p50 * 1000, digits: 3),
                        .number(summary.p99 * 1000, digits: 3),
                    ])
                }
                for tokens in [8, 12, 20, 32] {
                    let queries = EncoderSpeed.cut(texts, to: tokens, encoder)
                    if let summary = EncoderSpeed.latency(calls, of: queries, { _ = encoder.encode(queries[$0 % queries.count]) }) {
                        add("1 × \(tokens) tokens", summary)
                    }
                }
                let batch = Array(EncoderSpeed.cut(texts, to: 32, encoder).prefix(32))
                if let summary = EncoderSpeed.latency(max(20, calls / 10), of: batch, { _ in _ = encoder.encode(batch) }) {
                    add("\(batch.count) × 32 tokens", summary)
                }
                if threads == 2 {
                    if let summary = EncoderSpeed.latency(3, of: texts, { _ in _ = encoder.encode(texts) }) { add("all \(texts.count) texts", summary) }
                    if let reference {
                        let vectors = encoder.encode(texts).vectors
                        let expected = try BenchFiles.floats(path: reference, columns: vectors.columns)
                        guard expected.rows == vectors.rows else {
                            throw ValidationError("\(reference): expected \(vectors.rows) rows, found \(expected.rows)")
                        }
                        parity.append([.text(precision.rawValue)] + compare(vectors, expected))
                    }
                }
            }
        }
        Terminal.write(products().markdown + "\n\n" + speed.markdown)
        if reference != nil { Terminal.write("\n" + parity.markdown) }
    }

    /// Products at a transformer's shapes, weights packed before: the best of many, in GFLOP/s.
    private func products() -> ResultTable {
        var table = ResultTable(columns: ["product of M rows, N outputs, K inputs", .number("1 thread"), .number("2 threads")])
        let teams = [ThreadTeam(size: 1), ThreadTeam(size: 2)]
        for rows in [32, 128] {
            for (outputs, inputs) in [(384, 384), (1536, 384), (384, 1536)] {
                let weights = PackedMatrix(Array(repeating: 0.5, count: outputs * inputs), outputs: outputs, inputs: inputs, precision: .float32)
                let x = AlignedBuffer<Float>(count: rows * inputs), out = AlignedBuffer<Float>(count: rows * outputs)
                let clock = ContinuousClock()
                let rates = teams.map { team in
                    let seconds = (0..<400).map { _ in
                        clock.measure {
                            team.split(weights.panels) {
                                weights.multiply(x.pointer, rows: rows, bias: nil, activation: .identity, into: out.pointer, panels: $0)
                            }
                        } / .seconds(1)
                    }.min()
                    return 2e-9 * Double(rows * outputs * inputs) / (seconds ?? .infinity)
                }
                table.append([.text("\(rows) × \(outputs) × \(inputs)")] + rates.map { .number($0, digits: 0) })
            }
        }
        return table
    }

    /// Least and mean cosine, and how many of the ten nearest other texts stay among the ten, on average.
    private func compare(_ vectors: Matrix, _ reference: Matrix) -> [ResultTable.Cell] {
        let cosines = (0..<vectors.rows).map { row in
            Double(zip(vectors.row(row), reference.row(row)).reduce(into: Float(0)) { $0 += $1.0 * $1.1 })
        }
        func neighbours(_ matrix: Matrix) -> [Set<Int>] {
            let similarities = matrix.product(matrix.transposed)
            return (0..<matrix.rows).map { row in
                Set((0..<matrix.rows).filter { $0 != row }.sorted { (similarities[row, $0], $1) > (similarities[row, $1], $0) }.prefix(10))
            }
        }
        let kept = zip(neighbours(vectors), neighbours(reference)).map { Double($0.intersection($1).count) }
        return [
            .number(cosines.min() ?? 0, digits: 6), .number(cosines.reduce(0, +) / Double(cosines.count), digits: 6),
            .number(kept.reduce(0, +) / Double(kept.count), digits: 2),
        ]
    }
}
