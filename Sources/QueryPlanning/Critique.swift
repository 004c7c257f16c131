public import Vocabulary

/// One thing that a listener says about an answer: "more upbeat", "no vocals", "like the second one".
public struct Critique: Hashable, Sendable {
    public enum Action: String, CaseIterable, Sendable {
        /// By a step, or to a strength where one is given.
        case more, less
        /// Want it, at a strength where one is given.
        case add
        /// Let the wish go, whether it was wanted or not.
        case drop
        /// Leave tracks out that have it; softly where a strength is given.
        case avoid
        case like, unlike
        /// Share it with the seeds.
        case keep
        /// Turn the seeds to another mood.
        case move
        /// Back to the turn before.
        case undo
        /// Back to nothing, as a turn like others.
        case restart
    }

    public enum Subject: Hashable, Sendable {
        case nothing
        /// Its span lies in what was said; strength, hardness and change are what the words gave.
        case clause(Clause)
        case facet(Facet)
        case seed(Seed)
        /// By id.
        case tracks([String])
        case filters(Filters)
        case filter(Filters.Name)
        case count(Int)
        case place(MoodMove.Point)
        /// A word that names nothing known, to be looked for in titles and captions.
        case word(Ignored)
        case correction(Correction)
    }

    public var action: Action
    public var subject: Subject
    /// In 0…1.
    public var strength: Double?
    /// Takes the place of the wish that it comes nearest to: "I meant the acoustic guitar", "make it jazz".
    public var replaces = false

    public init(_ action: Action, _ subject: Subject = .nothing, strength: Double? = nil, replaces: Bool = false) {
        self.action = action
        self.subject = subject
        self.strength = strength
        self.replaces = replaces
    }

    public init(_ action: Action, _ descriptor: DescriptorID, strength: Double? = nil) {
        self.init(action, .clause(Clause(span: Span(0..<0), descriptor: descriptor, hard: descriptor.facet.binds)), strength: strength)
    }
}

extension Filters {
    /// The filters, to name one.
    public enum Name: String, CaseIterable, Sendable { case years, bpm, duration, artists, withoutArtists, withoutTracks, key, metre }
}

/// All that is said in one turn.
public struct Refinement: Hashable, Sendable {
    /// The words; spans of the critiques lie in them.
    public var text: String
    public var critiques: [Critique]
    /// What was said and could not be made anything of, in words: "there is no 30th track".
    public var notes: [String]

    public init(text: String, critiques: [Critique], notes: [String] = []) {
        self.text = text
        self.critiques = critiques
        self.notes = notes
    }

    /// Critiques that came without words are put into words, so that a plan's text tells all that was said.
    public init(_ critiques: [Critique], _ vocabulary: Vocabulary) {
        self.init(text: "", critiques: [])
        for critique in critiques {
            let separator = text.isEmpty ? "" : ", "
            let (lead, name) = Self.words(critique, vocabulary)
            let start = (text + separator + lead).utf8.count
            text += separator + lead + name
            let span = Span(start..<start + name.utf8.count)
            var critique = critique
            switch critique.subject {
            case .clause(var clause):
                clause.span = span
                critique.subject = .clause(clause)
            case .seed(var seed):
                seed.span = span
                critique.subject = .seed(seed)
            case .filters(var filters):
                for bounds in [\Filters.years, \.bpm, \.duration] { filters[keyPath: bounds]?.span = span }
                for i in filters.artists.indices { filters.artists[i].span = span }
                for i in filters.withoutArtists.indices { filters.withoutArtists[i].span = span }
                critique.subject = .filters(filters)
            case .nothing, .facet, .tracks, .filter, .count, .place, .word, .correction: break
            }
            self.critiques.append(critique)
        }
    }

    private static func words(_ critique: Critique, _ vocabulary: Vocabulary) -> (lead: String, name: String) {
        let name: String
        switch critique.subject {
        case .clause(let clause): name = vocabulary.descriptor(clause.descriptor)?.label ?? clause.descriptor.slug
        case .facet(let facet): name = "the \(facet.rawValue)"
        case .seed(let seed): name = seed.artist.map { "\(seed.name) by \($0)" } ?? seed.name
        case .tracks(let ids): name = ids.count == 1 ? "that one" : "those \(ids.count)"
        case .filter(let filter): name = "the \(filter.rawValue)"
        case .filters(let filters): name = filters.words
        case .count(let count): name = "\(count) tracks"
        case .place(let place): name = "\(place)"
        case .word(let word): name = word.text
        case .correction(let correction): name = correction.to
        case .nothing: name = ""
        }
        switch critique.action {
        case .more: return ("more ", name)
        case .less: return ("less ", name)
        case .add: return ("", name)
        case .drop: return ("forget ", name)
        case .avoid: return ("no ", name)
        case .like: return ("like ", name)
        case .unlike: return ("unlike ", name)
        case .keep: return ("keep ", name)
        case .move: return ("moved to ", name)
        case .undo: return ("undo", "")
        case .restart: return ("start over", "")
        }
    }
}
