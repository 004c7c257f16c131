import Encoders
import Evaluation
import Foundation
import LinearAlgebra
import Synchronization
import TestSupport
import Testing

@testable import Training

/// The logit that a table has for a document's text, and what it was asked.
private final class TableTeacher: PairScorer {
    let logits: [String: Float]
    let asked = Mutex<[String]>([])

    init(_ logits: [String: Float]) { self.logits = logits }

    func score(_ lists: [CrossEncoder.Candidates]) -> [[Float]] {
        lists.map { list in
            list.documents.map { document in
                asked.withLock { $0.append(list.request + " / " + document) }
                return logits[document] ?? .nan
            }
        }
    }
}

@Suite struct LabelStageTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func url(_ name: String) -> URL { URL(fileURLWithPath: folder.path + "/" + name) }

    private func bytes(_ name: String) throws -> Data { try Data(contentsOf: url(name)) }

    private func write(_ documents: [DescriptorSet], _ requests: [TrainingRequest], _ mined: [MinedRequest]) throws {
        try JSONLines.write(documents, to: folder.path + "/documents.jsonl")
        try JSONLines.write(requests, to: folder.path + "/requests.jsonl")
        try JSONLines.write(mined, to: folder.path + "/negatives.jsonl")
    }

    /// Four sets, two requests of the same words and one of others.
    private func writeByHand() throws {
        try write(
            ["a", "b", "c", "d"].map { DescriptorSet(tags: [$0]) },
            [
                TrainingRequest(text: "x", document: 0, source: .caption, song: 0), TrainingRequest(text: "y", document: 1, source: .caption, song: 1),
                TrainingRequest(text: "x", document: 2, source: .caption, song: 2),
            ], [.init(request: 0, negatives: [1, 3]), .init(request: 1, negatives: []), .init(request: 2, negatives: [3, 1])])
    }

    private func stage(_ teachers: [any PairScorer], _ change: (inout LabelStage.Options) -> Void = { _ in }) -> LabelStage {
        var options = LabelStage.Options()
        change(&options)
        return LabelStage(
            options: options, generated: folder.path, mined: folder.path,
            teachers: teachers.enumerated().map { number, teacher in .init(name: "t\(number)") { _, _ in teacher } })
    }

    private func labels() throws -> [LabelledRequest] { try JSONLines.read(LabelledRequest.self, from: folder.path + "/labels.jsonl") }

    @Test func logitsByHand() throws {
        try writeByHand()
        let teacher = TableTeacher(["a": 2, "b": -1, "c": 0.5, "d": 3])
        let report = try stage([teacher]).run(into: folder.path) { _, of in #expect(of == 3) }
        #expect(
            try labels() == [
                .init(request: 0, positive: 2, negatives: [1, 3], scores: [-1, 3]), .init(request: 1, positive: -1, negatives: [], scores: []),
                .init(request: 2, positive: 0.5, negatives: [3, 1], scores: [3, -1]),
            ])
        #expect(teacher.asked.withLock { $0 } == ["x / a", "x / b", "x / d", "y / b", "x / c"], "a pair is read once")
        #expect(report.requests == 3)
        #expect(report.pairs == 7)
        #expect(report.negativesAbove == 2)
        #expect(report.falseNegatives == 0)
        #expect(report.meanMargin == 0.25, "of 3, -1, -2.5 and 1.5")
        #expect(report.teachers.map(\.mean) == [5.5 / 7])
    }

    @Test func hardestNegativesOnlyAndFalseOnesDropped() throws {
        try writeByHand()
        let teacher = TableTeacher(["a": 2, "b": -1, "c": 0.5, "d": 3])
        let report = try stage([teacher]) {
            $0.falseNegatives = .dropped
            $0.falseNegativeMargin = 1
        }.run(into: folder.path) { _, _ in }
        #expect(try labels().map(\.negatives) == [[1, 3], [], [1]], "3 is above 2 by no more than 1, and above 0.5 by more")
        #expect(try labels().map(\.scores) == [[-1, 3], [], [-1]])
        #expect(report.falseNegatives == 1)
        #expect(report.negativesAbove == 2)
        try FileManager.default.removeItem(at: url("scores-0.jsonl"))
        try stage([teacher]) { $0.negatives = 1 }.run(into: folder.path) { _, _ in }
        #expect(try labels().map(\.negatives) == [[1], [], [3]])
    }

    @Test func anEnsembleIsOnTheScaleOfItsFirst() throws {
        try writeByHand()
        let first: [String: Float] = ["a": 2, "b": -1, "c": 0.5, "d": 3]
        try stage([TableTeacher(first)]).run(into: folder.path) { _, _ in }
        let alone = try labels()
        // The same judgement on another scale changes nothing; scales are powers of two, means are not.
        let report = try stage([TableTeacher(first), TableTeacher(first.mapValues { 64 * $0 + 100 })]).run(into: folder.path) { _, of in #expect(of == 6) }
        func logits(_ labels: [LabelledRequest]) -> [Double] { labels.flatMap { [Double($0.positive)] + $0.scores.map(Double.init) } }
        for (both, one) in zip(logits(try labels()), logits(alone)) { #expect(abs(both - one) <= 1e-6) }
        #expect(abs(report.teachers[1].deviation / report.teachers[0].deviation - 64) <= 1e-9)
        // The opposite judgement leaves the first one's mean.
        try FileManager.default.removeItem(at: url("scores-1.jsonl"))
        let opposite = try stage([TableTeacher(first), TableTeacher(first.mapValues { -3 * $0 })]).run(into: folder.path) { _, _ in }
        let mean = opposite.teachers[0].mean
        for logit in logits(try labels()) { #expect(abs(logit - mean) <= 1e-6) }
        // One that says nothing halves the distances from the mean.
        try FileManager.default.removeItem(at: url("scores-1.jsonl"))
        try stage([TableTeacher(first), TableTeacher(first.mapValues { _ in 7 })]).run(into: folder.path) { _, _ in }
        let halved: Double = (2 + mean) / 2
        #expect(abs(logits(try labels())[0] - halved) <= 1e-6)
    }

    @Test func wrongInputsAreNamed() throws {
        try writeByHand()
        let teacher = TableTeacher(["a": 1, "b": 1, "c": 1])
        #expect(throws: LabelError.noTeacher) { try stage([]).run(into: folder.path) { _, _ in } }
        let error = #expect(throws: LabelError.self) { try stage([teacher]).run(into: folder.path) { _, _ in } }
        #expect(error?.description.contains("teacher t0: expected a finite logit for request 0, \"x\"") == true)
        let path = folder.path + "/negatives.jsonl"
        try JSONLines.write([MinedRequest(request: 0, negatives: [4])], to: path)
        #expect(throws: LineError(file: path, line: 1, expected: "documents from 0 to 3", found: #"{"negatives":[4],"request":0}"#)) {
            try stage([teacher]).run(into: folder.path) { _, _ in }
        }
        try JSONLines.write([MinedRequest(request: 3, negatives: [])], to: path)
        #expect(throws: LineError(file: path, line: 1, expected: "a request from 0 to 2", found: #"{"negatives":[],"request":3}"#)) {
            try stage([teacher]).run(into: folder.path) { _, _ in }
        }
    }

    /// Scores that another run made are not mistaken for this one's.
    @Test func anotherRunsScoresAreRefused() throws {
        try writeByHand()
        try JSONLines.write([LabelledRequest(request: 0, positive: 1, negatives: [2], scores: [1])], to: folder.path + "/scores-0.jsonl")
        let error = #expect(throws: LineError.self) { try stage([TableTeacher([:])]).run(into: folder.path) { _, _ in } }
        #expect(error.map { [$0.file, "\($0.line)", $0.expected] } == [folder.path + "/scores-0.jsonl", "1", "request 0 with negatives [1, 3]"])
    }

    /// A real model, many blocks, two threads and one, stopped anywhere: always the same bytes.
    @Test func stoppingAnywhereChangesNothing() throws {
        let pairs = RandomPairs(seed: 5, documents: 40, requests: 60)
        try write(pairs.documents, pairs.requests, pairs.requests.indices.map { i in .init(request: i, negatives: (0..<i % 5).map { (i * 7 + $0) % 40 }) })
        try TinyModels.writeCrossEncoder(to: folder.path + "/teacher", seed: 3)
        func run(team: Int, progress: (Int, Int) throws -> Void = { _, _ in }) throws {
            var stage = LabelStage(
                generated: folder.path, mined: folder.path, teachers: [.init(name: "tiny", folder: folder.path + "/teacher")], team: Teams.all[team])
            stage.pairsAtOnce = 20
            try stage.run(into: folder.path, progress: progress)
        }
        try run(team: 0)
        let (scores, labels, report) = (try bytes("scores-0.jsonl"), try bytes("labels.jsonl"), try bytes("report.json"))
        #expect(Set(try self.labels().map(\.positive)).count > 20, "logits that hardly differ hide errors")

        func expectSame(_ comment: Comment) throws {
            #expect(try bytes("scores-0.jsonl") == scores, comment)
            #expect(try bytes("labels.jsonl") == labels, comment)
            #expect(try bytes("report.json") == report, comment)
        }
        for cut in stride(from: 0, through: scores.count, by: 197) {
            try scores.prefix(cut).write(to: url("scores-0.jsonl"))
            try run(team: cut % 3)
            try expectSame("cut at byte \(cut)")
        }
        try (scores.prefix(300) + Data(repeating: 0, count: 500)).write(to: url("scores-0.jsonl"))
        try run(team: 1)
        try expectSame("a tail of zeros, as a power cut leaves")

        try FileManager.default.removeItem(at: url("scores-0.jsonl"))
        var before = -1
        for _ in 0..<60 where before < 60 {
            // Stopped after its second report, which comes when a block is written.
            var calls = 0
            do {
                try run(team: 1) { done, _ in
                    calls += 1
                    guard calls == 2 else { return }
                    #expect(done > before, "it goes on, and does not begin anew")
                    before = done
                    if done < 60 { throw CancellationError() }
                }
            } catch is CancellationError { continue }
        }
        #expect(before == 60)
        try expectSame("stopped after every block")
    }

    @Test func optionsOutOfRange() {
        var options = LabelStage.Options()
        #expect(options.faults.isEmpty)
        options.maximumTokens = 15
        #expect(options.faults.map(\.key) == ["maximumTokens"])
    }
}
