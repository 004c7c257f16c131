import TextAnalysis
import Vocabulary

/// Finds artists and tracks: those the library knows, also misspelt, and, after words such as "similar to", those it does not know.
extension PlanDraft {
    mutating func readNames(_ directory: NameDirectory?) {
        readQuoted(directory)
        readCued(directory)
        if let directory { readBare(directory) }
        readKnownArtists()
        readUnframed()
    }

    // MARK: After a cue

    private mutating func readCued(_ directory: NameDirectory?) {
        let idioms = idioms()
        var i = 0
        while i < words.count {
            guard owners[i] == nil, !idioms.contains(i) else {
                i += 1
                continue
            }
            let feels = Cues.feelsLike.length(at: i, in: words)
            let unlike = Cues.unlike.length(at: i, in: words)
            var like = Cues.like.length(at: i, in: words)
            if words[i] == "than", isCompared(i) { like = 1 }
            let by = Cues.by.length(at: i, in: words)
            if feels > 0, feels >= like {
                i += feels
            } else if unlike > 0, unlike >= like {
                i = readList(after: i..<i + unlike, .avoid, directory) ?? i + unlike
            } else if like > 0 {
                i = readList(after: i..<i + like, .like, directory) ?? i + like
            } else if by > 0 {
                i = readBy(i..<i + by, directory) ?? i + by
            } else {
                i += 1
            }
        }
    }

    /// Tokens inside a name of the vocabulary of several words, where a cue is none: "larger than life".
    private func idioms() -> Set<Int> {
        var inside: Set<Int> = []
        var i = 0
        while i < tokens.count {
            if let match = vocabulary.match(tokens[...], at: i), match.tokens.count > 1 {
                inside.formUnion(match.tokens.dropFirst())
                i = match.tokens.upperBound
            } else {
                i += 1
            }
        }
        return inside
    }

    /// "more upbeat than", "calmer than": a name follows, unless it is a number.
    private func isCompared(_ than: Int) -> Bool {
        guard than + 1 < words.count, words[than + 1].first?.isNumber != true else { return false }
        return words[max(0, than - 4)..<than].contains { ["more", "less"].contains($0) || $0.hasSuffix("er") }
    }

    /// Where the names after a cue end.
    private func endOfNames(from start: Int) -> Int {
        var end = start
        while end < words.count, owners[end] == nil || owners[end] == .quantity, !Cues.nameStops.contains(words[end]) || isInsideName(end, from: start) {
            end += 1
        }
        return end
    }

    /// A stop word right after a capitalised or name-like beginning may belong to a title ("this is not a love song"); a library name decides that, see
    /// `libraryName`. Here only "the" and its like go through.
    private func isInsideName(_ i: Int, from start: Int) -> Bool {
        words[i] == "in" && i > start && i + 1 < words.count && !Cues.nameStops.contains(words[i + 1])
    }

    private mutating func readList(after cue: Range<Int>, _ polarity: Polarity, _ directory: NameDirectory?) -> Int? {
        let end = endOfNames(from: cue.upperBound)
        var read = 0
        var i = cue.upperBound
        var last = i
        while i < max(end, min(cue.upperBound + 1, words.count)) {
            // A name of the library wins over every rule of where names end.
            if let directory, let known = libraryName(at: i, in: directory, limit: words.count, fuzzy: false), isContent(known.tokens) {
                addSeed(known, polarity, directory)
                read += 1
                i = known.tokens.upperBound
                last = i
                continue
            }
            guard i < end else { break }
            if Cues.nameSeparators.contains(words[i]) || Cues.nameLeads.contains(words[i]) || tokens[i].kind == .symbol {
                i += 1
                continue
            }
            var stop = i
            while stop < end, !Cues.nameSeparators.contains(words[stop]) { stop += 1 }
            let segment = i..<stop
            // "like Radiohead, very happy": the second is no name.
            if Cues.intensifiers.length(at: i, in: words) > 0 || Cues.diminishers.length(at: i, in: words) > 0 { break }
            if let directory, let known = libraryName(within: segment, in: directory) {
                addSeed(known, polarity, directory)
                read += 1
                i = known.tokens.upperBound
                last = i
            } else if isNameLike(segment) {
                let isArtist = i > cue.upperBound && ["by", "from"].contains(words[i - 1])
                addUnknown(segment, isArtist: isArtist, polarity)
                read += 1
                i = stop
                last = i
            } else {
                i = stop
            }
        }
        guard read > 0 else { return nil }
        claim(cue, .cue)
        return last
    }

    private mutating func readBy(_ cue: Range<Int>, _ directory: NameDirectory?) -> Int? {
        let isDenied = Cues.negations.start(endingAt: cue.lowerBound, in: words) != nil
        if let directory, words[cue.upperBound - 1] == "by", let end = readTitleBy(cue, directory) { return end }
        var i = cue.upperBound
        var names: [(String, Range<Int>)] = []
        let end = endOfNames(from: i)
        while i < end {
            if Cues.nameSeparators.contains(words[i]) || words[i] == "the" && i + 1 == end {
                i += 1
                continue
            }
            if let directory, let known = libraryName(at: i, in: directory, limit: words.count, fuzzy: true),
                let artist = known.entities.first(where: { $0.kind == .artist })
            {
                names.append((artist.name, known.tokens))
                correct(known, to: artist.name)
                i = known.tokens.upperBound
                continue
            }
            var stop = i
            while stop < end, !Cues.nameSeparators.contains(words[stop]) { stop += 1 }
            if isNameLike(i..<stop) { names.append((source(i..<stop), i..<stop)) }
            i = stop
        }
        guard let last = names.last?.1.upperBound else { return nil }
        for (name, range) in names {
            let named = Filters.NamedSpan(name: name, span: span(range))
            if isDenied { plan.filters.withoutArtists.append(named) } else { plan.filters.artists.append(named) }
            claim(range, .name)
        }
        claim(cue, .cue)
        return last
    }

    /// "Bohemian Rhapsody by Queen": a title of the library right before "by", by the artist right after it.
    private mutating func readTitleBy(_ cue: Range<Int>, _ directory: NameDirectory) -> Int? {
        guard cue.upperBound < tokens.count, let artist = libraryName(at: cue.upperBound, in: directory, limit: tokens.count, fuzzy: false) else { return nil }
        let names = Set(artist.entities.filter { $0.kind == .artist }.map(\.name))
        for start in max(0, cue.lowerBound - NameDirectory.longestName)..<max(cue.lowerBound, 0) {
            guard isFree(start..<cue.lowerBound) else { continue }
            let run = tokens[start..<cue.lowerBound].filter { $0.kind == .word }
            guard let title = directory.entities(run[...]).first(where: { $0.kind == .title && names.contains($0.artist) }) else { continue }
            let range = start..<artist.tokens.upperBound
            plan.seeds.append(Seed(span: span(range), kind: .track, name: title.name, artist: title.artist, track: title.track, bare: true))
            claim(range, .name)
            return range.upperBound
        }
        return nil
    }

    /// Whether words after "like" are a name rather than a description: some word of it names nothing, or it is no genre and no instrument.
    private func isNameLike(_ range: Range<Int>) -> Bool {
        let content = range.filter { tokens[$0].kind == .word && !Cues.nameLeads.contains(words[$0]) }
        guard !content.isEmpty, content.contains(where: { !FunctionWords.contains(words[$0]) }) else { return false }
        guard content.contains(where: { !Cues.requestWords.contains(words[$0]) && !FunctionWords.contains(words[$0]) }) else { return false }
        var i = range.lowerBound
        var facets: Set<Facet> = []
        while i < range.upperBound {
            if let match = vocabulary.match(tokens[..<range.upperBound], at: i) {
                facets.insert(vocabulary.descriptors[match.descriptor].id.facet)
                i = match.tokens.upperBound
            } else if FunctionWords.contains(words[i]) || Cues.requestWords.contains(words[i]) || tokens[i].kind == .symbol {
                i += 1
            } else {
                return true
            }
        }
        // "I like happy songs": what carries a description is described.
        if range.upperBound < words.count,
            Cues.countNouns.contains(words[range.upperBound]) || ["music", "stuff", "bands", "vibes", "beats"].contains(words[range.upperBound])
        {
            return false
        }
        return facets.isDisjoint(with: [.genre, .instrument, .place, .era, .tempo])
    }

    // MARK: Names of the library

    struct Known {
        var tokens: Range<Int>
        var entities: [NameDirectory.Entity]
        var isCorrected: Bool
    }

    /// The longest name of the library that begins at a token.
    private func libraryName(at start: Int, in directory: NameDirectory, limit: Int, fuzzy: Bool) -> Known? {
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
    private func libraryName(within segment: Range<Int>, in directory: NameDirectory) -> Known? {
        for start in segment where !FunctionWords.contains(words[start]) || start == segment.lowerBound {
            if let known = libraryName(at: start, in: directory, limit: segment.upperBound, fuzzy: false), isDistinct(known), isContent(known.tokens) {
                return known
            }
        }
        guard isContent(segment) else { return nil }
        return libraryName(at: segment.lowerBound, in: directory, limit: segment.upperBound, fuzzy: true)
    }

    /// "One", "Intro" and "Them" are titles and artists too, but "like this one" means none of them.
    private func isContent(_ range: Range<Int>) -> Bool {
        range.count >= 3
            || range.contains { !FunctionWords.contains(words[$0]) && !Cues.requestWords.contains(words[$0]) && !Cues.nameLeads.contains(words[$0]) }
    }

    /// One ordinary word inside a longer unknown name is no evidence for a title of that word.
    private func isDistinct(_ known: Known) -> Bool {
        known.tokens.count > 1 || !vocabulary.isCommon(words[known.tokens.lowerBound])
    }

    private mutating func addSeed(_ known: Known, _ polarity: Polarity, _ directory: NameDirectory, bare: Bool = false) {
        let titles = known.entities.filter { $0.kind == .title }
        let artist = known.entities.first { $0.kind == .artist }
        let span = span(known.tokens)
        claim(known.tokens, .name)
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

    private func isBy(_ range: Range<Int>) -> Bool {
        range.lowerBound > 0 && ["by", "from"].contains(words[range.lowerBound - 1])
    }

    private mutating func correct(_ known: Known, to name: String) {
        if known.isCorrected { plan.corrections.append(Correction(span: span(known.tokens), from: source(known.tokens), to: name)) }
    }

    private mutating func addUnknown(_ range: Range<Int>, isArtist: Bool, _ polarity: Polarity) {
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
    private static let likenesses: Set<String> = [
        "ish", "esque", "y", "like", "type", "style", "styled", "era", "inspired", "influenced", "vibes", "vibe", "sounding", "ian",
    ]

    /// Well-known artists anywhere in the request, in a library that does not have them.
    private mutating func readKnownArtists() {
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

    private func knownArtist(at start: Int) -> (end: Int, artist: (name: String, descriptors: [Int]))? {
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

    // MARK: Without a cue

    private mutating func readQuoted(_ directory: NameDirectory?) {
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

    /// A bare artist name means *like*. A single ordinary word never names an artist or a title by itself, nor does a phrase of the vocabulary.
    private mutating func readBare(_ directory: NameDirectory) {
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
    private mutating func readUnframed() {
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
    private func vocabularyCover(_ stretch: Range<Int>) -> [Int: Vocabulary.Match] {
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
    private func stretches() -> [Range<Int>] {
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

    private func isUnknownWord(_ i: Int) -> Bool {
        tokens[i].kind == .word && words[i].utf8.count >= 3 && !vocabulary.isCommon(words[i]) && !FunctionWords.contains(words[i])
            && !Cues.requestWords.contains(words[i]) && Double(words[i]) == nil
    }

    private static let frames: Set<String> = [
        "song", "songs", "music", "looking", "suggest", "suggestions", "recommend", "recommendations", "recommendation", "similar", "bands", "band", "artists",
        "artist", "tracks",
        "playlist", "need", "want", "find", "help", "anyone", "some", "any", "something", "anything", "style", "vibe", "vibes", "genre", "type", "kind",
        "sounds", "sounding", "with",
        "without", "no", "for", "albums", "tunes", "i", "im", "ive", "please", "what", "whats", "more", "very", "not",
    ]

    private func isFrame(_ i: Int) -> Bool { Self.frames.contains(words[i]) }

    private func isPlain(_ match: Vocabulary.Match) -> Bool {
        [.genre, .instrument, .mood, .voice, .era].contains(vocabulary.descriptors[match.descriptor].id.facet)
            && !(match.tokens.count == 1 && FunctionWords.contains(words[match.tokens.lowerBound]))
    }

    /// A lone unknown word near a descriptor is a typing error, not a name.
    private func isMisspelling(_ range: Range<Int>) -> Bool {
        let unknown = range.filter(isUnknownWord)
        guard unknown.count == 1, range.count <= 2 else { return false }
        let word = words[unknown[0]]
        let allowance = word.utf8.count < 6 ? 0 : word.utf8.count < 10 ? 1 : 2
        return allowance > 0 && vocabulary.nearestName(word, within: allowance).map { $0.value.words == 1 || $0.isSpelling } ?? false
    }

    private func stands(_ known: Known) -> Bool {
        let range = known.tokens
        if range.count == 1 {
            let word = words[range.lowerBound]
            return word.utf8.count >= 4 && !vocabulary.isCommon(word) && !FunctionWords.contains(word) && !Cues.requestWords.contains(word)
                && vocabulary.match(tokens[..<range.upperBound], at: range.lowerBound) == nil
        }
        if let match = vocabulary.match(tokens[...], at: range.lowerBound), match.tokens.upperBound >= range.upperBound { return false }
        return range.contains { !FunctionWords.contains(words[$0]) && !Cues.requestWords.contains(words[$0]) && !isDescriptor($0) }
    }

    private func isDescriptor(_ i: Int) -> Bool { vocabulary.match(tokens[..<(i + 1)], at: i) != nil }
}
