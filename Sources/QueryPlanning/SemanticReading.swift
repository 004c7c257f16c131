import TextAnalysis
import Vocabulary
import Glibc

/// Reads words that no name covers by their meaning: "greasy slap lines" is near what people say of funk.
extension PlanDraft {
    /// Nearer than this, a wording says what it is near; below, it is left over. Chosen on development phrases.
    private static let leastSimilarity = tune("S", 0.3)
    /// From here on a reading counts as much as a name would.
    private static let certainSimilarity = 0.7
    /// What a phrase may mean is kept down to this share, at most `mostMeanings`.
    private static let leastShare = 0.06
    private static let mostMeanings = 6
    /// Taking in words that are names themselves has to bring the phrase nearer by this much.
    private static let extensionCost = tune("X", 0.03)

    /// A phrase to be resolved, and what else it may include.
    private struct Phrase {
        var core: Range<Int>
        var variants: [Range<Int>]
    }

    mutating func readMeaning(_ semantics: (any SemanticResolver)?) {
        guard let semantics else { return }
        let phrases = unreadPhrases(open: openTokens(semantics))
        let variants = phrases.flatMap(\.variants)
        guard !variants.isEmpty else { return }
        let said = Set(plan.clauses.compactMap { vocabulary.index(of: $0.descriptor) }.filter(semantics.holds))
        let matches = zip(variants, semantics.resolve(variants.map(source), beside: said))
        for phrase in phrases {
            let best = matches.filter { phrase.variants.contains($0.0) }.max { cost($0, phrase) < cost($1, phrase) }
            if let (range, match) = best, match.similarity >= Self.leastSimilarity { add(match, range) }
        }
    }

    private func cost(_ candidate: (range: Range<Int>, match: SemanticMatch), _ phrase: Phrase) -> Double {
        candidate.match.similarity - (candidate.range == phrase.core ? 0 : Self.extensionCost)
    }

    private mutating func add(_ match: SemanticMatch, _ range: Range<Int>) {
        let kept = match.descriptors.prefix(Self.mostMeanings).filter { $0.share >= Self.leastShare }
        let total = kept.reduce(0) { $0 + $1.share }
        guard total > 0 else { return }
        let certainty = min(1, max(0, (match.similarity - Self.leastSimilarity) / (Self.certainSimilarity - Self.leastSimilarity)))
        let strength = ((Strength.weak + (Strength.plain - Strength.weak) * certainty) * 100).rounded() / 100
        let group = (plan.clauses.compactMap(\.alternatives).max() ?? 0) + 1
        for (index, share) in kept {
            plan.clauses.append(
                Clause(
                    span: span(range), descriptor: vocabulary.descriptors[index].id, strength: strength, alternatives: group,
                    semantic: (share / total * 100).rounded() / 100))
        }
        claim(range, .descriptor)
    }

    /// Tokens that nobody claimed, and those whose name the library has nothing for: what it has instead is a question of meaning.
    private func openTokens(_ semantics: any SemanticResolver) -> [Bool] {
        var isOpen = owners.map { $0 == nil }
        for clause in plan.clauses where clause.polarity == .want && clause.alternatives == nil {
            guard let index = vocabulary.index(of: clause.descriptor), !semantics.holds(index),
                clause.parts.allSatisfy({ vocabulary.index(of: $0).map { !semantics.holds($0) } ?? true })
            else { continue }
            for i in tokens.indices where owners[i] == .descriptor && clause.span.range.contains(tokens[i].span.lowerBound) { isOpen[i] = true }
        }
        return isOpen
    }

    /// Runs of words that nobody claimed, between words that divide phrases; those under a negation are left alone: an encoder does not understand it.
    private func unreadPhrases(open isOpen: [Bool]) -> [Phrase] {
        var phrases: [Phrase] = []
        var i = 0
        while i < tokens.count {
            guard isOpen[i], !divides(i, isOpen) else {
                i += 1
                continue
            }
            var end = i
            while end < tokens.count, isOpen[end], !divides(end, isOpen) { end += 1 }
            if let core = trimmed(i..<end), !isNegated(core) { phrases.append(Phrase(core: core, variants: variants(of: core, isOpen))) }
            i = end
        }
        return phrases
    }

    private static let dividers: Set<String> = ["and", "with", "but", "or", "nor", "featuring", "plus", "without", "for", "that", "which", "preferably"]
    /// Nouns and courtesies that end a request rather than a description.
    private static let endings: Set<String> = [
        "music", "song", "songs", "track", "tracks", "tune", "tunes", "playlist", "playlists", "band", "bands", "artist", "artists", "album", "albums",
        "please", "pls", "thanks", "recommendations", "suggestions", "stuff", "vibe", "vibes",
    ]

    private func divides(_ i: Int, _ isOpen: [Bool]) -> Bool {
        owners[i] != .descriptor && (tokens[i].kind != .word || Self.dividers.contains(words[i]))
    }

    /// Without the words of asking in front and the nouns at the end; nil when nothing that says something is left.
    private func trimmed(_ range: Range<Int>) -> Range<Int>? {
        var range = range
        func asks(_ i: Int) -> Bool { owners[i] == nil && (FunctionWords.contains(words[i]) || Cues.requestWords.contains(words[i])) }
        func ends(_ i: Int) -> Bool { owners[i] == nil && (Self.endings.contains(words[i]) || FunctionWords.contains(words[i])) }
        while let first = range.first, asks(first) { range = first + 1..<range.upperBound }
        while let last = range.last, ends(last) { range = range.lowerBound..<last }
        return range.contains { !asks($0) } ? range : nil
    }

    private func isNegated(_ range: Range<Int>) -> Bool {
        let start = max(0, range.lowerBound - 3)
        return (start..<range.upperBound).contains { i in
            let length = Cues.negations.length(at: i, in: words)
            return length > 0 && i + length <= range.upperBound
        }
    }

    /// The phrase alone, and with the descriptors that touch it on either side.
    private func variants(of core: Range<Int>, _ isOpen: [Bool]) -> [Range<Int>] {
        func touches(_ i: Int) -> Bool { tokens.indices.contains(i) && owners[i] == .descriptor && !isOpen[i] }
        var start = core.lowerBound, end = core.upperBound
        while touches(start - 1), core.lowerBound - start < 3 { start -= 1 }
        while touches(end), end - core.upperBound < 3 { end += 1 }
        var result = [core]
        for range in [start..<core.upperBound, core.lowerBound..<end, start..<end] where !result.contains(range) { result.append(range) }
        return result
    }
}

func tune(_ name: String, _ value: Double) -> Double { getenv("TUNE_" + name).flatMap { Double(String(cString: $0)) } ?? value }
