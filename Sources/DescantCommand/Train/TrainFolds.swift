import ArgumentParser
import Encoders
import Evaluation
import LibraryAccess
import LinearAlgebra
import Storage
import Training

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Trains once for every fold and judges each model by the fold that it has not seen.
struct TrainFolds: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "folds", abstract: "Train with each fold held out, and judge every model by the fold it has not seen.",
        discussion: "Leaves RUNS/NAME/folds/ with folds.json and fold-0 … for `bench report --folds`.")
    @OptionGroup var training: TrainingOptions
    @Option(help: "Folds to train, separated by commas; all by default.")
    var folds: String?

    func run() throws {
        var configuration = try training.source.read()
        let chosen = try folds.map { try FoldList.parse($0, count: configuration.data.folds) } ?? Array(0..<configuration.data.folds)
        var scores: (float32: StudentScores, int8: StudentScores)?
        for fold in chosen {
            configuration.data.heldOut = fold
            let plan = try training.run(configuration, command: "folds", note: "fold \(fold)")
            if scores == nil { scores = (StudentScores(rows: plan.rows), StudentScores(rows: plan.rows)) }
            let judged = plan.folds.rows(in: fold)
            try scores?.float32.add(folder: plan.student.folder, requestsOf: judged)
            try scores?.int8.add(folder: plan.quantized.folder, requestsOf: judged, precision: .int8)
            try FoldFolder(run: plan.pipeline.run.path).add(fold, of: plan.folds, model: plan.student.folder)
        }
        guard let scores else { return }
        let results = FoldResults(
            sentence:
                "Recall in per cent of the bi-encoder alone, tags joined by a space: requests of rows that training had not seen (\(chosen.count) of \(configuration.data.folds) folds by clip), against the documents of all \(scores.float32.rowCount) rows. `bin/descant train folds --config recipe.json`",
            columns: scores.float32.measures.map(\.title),
            rows: [("student, float32", scores.float32), ("student, int8", scores.int8)].map { .init(name: $0.0, recalls: $0.1.measures.map(\.recall)) })
        if chosen.count == configuration.data.folds {
            try FoldFolder(run: RunFolder(runs: training.source.runs, name: configuration.name).path).keep(results)
        }
        Terminal.write("\n" + results.table.markdown)
    }
}

/// Recipes without one of their parts, side by side.
struct TrainAblate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ablate", abstract: "Train a recipe without each of its parts, and compare.",
        discussion: "Stages that variants share run once. One fold is held out, and the models are judged by it.")
    @OptionGroup var training: TrainingOptions
    @Option(help: "The fold that is held out.")
    var fold = 0
    @Option(help: "Variants to run, by number and separated by commas; all by default. --list shows them.")
    var variants: String?
    @Flag(help: "List the variants.")
    var list = false

    func run() throws {
        var recipe = try training.source.read()
        guard (0..<recipe.data.folds).contains(fold) else { throw ValidationError("--fold is \(fold); expected 0 to \(recipe.data.folds - 1)") }
        recipe.data.heldOut = fold
        let all = Ablation.variants(of: recipe)
        if list { return Terminal.write(all.enumerated().map { "\($0)  \($1.name)" }.joined(separator: "\n")) }
        let chosen = try variants.map { try FoldList.parse($0, count: all.count) } ?? Array(all.indices)
        var rows: [(name: String, scores: StudentScores)] = []
        for number in chosen {
            let variant = all[number]
            let plan = try training.run(variant.configuration, command: "ablate", note: variant.name)
            var scores = StudentScores(rows: plan.rows)
            try scores.add(folder: plan.student.folder, requestsOf: plan.folds.rows(in: fold))
            rows.append((variant.name, scores))
        }
        Terminal.write("\n" + StudentScores.table("\(recipe.name), fold \(fold)", rows).markdown)
    }
}

/// Numbers from 0, separated by commas.
enum FoldList {
    static func parse(_ text: String, count: Int) throws -> [Int] {
        try text.split(separator: ",").map { part in
            guard let number = Int(part), (0..<count).contains(number) else {
                throw ValidationError("the list holds '\(part)'; expected numbers from 0 to \(count - 1) separated by commas")
            }
            return number
        }
    }
}

/// The models of a cross-validation, as `bench report --folds` reads them.
struct FoldFolder {
    static let resultsName = "results.json"

    let path: String

    /// - Parameter model: one that stands for all folds; nil for the run's own.
    init(run: String, model: String? = nil) { path = run + "/folds" + (model.map { "-" + $0 } ?? "") }

    func keep(_ results: FoldResults) throws { try write(results, to: Self.resultsName) }

    /// The cut of a model that stands for all folds.
    func keep(_ folds: Folds, model: FoldedModels.Model) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try write(folds, to: Folds.fileName)
        try write(model, to: FoldedModels.modelName)
    }

    func add(_ fold: Int, of folds: Folds, model: String) throws {
        let target = FoldedModels.folder(of: fold, in: path)
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        try write(folds, to: Folds.fileName)
        // What was learnt for another model is not this one's.
        try? FileManager.default.removeItem(atPath: "\(target)/\(FusionParameters.fileName)")
        for name in ShippedModel.encoderFiles {
            try? FileManager.default.removeItem(atPath: "\(target)/\(name)")
            try FileManager.default.copyItem(atPath: "\(model)/\(name)", toPath: "\(target)/\(name)")
        }
    }

    private func write(_ value: some Encodable, to name: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try writeDurably([Array(try encoder.encode(value))], to: path + "/" + name)
    }
}
