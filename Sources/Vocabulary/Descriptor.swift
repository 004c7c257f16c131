/// Name of a descriptor: `genre:trip-hop`.
public struct DescriptorID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public var facet: Facet
    /// Lower-case words joined by hyphens, unique in the facet.
    public var slug: String

    public init(_ facet: Facet, _ slug: String) {
        self.facet = facet
        self.slug = slug
    }

    /// Reads `facet:slug`; nil when there is no such facet or no slug.
    public init?(_ text: String) {
        // By bytes: a colon with a combining mark is one character, and none.
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), let facet = Facet(rawValue: String(text[..<colon])) else { return nil }
        let slug = String(text[text.utf8.index(after: colon)...])
        guard !slug.isEmpty else { return nil }
        self.init(facet, slug)
    }

    public var description: String { "\(facet.rawValue):\(slug)" }

    public static func < (a: DescriptorID, b: DescriptorID) -> Bool {
        a.facet == b.facet ? a.slug < b.slug : a.facet < b.facet
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = DescriptorID(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected FACET:NAME, found '\(text)'")
        }
        self = id
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A word of the controlled vocabulary.
public struct Descriptor: Hashable, Sendable {
    public var id: DescriptorID
    /// How a person writes it: "trip hop".
    public var label: String
    /// Other ways to say it. Empty in a vocabulary that was read back from a library: names are looked up in its phrase table there.
    public var aliases: [String]
    /// Directly broader descriptors of the same facet.
    public var broader: [DescriptorID]
    /// Near in meaning, of any facet.
    public var related: [DescriptorID]
    /// What only some facets have.
    public var attributes: Attributes

    public enum Attributes: Hashable, Sendable {
        case none
        /// Place in Russell's circumplex, both in −1…1.
        case mood(valence: Double, arousal: Double)
        /// Beats per minute.
        case tempo(bpm: ClosedRange<Double>)
        case era(years: ClosedRange<Int>)
    }

    public init(
        id: DescriptorID, label: String, aliases: [String] = [], broader: [DescriptorID] = [], related: [DescriptorID] = [],
        attributes: Attributes = .none
    ) {
        self.id = id
        self.label = label
        self.aliases = aliases
        self.broader = broader
        self.related = related
        self.attributes = attributes
    }
}
