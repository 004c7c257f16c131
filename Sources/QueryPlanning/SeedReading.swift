import TextAnalysis
import Vocabulary

/// Finds artists and tracks: those the library knows, also misspelt, and, after words such as "similar to", those it does not know.
extension PlanDraft {
    mutating func readNames(_ directory: NameDirectory?) {
        readQuoted(directory)
        if let directory { readCompared(directory) }
        readCued(directory)
        if let directory { readBare(directory) }
        readKnownArtists()
        // In talk about an answer, words that name nothing known are no name of a band.
        if !isCritique { readUnframed() }
    }

    // MARK: After a cue

    mutating func readCued(_ directory: NameDirectory?) {
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
            if words[i] == "as", let same = sameness(before: i) {
                claim(same, .cue)
                like = 1
            }
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
    func idioms() -> Set<Int> {
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
    func isCompared(_ than: Int) -> Bool {
        guard than + 1 < words.count, words[than + 1].first?.isNumber != true else { return false }
        return words[max(0, than - 4)..<than].contains { ["more", "less"].contains($0) || $0.hasSuffix("er") }
    }

    /// "The same energy as", "same genre as": what stands between says in what, and is no wish of its own.
    func sameness(before as: Int) -> Range<Int>? {
        for start in max(0, `as` - 3)..<`as` where words[start] == "same" {
            return (start + 1..<`as`).allSatisfy { owners[$0] == nil || owners[$0] == .kept } ? start..<`as` : nil
        }
        return nil
    }

    /// Whether the vocabulary has every word of it: of several things after "like", such a one is a description.
    func isDescribed(_ range: Range<Int>) -> Bool {
        var i = range.lowerBound
        while i < range.upperBound {
            if let match = vocabulary.match(tokens[..<range.upperBound], at: i) {
                i = match.tokens.upperBound
            } else if FunctionWords.contains(words[i]) || tokens[i].kind == .symbol {
                i += 1
            } else {
                return false
            }
        }
        return true
    }

    /// Where the names after a cue end.
    func endOfNames(from start: Int) -> Int {
        var end = start
        while end < words.count, owners[end] == nil || owners[end] == .quantity, !Cues.nameStops.contains(words[end]) || isInsideName(end, from: start) {
            end += 1
        }
        return end
    }

    /// A stop word right after a capitalised or name-like beginning may belong to a title ("this is not a love song"); a library name decides that, see
    /// `libraryName`. Here only "the" and its like go through.
    func isInsideName(_ i: Int, from start: Int) -> Bool {
        words[i] == "in" && i > start && i + 1 < words.count && !Cues.nameStops.contains(words[i + 1])
    }

    mutating func readList(after cue: Range<Int>, _ polarity: Polarity, _ directory: NameDirectory?) -> Int? {
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
            } else if isNameLike(segment), read == 0 || !isDescribed(segment) {
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

    mutating func readBy(_ cue: Range<Int>, _ directory: NameDirectory?) -> Int? {
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
    mutating func readTitleBy(_ cue: Range<Int>, _ directory: NameDirectory) -> Int? {
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
    func isNameLike(_ range: Range<Int>) -> Bool {
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
}
