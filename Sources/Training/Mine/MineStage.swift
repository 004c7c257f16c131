import Encoders
import LexicalIndex
public import LinearAlgebra
import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The stage *mine*: `documents.jsonl` and `requests.jsonl` → `negatives.jsonl`, a line for every request, and `report.json`.
///
/// It takes minutes and writes its files whole at the end: one that was stopped begins anew. The same inputs and options make the same bytes.
public struct MineStage: Sendable {
    public static let name = "mine"
    /// Goes up whenever the same inputs give other negatives.
    public static let version = 1

    /// A bi-encoder's folder.
    public struct Encoder: Hashable, Sendable {
        public var name: String
        public var folder: String

        public init(name: String, folder: String) {
            self.name = name
            self.folder = folder
        }
    }

    public let options: Options
    /// Folder with `documents.jsonl` and `requests.jsonl`.
    public let generated: String
    /// The last one is the guide: when mining again, the adapted student.
    public let encoders: [Encoder]
    /// Of the requests that are drawn.
    public let seed: UInt64
    public let team: ThreadTeam

    public init(options: Options = Options(), generated: String, encoders: [Encoder], seed: UInt64 = 0, team: ThreadTeam = .shared) {
        self.options = options
        self.generated = generated
        self.encoders = encoders
        self.seed = seed
        self.team = team
    }

    /// - Parameter progress: told how many requests are done, of how many; an error that it throws ends the stage.
    /// - Throws: `LineError` or `FileError` for inputs and outputs, `MiningError`, the encoder's errors, and what `progress` throws.
    @discardableResult
    public func run(into folder: String, progress: (_ done: Int, _ of: Int) throws -> Void) throws -> MiningReport {
        let (documents, requests) = try GeneratedFiles(folder: generated).read()
        var retrievers: [any NegativeRetriever] = []
        for scorer in options.lexical { retrievers.append(try LexicalRetriever(documents, scorer: scorer.scorer, team: team)) }
        for encoder in encoders {
            let model = try BiEncoder(folder: encoder.folder, name: encoder.name, precision: options.precision, remembered: 0, team: team)
            retrievers.append(try DenseRetriever(documents, encoder: model, team: team))
        }
        let mining = try NegativeMining(options, documents: documents, retrievers: retrievers, team: team)
        let (mined, report) = try mining.mine(requests, chosen: chosen(requests.count), progress: progress)
        try JSONLines.write(mined, to: folder + "/negatives.jsonl")
        try JSONLines.write([report], to: folder + "/report.json")
        return report
    }

    /// A seeded part of the requests, in their order.
    private func chosen(_ count: Int) -> [Int] {
        guard options.requests > 0, options.requests < count else { return Array(0..<count) }
        var generator = SeededGenerator(seed: seed)
        return generator.sample(options.requests, of: Array(0..<count)).sorted()
    }
}

extension MineStage.Options.Lexical {
    var scorer: Scorer {
        switch self {
        case .coverage: .coverage(exponent: 0.7)
        case .bm25: .bm25(k1: 1.2, b: 0.75)
        }
    }
}

/// What the stage *generate* leaves.
struct GeneratedFiles {
    var folder: String

    /// - Throws: `LineError` for a set without tags or a request for a document that is not there, too.
    func read() throws -> (documents: [DescriptorSet], requests: [TrainingRequest]) {
        let documents = try JSONLines.read(DescriptorSet.self, from: folder + "/documents.jsonl") { $0.tags.isEmpty ? "at least one tag" : nil }
        let requests = try JSONLines.read(TrainingRequest.self, from: folder + "/requests.jsonl") {
            documents.indices.contains($0.document) ? nil : "a document from 0 to \(documents.count - 1)"
        }
        return (documents, requests)
    }
}
