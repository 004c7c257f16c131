public import QueryPlanning
public import Vocabulary

/// A plan made ready for one library: wishes with the evidence that counts for them. It knows descriptors and words, nothing of files.
public struct CandidateQuery: Sendable {
    /// A descriptor or a word that speaks for a wish, with how much.
    public struct Evidence: Hashable, Sendable {
        public enum Sign: Hashable, Sendable {
            case descriptor(Int)
            /// A stem in titles, artists, albums or captions.
            case word(String)
        }

        public var sign: Sign
        /// In 0…1.
        public var factor: Float

        public init(_ sign: Sign, factor: Float = 1) {
            self.sign = sign
            self.factor = factor
        }
    }

    /// Wishes with the same binding stand in for each other; a candidate meets one of each.
    public enum Binding: Hashable, Sendable {
        /// What is asked for of a facet. Where nothing meets it, it is let go.
        case facet(Facet)
        /// What is to be kept of the seeds. It is held to, come what may.
        case kept(Facet)
    }

    /// One thing asked for. Its match in a track lies in 0…1; its part of the score is `weight × match`.
    public struct Wish: Sendable {
        public enum Origin: Hashable, Sendable {
            /// Indices of clauses; several are alternatives.
            case clauses([Int])
            case seed(Int)
            case words
            case tempo
            /// The request as a whole, by its vector.
            case meaning
            /// Nearness to seeds, in words: "sounds like Island Sun, moved from energetic to calm (0.6)".
            case likeness(String)
            /// What seeds have in a facet and answers must share.
            case keep(Facet)
        }

        public var origin: Origin
        /// What names the wish itself.
        public var own: [Evidence]
        /// What comes near it: broader, related, close in mood.
        public var near: [Evidence]
        /// Negative for what is to be pushed down.
        public var weight: Float
        /// Rarity, for the share of a track that was asked for.
        public var idf: Float
        /// What binds together with it; nil for wishes that only score.
        public var binding: Binding?
        /// Whether evidence adds up (words, what a phrase may mean) instead of the strongest counting.
        public var adds = false
        /// Documents that a vector index found, rising, with their matches: evidence that no posting list holds.
        public var found: [Found] = []
    }

    public struct Found: Hashable, Sendable {
        public var document: UInt32
        public var match: Float
        /// How sure that is, where that is another thing than the match.
        public var confidence: Float?
    }

    public var wishes: [Wish] = []
    /// What must not occur.
    public var bans: [[Evidence]] = []
    public var years: Filters.Bounds?
    public var duration: Filters.Bounds?
    /// A number of `MusicalKey`.
    public var key: Int?
    /// Artists as `RecordingIdentity` folds them; empty allows all.
    public var artists: [String] = []
    public var withoutArtists: [String] = []
    public var withoutTracks: [String] = []
    /// Documents that may be answered; nil allows all.
    public var within: Set<UInt32>?
    /// Something that binds is nowhere in the library: what is found can only be near.
    public var isIncomplete = false
    /// The relevance cut for this query.
    public var strongScore = Relevance.strongScore
    public var nearScore = Relevance.nearScore

    public init() {}

    /// Score of a track that matches nothing asked for, when nothing but filters was asked for.
    public var base: Float { wishes.contains { $0.weight > 0 } ? 0 : 1 - Self.focusWeight }

    public static let focusWeight: Float = 0.03
}

/// How near a track is to what was asked.
public enum Relevance: String, Codable, Sendable, CaseIterable {
    case strong, near, none

    /// The cut, on the scale of scores (1 = all that was asked for, and nothing else).
    public static let strongScore: Float = 0.68
    public static let nearScore: Float = 0.38
    /// The cut for likeness to a seed.
    static let strongSeedScore: Float = 0.38
    static let nearSeedScore: Float = 0.2
}

/// A document that may be answered, with its score.
public struct Candidate: Hashable, Sendable {
    public var document: UInt32
    public var score: Float
    public var relevance: Relevance
}

/// Everything a library has for one query.
public struct CandidateSet: Sendable {
    public var strong = 0
    public var near = 0
    /// The best ones, in order.
    public var best: [Candidate] = []
    /// All documents counted above, when they were asked for.
    public var documents: [UInt32] = []

    public var total: Int { strong + near }
}

/// What the search asks of a library, wherever that library lives.
public protocol CandidateSource {
    /// Scores every track. - Parameters: limit: how many of the best to return · collectingAll: whether to list all candidates (for facets).
    func candidates(_ query: CandidateQuery, limit: Int, collectingAll: Bool) -> CandidateSet
    /// Parts of the scores of a few documents, in the order of `query.wishes`; the last part is the focus.
    func parts(_ query: CandidateQuery, of documents: [UInt32]) -> [[ScorePart]]
}

/// One wish's part of a score.
public struct ScorePart: Hashable, Sendable {
    public var value: Float
    public var match: Float
    /// The evidence that counted.
    public var sign: CandidateQuery.Evidence.Sign?
}
