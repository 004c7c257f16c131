import Encoders
public import LinearAlgebra
import NeuralNetworks
import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The stage *teach*: requests, documents and mined negatives → the teacher, a folder that `CrossEncoder` opens, with `report.json`.
public struct TeachStage: Sendable {
    /// Goes up whenever the same inputs give another teacher.
    public static let version = 1

    public let options: TeachOptions
    public let seed: UInt64
    /// Of the weights to begin with.
    public let base: String
    /// Folder with `documents.jsonl` and `requests.jsonl`.
    public let generated: String
    /// Folder with `negatives.jsonl`.
    public let mined: String
    public let team: ThreadTeam

    public init(_ options: TeachOptions, seed: UInt64, base: String, generated: String, mined: String, team: ThreadTeam = .shared) {
        (self.options, self.seed, self.base, self.generated, self.mined, self.team) = (options, seed, base, generated, mined, team)
    }

    /// - Throws: `StageStopped`, `TrainingDataError`, `TrainingFailure`, and the errors of files and models.
    public func run(in work: StageWorkspace) throws {
        let (documents, requests) = try GeneratedFiles(folder: generated).read()
        let mined = try JSONLines.read(MinedRequest.self, from: mined + "/negatives.jsonl")
        let teacher = try TrainableCrossEncoder(encoder: base, seed: seed, maximumTokens: options.maximumTokens)
        let teaching = try Teaching(options, documents: documents, requests: requests, mined: mined, teacher: teacher, seed: seed)
        let loop = TrainingLoop(options.loop, parameters: teacher.parameters, folder: work.folder, identity: "teach \(Self.version)", team: team)
        try loop.run(in: work, parts: ["list"], teaching.loss)
        try teacher.write(to: work.folder)
        let encoder = try CrossEncoder(folder: work.folder, name: "teacher", precision: .float32, maximumTokens: options.maximumTokens, team: team)
        try JSONLines.write([teaching.judge(encoder)], to: work.folder + "/report.json")
        try FileManager.default.removeItem(atPath: loop.checkpoint.path)
    }
}
