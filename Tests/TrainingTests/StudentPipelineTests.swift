import Encoders
import Evaluation
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import Training

/// The whole way from captions to a student, on a model of one layer and some captions.
@Suite struct StudentPipelineTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func configuration() -> TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.name = "tiny"
        configuration.data.captions = folder.path + "/captions.csv"
        configuration.data.heldOut = 1
        configuration.prune.layers = [0]
        configuration.decoder.requests = 0
        configuration.generate.jamendoSets = 0
        configuration.generate.bareWordings = 20
        configuration.generate.bareAliases = 20
        configuration.generate.captions.draws = 3
        configuration.generate.captions.completions = 3
        for path in [\TrainingConfiguration.adapt, \.distill] {
            configuration[keyPath: path].loop.steps = 5
            configuration[keyPath: path].loop.checkpointEvery = 2
            configuration[keyPath: path].dimensions = [16, 8]
            configuration[keyPath: path].dimensionWeights = [1, 0.5]
            configuration[keyPath: path].negatives = path == \.adapt ? 0 : 2
            (configuration[keyPath: path].perStep.caption, configuration[keyPath: path].perStep.tags) = (4, 4)
            (configuration[keyPath: path].perStep.grammar, configuration[keyPath: path].perStep.decoder) = (2, 0)
        }
        configuration.mine.requests = 40
        configuration.mine.negatives = 6
        configuration.mine.denoising = .off
        configuration.teach.loop.steps = 4
        configuration.teach.loop.checkpointEvery = 3
        configuration.teach.negatives = 2
        configuration.teach.requestsPerStep = 3
        configuration.teach.judged = 5
        configuration.label.negatives = 4
        return configuration
    }

    private func plan(_ configuration: TrainingConfiguration, runs: String, threads: Int) throws -> StudentPipeline {
        let base = folder.path + "/base"
        if !FileManager.default.fileExists(atPath: base) {
            try TinyModels.writeBiEncoder(to: base, seed: 3, positions: 192)
            let rows = GenerateFixtures.rows(30).map { row in
                "\"\(row.text)\",\"[\(row.tags.map { "'\($0)'" }.joined(separator: ", "))]\"\n"
            }
            try ("caption,aspect_list\n" + rows.joined()).write(toFile: configuration.data.captions, atomically: true, encoding: .utf8)
        }
        return try StudentPipeline(
            configuration, run: RunFolder(runs: folder.path + "/" + runs, name: configuration.name),
            sources: { .init(base: base, vocabulary: GenerateFixtures.vocabulary) }, team: ThreadTeam(size: threads))
    }

    private func weights(_ stage: PlannedStage) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: stage.folder + "/model.safetensors")) }

    @Test func oneThreadAndTwoAndStoppingGiveTheSameStudent() throws {
        let whole = try plan(configuration(), runs: "whole", threads: 2)
        try whole.pipeline.run()
        let judged = try JSONLines.read(TeacherReport.self, from: (try #require(whole.teacher)).folder + "/report.json")
        #expect(judged[0].requests == 5 && judged[0].candidates > 5)
        #expect(FileManager.default.fileExists(atPath: whole.student.folder + "/" + LossCurve.pictureName))

        // Stopped at every third step of the stages that go on where they were, and gone on with; the others are short and begin anew.
        let parts = try plan(configuration(), runs: "parts", threads: 1)
        var starts = 0
        while starts < 60 {
            starts += 1
            let stop = StopRequest()
            var reports = 0
            do {
                try parts.pipeline.run(stop: stop) { event in
                    guard case .progressed(let stage, _) = event, [.adapt, .teach, .distill].contains(stage.kind) else { return }
                    reports += 1
                    if reports == 3 { stop.make() }
                }
                break
            } catch RunError.stopped { continue }
        }
        #expect((5..<60).contains(starts))
        #expect(try weights(whole.student) == weights(parts.student))
        #expect(try weights(whole.quantized) == weights(parts.quantized))

        // What is done is not done again.
        var begun = 0
        try whole.pipeline.run { if case .began = $0 { begun += 1 } }
        #expect(begun == 0)

        // The product is a model, and a trained one.
        let before = try BiEncoder(folder: folder.path + "/base", name: "base", precision: .float32).encode("slow jazz").vector
        let after = try BiEncoder(folder: whole.quantized.folder, name: "student", precision: .int8).encode("slow jazz").vector
        #expect(after.count == 16 && zip(before, after).contains { abs($0 - $1) > 1e-3 })
    }

    @Test func changesOfLaterStagesLeaveEarlierOnes() throws {
        let first = try plan(configuration(), runs: "runs", threads: 1)
        var other = configuration()
        other.distill.margin = 1
        let second = try plan(other, runs: "runs", threads: 1)
        let shared = Set(first.pipeline.stages.map(\.folder)).intersection(second.pipeline.stages.map(\.folder))
        // generate, prune, adapt, mine, teach and label of the first round; what follows has the other student in it.
        #expect(shared.count == 6)
        other.rounds = 0
        #expect(try plan(other, runs: "runs", threads: 1).student.kind == .adapt)
    }

    @Test func everyVariantOfARecipeIsAnotherOne() throws {
        let variants = Ablation.variants(of: configuration())
        let students = try variants.map { try plan($0.configuration, runs: "runs", threads: 1).student.folder }
        #expect(Set(variants.map(\.name)).count == variants.count)
        // The fixture's recipe has no decoder, so that variants of sources alone still differ by theirs.
        #expect(Set(students).count == variants.count)
        #expect(variants.allSatisfy { $0.configuration.faults.isEmpty }, "\(variants.flatMap { $0.configuration.faults })")
    }

    @Test func captionsThatCannotBeTrainedOn() throws {
        func failure(_ text: String) throws -> String {
            let configuration = configuration()
            try text.write(toFile: configuration.data.captions, atomically: true, encoding: .utf8)
            try FileManager.default.createDirectory(atPath: folder.path + "/base", withIntermediateDirectories: true)
            do {
                _ = try plan(configuration, runs: "runs", threads: 1)
                return ""
            } catch { return "\(error)" }
        }
        #expect(try failure("").contains("captions.csv"))
        #expect(try failure("caption,aspect_list\n\"one\",\"['jazz']\"\n").contains("1 rows in"))
        #expect(try failure("caption,aspect_list\n" + String(repeating: "one,[]\n", count: 9)).contains("0 rows with tags"))
        #expect(try failure("caption,labels\n").contains("aspect_list"))
    }
}

/// Judges by hand.
@Suite struct JudgeTests {
    @Test func coverageOfWords() {
        let documents = [["jazz"], ["jazz", "piano"], ["rock", "loud"], ["piano", "slow"]].map { DescriptorSet(tags: $0) }
        let scorer = CoverageScorer(documents, team: ThreadTeam(size: 2))
        let scores = scorer.score([
            .init(request: "slow piano jazz", documents: documents.map(\.text)), .init(request: "rocking", documents: ["rock loud", "jazz"]),
        ])
        // All of a set that is said counts more the more it says; nothing said is nothing.
        #expect(scores[0][1] > scores[0][0] && scores[0][3] > scores[0][0] && scores[0][2] == 0)
        // A stem is enough.
        #expect(scores[1][0] > 0 && scores[1][1] == 0)
    }

    @Test func studentScoresByHand() throws {
        let folder = try TemporaryFolder()
        try TinyModels.writeBiEncoder(to: folder.path, seed: 5, positions: 64)
        let words = RandomPairs.words
        let rows = (0..<12).map { DescriptorMatching.Row(text: words[$0], tags: [words[$0]]) }
        var scores = StudentScores(rows: rows)
        try scores.add(folder: folder.path, requestsOf: Array(0..<6))
        try scores.add(folder: folder.path, requestsOf: Array(6..<12))
        // The request is the document: nothing is nearer, and every fold's requests count once. No row has two tags that it does not say.
        #expect(scores.measures.map { $0.recall?.mean } == [100, 100, 0, 0])
        #expect(scores.measures[1].recall?.count == 3)
    }
}
