import TextAnalysis
import Vocabulary

/// Finds descriptors and what the words around them do to them: negation with its scope, grades, comparatives, alternatives.
extension PlanDraft {
    /// A descriptor in the request, before its surroundings are read.
    struct Found {
        var tokens: Range<Int>
        var descriptor: Int
        /// From "calmer" (more) and "calmest" (strongest), when the word itself compares.
        var change: Clause.Change?
        var isSuperlative = false
    }

    mutating func readDescriptors() {
        var found: [Found] = []
        var i = 0
        while i < tokens.count {
            if owners[i] == nil, let match = descriptor(at: i) {
                found += readings(of: match)
                claim(match.tokens, .descriptor)
                i = match.tokens.upperBound
            } else {
                i += 1
            }
        }
        found = correctSpelling(found)
        addClauses(found)
    }

    // MARK: Finding

    private func descriptor(at i: Int) -> Found? {
        var end = i
        while end < tokens.count, owners[end] == nil { end += 1 }
        if let match = vocabulary.match(tokens[..<end], at: i), isMeant(match) {
            // "gloomier" may be a name in its own right; it compares all the same.
            var found = Found(tokens: match.tokens, descriptor: match.descriptor)
            if match.tokens.count == 1, let compared = comparative(at: i) {
                if compared.descriptor == match.descriptor { return compared }
                // "Faster" names a tempo of its own, and compares.
                if isCritique { found.change = compared.change }
            }
            return found
        }
        return comparative(at: i)
    }

    /// Whether a name in the vocabulary is meant as a descriptor here: "love songs" are about love, "I love songs" are not.
    private func isMeant(_ match: Vocabulary.Match) -> Bool {
        let facet = vocabulary.descriptors[match.descriptor].id.facet
        if facet == .mood || facet == .theme, isNarrated(match.tokens.lowerBound) { return false }
        guard match.tokens.count == 1 else { return true }
        let i = match.tokens.lowerBound
        let word = words[i]
        switch facet {
        case .theme where vocabulary.isCommon(word), .place: if !isContext(i) { return false }
        // A word that only stands for a mood ("encouraged", "expecting") needs the company that the mood's own name does not.
        case .mood where vocabulary.isCommon(word) && word != vocabulary.descriptors[match.descriptor].label: if !isContext(i) { return false }
        default: break
        }
        if FunctionWords.contains(word) { return false }
        if word.utf8.count == 1 { return false }
        // "the beat of this song", "similar to this soundtrack" point at something; "hip hop beat", "game soundtrack" ask for it.
        if Self.pointable.contains(word), i > 0, Self.pointing.contains(words[i - 1]) { return false }
        guard Cues.requestWords.contains(word) else { return true }
        switch word {
        case "love":
            let before = i > 0 ? words[i - 1] : ""
            return !["i", "we", "you", "they", "really", "just", "to", "who", "would", "id", "also", "absolutely", "ill"].contains(before)
        case "cool":
            // "that would be cool" praises, it does not describe.
            return i == 0 || !["be", "is", "are", "was", "pretty", "really", "thats", "super"].contains(words[i - 1])
        case "hard": return i + 1 >= words.count || !["to", "time", "for"].contains(words[i + 1])
        case "night", "cover", "covers": return true
        default: return false
        }
    }

    /// Whether a word says how the listener was rather than how the music is: "I was happy to find", "about being confused".
    private func isNarrated(_ i: Int) -> Bool {
        guard i > 0 else { return false }
        let before = words[i - 1]
        if ["was", "were", "am", "im", "being", "ive", "i", "youre", "theyre"].contains(before) { return true }
        let earlier = i > 1 ? words[i - 2] : ""
        return ["are", "is", "be", "so", "super", "really"].contains(before)
            && ["i", "you", "we", "they", "he", "she", "are", "was", "im", "being"].contains(earlier)
    }

    private static let contextLeads: Set<String> = [
        "for", "from", "of", "very", "sounds", "sounding", "that", "so", "featuring", "is", "are", "to", "while", "when", "at", "in", "on", "during", "my",
        "our", "about", "a", "like", "by", "before", "after", "as",
        "with", "and", ",", "or",
    ]
    private static let contextNouns: Set<String> = [
        "music", "song", "songs", "playlist", "playlists", "vibe", "vibes", "tunes", "tracks", "track", "mix", "theme", "themed", "feel", "feeling", "mood",
        "style", "beats", "soundtrack",
        "suggestions", "recommendations", "albums", "album", "bands", "related", "inspired", "type", "sounds", "sound", "jams", "ambience", "atmosphere",
        "aesthetic",
    ]

    /// Whether an ordinary word stands where requests name an occasion: after "for" or its like, before "songs" or its like, beside another descriptor, or in
    /// a request of few words. "Home" in "a friend came home" is none.
    private func isContext(_ i: Int) -> Bool {
        if tokens.count <= 6 { return true }
        if i > 0, Self.contextLeads.contains(words[i - 1]) || owners[i - 1] == .descriptor { return true }
        guard i + 1 < tokens.count else { return false }
        return words[i + 1] == "," || Self.contextNouns.contains(words[i + 1]) || vocabulary.match(tokens[...], at: i + 1) != nil
    }

    private static let pointable: Set<String> = [
        "beat", "beats", "soundtrack", "soundtracks", "ost", "groove", "theme", "remix", "cover", "melody", "melodies", "rhythm", "intro", "chorus", "film",
        "movie", "game", "video",
    ]
    private static let pointing: Set<String> = [
        "the", "this", "that", "a", "of", "good", "great", "nice", "kinda", "similar", "same", "its", "which", "these", "those",
    ]

    /// "calmer", "sadder", "happiest", where the plain word is a mood, a tempo or a texture.
    private func comparative(at i: Int) -> Found? {
        let word = words[i]
        for (suffix, isSuperlative) in [("er", false), ("est", true)] where word.hasSuffix(suffix) && word.utf8.count >= suffix.utf8.count + 3 {
            let stem = String(word.dropLast(suffix.count))
            var bases = [stem, stem + "e"]
            if stem.hasSuffix("i") { bases.insert(String(stem.dropLast()) + "y", at: 0) }
            if let last = stem.last, stem.dropLast().last == last { bases.append(String(stem.dropLast())) }
            for base in bases {
                guard let index = vocabulary.descriptor(named: base) else { continue }
                switch vocabulary.descriptors[index].id.facet {
                case .mood, .tempo, .texture:
                    return Found(tokens: i..<i + 1, descriptor: index, change: isSuperlative ? nil : .more, isSuperlative: isSuperlative)
                default: continue
                }
            }
        }
        return nil
    }

    // MARK: Surroundings

    /// What holds when the gap before a descriptor has been read.
    private struct Context {
        var isNegated = false
        /// "not too fast": less of it, not none.
        var isSoft = false
        var change: Clause.Change?
        var strength = Strength.plain
        var isOptional = false
    }

    private mutating func addClauses(_ found: [Found]) {
        var previous: (found: Found, context: Context)?
        var group = 0
        for (n, match) in found.enumerated() {
            let gap = (previous?.found.tokens.upperBound ?? 0)..<match.tokens.lowerBound
            let facet = vocabulary.descriptors[match.descriptor].id.facet
            var context = read(gap)
            if let previous, carries(from: previous.found, to: match, over: gap, next: n + 1 < found.count ? found[n + 1] : nil) {
                context.isNegated = previous.context.isNegated != context.isNegated
                context.isSoft = context.isSoft || previous.context.isSoft
                context.change = context.change ?? previous.context.change
            }
            if isDenied(after: match) { context.isNegated.toggle() }
            if match.change == .more { context.change = context.change == .less ? .less : .more }
            if match.isSuperlative { context.strength = Strength.strong }

            var clause = Clause(
                span: span(match.tokens), descriptor: vocabulary.descriptors[match.descriptor].id, strength: context.strength,
                change: context.change, parts: parts(of: match))
            if context.isNegated, match.tokens.upperBound < words.count, words[match.tokens.upperBound] == "enough" {
                // "Not calm enough" asks for more.
                clause.change = .more
                claim(match.tokens.upperBound..<match.tokens.upperBound + 1, .cue)
            } else if context.isNegated, context.change == .less {
                // "not less upbeat" asks for no less of it.
                clause.change = .more
            } else if context.isNegated || context.change == .less {
                clause.polarity = .avoid
                clause.hard = !(context.isSoft || context.change != nil)
                if context.isNegated { clause.change = nil }
            } else {
                clause.hard = facet.binds && !context.isOptional
            }

            if let previous, let last = plan.clauses.last, last.polarity == .want, clause.polarity == .want,
                isAlternative(gap, last.descriptor.facet, facet, from: previous.found)
            {
                if last.alternatives == nil {
                    group += 1
                    plan.clauses[plan.clauses.count - 1].alternatives = group
                }
                clause.alternatives = group
            }
            if let same = plan.clauses.firstIndex(where: { $0.descriptor == clause.descriptor && $0.polarity == clause.polarity }) {
                plan.clauses[same].strength = max(plan.clauses[same].strength, clause.strength)
            } else {
                plan.clauses.append(clause)
            }
            previous = (match, context)
        }
        joinExclusiveFacets(&group)
    }

    /// Nouns that only carry a description: "synthesizer music", "bedtime songs".
    private static let carriers: Set<String> = ["music", "song", "songs", "sound", "sounds", "tunes", "track", "tracks", "vibe", "vibes", "band", "bands"]

    /// What the words of a name mean one by one, when together they leave nothing over.
    private func pieces(of match: Found) -> [Found] {
        guard match.tokens.count >= 2 else { return [] }
        var pieces: [Found] = []
        var i = match.tokens.lowerBound
        while i < match.tokens.upperBound {
            if tokens[i].kind == .symbol || words[i] == "and" || words[i] == "n" || Self.carriers.contains(words[i]) && !pieces.isEmpty {
                i += 1
                continue
            }
            // The whole is no piece of itself, so the first piece stops short of the end.
            let end = i == match.tokens.lowerBound ? match.tokens.upperBound - 1 : match.tokens.upperBound
            guard end > i, let piece = vocabulary.match(tokens[..<end], at: i), !FunctionWords.contains(words[i]) else { return [] }
            pieces.append(Found(tokens: piece.tokens, descriptor: piece.descriptor))
            i = piece.tokens.upperBound
        }
        return pieces
    }

    /// A name that says one of its own pieces again ("ambient soundscape" for ambient) is read as its pieces.
    private func readings(of match: Found) -> [Found] {
        guard match.tokens.count >= 2 else { return [match] }
        let label = vocabulary.analyzer.tokens(vocabulary.descriptors[match.descriptor].label)
        let words = tokens[match.tokens].filter { $0.kind == .word }
        if PhraseKey.singular(label[...]) == PhraseKey.singular(words[...]) { return [match] }
        let pieces = pieces(of: match)
        return pieces.count >= 2 && pieces.contains { $0.descriptor == match.descriptor } ? pieces : [match]
    }

    private func parts(of match: Found) -> [DescriptorID] {
        var parts: [DescriptorID] = []
        for piece in pieces(of: match) where piece.descriptor != match.descriptor {
            let id = vocabulary.descriptors[piece.descriptor].id
            if !parts.contains(id) { parts.append(id) }
        }
        return parts
    }

    /// Reads the words before a descriptor, back to the last boundary.
    private mutating func read(_ gap: Range<Int>) -> Context {
        var context = Context()
        var i = gap.lowerBound
        while i < gap.upperBound {
            if owners[i] != nil && owners[i] != .cue {
                context = Context()
                i += 1
                continue
            }
            if Cues.boundaries.contains(words[i]), Self.phrases.allSatisfy({ $0.set.length(at: i, in: words) == 0 }) {
                // "preferably with saxophone" is still a preference.
                let isOptional = context.isOptional && words[i] == "with"
                context = Context()
                context.isOptional = isOptional
                i += 1
                continue
            }
            let lengths = cues(at: i, before: gap.upperBound)
            let excess = isCritique && !context.isNegated ? Cues.excess.length(at: i, in: words) : 0
            if excess > 0, i + excess <= gap.upperBound {
                context.change = .less
                claim(i..<i + excess, .cue)
                i += excess
                continue
            }
            guard let longest = lengths.max(by: { $0.length < $1.length }), longest.length > 0 else {
                // A word that means something else ends the hold of what stood before it, except across an article or "any".
                if !FunctionWords.contains(words[i]), tokens[i].kind == .word, !Cues.requestWords.contains(words[i]) {
                    if !context.isNegated { context = Context() }
                }
                i += 1
                continue
            }
            switch longest.cue {
            case .falseNegation: break
            case .negation:
                context.isNegated.toggle()
                let next = i + longest.length
                let soft = Cues.softeners.length(at: next, in: words)
                if soft > 0, next + soft <= gap.upperBound {
                    context.isSoft = context.isNegated
                    claim(i..<next + soft, .cue)
                    i = next + soft
                    continue
                }
            case .more:
                context.change = .more
                if isCritique, ["a", "slightly"].contains(words[i]) { context.strength = Strength.weak }
                if isCritique, ["much", "way"].contains(words[i]) { context.strength = Strength.strong }
            case .less: context.change = .less
            case .intensifier: context.strength = Strength.strong
            case .diminisher:
                context.strength = Strength.weak
                context.isOptional = ["maybe", "perhaps", "possibly", "preferably", "ideally"].contains(words[i])
            }
            claim(i..<i + longest.length, .cue)
            i += longest.length
        }
        return context
    }

    private enum Cue { case falseNegation, negation, more, less, intensifier, diminisher }

    private static let phrases: [(cue: Cue, set: PhraseSet)] = [
        (.falseNegation, Cues.falseNegations), (.negation, Cues.negations), (.more, Cues.more), (.less, Cues.less),
        (.intensifier, Cues.intensifiers), (.diminisher, Cues.diminishers),
    ]

    private func cues(at i: Int, before end: Int) -> [(cue: Cue, length: Int)] {
        Self.phrases.map { cue, set in
            let length = set.length(at: i, in: words)
            return (cue, i + length <= end ? length : 0)
        }
    }

    private static let coordinators: Set<String> = ["or", "nor", "and", "/", "&", ",", "-", "+", "any", "the", "a", "an", "n"]

    /// Facets whose words are said together: "no drums or vocals", but not "no drums and happy".
    private static func family(_ facet: Facet) -> Int {
        switch facet {
        case .instrument, .voice: 0
        case .genre, .place, .era: 1
        case .mood, .tempo, .texture, .theme: 2
        }
    }

    /// Whether negation and comparison go on from one descriptor to the next.
    private func carries(from a: Found, to b: Found, over gap: Range<Int>, next: Found?) -> Bool {
        let facets = [a, b].map { vocabulary.descriptors[$0.descriptor].id.facet }
        let sameFamily = Self.family(facets[0]) == Self.family(facets[1])
        let between = words[gap]
        if between.isEmpty {
            // "no sad slow songs": an adjective passes it on, a noun ends it.
            return [.mood, .tempo, .texture].contains(facets[0]) && sameFamily
        }
        guard between.allSatisfy({ Self.coordinators.contains($0) }) else { return false }
        if between.contains("or") || between.contains("nor") { return true }
        guard sameFamily else { return false }
        if between.contains(",") && !between.contains("and") {
            // A list goes on only when it is closed as one: "no drums, bass or vocals".
            guard let next, isFree(b.tokens.upperBound..<next.tokens.lowerBound) else { return false }
            let after = words[b.tokens.upperBound..<next.tokens.lowerBound]
            return after.contains("or") || after.contains("nor") || after.contains("and")
        }
        return true
    }

    /// "vocals-free", "no-drums" are read before; this reads what follows the descriptor.
    private func isDenied(after match: Found) -> Bool {
        let i = match.tokens.upperBound
        guard i < words.count, words[i] == "free", hyphens.contains(i - 1) else { return false }
        return [.instrument, .voice].contains(vocabulary.descriptors[match.descriptor].id.facet)
    }

    private func isAlternative(_ gap: Range<Int>, _ a: Facet, _ b: Facet, from: Found) -> Bool {
        a == b && words[gap].contains("or") && words[gap].allSatisfy { Self.coordinators.contains($0) || FunctionWords.contains($0) }
    }

    /// A track has one era and one tempo: several of them can only be alternatives.
    private mutating func joinExclusiveFacets(_ group: inout Int) {
        for facet in [Facet.era, .tempo] {
            let wanted = plan.clauses.indices.filter { plan.clauses[$0].descriptor.facet == facet && plan.clauses[$0].polarity == .want }
            guard wanted.count > 1 else { continue }
            group += 1
            for i in wanted { plan.clauses[i].alternatives = group }
        }
    }
}
