public import Vocabulary

/// How a request was understood: everything that the search will do, as a value.
///
/// ```swift
/// let plan = planner.plan("upbeat steel drum, not too fast, like Island Sun")
/// plan.clauses.map { "\($0.polarity) \($0.descriptor)" }   // ["want mood:upbeat", "want instrument:steelpan", "avoid tempo:fast"]
/// ```
/// Two plans that are equal search alike. `canonicalJSON` prints it, `PlanHandle` packs it into a token; both read back to the same value.
public struct QueryPlan: Codable, Hashable, Sendable {
    /// Version of the plan's own format.
    public static let currentVersion = 1

    public var version = currentVersion
    /// What the listener wrote.
    public var text = ""
    public var clauses: [Clause] = []
    public var filters = Filters()
    public var seeds: [Seed] = []
    /// "like X but calmer": a move away from the seed's mood.
    public var moodMove: MoodMove?
    /// Facets in which an answer must share something with the seeds: "like X, same instruments".
    public var keep: [Facet]?
    /// Facets that can be kept at a time.
    public static let mostKept = 3
    /// More than any request has; each costs time.
    public static let mostClauses = 128
    public static let mostSeeds = 64
    /// Words ignored, and words corrected.
    public static let mostWords = 2_048
    /// Code points, of a request and what was said of its answers.
    public static let longestText = 16_384
    /// How many tracks were asked for.
    public var count: Int?
    /// Words read as another word.
    public var corrections: [Correction] = []
    /// Words that name nothing known. They are still looked for in titles and captions.
    public var ignored: [Ignored] = []
    /// Wishes that contradict each other.
    public var conflicts: [Conflict] = []

    public init() {}
}

/// Byte range in the UTF-8 of the request.
public struct Span: Codable, Hashable, Sendable {
    public var start: Int
    public var end: Int

    public init(_ range: Range<Int>) {
        start = range.lowerBound
        end = range.upperBound
    }

    public var range: Range<Int> { start..<max(start, end) }
}

public enum Polarity: String, Codable, Sendable, CaseIterable {
    case want, avoid
    /// Resemble, without asking for it by name.
    case like
}

/// One wish: a descriptor with its polarity and weight.
public struct Clause: Codable, Hashable, Sendable {
    /// "more upbeat", "less aggressive": relative to what the listener has in mind.
    public enum Change: String, Codable, Sendable, CaseIterable { case more, less }

    public var span: Span
    public var descriptor: DescriptorID
    public var polarity: Polarity
    /// In 0…1. A plain word is 0.75, "very" 1, "slightly" 0.4.
    public var strength: Double
    /// A hard clause excludes instead of scoring: an `avoid` that must not occur, a `want` of a facet that binds.
    public var hard: Bool
    public var change: Change?
    /// Clauses with the same number are alternatives ("rock or metal").
    public var alternatives: Int?
    /// The same words read apart: "classical piano" is a genre, and also piano that is classical. A library that lacks the whole answers with the parts;
    /// one that has both puts first what is both.
    public var parts: [DescriptorID]
    /// Set where no name led here but the meaning of the words: this descriptor's share of the evidence, 0…1. Clauses with the same `alternatives` are what
    /// else the words may mean.
    public var semantic: Double?

    public init(
        span: Span, descriptor: DescriptorID, polarity: Polarity = .want, strength: Double = Strength.plain, hard: Bool = false,
        change: Change? = nil, alternatives: Int? = nil, parts: [DescriptorID] = [], semantic: Double? = nil
    ) {
        self.span = span
        self.descriptor = descriptor
        self.polarity = polarity
        self.strength = strength
        self.hard = hard
        self.change = change
        self.alternatives = alternatives
        self.parts = parts
        self.semantic = semantic
    }
}

/// The strengths that graded words stand for.
public enum Strength {
    public static let plain = 0.75
    public static let strong = 1.0
    public static let weak = 0.4
}

/// Bounds that are no matter of degree.
public struct Filters: Codable, Hashable, Sendable {
    /// First and last year, either may be open.
    public var years: Bounds?
    /// Beats per minute.
    public var bpm: Bounds?
    /// Seconds.
    public var duration: Bounds?
    /// "by X": only these artists.
    public var artists: [NamedSpan] = []
    /// "not by X".
    public var withoutArtists: [NamedSpan] = []
    public static let mostArtists = 64
    /// "Something else": tracks that were shown before, by id.
    public var withoutTracks: [String]?
    /// More than are shown in a long talk; the earliest are let go.
    public static let mostWithoutTracks = 500
    /// As `c#minor`.
    public var key: String?
    /// As `3/4`.
    public var metre: String?

    public init() {}

    public struct Bounds: Codable, Hashable, Sendable {
        public var low: Double?
        public var high: Double?
        public var span: Span

        public init(low: Double?, high: Double?, span: Span) {
            self.low = low
            self.high = high
            self.span = span
        }

        public func contains(_ value: Double) -> Bool { value >= low ?? -.infinity && value <= high ?? .infinity }
    }

    public struct NamedSpan: Codable, Hashable, Sendable {
        public var name: String
        public var span: Span

        public init(name: String, span: Span) {
            self.name = name
            self.span = span
        }
    }

    public var isEmpty: Bool { self == Filters() }
}

/// A track or artist that the result should resemble, or not.
public struct Seed: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case track, artist
        /// Named by the listener, unknown to the library.
        case unknown
    }

    public var span: Span
    public var kind: Kind
    /// The artist's name or the track's title, as the library writes it; as the listener wrote it when unknown.
    public var name: String
    /// The artist of a track, where known.
    public var artist: String?
    /// The library's id of a track.
    public var track: String?
    public var polarity: Polarity
    /// Named without "like": the listener wants it and its like, where "like X" wants others.
    public var bare: Bool
    /// What a well-known artist sounds like, for a library that does not have them.
    public var profile: [DescriptorID]

    public init(
        span: Span, kind: Kind, name: String, artist: String? = nil, track: String? = nil, polarity: Polarity = .like, bare: Bool = false,
        profile: [DescriptorID] = []
    ) {
        self.span = span
        self.kind = kind
        self.name = name
        self.artist = artist
        self.track = track
        self.polarity = polarity
        self.bare = bare
        self.profile = profile
    }
}

/// From the seed's mood to another: named, at a place in the valence–arousal plane, or a step along it.
public struct MoodMove: Codable, Hashable, Sendable {
    public struct Target: Codable, Hashable, Sendable {
        public var descriptor: DescriptorID
        public var change: Clause.Change
        /// Among several targets, in 0…1; nil counts as 1.
        public var weight: Double?

        public init(descriptor: DescriptorID, change: Clause.Change, weight: Double? = nil) {
            self.descriptor = descriptor
            self.change = change
            self.weight = weight
        }
    }

    /// A place or a step; both in −1…1 for a place, −2…2 for a step.
    public struct Point: Codable, Hashable, Sendable {
        public var valence: Double
        public var arousal: Double

        public init(valence: Double, arousal: Double) { (self.valence, self.arousal) = (valence, arousal) }
    }

    public var targets: [Target]
    public var place: Point?
    public var shift: Point?
    /// In 0…1.
    public var strength: Double

    public init(targets: [Target] = [], place: Point? = nil, shift: Point? = nil, strength: Double) {
        self.targets = targets
        self.place = place
        self.shift = shift
        self.strength = strength
    }
}

extension MoodMove.Point: CustomStringConvertible {
    /// "valence 0.3, arousal -0.5".
    public var description: String { "valence \(valence), arousal \(arousal)" }

    /// As a step: "valence +0.3, arousal -0.5", without what stays.
    public var steps: String {
        [("valence", valence), ("arousal", arousal)].filter { $0.1 != 0 }.map { "\($0) \($1 > 0 ? "+" : "")\($1)" }.joined(separator: ", ")
    }
}

/// A misspelt word and what it was read as.
public struct Correction: Codable, Hashable, Sendable {
    public var span: Span
    public var from: String
    public var to: String

    public init(span: Span, from: String, to: String) {
        self.span = span
        self.from = from
        self.to = to
    }
}

/// Words that the plan makes nothing of.
public struct Ignored: Codable, Hashable, Sendable {
    public var span: Span
    public var text: String
    /// True under a negation: not looked for either.
    public var negated: Bool?

    public init(span: Span, text: String, negated: Bool? = nil) {
        self.span = span
        self.text = text
        self.negated = negated
    }
}

/// Two wishes that cannot both be met.
public struct Conflict: Codable, Hashable, Sendable {
    /// Indices into `QueryPlan.clauses`.
    public var clauses: [Int]
    public var reason: String

    public init(clauses: [Int], reason: String) {
        self.clauses = clauses
        self.reason = reason
    }
}

extension Facet {
    /// Words of these facets bind: a jazz request returns jazz.
    public var binds: Bool {
        switch self {
        case .genre, .instrument, .era, .place: true
        case .mood, .voice, .theme, .tempo, .texture: false
        }
    }
}
