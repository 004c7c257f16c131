import TextAnalysis
import Vocabulary

/// Looks names up in the library's directory and turns them into seeds.
extension PlanDraft {
    struct Known {
        var tokens: Range<Int>
        var entities: [NameDirectory.Entity]
        var isCorrected: Bool
    }

    /// The longest name of the library that begins at a token.
    func libraryName(at start: Int, in directory: NameDirectory, limit: Int, fuzzy: Bool) -> Known? {
        for end in stride(from: min(limit, start + NameDirectory.longestName), to: start, by: -1) {
            let run = tokens[start..<end]
            guard owners[start..<end].allSatisfy({ $0 == nil || $0 == .quantity }), run.last?.kind == .word, run.first?.kind == .word else { continue }
            let entities = directory.entities(run.filter { $0.kind == .word }[...])
            if !entities.isEmpty { return Known(tokens: start..<end, entities: entities, isCorrected: false) }
        }
        guard fuzzy else { return nil }
        for end in stride(from: min(limit, start + 5), to: start, by: -1) {
            let run = tokens[start..<end]
            guard run.allSatisfy({ $0.kind == .word }), let near = directory.nearest(run) else { continue }
            return Known(tokens: start..<end, entities: near.entities, isCorrected: true)
        }
        return nil
    }

    /// A name anywhere in a segment: exact from the left, then the whole segment misspelt, then a possessive ("queens bohemian rhapsody").
    func libraryName(within segment: Range<Int>, in directory: NameDirectory) -> Known? {
        for start in segment where !FunctionWords.contains(words[start]) || start == segment.lowerBound {
            if let known = libraryName(at: start, in: directory, limit: segment.upperBound, fuzzy: false), isDistinct(known), isContent(known.tokens) {
                return known
            }
        }
        guard isContent(segment) else { return nil }
        return libraryName(at: segment.lowerBound, in: directory, limit: segment.upperBound, fuzzy: true)
    }

    /// "One", "Intro" and "Them" are titles and artists too, but "like this one" means none of them.
    func isContent(_ range: Range<Int>) -> Bool {
        range.count >= 3
            || range.contains { !FunctionWords.contains(words[$0]) && !Cues.requestWords.contains(words[$0]) && !Cues.nameLeads.contains(words[$0]) }
    }

    /// One ordinary word inside a longer unknown name is no evidence for a title of that word.
    func isDistinct(_ known: Known) -> Bool {
        known.tokens.count > 1 || !vocabulary.isCommon(words[known.tokens.lowerBound])
    }

    mutating func addSeed(_ known: Known, _ polarity: Polarity, _ directory: NameDirectory, bare: Bool = false) {
        let titles = known.entities.filter { $0.kind == .title }
        let artist = known.entities.first { $0.kind == .artist }
        let span = span(known.tokens)
        let isUnwanted = bare && isNegated(known.tokens)
        claim(known.tokens, .name)
        if isUnwanted, let artist {
            // "No Beatles" leaves them out.
            plan.filters.withoutArtists.append(Filters.NamedSpan(name: artist.name, span: span))
            return correct(known, to: artist.name)
        }
        // "X by Y": the artist belongs to the title before it, and tells which of several titles is meant.
        if let artist, isBy(known.tokens), let last = plan.seeds.last, last.kind == .track || last.kind == .unknown, last.artist == nil {
            plan.seeds[plan.seeds.count - 1].artist = artist.name
            plan.seeds[plan.seeds.count - 1].span.end = span.end
            if let track = directory.title(last.name, by: artist.name, vocabulary.analyzer) {
                plan.seeds[plan.seeds.count - 1].kind = .track
                plan.seeds[plan.seeds.count - 1].track = track.track
                plan.seeds[plan.seeds.count - 1].name = track.name
            }
            correct(known, to: artist.name)
        } else if let artist, titles.isEmpty || known.tokens.count == 1 {
            plan.seeds.append(Seed(span: span, kind: .artist, name: artist.name, polarity: polarity, bare: bare))
            correct(known, to: artist.name)
        } else if let title = titles.first {
            plan.seeds.append(Seed(span: span, kind: .track, name: title.name, track: title.track, polarity: polarity, bare: bare))
            correct(known, to: title.name)
        }
    }

    func isBy(_ range: Range<Int>) -> Bool {
        range.lowerBound > 0 && ["by", "from"].contains(words[range.lowerBound - 1])
    }

    mutating func correct(_ known: Known, to name: String) {
        if known.isCorrected { plan.corrections.append(Correction(span: span(known.tokens), from: source(known.tokens), to: name)) }
    }

    mutating func addUnknown(_ range: Range<Int>, isArtist: Bool, _ polarity: Polarity) {
        var range = range
        while range.count > 1, Cues.nameLeads.contains(words[range.lowerBound]), words[range.lowerBound] != "the" {
            range = range.lowerBound + 1..<range.upperBound
        }
        let words = tokens[range].filter { $0.kind == .word }
        let known = vocabulary.artist(words[...])
        let profile = known?.descriptors.map { vocabulary.descriptors[$0].id } ?? []
        if isArtist, let last = plan.seeds.last, last.kind == .unknown, last.artist == nil {
            plan.seeds[plan.seeds.count - 1].artist = known?.name ?? source(range)
            plan.seeds[plan.seeds.count - 1].profile = profile
            plan.seeds[plan.seeds.count - 1].span.end = span(range).end
        } else {
            plan.seeds.append(Seed(span: span(range), kind: .unknown, name: known?.name ?? source(range), polarity: polarity, profile: profile))
        }
        claim(range, .name)
    }

    /// Endings that make a likeness of a name: "mogwai-ish", "brian eno style".
    static let likenesses: Set<String> = [
        "ish", "esque", "y", "like", "type", "style", "styled", "era", "inspired", "influenced", "vibes", "vibe", "sounding", "ian",
    ]

    /// Well-known artists anywhere in the request, in a library that does not have them.
    mutating func readKnownArtists() {
        var i = 0
        while i < tokens.count {
            guard owners[i] == nil, tokens[i].kind == .word, let (end, known) = knownArtist(at: i) else {
                i += 1
                continue
            }
            plan.seeds.append(
                Seed(span: span(i..<end), kind: .unknown, name: known.name, bare: true, profile: known.descriptors.map { vocabulary.descriptors[$0].id }))
            var tail = end
            if tail < tokens.count, Self.likenesses.contains(words[tail]), hyphens.contains(tail - 1) || words[tail].utf8.count > 2 { tail += 1 }
            claim(i..<end, .name)
            claim(end..<tail, .cue)
            i = max(tail, end)
        }
    }

    func knownArtist(at start: Int) -> (end: Int, artist: (name: String, descriptors: [Int]))? {
        var end = min(tokens.count, start + Vocabulary.longestArtist * 2)
        while end > start {
            let run = tokens[start..<end].filter { $0.kind == .word }
            if isFree(start..<end), tokens[end - 1].kind == .word, run.count <= Vocabulary.longestArtist, let artist = vocabulary.artist(run[...]),
                run.count > 1 || isUnknownWord(start) && vocabulary.match(tokens[..<end], at: start) == nil
            {
                return (end, artist)
            }
            end -= 1
        }
        return nil
    }
}
