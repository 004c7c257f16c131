import TextAnalysis
import Vocabulary

/// A tag, and the ways to say it.
struct TagReading: Sendable {
    /// Nil for a tag that the vocabulary does not know.
    var facet: Facet?
    /// As the tag has it; nil where that cannot be said in a request.
    var own: Mention?
    var aliases: [Mention]
    /// Loose wordings of what is meant.
    var usages: [String]

    var canBeSaid: Bool { own != nil || !aliases.isEmpty || !usages.isEmpty }
}

/// Ways to say the vocabulary's descriptors, and free tags that are none, with the place in a sentence that suits each.
struct TagWordings: Sendable {
    private struct Entry: Sendable {
        var label: String
        var reading: TagReading
    }

    private let table: RequestTable
    private let analyzer: Analyzer
    /// Last words of instruments and voices.
    private let partNouns: Set<String>
    private var entries: [Entry] = []
    private var names: [String: Int] = [:]

    /// A wording longer than this is no wording but a story.
    private static let longestWording = 40

    /// - Parameter excluded: wordings never to be used, in lower case.
    init(_ tables: VocabularyTables, _ table: RequestTable, excluding excluded: Set<String>) {
        self.table = table
        let analyzer = Analyzer(stemmer: .none, spellings: MusicSpellings(table: tables.spellings))
        self.analyzer = analyzer
        partNouns = Set(
            tables.descriptors.filter { $0.id.facet == .instrument || $0.id.facet == .voice }
                .compactMap { $0.label.lowercased().split(separator: " ").last.map(String.init) })
        func isUsable(_ wording: String) -> Bool {
            wording.utf8.count <= Self.longestWording && !wording.isEmpty && !excluded.contains(wording.lowercased()) && !table.negates(wording)
        }
        for (index, descriptor) in tables.descriptors.enumerated() {
            let facet = descriptor.id.facet
            entries.append(
                Entry(
                    label: descriptor.label,
                    reading: TagReading(
                        facet: facet, own: mention(descriptor.label, facet, isLabel: true),
                        aliases: descriptor.aliases.filter(isUsable).compactMap { mention($0, facet, isLabel: false) },
                        usages: tables.usages[descriptor.id, default: []].filter(isUsable))))
            // Written together, as the planner reads names: "acousticguitar" is a name of the acoustic guitar.
            for name in [descriptor.label] + descriptor.aliases + [descriptor.id.slug] {
                let tokens = analyzer.tokens(name)
                for key in [PhraseKey.surface(tokens[...]), PhraseKey.singular(tokens[...])] where !key.isEmpty && names[key] == nil { names[key] = index }
            }
        }
    }

    /// The descriptor that has this name, by its index.
    func descriptor(named tag: String) -> Int? {
        let tokens = analyzer.tokens(tag)
        return tokens.isEmpty ? nil : names[PhraseKey.surface(tokens[...])] ?? names[PhraseKey.singular(tokens[...])]
    }

    func label(_ descriptor: Int) -> String { entries[descriptor].label }

    /// The ways to say a tag: its own words, and those of the descriptor that it names.
    func reading(of tag: String) -> TagReading {
        guard let index = descriptor(named: tag) else {
            return TagReading(facet: nil, own: table.negates(tag) ? nil : mention(tag, nil, isLabel: false), aliases: [], usages: [])
        }
        var reading = entries[index].reading
        // A negated tag may be another name of something that can be said: "no voices" is an instrumental.
        if table.negates(tag) { return TagReading(facet: reading.facet, own: nil, aliases: [], usages: []) }
        if tag.lowercased() != entries[index].label.lowercased() { reading.own = mention(tag, reading.facet, isLabel: false) }
        return reading
    }

    /// All wordings with the label of what they describe, in the tables' order.
    func usages() -> [(descriptor: Int, wording: String, label: String)] {
        entries.enumerated().flatMap { index, entry in entry.reading.usages.map { (index, $0, entry.label) } }
    }

    /// All aliases with the label of what they name, in the tables' order.
    func aliases() -> [(descriptor: Int, wording: String, label: String)] {
        entries.enumerated().flatMap { index, entry in entry.reading.aliases.map { (index, $0.text, entry.label) } }
    }

    /// - Parameters:
    ///   - facet: of the descriptor that the words name.
    ///   - isLabel: whether they are its label, which the tables write with care, or any other wording.
    private func mention(_ text: String, _ facet: Facet?, isLabel: Bool) -> Mention? {
        if table.negates(text) { return nil }
        let words = text.lowercased()
        let last = words.split(separator: " ").last.map(String.init) ?? ""
        if facet == .genre {
            if isLabel, table.contains(words, as: .loose) { return Mention(text, .loose) }
            if table.contains(last, as: .head), isLabel || words != last { return Mention(text, .complete) }
            if isLabel || table.contains(last, as: .bare) { return Mention(text, .style) }
        }
        if table.contains(words, as: .adjective) { return Mention(text, .adjective) }
        if table.contains(words, as: .loose) { return Mention(text, .loose) }
        if isLabel {
            switch facet {
            case .mood:
                // Named so only to be told from another facet's descriptor: "lyrical mood".
                let bare = words.hasSuffix(" mood") ? String(text.dropLast(" mood".count)) : text
                return Mention(bare, .adjective)
            case .theme:
                if table.contains(words, as: .subject) { return Mention(text, .subject) }
                return Mention(text, as: contextPhrase(text), .context)
            case .place: return Mention(text, .place)
            case .era where ["era", "period", "century", "age", "times"].contains(last): return Mention(text, as: "the " + text, .period)
            default: break
            }
        }
        if facet == .era, words.hasSuffix("0s"), words.split(separator: " ").count <= 2 { return Mention(text, as: "the " + text, .period) }
        if table.contains(last, as: .head), words != last { return Mention(text, .complete) }
        if table.contains(last, as: .count) { return Mention(text, as: English.withArticle(text), .part) }
        if table.contains(last, as: .noun) || partNouns.contains(last) { return Mention(text, .part) }
        if words == last, facet == nil || facet == .mood, English.looksLikeAdjective(words, isMood: facet == .mood) { return Mention(text, .adjective) }
        if isLabel, facet == .instrument || facet == .voice { return Mention(text, .part) }
        return Mention(text, .loose)
    }

    private func contextPhrase(_ label: String) -> String {
        let words = label.lowercased()
        if let phrase = table.wordings[words] { return phrase }
        if table.contains(words, as: .a) { return English.withArticle(label) }
        return table.contains(words, as: .the) ? "the " + label : label
    }
}
