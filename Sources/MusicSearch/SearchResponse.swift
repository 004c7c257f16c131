public import QueryPlanning
public import Ranking
public import TrackCatalogue
public import Vocabulary

/// What a listener may set beside the request itself.
public struct SearchOptions: Hashable, Sendable {
    /// Hits to return, 1…1000; nil takes the plan's count, else 10.
    public var limit: Int?
    /// Hits to pass over.
    public var offset = 0
    /// At most this many hits of one artist; nil for no cap. It steps aside when the request names the artist.
    public var perArtist: Int? = 3
    /// One hit per recording, its versions counted.
    public var foldingVersions = true
    public var facets = false
    public var explain = false
    /// Only these tracks are ranked; nil ranks the library.
    public var candidates: [DocumentID]?
    /// Mixes neighbours in the ranking, each number in a way of its own; nil leaves them as they are.
    public var variation: UInt64?

    public static let defaultLimit = 10
    public static let largestLimit = 1000

    public init() {}
}

/// Why a hit is one: its parts add up to its score.
public struct Reason: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case descriptor
        /// Evidence near what was asked for, not the thing itself.
        case near
        case seed, words, tempo, filters
        /// Likeness of the whole description, by vectors.
        case meaning
        /// Nearness to seeds, by vectors, perhaps moved to another mood.
        case likeness
        /// What was to be kept of the seeds.
        case kept
        /// How much of the track was asked for.
        case focus
    }

    public var kind: Kind
    /// "steelpan", "joyful, near upbeat", "like Bohemian Rhapsody".
    public var text: String
    public var value: Double
    /// Words of the request that it answers.
    public var span: Span?
    /// Where it is not an editor's or the listener's word: what heard or measured it, as "tagger:musicnn-msd", and how sure it is, in 0…1.
    public var source: String?
    public var confidence: Double?
}

public struct Hit: Codable, Hashable, Sendable {
    public var rank: Int
    public var id: String
    public var title: String
    public var artist: String
    public var album: String?
    public var year: Int?
    /// Seconds.
    public var duration: Double?
    public var file: String?
    public var mbid: String?
    public var isrc: String?
    public var score: Double
    public var relevance: Relevance
    /// Tracks folded into this hit, itself included.
    public var versions: Int
    /// Facet → labels of the track's own descriptors.
    public var descriptors: [String: [String]]
    /// Where the track lies in the valence–arousal plane, for libraries that can tell.
    public var mood: TrackMood?
    /// Tempo, key, loudness and brightness, where they were measured.
    public var measured: Measured?
    public var reasons: [Reason]
    public var explanation: Explanation?
}

public struct FacetCount: Codable, Hashable, Sendable {
    public var descriptor: DescriptorID
    public var label: String
    public var count: Int
}

/// The answer to one plan. `--json` prints it as it is; field names are stable.
public struct SearchResponse: Codable, Hashable, Sendable {
    public struct Totals: Codable, Hashable, Sendable {
        public var strong: Int
        public var near: Int
    }

    public var text: String
    /// Handle of this turn of the conversation.
    public var state: String
    /// Handle of the turn before; nil for the first.
    public var parent: String?
    public var plan: QueryPlan
    /// What was found, in one sentence.
    public var say: String = ""
    /// What a critique changed; nil for a request of its own.
    public var turn: Turn?
    public var hits: [Hit]
    /// What became of a move to another mood.
    public var move: MoodChange?
    /// Tracks in the candidate set that hits and facets come from too.
    public var totals: Totals
    /// Of the tracks that were to be ranked, those that do not come near, in the order they were given.
    public var unmatched: [String]?
    /// Facet → most frequent descriptors among the candidates.
    public var facets: [String: [FacetCount]]?
    public var shortfalls: [Shortfall]
    /// Words that neither name a descriptor nor occur in a title or caption.
    public var ignored: [Ignored]
    /// Tracks and generation of the library that answered.
    public var tracks: Int
    public var generation: Int
}
