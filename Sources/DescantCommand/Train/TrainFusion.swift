import ArgumentParser
import Encoders
import Evaluation
import LibraryAccess
import LinearAlgebra
import MusicSearch
import Training

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Learns what an encoder's similarities are worth beside words.
struct TrainFusion: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fusion", abstract: "Learn what the model's similarities are worth beside words, and keep it with the model.",
        discussion: """
            With --config the weights by which descriptor sets are ranked, from the models that `train folds` left: each is asked for the rows that it has not
            seen, and what is learnt on the others is kept with it, so that `bench report --folds` stays honest. What is learnt on all folds goes into the model
            that ships. With --library and --phrases the figures by which a library is searched are tuned, on requests made of the library's own tags.
            """)
    @Option(help: "JSON file of the configuration whose folds are learnt from.")
    var config: String?
    @Option(help: "Folder of all runs.")
    var runs = RunFolder.standardRuns
    @Option(
        help: ArgumentHelp(
            "A model that was trained on none of the rows, to learn for it instead; leaves RUNS/NAME/folds-MODEL for `bench report --folds`.",
            valueName: "model"))
    var model: String?
    @Option(help: "Library that the model indexed, to tune searching with.", completion: .directory)
    var library: String?
    @Option(help: "TSV of other words for tags, not those of a benchmark: columns facet, tag and phrase.", completion: .file(extensions: ["tsv"]))
    var phrases: String?
    @Option(help: "Requests of each kind to tune searching with.")
    var queries = 600
    @Option(help: "Folder of the model that keeps it; the program's own by default.", completion: .directory)
    var to: String?

    func validate() throws {
        if config == nil, library == nil { throw ValidationError("nothing to learn from; give --config, or --library and --phrases") }
        if (library == nil) != (phrases == nil) { throw ValidationError("--library and --phrases go together") }
        if queries < 1 { throw ValidationError("--queries is \(queries); expected 1 or more") }
        if model != nil, library != nil || to != nil {
            throw ValidationError("--model is for comparisons alone; --library and --to are for the model that ships")
        }
    }

    func run() throws {
        let target = try to ?? DataFolder().shippedModel
        // Before minutes of work, not after them.
        guard model != nil || FileManager.default.fileExists(atPath: target) else {
            throw ValidationError("\(target): expected the folder of a model, found none")
        }
        let weights = try config.map(learned)
        guard model == nil else { return }
        var parameters = try FusionParameters.read(folder: target)
        if let weights { parameters.descriptors = weights }
        if let library, let phrases { (parameters.reading, parameters.likeness) = try tuned(library, phrases, parameters) }
        try parameters.write(folder: target)
        if ShippedModel.isPresent(in: target) {
            let shipped = try ShippedModel(folder: target)
            _ = try ShippedModel.seal(folder: target, title: shipped.title, licence: shipped.licence, purpose: shipped.purpose)
        }
        Terminal.write("\(target)/\(FusionParameters.fileName)")
    }

    /// Learns on every fold's requests, and leaves with each fold's model what was learnt on the others'.
    ///
    /// - Returns: what was learnt on all.
    private func learned(_ config: String) throws -> FusionParameters.DescriptorWeights {
        let recipe = try ConfigurationFile.read(TrainingConfiguration.self, at: config)
        let rows = try CaptionTable.read(recipe.data.captions, text: recipe.data.textColumn, tags: recipe.data.tagsColumn)
        let folder = try foldFolder(config, recipe, rows: rows.count)
        let folds = try FoldedModels(folder: folder, rows: rows.count, of: recipe.data.captions)
        let compared = ComparedEncoder(name: model ?? recipe.name, precision: .int8, models: .folds(folds))
        let learning = try DescriptorFusion(rows: rows, folds: folds, encoder: compared) { Terminal.note($0) }
        var table = ResultTable(columns: ["learnt on"] + DescriptorFusion.names.map { .number($0) })
        func weights(_ name: String, withoutFold fold: Int?) -> FusionParameters.DescriptorWeights {
            let weights = learning.weights(withoutFold: fold)
            table.append([.text(name)] + weights.values.map { .number($0, digits: 2) })
            return weights
        }
        for fold in 0..<folds.count {
            var parameters = FusionParameters.standard
            parameters.descriptors = weights("all folds but \(fold)", withoutFold: fold)
            let target = FoldedModels.folder(of: fold, in: folder)
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
            try parameters.write(folder: target)
        }
        let all = weights("all folds", withoutFold: nil)
        Terminal.write("Weights of lists brought to 0…1, and of what speaks for the empty set:\n\n\(table.markdown)")
        return all
    }

    /// What `train folds` left, or the same cut of the rows for a model that stands for all folds.
    private func foldFolder(_ config: String, _ recipe: TrainingConfiguration, rows: Int) throws -> String {
        let run = try RunFolder(runs: runs, name: recipe.name)
        guard let model else {
            let folder = FoldFolder(run: run.path).path
            guard FileManager.default.fileExists(atPath: folder + "/" + Folds.fileName) else {
                throw ValidationError("\(folder) is missing; run: descant train folds \(ConfigurationOptions.words(config: config, runs: runs))")
            }
            return folder
        }
        let name = try TextModel(model).description.split(separator: "/").last ?? "model"
        let folder = FoldFolder(run: run.path, model: String(name))
        try folder.keep(Folds(count: recipe.data.folds, seed: recipe.data.foldSeed, rows: rows), model: .init(model: model))
        return folder.path
    }

    private func tuned(_ path: String, _ phrases: String, _ start: FusionParameters) throws -> (FusionParameters.Reading, FusionParameters.Likeness) {
        let library = try Library(path: path, encoder: TextModels.provider())
        if let why = library.lexicalOnly { throw ValidationError("\(path): \(why)") }
        let tuning = try SearchTuning(library, phrases: BenchTags.read(phrases, library.vocabulary), queries: queries)
        let (before, after, parameters) = tuning.run(from: start) { Terminal.note($0) }
        Terminal.write("\nP@10 of \(tuning.queryCount) requests, mean of the kinds: \(Self.percent(before)) before, \(Self.percent(after)) after\n")
        return (parameters.reading, parameters.likeness)
    }

    private static func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10)" }
}
