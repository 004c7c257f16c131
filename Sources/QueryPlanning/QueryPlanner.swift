import TextAnalysis
public import Vocabulary

/// Reads free text as a `QueryPlan`, without state: the same text, vocabulary, names and resolver give the same plan.
///
/// ```swift
/// let planner = QueryPlanner(vocabulary, names: library.names)
/// planner.plan("late sixties soul, no strings, like Nina Simone")
/// ```
/// The readers, in order: quantities (`QuantityReading`), names (`SeedReading`), descriptors with what surrounds them (`DescriptorReading`,
/// `SpellingCorrection`), words that name nothing by their meaning (`SemanticReading`), then what is left over and what contradicts (`Conflicts`).
public struct QueryPlanner: Sendable {
    /// Longest request that is read; the rest is cut off and said to be ignored.
    public static let longestText = 4096

    public let vocabulary: Vocabulary
    /// Artists and titles of the library that is asked; nil plans without one.
    public let names: NameDirectory?

    /// Finds descriptors for words that name none; nil leaves such words over.
    public let semantics: (any SemanticResolver)?

    public init(_ vocabulary: Vocabulary, names: NameDirectory? = nil, semantics: (any SemanticResolver)? = nil) {
        self.vocabulary = vocabulary
        self.names = names
        self.semantics = semantics
    }

    /// - Complexity: O(words), with a look at the vocabulary's names for each word that is misspelt.
    public func plan(_ text: String) -> QueryPlan { read(text, isCritique: false) }

    func read(_ text: String, isCritique: Bool) -> QueryPlan {
        let (head, tail) = Self.split(text)
        var draft = PlanDraft(head, vocabulary, isCritique: isCritique)
        draft.readQuantities()
        draft.readKept()
        draft.readNames(names)
        draft.settleKept()
        draft.readDescriptors()
        draft.readMeaning(semantics)
        draft.collectIgnored()
        draft.keepWithinBounds()
        draft.plan.conflicts = Conflict.among(draft.plan.clauses, vocabulary)
        draft.findMoodMove()
        if tail > 0 {
            let end = draft.plan.text.utf8.count
            draft.plan.ignored.append(Ignored(span: Span(end..<end), text: "\(tail) bytes after the first \(end)"))
        }
        return draft.plan
    }

    /// The part of a text that is read, cut between characters, and how many bytes follow it.
    static func split(_ text: String) -> (head: String, tail: Int) {
        guard text.utf8.count > longestText else { return (text, 0) }
        var end = text.utf8.index(text.startIndex, offsetBy: longestText)
        while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
        let head = String(text[..<end])
        return (head, text.utf8.count - head.utf8.count)
    }
}

extension PlanDraft {
    /// No request asks for so much; one that does is read as far as that.
    mutating func keepWithinBounds() {
        plan.clauses = Array(plan.clauses.prefix(QueryPlan.mostClauses))
        plan.seeds = Array(plan.seeds.prefix(QueryPlan.mostSeeds))
        plan.ignored = Array(plan.ignored.prefix(QueryPlan.mostWords - 1))
        plan.corrections = Array(plan.corrections.prefix(QueryPlan.mostWords))
        plan.filters.artists = Array(plan.filters.artists.prefix(Filters.mostArtists))
        plan.filters.withoutArtists = Array(plan.filters.withoutArtists.prefix(Filters.mostArtists))
    }

    /// Words that nobody claimed and that hold more than the sentence together.
    mutating func collectIgnored() {
        for i in tokens.indices where owners[i] == nil && tokens[i].kind == .word {
            let word = words[i]
            if FunctionWords.contains(word) || Cues.requestWords.contains(word) { continue }
            plan.ignored.append(Ignored(span: span(i..<i + 1), text: source(i..<i + 1), negated: isNegated(i..<i + 1) ? true : nil))
        }
    }

    /// "like X but calmer": comparatives beside a seed are a move of the seed's mood.
    mutating func findMoodMove() {
        guard plan.seeds.contains(where: { $0.polarity == .like }) else { return }
        plan.moodMove = MoodMove(of: plan.clauses)
    }
}
