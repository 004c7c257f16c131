import LinearAlgebra
public import Vocabulary

/// Writes requests for descriptor sets in the many ways in which people ask: lists of words, wishes, questions, playlist titles, whole sentences.
///
/// ```swift
/// var grammar = RequestGrammar(tables, table)
/// grammar.draft(of: ["slow", "jazz", "piano"], song: 3, .captionSet, seed: 0, position: 3, draw: 0)
/// // "looking for slow jazz with ivories" → slow, jazz, piano
/// ```
///
/// People name some sides of what they want and say it in their own words: whole facets are left out first, then single tags (the field dropout of ViML's
/// text encoder), and a tag is said by its own name, by an alias of the vocabulary or by a loose wording. Nothing is negated: what a text encoder makes of
/// "not" is not to be trusted, and the planner reads it instead. Tags that say what is missing ("no vocals") are passed over in silence.
public struct RequestGrammar {
    public struct Options: StageOptions {
        /// How often a facet's tags are left unsaid, 0…0.99; default: 0.3. One facet is always said.
        public var facetDropout = 0.3
        /// How often a tag of the others is left unsaid, 0…0.99; default: 0.3. One tag is always said.
        public var tagDropout = 0.3
        /// Most tags of a request, 1…20; default: 6.
        public var mostSaid = 6
        /// How often the whole set stays the target, tags unsaid included, rather than the said tags alone, 0…1; default: 0.7.
        public var wholeSetRate = 0.7
        /// How often a tag is said by a loose wording, where it has any, 0…1; default: 0.35.
        public var wordingRate = 0.35
        /// How often by an alias, 0…1, at most 1 together with `wordingRate`; default: 0.2.
        public var aliasRate = 0.2
        /// Of words of four letters and more, how many have a typing error, 0…1; default: 0.015.
        public var typoRate = 0.015

        public init() {}

        public var faults: [OptionFault] {
            var faults = fault("facetDropout", facetDropout, in: 0...Self.mostDropout) + fault("tagDropout", tagDropout, in: 0...Self.mostDropout)
            faults += fault("mostSaid", mostSaid, in: 1...20) + fault("wholeSetRate", wholeSetRate, in: 0...1)
            faults += fault("wordingRate", wordingRate, in: 0...1) + fault("aliasRate", aliasRate, in: 0...1) + fault("typoRate", typoRate, in: 0...1)
            let sum = wordingRate + aliasRate
            return faults + fault("aliasRate", unless: !(sum > 1), expected: "at most 1 together with wordingRate", found: "\(sum)")
        }

        private static let mostDropout = 0.99
    }

    public let options: Options
    public let table: RequestTable
    let wordings: TagWordings
    private var readings: [String: TagReading] = [:]

    /// - Parameters:
    ///   - excluded: wordings never to be used, in any case: those by which a benchmark asks, so that it stays a test.
    public init(_ tables: VocabularyTables, _ table: RequestTable, options: Options = Options(), excluding excluded: Set<String> = []) {
        self.init(TagWordings(tables, table, excluding: Set(excluded.map { $0.lowercased() })), table, options: options)
    }

    init(_ wordings: TagWordings, _ table: RequestTable, options: Options) {
        precondition(options.faults.isEmpty, "\(options.faults)")
        self.options = options
        self.table = table
        self.wordings = wordings
    }

    /// The vocabulary's label for a tag of another spelling ("acousticguitar" → "acoustic guitar"); the tag itself where it is no name of the vocabulary.
    public func label(for tag: String) -> String { wordings.descriptor(named: tag).map(wordings.label) ?? tag }

    /// A request for a set, nil where no tag can be said.
    ///
    /// - Parameters:
    ///   - tags: each once.
    ///   - song: see `TrainingRequest.song`.
    ///   - seed, position, draw: the request follows from these and the set.
    mutating func draft(of tags: [String], song: Int, _ purpose: DrawingPurpose, seed: UInt64, position: Int, draw: Int) -> RequestDraft? {
        var generator = SeededGenerator(seed: seed, purpose, position: position, draw: draw)
        let read = tags.map { reading(of: $0) }
        let chosen = said(of: read, &generator)
        guard !chosen.isEmpty else { return nil }
        var mentions: [(tag: Int, mention: Mention)] = []
        for tag in chosen {
            let mention = mention(of: read[tag], &generator)
            if !mentions.contains(where: { $0.mention.text == mention.text }) { mentions.append((tag, mention)) }
        }
        let realization = RequestRealization(table, mentions.map(\.mention)).realized(&generator)
        let target = generator.isTrue(options.wholeSetRate) ? tags : realization.said.map { tags[mentions[$0].tag] }
        return RequestDraft(text: struck(realization.text, &generator), tags: target, source: .grammar, song: song)
    }

    /// A wording or alias on its own, for the descriptor that it describes.
    func bareDraft(_ pair: (wording: String, label: String), song: Int, _ generator: inout SeededGenerator) -> RequestDraft {
        RequestDraft(text: struck(pair.wording, &generator), tags: [pair.label], source: .grammar, song: song)
    }

    private func struck(_ text: String, _ generator: inout SeededGenerator) -> String {
        TypingErrors.strike(text, rate: options.typoRate, &generator) { !table.negates($0) }.text
    }

    private mutating func reading(of tag: String) -> TagReading {
        if let reading = readings[tag] { return reading }
        let reading = wordings.reading(of: tag)
        readings[tag] = reading
        return reading
    }

    /// Indices of the tags that are said, in random order; empty only where none can be.
    private func said(of readings: [TagReading], _ generator: inout SeededGenerator) -> [Int] {
        let sayable = generator.shuffled(readings.indices.filter { readings[$0].canBeSaid })
        var facets: [Facet?] = []
        for index in sayable where !facets.contains(readings[index].facet) { facets.append(readings[index].facet) }
        guard let first = facets.first else { return [] }
        let kept = facets.filter { _ in !generator.isTrue(options.facetDropout) }
        let offered = sayable.filter { (kept.isEmpty ? [first] : kept).contains(readings[$0].facet) }
        let said = offered.filter { _ in !generator.isTrue(options.tagDropout) }
        return Array((said.isEmpty ? Array(offered.prefix(1)) : said).prefix(options.mostSaid))
    }

    private func mention(of reading: TagReading, _ generator: inout SeededGenerator) -> Mention {
        let draw = generator.unit()
        if draw < options.wordingRate, !reading.usages.isEmpty { return Mention(generator.element(of: reading.usages), .loose) }
        if draw < options.wordingRate + options.aliasRate, !reading.aliases.isEmpty { return generator.element(of: reading.aliases) }
        if let own = reading.own { return own }
        return reading.aliases.isEmpty ? Mention(generator.element(of: reading.usages), .loose) : generator.element(of: reading.aliases)
    }
}
