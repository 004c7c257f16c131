import Encoders
public import Evaluation
public import LinearAlgebra
import NeuralNetworks
import Ranking
import Storage
import TextAnalysis
import Vocabulary

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The way of a training, from captions to the model that ships:
///
/// ```
/// captions ─┬─► decoder ─┐
///           └────────────┴─► generate ─┐
/// base ──────────────────────► prune ──┴─► adapt ─► mine ─► teach ─► label ─► distill ─► mine ─► label ─► distill ─► quantize
/// ```
/// *adapt* is *distill* without a teacher: the student first learns from the requests alone, and it is its mistakes that are mined. Mining, labelling and
/// distilling go on for `rounds`, each time with the student of the round before (R-GPL, arXiv 2501.14434); without a round the student of *adapt* is the result.
public struct StudentPipeline {
    public let pipeline: Pipeline
    /// The stage whose folder holds the trained student in float32.
    public let student: PlannedStage
    /// The stage whose folder holds the student as it ships.
    public let quantized: PlannedStage
    /// The teacher, where there is one.
    public let teacher: PlannedStage?
    public let folds: Folds
    /// All rows of the captions, held-out ones among them.
    public let rows: [DescriptorMatching.Row]

    /// What a training reads that its configuration does not name.
    public struct Sources: Sendable {
        /// Folder of the pretrained model.
        public var base: String
        /// Folder of the vocabulary's tables.
        public var vocabulary: String
        /// Wordings by which a benchmark asks: no request is made of them.
        public var excludedWordings: Set<String>

        public init(base: String, vocabulary: String, excludedWordings: Set<String> = []) {
            (self.base, self.vocabulary, self.excludedWordings) = (base, vocabulary, excludedWordings)
        }
    }

    /// Plans all stages; nothing runs yet.
    ///
    /// - Parameter sources: asked for after the captions were read, which are the user's own and what is more likely to be wrong.
    /// - Throws: `ImportError`, `FileError` and `TrainingDataError` for captions that cannot be read or are too few.
    public init(_ configuration: TrainingConfiguration, run: RunFolder, sources: () throws -> Sources, team: ThreadTeam = .shared) throws {
        let (data, seed) = (configuration.data, configuration.seed)
        let captions = StageInput.file("captions", path: data.captions)
        _ = try captions.identity()
        let rows = try CaptionTable.read(data.captions, text: data.textColumn, tags: data.tagsColumn)
        guard rows.count >= data.folds else { throw TrainingDataError.tooFew(what: "rows in \(data.captions)", found: rows.count, least: data.folds) }
        guard rows.contains(where: { !$0.tags.isEmpty }) else { throw TrainingDataError.tooFew(what: "rows with tags in \(data.captions)", found: 0, least: 1) }
        let folds = Folds(count: data.folds, seed: data.foldSeed, rows: rows.count)
        let training = folds.rows(holdingOut: data.heldOut).map { rows[$0] }
        let selection = StageInput.value("selection", data.selection)
        let sources = try sources()
        let base = StageInput.folder("base", path: sources.base, files: ["config.json", "vocab.txt", "model.safetensors"])
        let tables = try FileManager.default.contentsOfDirectory(atPath: sources.vocabulary).filter { !$0.hasPrefix(".") }
        let vocabulary = StageInput.folder("vocabulary", path: sources.vocabulary, files: tables)

        var pipeline = Pipeline(run: run)
        let decoder =
            try configuration.decoder.requests > 0
            ? pipeline.add(.decoder, format: DecoderStage.version, options: configuration.decoder, seed: seed, inputs: [captions, selection, base]) { work in
                try DecoderStage(configuration.decoder, rows: training, base: sources.base, seed: seed, team: team).run(in: work)
            } : nil
        let jamendo = data.jamendo.map { [StageInput.file("jamendo", path: $0)] } ?? []
        let generate = try pipeline.add(
            .generate, format: GenerateStage.version, options: configuration.generate, seed: seed,
            inputs: [captions, selection, vocabulary, .value("excluded", sources.excludedWordings.sorted())] + jamendo
                + (decoder.map { [.stage("decoder", $0)] } ?? [])
        ) { work in
            let decoded = try decoder.map { try JSONLines.read(RequestDraft.self, from: $0.folder + "/" + DecoderStage.requestsFile) } ?? []
            let stage = GenerateStage(
                options: configuration.generate,
                inputs: .init(
                    rows: training, vocabulary: sources.vocabulary, jamendo: data.jamendo, decoded: decoded, excludedWordings: sources.excludedWordings)
            ) { documents in
                let retriever = try DenseRetriever(
                    documents, encoder: BiEncoder(folder: sources.base, name: "base", precision: .int8, remembered: 0, team: team), team: team)
                return { requests in
                    try retriever.nearest(requests, count: configuration.generate.filterDepth).nearest.map { $0.map { Int($0.document) } }
                }
            }
            try stage.run(into: work.folder) { done, of, unit in try work.tell(done, of: of, unit: unit) }
        }
        let prune = try pipeline.add(
            .prune, options: configuration.prune, inputs: [base, captions, selection, vocabulary]
        ) { work in
            try PruneStage(configuration.prune, rows: training, vocabulary: sources.vocabulary, base: sources.base).run(in: work)
        }

        func distill(_ kind: StageKind, round: Int, _ options: DistillOptions, from start: PlannedStage, labels: PlannedStage?) throws -> PlannedStage {
            try pipeline.add(
                kind, round: round, format: DistillStage.version, options: options, seed: seed &+ UInt64(round),
                inputs: [.stage("start", start), .stage("requests", generate)] + (labels.map { [.stage("labels", $0)] } ?? [])
            ) { work in
                try DistillStage(
                    options, seed: seed &+ UInt64(round), base: start.folder, generated: generate.folder, labelled: labels?.folder, team: team
                ).run(in: work)
            }
        }
        var student = try distill(.adapt, round: 1, configuration.adapt, from: prune, labels: nil)
        var teacher: PlannedStage?
        for round in 1...max(1, configuration.rounds) where configuration.rounds > 0 {
            let miner = student
            let mine = try pipeline.add(
                .mine, round: round, format: MineStage.version, options: configuration.mine, seed: seed,
                inputs: [.stage("requests", generate), .stage("student", miner)] + (configuration.mine.minesBase ? [base] : [])
            ) { work in
                let encoders =
                    (configuration.mine.minesBase ? [MineStage.Encoder(name: "base", folder: sources.base)] : [])
                    + [MineStage.Encoder(name: "student", folder: miner.folder)]
                try MineStage(options: configuration.mine, generated: generate.folder, encoders: encoders, seed: seed, team: team)
                    .run(into: work.folder) { try work.tell($0, of: $1, unit: "requests") }
            }
            let judges = configuration.label.judges
            if judges.contains(.teacher), teacher == nil {
                let start = configuration.teach.start
                teacher = try pipeline.add(
                    .teach, format: TeachStage.version, options: configuration.teach, seed: seed,
                    inputs: [start == .base ? base : .stage("student", miner), .stage("requests", generate), .stage("negatives", mine)]
                ) { work in
                    try TeachStage(
                        configuration.teach, seed: seed, base: start == .base ? sources.base : miner.folder, generated: generate.folder,
                        mined: mine.folder, team: team
                    ).run(in: work)
                }
            }
            let teach = teacher
            let label = try pipeline.add(
                .label, round: round, format: LabelStage.version, options: configuration.label, seed: seed,
                inputs: [.stage("requests", generate), .stage("negatives", mine), .stage("student", miner)] + (teach.map { [.stage("teacher", $0)] } ?? [])
            ) { work in
                let documents = try GeneratedFiles(folder: generate.folder).read().documents
                let student = miner.folder
                let teachers = judges.map { judge in
                    switch judge {
                    case .teacher: LabelStage.Teacher(name: judge.rawValue, folder: teach?.folder ?? "")
                    case .coverage: LabelStage.Teacher(name: judge.rawValue) { _, team in CoverageScorer(documents, team: team) }
                    case .student:
                        LabelStage.Teacher(name: judge.rawValue) { options, team in
                            try CosineScorer(folder: student, precision: options.precision, team: team)
                        }
                    }
                }
                try LabelStage(options: configuration.label, generated: generate.folder, mined: mine.folder, teachers: teachers, team: team)
                    .run(into: work.folder) { try work.tell($0, of: $1, unit: "requests") }
            }
            student = try distill(.distill, round: round, configuration.distill, from: student, labels: label)
        }
        let trained = student
        quantized = try pipeline.add(.quantize, options: NoOptions(), inputs: [.stage("student", trained)]) { work in
            try QuantizedModel.write(from: trained.folder, to: work.folder)
        }
        (self.pipeline, self.student, self.teacher, self.folds, self.rows) = (pipeline, trained, teacher, folds, rows)
    }
}

/// A stage that has nothing to choose.
struct NoOptions: StageOptions {
    var faults: [OptionFault] { [] }
}

extension StageWorkspace {
    /// Reports progress, and ends the stage where that was asked for.
    func tell(_ done: Int, of total: Int, unit: String) throws {
        report(StageProgress(done, of: total, unit: unit))
        if stop.isMade { throw StageStopped() }
    }
}
