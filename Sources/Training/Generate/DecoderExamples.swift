import Encoders
public import Evaluation
public import LinearAlgebra
public import TextAnalysis

/// Sentences of captions with some of their song's tags, as the pieces that `CausalDecoder` learns from.
///
/// A sequence is `[CLS] tag, tag, tag [SEP] sentence [SEP]`. Tags that share a stem with the sentence stand before it more often than the others, so that the
/// decoder learns to speak of the tags it is given, and to go beyond them.
public struct DecoderExamples: Sendable {
    public struct Options: Codable, Hashable, Sendable {
        /// Weights of runs of one, two, three … sentences of a caption; default: 6, 3, 1.
        public var runs: [Float] = [6, 3, 1]
        /// How often a tag that shares a stem with the run is given, 0 … 1; default: 0.9.
        public var sharedTagRate: Float = 0.9
        /// How often another tag of the song is given, 0 … 1; default: 0.25.
        public var otherTagRate: Float = 0.25
        /// Tokens of the given part, `[CLS]` and `[SEP]` included; tags beyond are left out; default: 80.
        public var longestPrefix = 80
        /// Tokens of the written part, `[SEP]` included; sentences beyond are left out; default: 64.
        public var longestText = 64

        public init() {}
    }

    /// One sequence, given part first.
    public struct Example: Hashable, Sendable {
        public var ids: [Int32]
        /// Where the written part begins: from here on every token is to be foretold.
        public var boundary: Int
    }

    private struct Song: Sendable {
        var tags: [[Int32]]
        var sentences: [[Int32]]
        /// By sentence: which tags share a stem with it.
        var shared: [Set<Int>]
    }

    public let options: Options
    private let wordPiece: WordPiece
    private let comma: [Int32]
    private let stop: [Int32]
    private let songs: [Song]

    /// Songs with at least a tag and a sentence that is not too long.
    public var count: Int { songs.count }

    /// - Parameter stems: the word stems of a text.
    public init(_ rows: [DescriptorMatching.Row], wordPiece: WordPiece, options: Options = Options(), stems: (String) -> [String]) {
        precondition(options.longestPrefix >= 3 && options.longestText >= 2 && !options.runs.isEmpty, "\(options)")
        self.options = options
        self.wordPiece = wordPiece
        (comma, stop) = (wordPiece.pieces(of: ",").ids, wordPiece.pieces(of: ".").ids)
        songs = rows.compactMap { row in
            var known: Set<String> = []
            let tags = row.tags.filter { known.insert($0).inserted }.map { (text: $0, ids: wordPiece.pieces(of: $0).ids) }.filter { !$0.ids.isEmpty }
            let sentences = Self.sentences(of: row.text).map { (text: $0, ids: wordPiece.pieces(of: $0).ids) }
                .filter { !$0.ids.isEmpty && $0.ids.count < options.longestText }
            guard !tags.isEmpty, !sentences.isEmpty else { return nil }
            let tagStems = tags.map { Set(stems($0.text)) }
            return Song(
                tags: tags.map(\.ids), sentences: sentences.map(\.ids),
                shared: sentences.map { sentence in
                    let own = Set(stems(sentence.text))
                    return Set(tagStems.indices.filter { !own.isDisjoint(with: tagStems[$0]) })
                })
        }
    }

    /// The sentences of a caption without the marks that end them.
    public static func sentences(of text: String) -> [String] {
        var sentences: [String] = []
        for part in text.split(separator: ". ") {
            var part = part.drop(while: \.isWhitespace)
            while let last = part.last, last == "." || last.isWhitespace { part.removeLast() }
            if !part.isEmpty { sentences.append(String(part)) }
        }
        return sentences
    }

    /// The sequence before a request is written: `[CLS] tag, tag [SEP]`.
    ///
    /// Tags beyond the longest prefix are left out, from the end.
    public func prefix(_ tags: [[Int32]]) -> [Int32] {
        var ids = [wordPiece.classification]
        for tag in tags {
            let joined = (ids.count > 1 ? comma : []) + tag
            if ids.count + joined.count < options.longestPrefix { ids += joined }
        }
        return ids + [wordPiece.separator]
    }

    /// A sequence of one song.
    public func sequence(_ song: Int, _ generator: inout SeededGenerator) -> Example {
        let song = songs[song]
        let length = min(song.sentences.count, 1 + generator.place(options.runs))
        let first = generator.integer(in: 0...(song.sentences.count - length))
        var text: [Int32] = []
        var shared: Set<Int> = []
        for place in first..<first + length {
            let joined = (text.isEmpty ? [] : stop) + song.sentences[place]
            guard text.count + joined.count < options.longestText else { break }
            text += joined
            shared.formUnion(song.shared[place])
        }
        var chosen = song.tags.indices.filter { generator.uniform() < (shared.contains($0) ? options.sharedTagRate : options.otherTagRate) }
        if chosen.isEmpty {
            let candidates = shared.isEmpty ? Array(song.tags.indices) : shared.sorted()
            chosen = [candidates[generator.integer(in: 0...(candidates.count - 1))]]
        }
        let given = prefix(generator.shuffled(chosen).map { song.tags[$0] })
        return Example(ids: given + text + [wordPiece.separator], boundary: given.count)
    }

    /// How often every piece is to be foretold, when each sentence is once; `[SEP]` once a sentence.
    func counts(vocabularySize: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: vocabularySize)
        for sentence in songs.lazy.flatMap(\.sentences) {
            for id in sentence { counts[Int(id)] += 1 }
            counts[Int(wordPiece.separator)] += 1
        }
        return counts
    }

    /// All sentences as the decoder would write them, each once, in order.
    func writtenSentences() -> [String] { Set(songs.lazy.flatMap(\.sentences).map { wordPiece.text(of: $0) }).sorted() }
}

/// Sequences side by side in a tape's form, and what is to be foretold where.
struct DecoderBatch {
    private(set) var tokens = TokenBatch()
    /// Tokens whose state foretells the next: the last of the given part and all of the written one but the last.
    private(set) var rows: [Int] = []
    /// The next token of each.
    private(set) var targets: [Int] = []

    mutating func append(_ sequence: DecoderExamples.Example) {
        let start = tokens.ids.count
        tokens.append(sequence.ids, secondFrom: sequence.boundary)
        for place in sequence.boundary..<sequence.ids.count {
            rows.append(start + place - 1)
            targets.append(Int(sequence.ids[place]))
        }
    }
}

extension SeededGenerator {
    /// A place among weights of 0 or more, each with the probability of its share.
    fileprivate mutating func place(_ weights: [Float]) -> Int {
        var rest = uniform() * weights.reduce(0, +)
        for (place, weight) in weights.enumerated() {
            rest -= weight
            if rest < 0 { return place }
        }
        return weights.count - 1
    }
}
