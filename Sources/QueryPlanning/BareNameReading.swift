import TextAnalysis
import Vocabulary

/// Names that stand without "like": quoted, well known, or a stretch of words that can be nothing else.
extension PlanDraft {
    mutating func readQuoted(_ directory: NameDirectory?) {
        var i = 0
        while i < words.count {
            guard words[i] == "\"", let close = words[(i + 1)...].firstIndex(of: "\""), close > i + 1 else {
                i += 1
                continue
            }
            let range = i + 1..<close
            if let directory, let known = libraryName(at: range.lowerBound, in: directory, limit: range.upperBound, fuzzy: true), known.tokens == range {
                addSeed(known, .like, directory)
            } else if isNameLike(range) {
                addUnknown(range, isArtist: false, .like)
            }
            i = close + 1
        }
    }

    /// "Billie Jean but darker", "Yesterday, more upbeat": a title that begins the request and is compared with is a seed, whatever else its words may mean.
    mutating func readCompared(_ directory: NameDirectory) {
        guard let first = tokens.indices.first(where: { tokens[$0].kind == .word }), owners[first] == nil,
            let known = libraryName(at: first, in: directory, limit: tokens.count, fuzzy: false), known.tokens.upperBound + 1 < words.count
        else { return }
        let next = known.tokens.upperBound
        guard words[next] == "but" || words[next] == ",", isComparative(next + 1) else { return }
        addSeed(known, .like, directory)
    }

    /// "Calmer", "more upbeat", "a bit less sad": within the next words.
    private func isComparative(_ start: Int) -> Bool {
        words[start..<min(words.count, start + 4)].contains { ["more", "less"].contains($0) || $0.hasSuffix("er") && $0.utf8.count > 4 }
    }

    /// A bare artist name means *like*. A single ordinary word never names an artist or a title by itself, nor does a phrase of the vocabulary.
    mutating func readBare(_ directory: NameDirectory) {
        var i = 0
        while i < tokens.count {
            guard owners[i] == nil, tokens[i].kind == .word, let known = libraryName(at: i, in: directory, limit: tokens.count, fuzzy: false),
                owners[known.tokens].allSatisfy({ $0 == nil }), stands(known)
            else {
                i += 1
                continue
            }
            let words = known.tokens.count
            let whole = words == tokens.filter({ $0.kind == .word }).count
            if known.entities.contains(where: { $0.kind == .artist }) || words >= 3 || whole {
                addSeed(known, .like, directory, bare: true)
                i = known.tokens.upperBound
            } else {
                i += 1
            }
        }
    }

    /// A stretch without any request around it, and with a word that neither English nor the vocabulary knows, is a name: "jutes walk on me",
    /// "trev case go for you". Genres, instruments, moods and voices at its ends stay descriptors: "crumb locket psych rock".
    mutating func readUnframed() {
        for stretch in stretches() {
            let cover = vocabularyCover(stretch)
            guard stretch.contains(where: { cover[$0] == nil && isUnknownWord($0) }), !stretch.contains(where: isFrame) else { continue }
            var range = stretch
            while let match = cover[range.lowerBound], isPlain(match), match.tokens.upperBound < range.upperBound {
                range = match.tokens.upperBound..<range.upperBound
            }
            while let match = cover[range.upperBound - 1], isPlain(match), match.tokens.lowerBound > range.lowerBound {
                range = range.lowerBound..<match.tokens.lowerBound
            }
            guard !isMisspelling(range) else { continue }
            plan.seeds.append(Seed(span: span(range), kind: .unknown, name: source(range), bare: true))
            claim(range, .name)
        }
    }

    /// For each token of a stretch the name of the vocabulary that covers it, longest matches from the left.
    func vocabularyCover(_ stretch: Range<Int>) -> [Int: Vocabulary.Match] {
        var cover: [Int: Vocabulary.Match] = [:]
        var i = stretch.lowerBound
        while i < stretch.upperBound {
            if let match = vocabulary.match(tokens[..<stretch.upperBound], at: i) {
                for token in match.tokens { cover[token] = match }
                i = match.tokens.upperBound
            } else {
                i += 1
            }
        }
        return cover
    }

    /// Runs of free words between punctuation.
    func stretches() -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start: Int?
        for i in 0...tokens.count {
            let isOpen = i < tokens.count && owners[i] == nil && (tokens[i].kind == .word || ["'", "&", "-", "."].contains(words[i]))
            if isOpen, start == nil { start = i }
            if !isOpen, let begin = start {
                result.append(begin..<i)
                start = nil
            }
        }
        return result
    }

    func isUnknownWord(_ i: Int) -> Bool {
        tokens[i].kind == .word && words[i].utf8.count >= 3 && !vocabulary.isCommon(words[i]) && !FunctionWords.contains(words[i])
            && !Cues.requestWords.contains(words[i]) && Double(words[i]) == nil
    }

    static let frames: Set<String> = [
        "song", "songs", "music", "looking", "suggest", "suggestions", "recommend", "recommendations", "recommendation", "similar", "bands", "band", "artists",
        "artist", "tracks",
        "playlist", "need", "want", "find", "help", "anyone", "some", "any", "something", "anything", "style", "vibe", "vibes", "genre", "type", "kind",
        "sounds", "sounding", "with",
        "without", "no", "for", "albums", "tunes", "i", "im", "ive", "please", "what", "whats", "more", "very", "not",
    ]

    func isFrame(_ i: Int) -> Bool { Self.frames.contains(words[i]) }

    func isPlain(_ match: Vocabulary.Match) -> Bool {
        [.genre, .instrument, .mood, .voice, .era].contains(vocabulary.descriptors[match.descriptor].id.facet)
            && !(match.tokens.count == 1 && FunctionWords.contains(words[match.tokens.lowerBound]))
    }

    /// A lone unknown word near a descriptor is a typing error, not a name.
    func isMisspelling(_ range: Range<Int>) -> Bool {
        let unknown = range.filter(isUnknownWord)
        guard unknown.count == 1, range.count <= 2 else { return false }
        return nearestDescriptor(to: words[unknown[0]]) != nil
    }

    func stands(_ known: Known) -> Bool {
        let range = known.tokens
        if range.count == 1 {
            let word = words[range.lowerBound]
            return word.utf8.count >= 4 && !vocabulary.isCommon(word) && !FunctionWords.contains(word) && !Cues.requestWords.contains(word)
                && vocabulary.match(tokens[..<range.upperBound], at: range.lowerBound) == nil
        }
        if let match = vocabulary.match(tokens[...], at: range.lowerBound), match.tokens.upperBound >= range.upperBound { return false }
        return range.contains { !FunctionWords.contains(words[$0]) && !Cues.requestWords.contains(words[$0]) && !isDescriptor($0) }
    }

    func isDescriptor(_ i: Int) -> Bool { vocabulary.match(tokens[..<(i + 1)], at: i) != nil }
}
