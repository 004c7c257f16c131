import ArgumentParser
import Encoders
import Evaluation
import LibraryAccess
import MusicSearch
import Storage
import Training

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Puts the trained model where the program finds it, with its card.
struct TrainShip: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ship", abstract: "Train on everything, and make the result the model that ships.",
        discussion: "The card holds what `train folds` measured with the same recipe, where that was run.")
    @OptionGroup var training: TrainingOptions
    @Option(help: "Folder for the model; the program's own by default.")
    var to: String?

    func run() throws {
        var recipe = try training.source.read()
        recipe.data.heldOut = nil
        let plan = try training.run(recipe, command: "ship")
        let target = try to ?? DataFolder().shippedModel
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        var isAnother = false
        for name in ShippedModel.encoderFiles {
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(plan.quantized.folder)/\(name)"))
            isAnother = isAnother || FileManager.default.contents(atPath: "\(target)/\(name)") != data
            try writeDurably([Array(data)], to: "\(target)/\(name)")
        }
        let fusion = "\(target)/\(FusionParameters.fileName)"
        if isAnother, FileManager.default.fileExists(atPath: fusion) {
            try FileManager.default.removeItem(atPath: fusion)
            Terminal.note("what was learnt of another model's similarities was removed; train fusion learns it for this one")
        }
        try card(plan, recipe, target).write(to: target)
        let model = try ShippedModel.seal(
            folder: target, title: "MiniLM cut to \(recipe.prune.layers.count) layers and trained on captions of music", licence: "Apache-2.0",
            purpose: "requests and descriptor sets of music as vectors")
        try model.verify()
        Terminal.write("\(target): \(model.encoderName), \(model.bytes) bytes")
    }

    private func card(_ plan: StudentPipeline, _ recipe: TrainingConfiguration, _ folder: String) throws -> ModelCard {
        let stages = try plan.pipeline.stages.map { stage -> ModelCard.Stage in
            guard case .done(let record) = try plan.pipeline.state(of: stage).state else { preconditionFailure("\(stage.title) is not done") }
            return ModelCard.Stage(stage, seconds: record.seconds)
        }
        let captions = ModelCard.Source(
            name: Self.fileName(recipe.data.captions), rows: plan.rows.count, sha256: try Checksum.sha256(fileAt: recipe.data.captions), licence: .musicCaps)
        let jamendo = try recipe.data.jamendo.map {
            ModelCard.Source(
                name: Self.fileName($0), rows: recipe.generate.jamendoSets, sha256: try Checksum.sha256(fileAt: $0), licence: .jamendo)
        }
        let results = "\(plan.pipeline.run.path)/folds/\(FoldFolder.resultsName)"
        var metrics: [(String, ResultTable)] = []
        if FileManager.default.fileExists(atPath: results) {
            let table = try JSONDecoder().decode(FoldResults.self, from: Data(contentsOf: URL(fileURLWithPath: results)))
            metrics.append((table.sentence, table.table))
        }
        return ModelCard(
            name: ShippedModel.name,
            purpose: [
                "A bi-encoder for music: free text (“something calm with a steel drum”) and descriptor sets (“calm steel drum caribbean”) become unit vectors whose dot product says how well they match.",
                "It is the default text encoder of Descant and runs on a processor without further help. It is no general sentence encoder.",
            ],
            size: [
                ("layers", "\(recipe.prune.layers.count) of MiniLM-L6, numbers \(recipe.prune.layers.map(String.init).joined(separator: ", "))"),
                ("width", "384"), ("vocabulary", "\(recipe.prune.vocabulary) word pieces at most"), ("positions", "\(recipe.prune.positions)"),
                ("precision", "int8, a scale for every row"),
                ("widths trained to stand alone", recipe.distill.dimensions.map(String.init).joined(separator: ", ")),
            ],
            sources: [captions] + (jamendo.map { [$0] } ?? []), command: "bin/descant train ship --config recipe.json",
            configuration: try JSONValue(encoding: portable(recipe)),
            stages: stages, metrics: metrics,
            limits: [
                "English only: captions, tags and wordings are English.",
                "Captions are by ten musicians, of ten-second clips, and speak of sound more than of occasions or artists.",
                "Negation is not understood: “no drums” lies near “drums”. Descant reads negation by rule before the encoder is asked.",
            ],
            files: try ModelCard.files(in: folder).filter { !["manifest.json", FusionParameters.fileName].contains($0.name) })
    }

    /// Without the folders of one machine.
    private func portable(_ recipe: TrainingConfiguration) -> TrainingConfiguration {
        var recipe = recipe
        recipe.data.captions = Self.fileName(recipe.data.captions)
        recipe.data.jamendo = recipe.data.jamendo.map(Self.fileName)
        return recipe
    }

    private static func fileName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// What `train folds` measured, kept for the card.
struct FoldResults: Codable {
    struct Row: Codable {
        var name: String
        var recalls: [MeanAndDeviation?]
    }
    var sentence: String
    var columns: [String]
    var rows: [Row]

    var table: ResultTable {
        var table = ResultTable(columns: ["model"] + columns.map { .number($0) })
        for row in rows { table.append([.text(row.name)] + row.recalls.map { $0.map { .measure($0) } ?? .empty }) }
        return table
    }
}
