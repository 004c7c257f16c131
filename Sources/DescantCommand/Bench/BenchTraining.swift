import ArgumentParser
import Encoders
import Evaluation
import LibraryAccess
import LinearAlgebra
import NeuralNetworks

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

/// One step of training a bi-encoder: forward, loss, backward, clipping and AdamW, on texts of a fixed number of random tokens.
///
/// A step reads `batch` requests, each with its own document and one hard negative, and minimises MarginMSE: the shape of the published recipe. The peer is
/// `Benchmarks/peers/training_step.py`.
struct BenchTraining: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "training", abstract: "Measure one step of training an encoder: speed and memory.")

    @OptionGroup var model: ModelOption
    @Option(help: "Requests of a step; each comes with two documents.")
    var batch = 16
    @Option(help: "Tokens of every text.")
    var tokens = 64
    @Option(help: "Steps that are timed, after two that are not.")
    var steps = 8
    @Option(help: "Threads.")
    var threads = 2
    @Option(help: "Of the products of linear layers: \(Product.Precision.allCases.map(\.rawValue).joined(separator: " or ")).")
    var precision = Product.Precision.float32

    func validate() throws {
        guard batch >= 1, tokens >= 3, steps >= 1, (1...64).contains(threads) else {
            throw ValidationError("--batch and --steps must be 1 or more, --tokens 3 or more, --threads 1 … 64")
        }
    }

    func run() throws {
        let model = try TrainableBiEncoder(folder: try self.model.folder(), maximumTokens: tokens)
        let team = ThreadTeam(size: threads)
        let optimiser = AdamW(model.parameters)
        let pool = BufferPool()
        var generator = SeededGenerator(seed: 0)
        let schedule = LearningRateSchedule(peak: 2e-5, warmUp: 2, steps: steps + 2)
        var times: [Double] = []
        for step in 1...steps + 2 {
            var texts = TokenBatch()
            for _ in 0..<3 * batch {
                texts.append((0..<tokens).map { _ in Int32(generator.integer(in: 0...model.transformer.configuration.vocabularySize - 1)) })
            }
            let start = monotonicSeconds()
            let tape = Tape(team: team, pool: pool, precision: precision)
            let vectors = tape.normalize(model.vectors(texts, on: tape))
            let requests = tape.rows(vectors, Array(0..<batch))
            let scores = tape.concatenate(
                [1, 2].map { tape.pairedProducts(requests, tape.rows(vectors, Array($0 * batch..<($0 + 1) * batch))) })
            let loss = tape.marginSquaredError(scores, teacher: (0..<2 * batch).map { $0 % 2 == 0 ? 3 : -3 }, scale: 20)
            tape.backward(from: loss)
            try optimiser.step(rate: schedule.rate(at: step), maximumNorm: 1, team: team)
            if step > 2 { times.append(monotonicSeconds() - start) }
        }
        let mean = times.reduce(0, +) / Double(times.count)
        var table = ResultTable(columns: ["model", "products", .number("threads"), .number("steps/s"), .number("best s"), .number("peak MiB")])
        table.append([
            .text((self.model.model ?? .installed(.minilm)).description), .text(precision.rawValue), .integer(threads), .number(1 / mean, digits: 3),
            .number(times.min() ?? 0, digits: 3),
            .integer(Int(peakResidentBytes() >> 20)),
        ])
        Terminal.write("\(Machine("\(batch) × 3 texts of \(tokens) tokens")), kernels \(Processor.kernels)\n\n" + table.markdown)
    }

    private func peakResidentBytes() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }
}
