import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

/// A stage with its recipe, its place and its work.
public struct PlannedStage {
    /// From 1: a pipeline may mine, label and distill again with the student it has.
    public let round: Int
    public let recipe: StageRecipe
    /// Where its products lie once it is done.
    public let folder: String
    /// Folders of the stages that it reads.
    fileprivate let earlier: [String]
    fileprivate let work: (StageWorkspace) throws -> Void

    public var kind: StageKind { recipe.kind }
    public var title: String { round == 1 ? kind.rawValue : "\(kind.rawValue), round \(round)" }
}

/// What a stage works with.
public struct StageWorkspace {
    /// For checkpoints and products. Checkpoints are for the stage to take away at its end: what it leaves is product.
    public let folder: String
    /// Whether an earlier session began it: the folder may hold a checkpoint.
    public let isResumed: Bool
    /// To be looked at after every step.
    public let stop: StopRequest
    public let report: (StageProgress) -> Void
}

/// Stages in their order: knows their keys before any has run, and runs what is missing.
///
/// ```swift
/// var pipeline = Pipeline(run: try RunFolder(name: "music-minilm"))
/// let generate = try pipeline.add(.generate, options: options, inputs: [.file("captions", path: path)]) { work in … }
/// let teach = try pipeline.add(.teach, options: …, inputs: [.stage("requests", generate)]) { work in … generate.folder … }
/// try pipeline.run(upTo: .teach)
/// ```
public struct Pipeline {
    public let run: RunFolder
    public private(set) var stages: [PlannedStage] = []

    public init(run: RunFolder) { self.run = run }

    /// Plans a stage behind those that it reads.
    ///
    /// - Parameters:
    ///   - round: from 1.
    ///   - format: of the stage's products; see ``StageRecipe/format``.
    ///   - inputs: with distinct names.
    ///   - work: may be called again with the same folder after it threw, or after the process was killed.
    /// - Returns: the stage, whose folder is known though nothing is in it yet.
    /// - Throws: `FileError` where an input file cannot be read.
    public mutating func add(
        _ kind: StageKind, round: Int = 1, format: Int = 1, options: some StageOptions, seed: UInt64 = 0, inputs: [StageInput],
        work: @escaping (StageWorkspace) throws -> Void
    ) throws -> PlannedStage {
        var identities: [String: JSONValue] = [:]
        for input in inputs {
            let displaced = identities.updateValue(try input.identity(), forKey: input.name)
            precondition(displaced == nil, "two inputs of \(kind) are named \(input.name)")
        }
        let recipe = StageRecipe(kind: kind, format: format, options: try JSONValue(encoding: options), seed: seed, inputs: identities)
        let earlier = inputs.compactMap { if case .stage(_, let stage) = $0 { stage.folder } else { nil } }
        precondition(earlier.allSatisfy { folder in stages.contains { $0.folder == folder } }, "\(kind) reads a stage of another pipeline")
        let stage = PlannedStage(round: round, recipe: recipe, folder: run.path + "/" + recipe.folderName, earlier: earlier, work: work)
        stages.append(stage)
        return stage
    }

    /// How far a stage is, and whether a process works on it now.
    ///
    /// - Throws: as ``run(upTo:verifying:stop:observer:)`` for a folder that is not what it should be.
    public func state(of stage: PlannedStage) throws -> (state: StageState, isBusy: Bool) {
        let folder = StageFolder(path: stage.folder, recipe: stage.recipe)
        let state = try folder.state()
        if case .done(let record) = state { try folder.verify(record, hashes: false) }
        return (state, folder.isBusy)
    }

    /// Runs the stages that the last one of a kind needs, and that one; those that are done are reused, after a look at their products' sizes.
    ///
    /// - Parameters:
    ///   - kind: nil runs all there are.
    ///   - verifying: also holds products of done stages to their SHA-256.
    /// - Throws: `RunError`, `FileError`, and what a stage throws. The stages done stay done; the one that failed goes on from its checkpoint next time.
    public func run(
        upTo kind: StageKind? = nil, verifying: Bool = false, stop: StopRequest = StopRequest(), observer: (PipelineEvent) -> Void = { _ in }
    ) throws {
        var needed: Set<String> = []
        if let kind {
            guard let target = stages.last(where: { $0.kind == kind }) else { preconditionFailure("the pipeline has no stage \(kind)") }
            needed.insert(target.folder)
            // Later ones read earlier ones, so one pass from the end finds all.
            for stage in stages.reversed() where needed.contains(stage.folder) { needed.formUnion(stage.earlier) }
        } else {
            needed = Set(stages.map(\.folder))
        }
        for stage in stages where needed.contains(stage.folder) {
            if let signal = stop.signal { throw RunError.stopped(stage: stage.title, signal: signal) }
            try run(stage, verifying, stop, observer)
        }
    }

    private func run(_ stage: PlannedStage, _ isVerifying: Bool, _ stop: StopRequest, _ observer: (PipelineEvent) -> Void) throws {
        let folder = StageFolder(path: stage.folder, recipe: stage.recipe)
        if case .done(let record) = try folder.state() {
            try folder.verify(record, hashes: isVerifying)
            return observer(.reused(stage, record))
        }
        let lock = try folder.lock()
        defer { withExtendedLifetime(lock) {} }
        var earlier: StageRecord?
        switch try folder.state() {
        case .absent: break
        case .inProgress(let record): earlier = record
        case .done(let record):
            // Another process ended it between the look and the lock.
            try folder.verify(record, hashes: isVerifying)
            return observer(.reused(stage, record))
        }
        var record = try folder.begin(earlier)
        observer(.began(stage, isResumed: earlier != nil))
        let start = ContinuousClock.now
        func elapsed() -> Double { (ContinuousClock.now - start) / .seconds(1) }
        let before = record.seconds
        do {
            try withoutActuallyEscaping(observer) { observer in
                try stage.work(
                    StageWorkspace(folder: stage.folder, isResumed: earlier != nil, stop: stop) { observer(.progressed(stage, $0)) })
            }
        } catch {
            record.seconds = before + elapsed()
            // The time worked is worth a try: the stage's own error is what counts, and a full disk may be that error.
            try? record.write(folder: stage.folder)
            guard error is StageStopped else { throw error }
            throw RunError.stopped(stage: stage.title, signal: stop.signal ?? SIGINT)
        }
        record.seconds = before + elapsed()
        try folder.finish(record)
        observer(.ended(stage, seconds: record.seconds))
    }
}

/// What a pipeline tells of its work.
public enum PipelineEvent {
    /// It was done before.
    case reused(PlannedStage, StageRecord)
    case began(PlannedStage, isResumed: Bool)
    case progressed(PlannedStage, StageProgress)
    /// - Parameter seconds: over all sessions.
    case ended(PlannedStage, seconds: Double)
}
