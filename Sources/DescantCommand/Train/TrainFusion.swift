import ArgumentParser
import Encoders
import Evaluation
import LinearAlgebra
import MusicSearch
import Storage
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
        let folder = "\(FoldFolder(run: run.path).path)-\(try TextModel(model).description.split(separator: "/").last ?? "model")"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try writeDurably(
            [Array(try encoder.encode(Folds(count: recipe.data.folds, seed: recipe.data.foldSeed, rows: rows)))], to: folder + "/" + Folds.fileName)
        try writeDurably([Array(try encoder.encode(FoldedModels.Model(model: model)))], to: folder + "/" + FoldedModels.modelName)
        return folder
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

/// What the ways of ranking descriptor sets are worth for requests that the models had not seen.
struct DescriptorFusion {
    static let names = ["words", "cosine", "tags", "windows", "empty", "… coverage", "… cosine", "… length"]
    /// `association` cannot be found by words, and would teach that they are worth nothing.
    private static let protocols = [MatchingProtocol.full, .sampled, .published]
    /// None of those that benchmarks draw with.
    private static let seed: UInt64 = 1000
    /// Of each list: what stands lower is hardly ever right, and tells little.
    private static let depth = 60

    /// By fold.
    private var choices: [[ConditionalLogit.Choice]] = []

    init(rows: [DescriptorMatching.Row], folds: FoldedModels, encoder: ComparedEncoder, note: (String) -> Void) throws {
        let matching = DescriptorOptions.matching(rows)
        let tasks = Self.protocols.map { matching.task($0, seed: Self.seed) }
        let indexes = try tasks.map { try DescriptorIndex(documents: $0.documents) }
        var known: DescriptorVectors?
        for fold in 0..<folds.count {
            let vectors = try known ?? DescriptorVectors(encoder.encoder(fold), rows: rows)
            if folds.isOneModel { known = vectors }
            var learnt: [ConditionalLogit.Choice] = []
            for (task, index) in zip(tasks, indexes) {
                let asked = task.queries.indices.filter { folds.fold[task.rows[$0]] == fold }
                vectors.add(asked.map { task.queries[$0] })
                let dense = DenseDescriptors(task, vectors, [])
                for query in asked {
                    let features = dense.features(of: task.queries[query], index.scores(of: task.queries[query], DescriptorScorers.methods.suffix(1)))
                    let candidates = features.candidates(with: task.relevant[query], ofEach: Self.depth)
                    guard let chosen = candidates.firstIndex(of: task.relevant[query]) else { continue }
                    // Every protocol counts the same, whatever its number of requests.
                    learnt.append(.init(features: candidates.flatMap(features.row), chosen: chosen, weight: 1 / Double(asked.count)))
                }
            }
            note("fold \(fold): \(learnt.count) requests")
            choices.append(learnt)
        }
    }

    /// - Parameter fold: whose requests are left out; nil for none.
    func weights(withoutFold fold: Int?) -> FusionParameters.DescriptorWeights {
        let learnt = choices.indices.filter { $0 != fold }.flatMap { choices[$0] }
        return .init(values: ConditionalLogit(learnt, features: DescriptorFeatures.count).fitted)
    }
}

/// Tries the figures by which a library is searched on requests made of its own tags.
struct SearchTuning {
    private let library: Library
    /// By kind: plain, one tag in other words, all of them, and all in words that the vocabulary lacks.
    private let queries: [[TagQueries.Query]]
    /// Of phrases against titles; nil in a library without titles.
    private let scale: SimilarityScale?
    var queryCount: Int { queries.reduce(0) { $0 + $1.count } }

    /// None of those that benchmarks draw with.
    private static let seed: UInt64 = 1000
    /// Of P@10: with some hundreds of requests, less is noise.
    private static let margin = 0.002
    /// Of what no name covers in a request, one in five is taken to describe nothing: whoever asks for music describes it.
    private static let noiseShare = 0.2

    private static var parameters: [(parameter: CoordinateSearch.Parameter, path: WritableKeyPath<FusionParameters, Double>)] {
        [
            (.init("temperature", [0.03, 0.05, 0.07, 0.1, 0.15]), \.reading.temperature),
            (.init("neighbours", [5, 10, 20, 40, 80]), \.reading.neighboursValue),
            (.init("prior exponent", [0, 0.15, 0.3, 0.45, 0.6]), \.reading.priorExponent),
            (.init("weight of likeness", [0.01, 0.03, 0.06, 0.1, 0.15, 0.2]), \.likeness.weight),
            (.init("least likeness", [0, 0.1, 0.2, 0.3, 0.4]), \.likeness.least),
            (.init("full likeness", [0.7, 0.85, 1]), \.likeness.full),
        ]
    }

    init(_ library: Library, phrases: [Int: [String]], queries count: Int) throws {
        self.library = library
        let maker = TagQueries(library)
        queries = [TagQueries.Wording.plain, .oneParaphrased(phrases), .allParaphrased(phrases), .allUnknown(phrases, library)].enumerated().map {
            number, wording in
            maker.draw(count, seed: Self.seed + UInt64(number), wording)
        }
        let readings = phrases.values.joined().sorted().compactMap { library.nearestDescriptors(to: $0)?.similarity }
        // What a track is called says little of how it sounds, and is worded as phrases are.
        let titles = (0..<UInt32(library.tracks.count)).compactMap { library.tracks.title($0) == library.tracks.id($0) ? nil : library.tracks.title($0) }
        let noise = Set(titles).sorted().compactMap { library.nearestDescriptors(to: $0)?.similarity }
        scale = readings.isEmpty || noise.isEmpty ? nil : SimilarityScale(sense: readings, noise: noise, noiseShare: Self.noiseShare)
        guard queries.allSatisfy({ !$0.isEmpty }) else {
            throw ValidationError("\(library.path): expected tags in pairs that ten tracks have and --phrases have words for, found none")
        }
    }

    /// The scale of certainty, by phrases and titles; then the others, by P@10.
    func run(from given: FusionParameters, note: (String) -> Void) -> (before: Double, after: Double, FusionParameters) {
        let before = worth(of: given)
        var start = given
        if let scale { (start.reading.leastSimilarity, start.reading.certainSimilarity) = (scale.least, scale.certain) }
        note("a reading says something from similarity \(start.reading.leastSimilarity), and is certain from \(start.reading.certainSimilarity)")
        func parameters(_ values: [Double]) -> FusionParameters {
            var result = start
            for (value, entry) in zip(values, Self.parameters) { result[keyPath: entry.path] = value }
            return result
        }
        let search = CoordinateSearch(Self.parameters.map(\.parameter))
        let best = search.best(
            from: Self.parameters.map { start[keyPath: $0.path] }, margin: Self.margin,
            told: { trial in
                note(trial.values.map { "\($0)" }.joined(separator: " ") + ": \((trial.worth * 10000).rounded() / 100)")
            }
        ) { values in
            let candidate = parameters(values)
            return candidate.isSound ? worth(of: candidate) : 0
        }
        return (before, best.worth, parameters(best.values))
    }

    /// Mean P@10, every kind of request counting the same.
    private func worth(of parameters: FusionParameters) -> Double {
        let library = library.fused(by: parameters)
        let means = queries.map { queries in
            let precisions = queries.map { query in
                let relevant = Set(query.relevant.map(library.tracks.id))
                return Double(library.search(query.text).hits.prefix(10).count { relevant.contains($0.id) }) / 10
            }
            return precisions.reduce(0, +) / Double(precisions.count)
        }
        return means.reduce(0, +) / Double(means.count)
    }
}

extension FusionParameters.Reading {
    /// ``neighbours`` among parameters that are not whole numbers.
    fileprivate var neighboursValue: Double {
        get { Double(neighbours) }
        set { neighbours = Int(newValue) }
    }
}
