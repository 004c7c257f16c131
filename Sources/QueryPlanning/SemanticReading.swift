import TextAnalysis
import Vocabulary

/// Reads words that no name covers by their meaning: "greasy slap lines" is near what people say of funk.
extension PlanDraft {
    /// What a phrase may mean is kept down to this share, at most `mostMeanings`.
    private static let leastShare = 0.06
    private static let mostMeanings = 6

    mutating func readMeaning(_ semantics: (any SemanticResolver)?) {
        guard let semantics else { return }
        let phrases = openPhrases(semantics)
        guard !phrases.isEmpty else { return }
        let said = Set(plan.clauses.compactMap { vocabulary.index(of: $0.descriptor) }.filter(semantics.holds))
        for case (let range, let match?) in zip(phrases, semantics.resolve(phrases.map(source), beside: said)) { add(match, range) }
    }

    private mutating func add(_ match: SemanticMatch, _ range: Range<Int>) {
        let kept = match.descriptors.prefix(Self.mostMeanings).filter { $0.share >= Self.leastShare }
        let total = kept.reduce(0) { $0 + $1.share }
        guard total > 0 else { return }
        func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
        let strength = rounded(Strength.weak + (Strength.plain - Strength.weak) * match.certainty)
        let group = (plan.clauses.compactMap(\.alternatives).max() ?? 0) + 1
        for (index, share) in kept {
            plan.clauses.append(
                Clause(
                    span: span(range), descriptor: vocabulary.descriptors[index].id, strength: strength, alternatives: group, semantic: rounded(share / total))
            )
        }
        claim(range, .descriptor)
    }

    /// Runs of open words between words that divide phrases. Those under a negation are left alone: an encoder does not understand it.
    private func openPhrases(_ semantics: any SemanticResolver) -> [Range<Int>] {
        let isOpen = openTokens(semantics)
        func belongs(_ i: Int) -> Bool { isOpen[i] && (owners[i] == .descriptor || tokens[i].kind == .word && !Self.dividers.contains(words[i])) }
        var phrases: [Range<Int>] = []
        var i = 0
        while i < tokens.count {
            var end = i
            while end < tokens.count, belongs(end) { end += 1 }
            // In talk, a lone word beside others that were understood is talk, too.
            if let phrase = trimmed(i..<end), !isNegated(i..<end), !isCritique || phrase.count > 1 || plan.clauses.isEmpty { phrases.append(phrase) }
            i = end + 1
        }
        return phrases
    }

    /// Tokens that nobody claimed, and those whose name the library has nothing for: what it has instead is a question of meaning.
    private func openTokens(_ semantics: any SemanticResolver) -> [Bool] {
        func isLacking(_ id: DescriptorID) -> Bool { vocabulary.index(of: id).map { !semantics.holds($0) } ?? true }
        var isOpen = owners.map { $0 == nil }
        if isCritique {
            for i in tokens.indices where Cues.talk.contains(words[i]) || words[i].allSatisfy(\.isNumber) { isOpen[i] = false }
        }
        for clause in plan.clauses where clause.polarity == .want && clause.alternatives == nil {
            guard isLacking(clause.descriptor), clause.parts.allSatisfy(isLacking) else { continue }
            for i in tokens.indices where owners[i] == .descriptor && clause.span.range.contains(tokens[i].span.lowerBound) { isOpen[i] = true }
        }
        return isOpen
    }

    private static let dividers: Set<String> = ["and", "with", "but", "or", "nor", "featuring", "plus", "without", "for", "that", "which", "preferably"]
    /// Nouns and courtesies that end a request rather than a description.
    private static let endings: Set<String> = [
        "music", "song", "songs", "track", "tracks", "tune", "tunes", "playlist", "playlists", "band", "bands", "artist", "artists", "album", "albums",
        "please", "pls", "thanks", "recommendations", "suggestions", "stuff", "vibe", "vibes",
    ]

    /// Without the words of asking in front and the nouns at the end; nil when nothing that says something is left.
    private func trimmed(_ range: Range<Int>) -> Range<Int>? {
        var range = range
        func asks(_ i: Int) -> Bool { owners[i] == nil && (FunctionWords.contains(words[i]) || Cues.requestWords.contains(words[i])) }
        func ends(_ i: Int) -> Bool { owners[i] == nil && (FunctionWords.contains(words[i]) || Self.endings.contains(words[i])) }
        while let first = range.first, asks(first) { range = first + 1..<range.upperBound }
        while let last = range.last, ends(last) { range = range.lowerBound..<last }
        return range.contains { !asks($0) } ? range : nil
    }

    /// Whether a negation stands in a range, up to three words before it, or further off with nothing in between that ends its hold.
    func isNegated(_ range: Range<Int>) -> Bool {
        isReached(range.lowerBound)
            || (max(0, range.lowerBound - 3)..<range.upperBound).contains { i in
                let length = Cues.negations.length(at: i, in: words)
                // "not only" and its like negate nothing.
                return length > Cues.falseNegations.length(at: i, in: words) && i + length <= range.upperBound
            }
    }

    /// Whether a negation before a word reaches it: "I don't want any of that brass".
    private func isReached(_ word: Int) -> Bool {
        var end = word
        while end > 0 {
            if let start = Cues.negations.start(endingAt: end, in: words) {
                guard Cues.falseNegations.length(at: start, in: words) >= end - start else { return true }
                end = start
                continue
            }
            if tokens[end - 1].kind != .word || Self.turns.contains(words[end - 1]) { return false }
            end -= 1
        }
        return false
    }

    private static let turns: Set<String> = [
        "but", "with", "however", "although", "though", "yet", "instead", "just", "only", "please", "preferably", "featuring",
    ]
}
