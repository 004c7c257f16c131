import Evaluation
import Foundation
import Storage
import TestSupport
import Testing

@testable import Training

@Suite struct MineStageTests {
    private let folder: TemporaryFolder
    private let pairs = RandomPairs(seed: 2, documents: 50, requests: 80)

    init() throws {
        folder = try TemporaryFolder()
        try JSONLines.write(pairs.documents, to: folder.path + "/documents.jsonl")
        try JSONLines.write(pairs.requests, to: folder.path + "/requests.jsonl")
        try TinyModels.writeBiEncoder(to: folder.path + "/encoder", seed: 1)
    }

    private func stage(team: Int = 0, _ change: (inout MineStage.Options) -> Void = { _ in }) -> MineStage {
        var options = MineStage.Options()
        options.negatives = 6
        options.denoising = .off
        change(&options)
        return MineStage(
            options: options, generated: folder.path, encoders: [.init(name: "tiny", folder: folder.path + "/encoder")], team: Teams.all[team])
    }

    private func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name)) }

    @Test func filesAreTheSameWhateverTheThreads() throws {
        var seen: [Int] = []
        let report = try stage().run(into: folder.path) { done, of in
            seen.append(done)
            #expect(of == 80)
        }
        #expect(seen.last == 80)
        let (negatives, written) = (try bytes("negatives.jsonl"), try bytes("report.json"))
        #expect(try JSONLines.read(MinedRequest.self, from: folder.path + "/negatives.jsonl").count == 80)
        #expect(try JSONDecoder().decode(MiningReport.self, from: written) == report)
        #expect(report.retrievers.map(\.name) == ["coverage 0.7 s, stems", "tiny/int8-\(PackedRevision.current)"])
        try stage(team: 1).run(into: folder.path) { _, _ in }
        #expect(try bytes("negatives.jsonl") == negatives && bytes("report.json") == written)
    }

    @Test func theSameScorerTwiceIsRefused() throws {
        #expect(throws: MiningError.self) { try stage { $0.lexical = [.coverage, .coverage] }.run(into: folder.path) { _, _ in } }
        #expect(try stage { $0.lexical = [.coverage, .bm25] }.run(into: folder.path) { _, _ in }.retrievers.count == 3)
    }

    @Test func progressStopsIt() throws {
        #expect(throws: CancellationError.self) { try stage().run(into: folder.path) { _, _ in throw CancellationError() } }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/negatives.jsonl"))
    }

    @Test func damagedInputsAreNamed() throws {
        func error(_ text: String, _ name: String) throws -> LineError? {
            let before = try bytes(name)
            defer { try? before.write(to: URL(fileURLWithPath: folder.path + "/" + name)) }
            _ = try folder.write(text, to: name)
            return #expect(throws: LineError.self) { try stage().run(into: folder.path) { _, _ in } }
        }
        let good = #"{"document":0,"song":0,"source":"caption","text":"a"}"#
        #expect(try error("", "requests.jsonl")?.description == "\(folder.path)/requests.jsonl:1: expected at least one line of JSON, found \"\"")
        #expect(
            try error("\(good)\n{\"document\":50,\"song\":0,\"source\":\"caption\",\"text\":\"a\"}\n", "requests.jsonl")?.expected == "a document from 0 to 49")
        #expect(try error("\(good)\n{\"document\":-1,\"song\":0,\"source\":\"caption\",\"text\":\"a\"}\n", "requests.jsonl")?.line == 2)
        #expect(try error(#"{"document":0,"song":0,"text":"a"}"#, "requests.jsonl")?.expected == "a member \"source\"")
        #expect(try error(#"{"document":"x","song":0,"source":"caption","text":"a"}"#, "requests.jsonl")?.expected == "\"document\" of type Int")
        #expect(try error(#"{"document":0,"song":0,"source":"dream","text":"a"}"#, "requests.jsonl")?.expected == "another value of \"source\"")
        #expect(try error("\(good)\n\(good.dropLast(9))", "requests.jsonl").map { [$0.line.description, $0.expected] } == ["2", "a JSON object"])
        #expect(try error("{\"tags\":[]}\n", "documents.jsonl")?.expected == "at least one tag")
        try FileManager.default.removeItem(atPath: folder.path + "/documents.jsonl")
        #expect(throws: FileError.self) { try stage().run(into: folder.path) { _, _ in } }
    }

    @Test func optionsOutOfRange() {
        var options = MineStage.Options()
        #expect(options.faults.isEmpty)
        options.depth = 1001
        #expect(options.faults.map(\.key) == ["depth"])
    }
}
