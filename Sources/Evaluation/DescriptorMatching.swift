public import LinearAlgebra

/// Makes tests of matching free text to sets of descriptors, from rows of a text and its tags.
///
/// ```swift
/// let matching = DescriptorMatching(rows: rows, stems: stemmer.stems)
/// let tasks = (0...2).map { matching.task(.sampled, seed: $0) }      // report mean ± deviation over the seeds
/// ```
///
/// A song is only its set of descriptors, a request is free text, and for each request all sets are ranked. Of a row's tags, for a
/// given query text, `exact` are those that are a case-sensitive substring of it and `others` the rest. A *sampled* document takes
/// k₁ ~ U{1…|exact|} of `exact` and k₂ ~ U{0…min(|exact|, |others|)} of `others`, shuffled and joined by ", ". Identical documents are
/// one document. Without exact tags the document is the empty string.
///
/// Source: Epure et al. 2024, "Harnessing High-Level Song Descriptors towards Natural Language-Based Music Recommendation",
/// arXiv 2411.05649. The random numbers are not theirs, so figures agree within the deviation over seeds, not to the digit.
public struct DescriptorMatching {
    /// A request text and the tags of the song it was written for.
    public struct Row: Hashable, Sendable {
        public var text: String
        public var tags: [String]

        public init(text: String, tags: [String]) {
            self.text = text
            self.tags = tags
        }
    }

    public let rows: [Row]
    private let stems: (String) -> [String]

    /// - Parameter stems: the word stems of a text, by which ``MatchingProtocol/association`` knows related words; no other protocol
    ///   calls it.
    public init(rows: [Row], stems: @escaping (String) -> [String]) {
        self.rows = rows
        self.stems = stems
    }

    /// The test of a protocol: the same for the same rows, rules and seed, on every machine.
    ///
    /// - Parameters:
    ///   - rules: `published` is the default. Both rules draw the same tags for the same seed.
    ///   - seed: of the sampling, 0, 1 and 2 by custom; `full` and `association` draw nothing and ignore it.
    /// - Complexity: O(Σ text length · tags), naive substring search.
    public func task(_ matching: MatchingProtocol, rules: MatchingRules = .published, seed: UInt64 = 0) -> MatchingTask {
        var generator = SeededGenerator(seed: seed)
        var builder = MatchingTaskBuilder(rules)
        for (number, row) in rows.enumerated() {
            switch matching {
            case .published:
                for piece in row.text.pieces(separatedBy: ". ") {
                    builder.add(query: piece, tags: Self.sampledTags(of: row.tags, for: piece, &generator), row: number)
                }
            case .full:
                builder.add(query: row.text, tags: row.tags, row: number)
            case .sampled:
                builder.add(query: row.text, tags: Self.sampledTags(of: row.tags, for: row.text, &generator), row: number)
            case .association:
                let tags = associatedTags(of: row)
                if tags.count >= MatchingProtocol.fewestAssociatedTags { builder.add(query: row.text, tags: tags, row: number) }
            }
        }
        return builder.task()
    }

    /// A set as ``MatchingProtocol/sampled`` draws it; empty where no tag stands in the query.
    public static func sampledTags(of tags: [String], for query: String, _ generator: inout SeededGenerator) -> [String] {
        let exact = tags.filter(query.containsCodePoints)
        let others = tags.filter { !query.containsCodePoints(of: $0) }
        guard !exact.isEmpty else { return [] }
        let k1 = generator.integer(in: 1...exact.count)
        let k2 = generator.integer(in: 0...min(exact.count, others.count))
        return generator.shuffled(generator.sample(k1, of: exact) + generator.sample(k2, of: others))
    }

    /// The tags that share no stem with the text, each once.
    private func associatedTags(of row: Row) -> [String] {
        let textStems = Set(stems(row.text))
        var seen: Set<String> = []
        return row.tags.filter { textStems.isDisjoint(with: stems($0)) && seen.insert($0).inserted }
    }
}

/// Which pairs of query and descriptor set ``DescriptorMatching`` makes of a row.
public enum MatchingProtocol: String, CaseIterable, Hashable, Sendable, Codable {
    /// As published: the text split at ". ", each piece a query for a set sampled for this piece.
    case published
    /// The whole text for all tags.
    case full
    /// The whole text for a set sampled for it.
    case sampled
    /// The whole text for those tags that share no stem with it, at least two: out of reach of any matching of words. Other rows are
    /// left out.
    case association

    /// A single tag names too many songs to be a fair target.
    static let fewestAssociatedTags = 2
}

/// What is one document, and what becomes of documents without tags.
public enum MatchingRules: String, CaseIterable, Hashable, Sendable, Codable {
    /// As in the paper: identical strings are one document, so "a, b" and "b, a" are two; the empty string is a document, and a query
    /// without exact tags has it as its relevant one.
    case published
    /// Identical *sets* of tags are one document, written in the order of its first appearance, each tag once; empty documents are
    /// dropped, and their queries with them.
    case corrected
}
