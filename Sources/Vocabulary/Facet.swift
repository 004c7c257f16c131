/// The side of a track that a descriptor speaks of. The raw value names the table in `vocab/` and prefixes ids (`mood:upbeat`).
public enum Facet: String, CaseIterable, Codable, Sendable, Comparable {
    case genre, mood, instrument, voice
    /// Listening context: an occasion, a use, a season, a subject.
    case theme
    case era, tempo
    /// Sound, production, playing, harmony.
    case texture
    case place

    /// Position in listings and in compact storage.
    public var index: Int {
        switch self {
        case .genre: 0
        case .mood: 1
        case .instrument: 2
        case .voice: 3
        case .theme: 4
        case .era: 5
        case .tempo: 6
        case .texture: 7
        case .place: 8
        }
    }

    public static func < (a: Facet, b: Facet) -> Bool { a.index < b.index }
}
