import Encoders
public import LinearAlgebra
import NeuralNetworks

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The stage *distill*: requests, documents and the teacher's labels → the student, a folder that `BiEncoder` opens.
public struct DistillStage: Sendable {
    /// Goes up whenever the same inputs give another student.
    public static let version = 1

    public let options: DistillOptions
    public let seed: UInt64
    /// Of the weights to begin with.
    public let base: String
    /// Folder with `documents.jsonl` and `requests.jsonl`.
    public let generated: String
    /// Folder with `labels.jsonl`; nil trains without a teacher.
    public let labelled: String?
    public let team: ThreadTeam

    public init(_ options: DistillOptions, seed: UInt64, base: String, generated: String, labelled: String?, team: ThreadTeam = .shared) {
        (self.options, self.seed, self.base, self.generated, self.labelled, self.team) = (options, seed, base, generated, labelled, team)
    }

    /// - Throws: `StageStopped`, `TrainingDataError`, `TrainingFailure`, and the errors of files and models.
    public func run(in work: StageWorkspace) throws {
        let (documents, requests) = try GeneratedFiles(folder: generated).read()
        let labels = try labelled.map { try JSONLines.read(LabelledRequest.self, from: $0 + "/labels.jsonl") } ?? []
        let student = try TrainableBiEncoder(folder: base)
        if let widest = options.dimensions.max(), widest > student.transformer.configuration.width {
            throw TrainingDataError.outOfRange(what: "greatest of distill.dimensions", found: widest, count: student.transformer.configuration.width + 1)
        }
        let distillation = Distillation(
            options, set: try TrainingSet(documents: documents, requests: requests, labels: labels), student: student, seed: seed,
            guide: options.guideMargin == nil ? nil : try guide())
        let loop = TrainingLoop(options.loop, parameters: student.parameters, folder: work.folder, identity: identity, team: team)
        try loop.run(in: work, parts: ["contrastive", "margin", "list"], distillation.loss)
        try student.write(to: work.folder)
        try FileManager.default.removeItem(atPath: loop.checkpoint.path)
    }

    /// The base model's own similarities.
    private func guide() throws -> Distillation.Guide {
        let encoder = try BiEncoder(folder: base, name: "guide", precision: .int8, team: team)
        return { texts, documents in encoder.encode(texts).vectors.product(encoder.encode(documents).vectors.transposed) }
    }

    /// The folder's key says the rest.
    private var identity: String { "distill \(Self.version)" }
}
