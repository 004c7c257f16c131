import TextAnalysis
import Vocabulary

/// A track of the last answer, as far as a critique may point at it.
public struct ShownTrack: Hashable, Sendable {
    public var id: String
    public var title: String
    public var artist: String

    public init(id: String, title: String, artist: String) { (self.id, self.title, self.artist) = (id, title, artist) }

    /// As a seed whose words are to be found.
    public var seed: Seed {
        Seed(span: Span(0..<0), kind: .track, name: title.isEmpty ? id : title, artist: artist.isEmpty ? nil : artist, track: id)
    }
}

extension QueryPlanner {
    /// Reads what a listener says about an answer.
    ///
    /// ```swift
    /// planner.critiques("more upbeat, no vocals", of: plan, shown: [])        // more mood:upbeat, avoid voice:vocals
    /// planner.critiques("like the second one", of: plan, shown: tracks)       // like tracks[1]
    /// planner.critiques("no, I meant the other guitar", of: plan, shown: [])  // acoustic guitar in place of electric guitar
    /// ```
    /// Commands ("undo", "start over"), tracks of the answer and wishes to drop are read here; what is left is read as a request is.
    ///
    /// - Parameters:
    ///   - shown: the tracks of the answer, in its order.
    ///   - frequency: how many tracks have a descriptor: of several things that may be meant, the most frequent is.
    public func critiques(_ text: String, of plan: QueryPlan, shown: [ShownTrack], frequency: (Int) -> Int = { _ in 0 }) -> Refinement {
        let (head, _) = Self.split(text)
        var reading = CritiqueReading(head, plan, self, shown)
        reading.read(frequency)
        return Refinement(text: head, critiques: reading.critiques, notes: reading.notes)
    }
}

private struct CritiqueReading {
    private let text: String
    private let plan: QueryPlan
    private let planner: QueryPlanner
    private let shown: [ShownTrack]
    private let tokens: [Token]
    private let words: [String]
    /// Tokens that are read already.
    private var isTaken: [Bool]
    /// The words that each clause came from.
    private let said: [[String]]
    private(set) var critiques: [Critique] = []
    private(set) var notes: [String] = []
    /// What is said takes the place of what was said before.
    private var replaces = false

    private var vocabulary: Vocabulary { planner.vocabulary }

    init(_ text: String, _ plan: QueryPlan, _ planner: QueryPlanner, _ shown: [ShownTrack]) {
        let draft = PlanDraft(text, planner.vocabulary)
        (self.text, self.plan, self.planner, self.shown) = (text, plan, planner, shown)
        (tokens, words) = (draft.tokens, draft.words)
        isTaken = Array(repeating: false, count: draft.tokens.count)
        said = plan.clauses.map { clause in
            clause.span.end - clause.span.start > 100 ? [] : planner.vocabulary.analyzer.tokens(plan.source(clause.span)).map(\.text)
        }
    }

    mutating func read(_ frequency: (Int) -> Int) {
        if readCommand() { return }
        readCorrectionCue()
        readSwapped()
        readArtistOfShown()
        readShownTracks()
        readDropped()
        readCount()
        readOther(frequency)
        readRest()
    }

    // MARK: Commands

    private static let undo = PhraseSet(
        "undo; undo that; undo it; undo this; go back; back; step back; take that back; take it back; revert; revert that; previous; back to before; the previous one; go back one; as before"
    )
    private static let restart = PhraseSet(
        "start over; start again; start anew; start afresh; start from scratch; restart; reset; reset everything; clear; clear everything; clear all; from scratch; new search; forget everything; forget it all; forget all of it; drop everything; remove everything; something completely different"
    )
    /// Others, with the wishes as they are.
    private static let others = PhraseSet(
        "something else; anything else; something different; others; other ones; other songs; other tracks; other music; different ones; different songs; different tracks; more; show me more; show more; give me more; more of these; more of them; more of those; more songs; more tracks; some more; any more; next; next page; next ones; the next ones; what else; else; show me others; surprise me; not these; none of these; none of those; new ones"
    )
    private static let courtesies: Set<String> = [
        "please", "ok", "okay", "hmm", "hm", "well", "yes", "yeah", "now", "then", "thanks", "can", "could", "you", "we", "let", "lets", "us", "just", "i",
        "want",
        "to", "would", "like", "id", ",", ".", "!", "?", "and", "no", "nah", "so", "actually", "sorry", "wait",
    ]

    private mutating func readCommand() -> Bool {
        var range = words.indices
        while let first = range.first, Self.courtesies.contains(words[first]), !Self.isCommand(words[first]) { range = first + 1..<range.upperBound }
        while let last = range.last, Self.courtesies.contains(words[last]) { range = range.lowerBound..<last }
        guard let first = range.first else {
            if !words.isEmpty { notes.append("there is nothing to change in that") }
            return !words.isEmpty
        }
        let length = Self.undo.length(at: first, in: words)
        if length > 0, first + length <= range.upperBound, let times = times(first + length..<range.upperBound) {
            critiques = Array(repeating: Critique(.undo), count: times)
            return true
        }
        if !shown.isEmpty, Self.others.length(at: first, in: words) == range.count {
            critiques = [Critique(.avoid, .tracks(shown.map(\.id)))]
            return true
        }
        let fresh = Self.restart.length(at: first, in: words)
        if fresh == range.count {
            critiques = [Critique(.restart)]
            return true
        }
        if fresh > 0, ["with", ",", ":", "and", "."].contains(words[first + fresh]) {
            // "Start over with jazz".
            critiques = [Critique(.restart)]
            take(0..<first + fresh + 1)
        }
        return false
    }

    private static func isCommand(_ word: String) -> Bool { word == "undo" || word == "back" }

    /// "2", "two steps", "three times", "twice"; one where nothing is said, nil where it is something else.
    private func times(_ range: Range<Int>) -> Int? {
        guard let first = range.first else { return 1 }
        let number = words[first] == "twice" ? 2 : Cues.numberWords[words[first]].map { Int($0) } ?? Int(words[first])
        guard let number, (1...Conversation.mostTurns).contains(number),
            words[range].dropFirst().allSatisfy({ ["steps", "step", "times", "turns", "turn"].contains($0) })
        else { return nil }
        return number
    }

    private static let corrections = PhraseSet(
        "i meant; i mean; i was thinking of; i was thinking; what i meant was; meant; make it; make that; change it to; change that to; switch to; switch it to; turn it into; rather"
    )

    /// "No, I meant …": the no denies the reading, not what follows.
    private mutating func readCorrectionCue() {
        var i = 0
        while i < words.count, ["no", "nope", "nah", "not", "wait", "sorry", "actually", "that", ",", ".", "!", "oh", "well"].contains(words[i]) { i += 1 }
        let length = Self.corrections.length(at: i, in: words)
        if length > 0 {
            replaces = true
            take(0..<i + length)
        } else if i >= 2, ["no", "nope", "nah"].contains(words[0]), words[1] == "," {
            take(0..<2)
        }
        for j in words.indices where words[j] == "instead" && !(j + 1 < words.count && words[j + 1] == "of") {
            replaces = true
            take(j..<j + 1)
        }
    }

    // MARK: Dropping

    private static let drops = PhraseSet(
        "forget; forget about; drop; remove; lose; never mind; nevermind; ignore; i dont care about; dont care about; do not care about; i dont mind; regardless of; no matter; scrap; without regard to; take away; any"
    )
    /// These are said of what sounds, too: "drop the vocals".
    private static let removals: Set<String> = ["drop", "remove", "lose", "scrap", "take"]
    private static let articles: Set<String> = [
        "the", "a", "an", "its", "their", "that", "this", "any", "about", "bit", "part", "thing", "filter", "of", "wish", "for",
    ]

    private mutating func readDropped() {
        var i = 0
        while i < words.count {
            let length = isTaken[i] ? 0 : Self.drops.length(at: i, in: words)
            guard length > 0 else {
                i += 1
                continue
            }
            // "Don't drop the piano" drops nothing.
            if let negation = (max(0, i - 5)..<i).last(where: { ["dont", "not", "never"].contains(words[$0]) }), words[i] != "any" {
                take(negation..<i + length)
                while i < words.count, ![",", ".", "but", "and"].contains(words[i]) {
                    isTaken[i] = true
                    i += 1
                }
                continue
            }
            let isRemoval = Self.removals.contains(words[i])
            let isAny = words[i] == "any"
            var next = i + length, end = next
            while next < words.count {
                while next < words.count, Self.articles.contains(words[next]) { next += 1 }
                guard let used = dropped(at: next, isRemoval: isRemoval, isAny: isAny) else { break }
                next += used
                while next < words.count, ["part", "thing", "bit", "filter", "stuff"].contains(words[next]) { next += 1 }
                end = next
                guard next + 1 < words.count, ["and", ",", "or"].contains(words[next]) else { break }
                next += 1
                if next < words.count, words[next] == "and" { next += 1 }
            }
            if end > i + length {
                take(i..<end)
                i = end
            } else {
                // Nothing that could be dropped: then it is talk, not a title to look for.
                if !isAny { take(i..<i + length) }
                i += length
            }
        }
        // "The tempo does not matter".
        for cue in ["doesnt matter", "dont matter", "does not matter", "is not important", "isnt important", "is fine", "whatever"] {
            let parts = cue.split(separator: " ").map(String.init)
            for j in words.indices where j > 0 && j + parts.count <= words.count && words[j..<j + parts.count].elementsEqual(parts) && !isTaken[j] {
                guard !isTaken[j - 1], dropped(at: j - 1, isRemoval: false, isAny: true) != nil else { continue }
                take(max(0, j - (j > 1 && Self.articles.contains(words[j - 2]) ? 2 : 1))..<j + parts.count)
            }
        }
    }

    /// Notes what is to be dropped at a word; nil where nothing is that could be.
    private mutating func dropped(at i: Int, isRemoval: Bool, isAny: Bool) -> Int? {
        guard i < words.count else { return nil }
        if let match = vocabulary.match(tokens[...], at: i) {
            let id = vocabulary.descriptors[match.descriptor].id
            // What there is a wish for is let go; what there is none for is not wanted to sound.
            let held = plan.clauses.indices.filter { plan.clauses[$0].descriptor == id || covers($0, match.tokens) }
            if let clause = held.first.map({ plan.clauses[$0] }) {
                critiques.append(Critique(.drop, clause.descriptor))
                return match.tokens.count
            }
            if isRemoval, id.facet == .instrument || id.facet == .voice {
                critiques.append(Critique(.avoid, .clause(Clause(span: span(match.tokens), descriptor: id, polarity: .avoid, hard: true))))
                return match.tokens.count
            }
        }
        if let facet = FacetNames.facet(words[i]) {
            if isAny, !holds(facet) { return nil }
            critiques.append(Critique(.drop, .facet(facet)))
            return 1
        }
        switch words[i] {
        case "years", "year", "dates", "date": critiques.append(Critique(.drop, .facet(.era)))
        case "bpm": critiques.append(Critique(.drop, .filter(.bpm)))
        case "length", "duration": critiques.append(Critique(.drop, .filter(.duration)))
        case "key": critiques.append(Critique(.drop, .filter(.key)))
        case "place", "country": critiques.append(Critique(.drop, .facet(.place)))
        case "artist", "artists":
            critiques += [Critique(.drop, .filter(.artists)), Critique(.drop, .filter(.withoutArtists))]
            critiques += plan.seeds.filter { $0.kind == .artist }.map { Critique(.drop, .seed($0)) }
        case "seed", "seeds", "track", "tracks", "song", "songs", "likeness":
            guard !plan.seeds.isEmpty, !isAny else { return nil }
            critiques += plan.seeds.map { Critique(.drop, .seed($0)) }
        default:
            guard let seed = plan.seeds.first(where: { named($0.name, at: i) }) else { return nil }
            critiques.append(Critique(.drop, .seed(seed)))
            return vocabulary.analyzer.tokensAndSymbols(seed.name).count
        }
        return 1
    }

    /// Whether the words that a clause came from are said again.
    private func covers(_ clause: Int, _ range: Range<Int>) -> Bool { !said[clause].isEmpty && said[clause] == Array(words[range]) }

    private func named(_ name: String, at i: Int) -> Bool {
        let name = vocabulary.analyzer.tokensAndSymbols(name).map(\.text)
        return !name.isEmpty && i + name.count <= words.count && Array(words[i..<i + name.count]) == name
    }

    private func holds(_ facet: Facet) -> Bool {
        plan.clauses.contains { $0.descriptor.facet == facet } || plan.keep?.contains(facet) ?? false || facet == .era && plan.filters.years != nil
            || facet == .tempo && plan.filters.bpm != nil
    }

    /// "Replace the violin with cello", "swap cello for flute", "bring the vocals back".
    private mutating func readSwapped() {
        for i in words.indices where !isTaken[i] && ["replace", "swap", "change", "switch", "trade"].contains(words[i]) {
            var next = i + 1
            while next < words.count, Self.articles.contains(words[next]) { next += 1 }
            guard let used = dropped(at: next, isRemoval: false, isAny: false), next + used < words.count,
                ["with", "for", "to", "by"].contains(words[next + used])
            else { continue }
            take(i..<next + used + 1)
        }
        for i in words.indices where words[i] == "back" && !isTaken[i] {
            guard
                let clause = plan.clauses.last(where: { clause in
                    clause.polarity == .avoid
                        && (0..<i).contains { j in
                            vocabulary.match(tokens[..<i], at: j).map { vocabulary.descriptors[$0.descriptor].id == clause.descriptor } ?? false
                        }
                })
            else { continue }
            critiques.append(Critique(.drop, clause.descriptor))
            take(0..<i + 1)
        }
    }

    /// "More by number 2", "same artist", "any other by her": by whom a track of the answer is.
    private mutating func readArtistOfShown() {
        guard !shown.isEmpty else { return }
        for i in words.indices where !isTaken[i] {
            var position: Int?, end = i + 1
            if words[i] == "by", i + 1 < words.count {
                var next = i + 1
                while next < words.count, words[next] == "the" { next += 1 }
                if next < words.count, let (positions, last) = pointed(at: next) { (position, end) = (positions.first, last) }
                if ["her", "him", "them"].contains(words[i + 1]) { (position, end) = (latestTrack, i + 2) }
            } else if words[i] == "same", i + 1 < words.count, ["artist", "artists", "band", "singer", "group"].contains(words[i + 1]) {
                (position, end) = (latestTrack, i + 2)
            }
            guard let position, shown.indices.contains(position), !shown[position].artist.isEmpty else { continue }
            var filters = Filters()
            filters.artists = [Filters.NamedSpan(name: shown[position].artist, span: span(i..<end))]
            critiques.append(Critique(.add, .filters(filters)))
            take(0..<end)
        }
    }

    /// The track that was talked about last, else the first.
    private var latestTrack: Int { plan.seeds.last { $0.track != nil }.flatMap { seed in shown.firstIndex { $0.id == seed.track } } ?? 0 }

    /// "20 of them", "show 10", "just 3 more".
    private mutating func readCount() {
        for i in words.indices where !isTaken[i] {
            guard let count = Int(words[i]) ?? Cues.numberWords[words[i]].map({ Int($0) }), (2...1_000).contains(count) else { continue }
            let isLed = i > 0 && ["show", "me", "give", "just", "only", "list", "make", "top"].contains(words[i - 1])
            let next = i + 1 < words.count ? words[i + 1] : ""
            guard ["of", "more", "please", "results", "hits", ""].contains(next), isLed || next == "of" || i == 0 else { continue }
            critiques.append(Critique(.add, .count(count)))
            take(max(0, isLed ? i - 1 : i)..<min(words.count, next == "of" ? i + 3 : i + (next.isEmpty ? 1 : 2)))
            return
        }
    }

    // MARK: Tracks of the answer

    private static let ordinals: [String: Int] = [
        "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "1st": 1, "2nd": 2,
        "3rd": 3, "4th": 4, "5th": 5, "6th": 6, "7th": 7, "8th": 8, "9th": 9, "10th": 10, "11th": 11, "12th": 12, "eleventh": 11, "twelfth": 12,
        "top": 1,
    ]
    private static let trackNouns: Set<String> = [
        "one", "ones", "track", "tracks", "song", "songs", "result", "results", "hit", "hits", "tune", "two", "three",
    ]
    private static let likes: Set<String> = ["like", "similar", "love", "liked", "loved", "more", "closer", "as"]
    private static let dislikes: Set<String> = [
        "unlike", "not", "hate", "dislike", "dont", "nothing", "didnt", "less", "without", "no", "skip", "except", "drop", "remove", "lose",
    ]
    private static let praise: Set<String> = [
        "great", "good", "perfect", "nice", "awesome", "lovely", "best", "beautiful", "amazing", "cool", "wonderful", "fantastic",
    ]
    private static let blame: Set<String> = ["boring", "bad", "terrible", "awful", "annoying", "horrible", "worst", "weak", "meh"]

    private mutating func readShownTracks() {
        guard !shown.isEmpty else { return }
        var i = 0
        while i < words.count {
            guard !isTaken[i], let (positions, end) = pointed(at: i) else {
                i += 1
                continue
            }
            // Back to where the cue for it begins.
            var start = i
            while start > 0, !isTaken[start - 1], [",", ".", ";", "but", "!"].contains(words[start - 1]) == false, i - start < 6, isLead(words[start - 1]) {
                start -= 1
            }
            let lead = words[start..<i]
            let (verdict, last) = verdict(after: end)
            let isUnlike = verdict.map { !$0 } ?? lead.contains(where: Self.dislikes.contains)
            let isAlone = start == 0 && (end == words.count || ["but", ",", ".", ";"].contains(words[end]))
            guard verdict != nil || isUnlike || lead.contains(where: Self.likes.contains) || isAlone else {
                i = end
                continue
            }
            for position in positions {
                guard shown.indices.contains(position) else {
                    notes.append("there is no track number \(position + 1): the answer shows \(shown.count)")
                    continue
                }
                var seed = shown[position].seed
                seed.span = span(i..<end)
                critiques.append(Critique(isUnlike ? .unlike : .like, .seed(seed)))
            }
            take(start..<last)
            i = last
        }
    }

    /// "… was great", "is too boring": whether it is liked, and where that ends; nil where nothing is said.
    private func verdict(after end: Int) -> (isLiked: Bool?, end: Int) {
        guard end < words.count, ["was", "is", "were", "are", "sounds", "s"].contains(words[end]) else { return (nil, end) }
        var next = end + 1
        while next < words.count, ["really", "so", "very", "pretty", "just", "also", "too", "a", "bit"].contains(words[next]) { next += 1 }
        guard next < words.count else { return (nil, end) }
        if Self.praise.contains(words[next]) { return (true, next + 1) }
        return Self.blame.contains(words[next]) ? (false, next + 1) : (nil, end)
    }

    private func isLead(_ word: String) -> Bool {
        Self.likes.contains(word) || Self.dislikes.contains(word)
            || [
                "the", "to", "something", "i", "really", "much", "that", "this", "one", "songs", "tracks", "music", "stuff", "find", "give", "me", "show", "is",
                "from",
                "most", "play", "anything", "any", "sounds", "sound", "do", "did",
            ].contains(word)
    }

    /// "The second one", "number 3", "#2", "the last one", "first and third", "the first two".
    private func pointed(at start: Int) -> (positions: [Int], end: Int)? {
        var i = start
        if words[i] == "#" || words[i] == "number" || words[i] == "nr" || words[i] == "no" && i + 1 < words.count && words[i + 1] == "." {
            let next = words[i] == "no" ? i + 2 : i + 1
            var numbers: [Int] = [], i = next
            while i < words.count, let number = Int(words[i]) ?? Cues.numberWords[words[i]].map({ Int($0) }), number > 0 {
                numbers.append(number - 1)
                guard i + 2 < words.count, ["and", ",", "&"].contains(words[i + 1]) else { return (numbers, i + 1) }
                i = ["#", "number"].contains(words[i + 2]) ? i + 3 : i + 2
            }
            return numbers.isEmpty ? nil : (numbers, min(i, words.count))
        }
        var positions: [Int] = []
        while i < words.count, let position = place(of: words[i]) {
            positions.append(position)
            i += 1
            if i < words.count, ["two", "three", "four", "five"].contains(words[i]), position == 0, let count = Cues.numberWords[words[i]] {
                positions = Array(0..<Int(count))
                i += 1
            }
            while i < words.count, Self.trackNouns.contains(words[i]) { i += 1 }
            guard i + 1 < words.count, ["and", ",", "&", "or"].contains(words[i]) else { break }
            let next = words[i + 1] == "the" ? i + 2 : i + 1
            guard next < words.count, place(of: words[next]) != nil else { break }
            i = next
        }
        guard !positions.isEmpty else { return nil }
        // "First" alone may be anything: it needs a noun, an article or a list.
        let hasNoun = Self.trackNouns.contains(words[i - 1]), hasArticle = start > 0 && words[start - 1] == "the"
        return hasNoun || hasArticle || positions.count > 1 ? (positions, i) : nil
    }

    private func place(of word: String) -> Int? { word == "last" ? shown.count - 1 : Self.ordinals[word].map { $0 - 1 } }

    // MARK: The other one

    /// "The other guitar": of what shares a word with a wish, another; "the other one": the next thing that words may have meant.
    private mutating func readOther(_ frequency: (Int) -> Int) {
        guard let i = words.indices.first(where: { !isTaken[$0] && words[$0] == "other" }), i + 1 < words.count else { return }
        let noun = words[i + 1]
        if ["one", "meaning", "sense", "thing"].contains(noun) {
            guard let group = plan.clauses.last(where: { $0.semantic != nil })?.alternatives else { return }
            let meanings = plan.clauses.filter { $0.alternatives == group && $0.semantic != nil }.sorted { ($0.semantic ?? 0) > ($1.semantic ?? 0) }
            guard let best = meanings.first, meanings.count > 1 else { return }
            critiques.append(Critique(.drop, best.descriptor))
            return take(max(0, i - 1)..<i + 2)
        }
        // Instruments and genres by their last word: electric guitar, bass guitar, acoustic guitar.
        let kinds = vocabulary.descriptors.indices.filter { index in
            let label = vocabulary.descriptors[index].label
            return label == noun || label.hasSuffix(" " + noun) || label + "s" == noun || label.hasSuffix(" " + noun.dropLast()) && noun.hasSuffix("s")
        }
        guard let wished = plan.clauses.last(where: { clause in kinds.contains { vocabulary.descriptors[$0].id == clause.descriptor } }) else { return }
        let said = Set(plan.clauses.map(\.descriptor))
        let others = kinds.filter { !said.contains(vocabulary.descriptors[$0].id) && vocabulary.descriptors[$0].id.facet == wished.descriptor.facet }
        guard let other = others.max(by: { (frequency($0), $1) < (frequency($1), $0) }) else {
            notes.append("there is no other \(noun) in the vocabulary")
            return take(max(0, i - 1)..<i + 2)
        }
        var clause = wished
        clause.descriptor = vocabulary.descriptors[other].id
        clause.span = span(i..<i + 2)
        clause.parts = []
        clause.semantic = nil
        clause.alternatives = nil
        critiques += [Critique(.drop, wished.descriptor), Critique(wished.polarity == .avoid ? .avoid : .add, .clause(clause))]
        take(max(0, words[max(0, i - 1)] == "the" ? i - 1 : i)..<i + 2)
    }

    // MARK: The rest

    /// What is left is read as a request of its own, at the places where it stands.
    private mutating func readRest() {
        var bytes = Array(text.utf8)
        for i in tokens.indices where isTaken[i] {
            for j in tokens[i].span { bytes[j] = UInt8(ascii: " ") }
        }
        // A comma or an "and" that joined what was taken to the rest joins nothing now.
        let rest = planner.read(String(decoding: bytes, as: UTF8.self), isCritique: true)
        let wishes = plan.clauses.filter { $0.polarity != .avoid }.map(\.descriptor)
        for clause in rest.clauses { critiques.append(critique(clause, wishes)) }
        for seed in rest.seeds {
            critiques.append(Critique(seed.polarity == .avoid ? .unlike : seed.bare && seed.polarity != .like ? .add : .like, .seed(seed)))
        }
        if !rest.filters.isEmpty { critiques.append(Critique(.add, .filters(rest.filters))) }
        if let count = rest.count { critiques.append(Critique(.add, .count(count))) }
        for facet in rest.keep ?? [] { critiques.append(Critique(.keep, .facet(facet))) }
        for correction in rest.corrections { critiques.append(Critique(.add, .correction(correction))) }
        for word in rest.ignored where !Self.courtesies.contains(word.text.lowercased()) {
            notes.append("“\(word.text)” names nothing known")
            critiques.append(Critique(.add, .word(word)))
        }
    }

    private func critique(_ clause: Clause, _ wishes: [DescriptorID]) -> Critique {
        let strength = clause.strength == Strength.plain ? nil : clause.strength
        switch (clause.polarity, clause.change) {
        case (.avoid, .less): return Critique(.less, .clause(clause))
        case (.avoid, _) where isInsteadOf(clause) && wishes.contains(clause.descriptor): return Critique(.drop, .clause(clause))
        case (.avoid, _) where clause.hard: return Critique(.avoid, .clause(clause))
        case (.avoid, _): return Critique(.less, .clause(clause), strength: nil)
        case (_, .more): return Critique(.more, .clause(clause))
        case (_, _): return Critique(.add, .clause(clause), strength: strength, replaces: replaces)
        }
    }

    /// "Piano instead of guitar" lets the guitar go; it does not ban it.
    private func isInsteadOf(_ clause: Clause) -> Bool {
        guard let first = tokens.firstIndex(where: { $0.span.lowerBound >= clause.span.start }) else { return false }
        return (max(0, first - 4)..<first).contains { i in
            i + 1 < words.count && (words[i] == "instead" && words[i + 1] == "of" || words[i] == "rather" && words[i + 1] == "than")
        }
    }

    // MARK: Places

    private mutating func take(_ range: Range<Int>) { for i in range { isTaken[i] = true } }

    private func span(_ range: Range<Int>) -> Span { Span(tokens[range.lowerBound].span.lowerBound..<tokens[range.upperBound - 1].span.upperBound) }
}
