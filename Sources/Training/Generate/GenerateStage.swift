public import Evaluation
import LinearAlgebra
import TextAnalysis
import Vocabulary

/// The stage *generate*: captions, MTG-Jamendo's training tags and the vocabulary → `documents.jsonl`, each distinct descriptor set once, `requests.jsonl`, and
/// `report.json`.
///
/// It takes seconds, but for an endpoint's answers, which are kept in `endpoint.jsonl` as they come: a stage that was stopped asks for the missing ones only.
/// The same inputs and options make the same bytes on any number of threads.
public struct GenerateStage {
    public static let name = "generate"
    /// Goes up whenever the same inputs give other requests.
    public static let version = 1

    /// Where the stage reads.
    public struct Inputs: Hashable, Sendable {
        /// Captions with their tags: those of the training folds only. Nothing else of the captions enters the stage.
        public var rows: [DescriptorMatching.Row]
        /// Folder of the vocabulary's tables, `requests.tsv` among them.
        public var vocabulary: String
        /// MTG-Jamendo's table, if it shall be used.
        public var jamendo: String?
        /// Requests of a trained decoder.
        public var decoded: [RequestDraft]
        /// Wordings that the grammar shall not use: those by which a benchmark asks.
        public var excludedWordings: Set<String>

        public init(
            rows: [DescriptorMatching.Row], vocabulary: String, jamendo: String? = nil, decoded: [RequestDraft] = [], excludedWordings: Set<String> = []
        ) {
            self.rows = rows
            self.vocabulary = vocabulary
            self.jamendo = jamendo
            self.decoded = decoded
            self.excludedWordings = excludedWordings
        }
    }

    public let options: Options
    public let inputs: Inputs
    /// Makes the filter's retriever of the documents; called once, where `options.filterDepth` is above 0.
    private let retriever: ([DescriptorSet]) throws -> RoundTripFilter.Retriever

    public init(
        options: Options = Options(), inputs: Inputs, retriever: @escaping ([DescriptorSet]) throws -> RoundTripFilter.Retriever
    ) {
        precondition(options.faults.isEmpty, "\(options.faults)")
        self.options = options
        self.inputs = inputs
        self.retriever = retriever
    }

    /// - Parameter progress: told how much is done, of how much, and of what; an error that it throws ends the stage.
    /// - Throws: `GenerateError`; `VocabularyError`, `LineError` and `FileError` for inputs and outputs; `EndpointError`; what the retriever and `progress`
    ///   throw.
    @discardableResult
    public func run(into folder: String, progress: (_ done: Int, _ of: Int, _ unit: String) throws -> Void) throws -> GenerateReport {
        let tables = try VocabularyTables(folder: inputs.vocabulary)
        let table = try RequestTable(path: inputs.vocabulary + "/requests.tsv")
        let grammar = RequestGrammar(tables, table, options: options.grammar, excluding: inputs.excludedWordings)
        return try run(into: folder, grammar: grammar, progress: progress)
    }

    /// - Parameter grammar: of the inputs' vocabulary.
    func run(
        into folder: String, grammar: RequestGrammar, progress: (_ done: Int, _ of: Int, _ unit: String) throws -> Void
    ) throws -> GenerateReport {
        var grammar = grammar
        let jamendo = try inputs.jamendo.map { path in
            try JamendoTagSets.read(path, label: grammar.label).filter { $0.count >= options.fewestJamendoTags }
        }
        let chosen = chosenJamendo(jamendo ?? [])
        try progress(0, inputs.rows.count, "captions")

        var collection = RequestCollection(options.tagOrder)
        let pairs = CaptionPairs(options.captions, tags: inputs.rows.lazy.flatMap(\.tags), stems: Analyzer(stemmer: .english).terms)
        // Songs are numbered in the order of captions, sets of MTG-Jamendo and labels of the vocabulary, which count as songs of one tag.
        var described: [(song: Int, tags: [String])] = []
        for (position, row) in inputs.rows.enumerated() {
            pairs.drafts(of: row, at: position, seed: options.seed).forEach { collection.add($0) }
            var seen: Set<String> = []
            let tags = row.tags.filter { !$0.allSatisfy(\.isWhitespace) && seen.insert($0).inserted }
            if !tags.isEmpty { described.append((position, tags)) }
            add(tags, song: position, .captionSet, position, options.requestsPerCaption, &grammar, to: &collection)
            if (position + 1) % 256 == 0 { try progress(position + 1, inputs.rows.count, "captions") }
        }
        for (position, set) in chosen.enumerated() {
            let song = inputs.rows.count + position
            described.append((song, set))
            add(set, song: song, .jamendoSet, position, options.requestsPerJamendoSet, &grammar, to: &collection)
            if (position + 1) % 256 == 0 { try progress(position + 1, chosen.count, "tag sets") }
        }
        let firstLabel = inputs.rows.count + chosen.count
        addBare(grammar.wordings.usages(), from: firstLabel, .bareWording, options.bareWordings, grammar, to: &collection)
        addBare(grammar.wordings.aliases(), from: firstLabel, .bareAlias, options.bareAliases, grammar, to: &collection)
        inputs.decoded.forEach { collection.add($0) }
        if let endpoint = try EndpointGenerator(options.endpoint) {
            var generator = SeededGenerator(seed: options.seed, .endpointChoice)
            let sets = Array(generator.shuffled(described).prefix(options.endpointSets))
            let answers = EndpointAnswers(path: folder + "/endpoint.jsonl", sets: sets)
            for draft in try answers.completed(by: endpoint, seed: options.seed, progress: { try progress($0, $1, "sets at the endpoint") }) {
                collection.add(draft)
            }
        }
        guard !collection.requests.isEmpty else { throw GenerateError.nothingToGenerate(captions: inputs.rows.count, jamendoSets: chosen.count) }

        let made = collection.requests
        var kept = made
        if options.filterDepth > 0 {
            let filter = RoundTripFilter(depth: options.filterDepth, sources: Set(options.filteredSources))
            kept = try filter.kept(made, retriever: retriever(collection.documents)) { try progress($0, $1, "requests filtered") }
            guard !kept.isEmpty else { throw GenerateError.nothingKept(made: made.count, depth: options.filterDepth) }
        }
        let (documents, requests) = RequestCollection.compact(collection.documents, kept)
        let report = GenerateReport(made, kept: requests, documents: documents, jamendoSets: jamendo?.count ?? 0)
        try JSONLines.write(documents, to: folder + "/documents.jsonl")
        try JSONLines.write(requests, to: folder + "/requests.jsonl")
        try JSONLines.write([report], to: folder + "/report.json")
        return report
    }

    private func chosenJamendo(_ sets: [[String]]) -> [[String]] {
        var generator = SeededGenerator(seed: options.seed, .jamendoChoice)
        return generator.sample(min(options.jamendoSets, sets.count), of: sets)
    }

    private func add(
        _ tags: [String], song: Int, _ purpose: DrawingPurpose, _ position: Int, _ count: Int, _ grammar: inout RequestGrammar,
        to collection: inout RequestCollection
    ) {
        for draw in 0..<count {
            if let draft = grammar.draft(of: tags, song: song, purpose, seed: options.seed, position: position, draw: draw) { collection.add(draft) }
        }
    }

    private func addBare(
        _ pairs: [(descriptor: Int, wording: String, label: String)], from firstLabel: Int, _ purpose: DrawingPurpose, _ count: Int, _ grammar: RequestGrammar,
        to collection: inout RequestCollection
    ) {
        var generator = SeededGenerator(seed: options.seed, purpose)
        for pair in generator.sample(min(count, pairs.count), of: pairs) {
            collection.add(grammar.bareDraft((pair.wording, pair.label), song: firstLabel + pair.descriptor, &generator))
        }
    }
}

/// Why a stage of generation ends without requests.
public enum GenerateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No caption has text and tags, and nothing else was to be generated.
    case nothingToGenerate(captions: Int, jamendoSets: Int)
    case nothingKept(made: Int, depth: Int)

    public var description: String {
        switch self {
        case .nothingToGenerate(let captions, let sets):
            "generate: no request could be made of \(captions) captions and \(sets) sets of MTG-Jamendo: expected captions with tags"
        case .nothingKept(let made, let depth):
            "generate: the filter kept none of \(made) requests: expected some whose set is among the first \(depth); raise filterDepth, or set it to 0"
        }
    }
}
