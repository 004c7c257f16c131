public import Evaluation
import LinearAlgebra

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Pairs of request and descriptor set drawn from captions and their tags.
///
/// ```swift
/// let pairs = CaptionPairs(options, tags: rows.flatMap(\.tags), stems: Analyzer(stemmer: .english).terms)
/// let drafts = pairs.drafts(of: row, at: 17, seed: 0)     // the same ones each time
/// ```
///
/// The request is the caption or, half of the time, some of its sentences in their order. The set is drawn in one of four ways, each of which teaches
/// something else: a part of the tags (a song is never described in full), a part of those that share no stem with the request (to know what is meant and
/// not said), as the `sampled` protocol of ``DescriptorMatching`` draws it, or in the words of the request (``Quotations``). Where a way has no tags to offer, the first one is taken.
/// Beside captions, some of the tags ask for others that share no stem with them: which words go together is the one thing that shared words cannot teach.
public struct CaptionPairs {
    public struct Options: StageOptions {
        /// Requests drawn of a caption, 0…1000; default: 10.
        public var draws = 10
        /// Sets drawn for each of them, 1…100, equal ones counted once; default: 5.
        public var sets = 5
        /// Some of a song's tags as a request for others of them, so many times, 0…1000; default: 10.
        public var completions = 10
        /// How often, in shares of the four weights' sum, the set is a random third to all of the tags; default: 0.2.
        public var partialWeight = 0.2
        /// … a random third to all of those tags that share no stem with the request; default: 0.35.
        public var associationWeight = 0.35
        /// … a set as the `sampled` protocol draws it; default: 0.45.
        public var sampledWeight = 0.45
        /// … what the request itself says: up to five known tags that stand in it and, half of the time, up to four other phrases of it, at times with tags
        /// that it does not name; default: 0.4.
        public var quotedWeight = 0.4
        /// How often the request is some of the sentences rather than the caption, 0…1; default: 0.5.
        public var sentenceRate = 0.5

        public init() {}

        public var faults: [OptionFault] {
            let sum = partialWeight + associationWeight + sampledWeight + quotedWeight
            return fault("draws", draws, in: 0...1000) + fault("sets", sets, in: 1...100) + fault("completions", completions, in: 0...1000)
                + fault("partialWeight", partialWeight, in: 0...1e9)
                + fault("associationWeight", associationWeight, in: 0...1e9) + fault("sampledWeight", sampledWeight, in: 0...1e9)
                + fault("quotedWeight", quotedWeight, in: 0...1e9)
                + fault("partialWeight", unless: sum > 0, expected: "weights whose sum is above 0", found: "\(sum)")
                + fault("sentenceRate", sentenceRate, in: 0...1)
        }
    }

    private enum Draw: CaseIterable { case partial, association, sampled, quoted }

    private let options: Options
    private let quotations: Quotations
    private let stems: (String) -> [String]

    /// - Parameters:
    ///   - tags: all that are known, which are looked for in requests.
    ///   - stems: the word stems of a text, by which related words are known.
    public init(_ options: Options = Options(), tags: some Sequence<String>, stems: @escaping (String) -> [String]) {
        precondition(options.faults.isEmpty, "\(options.faults)")
        quotations = Quotations(tags: tags)
        self.options = options
        self.stems = stems
    }

    /// The pairs of a row, none for a row without text or tags. Tags of a set are shuffled.
    ///
    /// - Parameters:
    ///   - position: of the row among all, which numbers its song; the draws follow from it and the seed.
    public func drafts(of row: DescriptorMatching.Row, at position: Int, seed: UInt64) -> [RequestDraft] {
        var known: Set<String> = []
        let tags = row.tags.filter { !$0.allSatisfy(\.isWhitespace) && known.insert($0).inserted }
        let sentences = row.text.components(separatedBy: ". ").filter { !$0.allSatisfy(\.isWhitespace) }
        guard !tags.isEmpty, !sentences.isEmpty else { return [] }
        let tagStems = tags.map { Set(stems($0)) }
        let sentenceStems = sentences.map(stems)
        let weights = [options.partialWeight, options.associationWeight, options.sampledWeight, options.quotedWeight]

        var seen: Set<RequestDraft> = []
        var drafts: [RequestDraft] = []
        func add(_ text: String, _ set: [String], _ source: TrainingRequest.Source) {
            let draft = RequestDraft(text: text, tags: set, source: source, song: position)
            var identity = draft
            identity.tags.sort()
            if seen.insert(identity).inserted { drafts.append(draft) }
        }
        for draw in 0..<options.draws {
            var generator = SeededGenerator(seed: seed, .caption, position: position, draw: draw)
            let (text, said) = request(row.text, sentences, sentenceStems, &generator)
            let unsaid = tags.indices.filter { said.isDisjoint(with: tagStems[$0]) }.map { tags[$0] }
            for _ in 0..<options.sets {
                var set: [String] = []
                switch Draw.allCases[generator.place(weights: weights)] {
                case .partial: break
                case .association: set = Self.thirdToAll(of: unsaid, &generator)
                case .sampled: set = DescriptorMatching.sampledTags(of: tags, for: text, &generator)
                case .quoted: set = quoted(text, unnamed: tags.filter { !text.contains($0) }, &generator)
                }
                if set.isEmpty { set = Self.thirdToAll(of: tags, &generator) }
                add(text, generator.shuffled(set), .caption)
            }
        }
        for draw in 0..<(tags.count > 1 ? options.completions : 0) {
            var generator = SeededGenerator(seed: seed, .completion, position: position, draw: draw)
            let order = generator.shuffled(Array(tags.indices))
            let said = order[..<generator.integer(in: 1...tags.count - 1)]
            let saidStems = Set(said.flatMap { tagStems[$0] })
            let set = order[said.endIndex...].filter { saidStems.isDisjoint(with: tagStems[$0]) }.map { tags[$0] }
            if !set.isEmpty { add(said.map { tags[$0] }.joined(separator: generator.isTrue(0.5) ? ", " : " "), set, .tags) }
        }
        return drafts
    }

    private func request(
        _ text: String, _ sentences: [String], _ sentenceStems: [[String]], _ generator: inout SeededGenerator
    ) -> (text: String, stems: Set<String>) {
        guard sentences.count > 1, generator.isTrue(options.sentenceRate) else { return (text, Set(sentenceStems.joined())) }
        let count = generator.integer(in: 1...sentences.count)
        let chosen = generator.sample(count, of: Array(sentences.indices)).sorted()
        if count == sentences.count { return (text, Set(sentenceStems.joined())) }
        return (chosen.map { sentences[$0] }.joined(separator: ". "), Set(chosen.flatMap { sentenceStems[$0] }))
    }

    /// Empty where the request has nothing to quote.
    private func quoted(_ text: String, unnamed: [String], _ generator: inout SeededGenerator) -> [String] {
        let phrases = quotations.phrases(of: text)
        func some(_ most: Int, of phrases: [String]) -> [String] { generator.sample(min(phrases.count, generator.integer(in: 1...most)), of: phrases) }
        var set = some(5, of: phrases.tags)
        if generator.isTrue(0.5) { set += some(4, of: phrases.free) }
        if !set.isEmpty, generator.isTrue(0.4) { set += generator.sample(min(unnamed.count, generator.integer(in: 0...set.count)), of: unnamed) }
        var seen: Set<String> = []
        return set.filter { seen.insert($0).inserted }
    }

    /// At least one where there is one.
    private static func thirdToAll(of tags: [String], _ generator: inout SeededGenerator) -> [String] {
        guard !tags.isEmpty else { return [] }
        return generator.sample(generator.integer(in: ((tags.count + 2) / 3)...tags.count), of: tags)
    }
}
