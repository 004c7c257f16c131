import Evaluation
import LinearAlgebra
import MusicSearch
import QueryPlanning
import TextAnalysis
import Training
import Vocabulary

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Requests made of two or three tags that at least ten tracks have together, in many phrasings.
struct TagQueries {
    struct Query {
        var text: String
        /// The tags in words, without a sentence around them.
        var tags: String
        var descriptors: [Int]
        /// Documents that have all the tags, rising.
        var relevant: [UInt32]
    }

    static let fewestRelevant = 10

    /// How people put descriptions: %a, %b, %c are the tags.
    private static let pairs = [
        "%a %b", "%a %b music", "%b, %a", "some %a %b please", "looking for %a %b", "%a and %b", "I want something %a with %b", "songs that are %a, %b",
        "can you recommend %a %b tracks", "need %b, preferably new, and %a", "%a %b playlist", "any good %a %b?", "give me %a %b songs",
    ]
    private static let triples = [
        "%a %b %c", "%a %b with %c", "%c, %a, %b", "some %a %b with %c please", "looking for %a, %b and %c", "I need %a %b music with %c", "%a %b %c playlist",
        "songs with %c, %a and %b", "recommend me %a %b %c tracks", "%b %c that is %a", "does anyone know %a %b songs featuring %c",
    ]

    let library: Library
    /// Documents of each descriptor, rising.
    private let documents: [[UInt32]]

    init(_ library: Library) {
        self.library = library
        var documents = [[UInt32]](repeating: [], count: library.vocabulary.count)
        for document in 0..<UInt32(library.tracks.count) {
            for link in library.tracks.links(document) { documents[Int(link.descriptor)].append(document) }
        }
        self.documents = documents
    }

    /// How tags are said.
    enum Wording {
        case plain
        /// Exactly one tag of each query in other words.
        case oneParaphrased([Int: [String]])
        /// All tags in other words, none of which shares a stem with the label of any tag of the query.
        case allParaphrased([Int: [String]])

        /// All tags in words that the vocabulary does not know for them: what `paraphrases` holds besides labels and aliases.
        static func allUnknown(_ paraphrases: [Int: [String]], _ library: Library) -> Wording {
            let planner = QueryPlanner(library.vocabulary, names: library.names)
            return .allParaphrased(
                Dictionary(
                    uniqueKeysWithValues: paraphrases.map { descriptor, phrases in
                        let id = library.vocabulary.descriptors[descriptor].id
                        return (descriptor, phrases.filter { !planner.plan($0).clauses.contains { $0.descriptor == id } })
                    }))
        }
    }

    /// - Parameter count: distinct queries to draw; fewer when the library has fewer.
    func draw(_ count: Int, seed: UInt64, _ wording: Wording = .plain) -> [Query] {
        var random = SeededGenerator(seed: seed)
        var seen: Set<[Int]> = []
        var queries: [Query] = []
        var tries = 0
        while queries.count < count, tries < count * 200, library.tracks.count > 0 {
            tries += 1
            let document = UInt32(random.integer(in: 0...library.tracks.count - 1))
            let own = library.tracks.links(document).map { Int($0.descriptor) }
            let size = random.integer(in: 2...3)
            guard own.count >= size else { continue }
            let chosen = random.sample(size, of: own).sorted()
            guard !seen.contains(chosen) else { continue }
            let relevant = chosen.dropFirst().reduce(documents[chosen[0]]) { Self.intersection($0, documents[$1]) }
            guard relevant.count >= Self.fewestRelevant else { continue }
            guard let words = words(chosen, wording, &random) else { continue }
            seen.insert(chosen)
            // Moods before genres before instruments reads naturally; the phrasings turn it about.
            let order = chosen.indices.sorted { rank(chosen[$0]) < rank(chosen[$1]) }
            let ordered = order.map { words[$0] }
            let templates = size == 2 ? Self.pairs : Self.triples
            var text = templates[random.integer(in: 0...templates.count - 1)]
            for (sign, word) in zip(["%a", "%b", "%c"], ordered) { text = text.replacing(sign, with: word) }
            queries.append(Query(text: text, tags: ordered.joined(separator: " "), descriptors: chosen, relevant: relevant))
        }
        return queries
    }

    /// The tags as they are said; nil where other words are missing.
    private func words(_ chosen: [Int], _ wording: Wording, _ random: inout SeededGenerator) -> [String]? {
        let labels = chosen.map { library.vocabulary.descriptors[$0].label }
        func draw(_ phrases: [String]) -> String? { phrases.isEmpty ? nil : phrases[random.integer(in: 0...phrases.count - 1)] }
        switch wording {
        case .plain: return labels
        case .oneParaphrased(let paraphrases):
            let sayable = chosen.indices.filter { paraphrases[chosen[$0]] != nil }
            guard !sayable.isEmpty else { return nil }
            let position = sayable[random.integer(in: 0...sayable.count - 1)]
            return draw(paraphrases[chosen[position]] ?? []).map { phrase in
                var words = labels
                words[position] = phrase
                return words
            }
        case .allParaphrased(let paraphrases):
            let stems = Set(labels.flatMap(library.vocabulary.analyzer.terms))
            var words: [String] = []
            for descriptor in chosen {
                let phrases = (paraphrases[descriptor] ?? []).filter { stems.isDisjoint(with: library.vocabulary.analyzer.terms($0)) }
                guard let phrase = draw(phrases) else { return nil }
                words.append(phrase)
            }
            return words
        }
    }

    private func rank(_ descriptor: Int) -> Int {
        switch library.vocabulary.descriptors[descriptor].id.facet {
        case .tempo: 0
        case .mood: 1
        case .texture, .era, .place: 2
        case .genre: 3
        case .theme: 4
        case .instrument, .voice: 5
        }
    }

    private static func intersection(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var i = 0
        var j = 0
        while i < a.count, j < b.count {
            if a[i] == b[j] {
                result.append(a[i])
                i += 1
                j += 1
            } else if a[i] < b[j] {
                i += 1
            } else {
                j += 1
            }
        }
        return result
    }

    /// 1 for every track that has all the tags, by its id.
    func grades(_ query: Query) -> [String: Int] { Dictionary(query.relevant.map { (library.tracks.id($0), 1) }, uniquingKeysWith: { first, _ in first }) }

    /// The tags of a document in words, as a peer would index them.
    func text(of document: UInt32) -> String { tags(of: document).text }

    func tags(of document: UInt32) -> DescriptorSet {
        DescriptorSet(tags: library.tracks.links(document).map { library.vocabulary.descriptors[Int($0.descriptor)].label })
    }

    private struct ExportedDocument: Encodable {
        var id: String
        var text: String
    }

    private struct ExportedQuery: Encodable {
        var id: String
        var text: String
        var relevant: [String]?
    }

    /// Writes `documents.jsonl` and `queries.jsonl` for the peers under `Benchmarks/peers`.
    func export(_ queries: [Query], to folder: String, tagsOnly: Bool) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try BenchFiles.writeLines(
            (0..<UInt32(library.tracks.count)).lazy.map { ExportedDocument(id: library.tracks.id($0), text: text(of: $0)) }, to: folder + "/documents.jsonl")
        try BenchFiles.writeLines(
            queries.enumerated().lazy.map { ExportedQuery(id: "q\($0)", text: tagsOnly ? $1.tags : $1.text, relevant: $1.relevant.map(library.tracks.id)) },
            to: folder + "/queries.jsonl")
    }
}
