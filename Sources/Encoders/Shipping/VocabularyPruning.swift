import Storage
public import TextAnalysis

/// The pieces of a WordPiece vocabulary that a model for one subject needs, in their old order.
///
/// ```swift
/// let pruning = VocabularyPruning(bert, subject: captions + labels, general: englishWords, size: 12_000)
/// try TransformerPruning.write(from: "models/minilm", to: "student", layers: [0, 2, 5], vocabulary: pruning)
/// ```
/// Kept are, in this order: the special tokens without the `[unused…]` ones and every piece of one character, so that no word becomes `[UNK]` that was none
/// before; the pieces that texts of the subject are made of, the most frequent first; then ordinary words and continuations in the order of the old
/// vocabulary, which is that of their frequency in general text (true of BERT's).
public struct VocabularyPruning: Sendable {
    public let original: WordPieceVocabulary
    /// Old ids, rising: row i of the pruned model's word embeddings is the old row `kept[i]`.
    public let kept: [Int32]
    public let vocabulary: WordPieceVocabulary
    /// The bytes of the pruned `vocab.txt`.
    public let file: [UInt8]

    /// - Parameters:
    ///   - subject: texts whose pieces are counted.
    ///   - general: ordinary words, lower-case.
    ///   - size: pieces to keep; special tokens and single characters are kept whatever it says.
    /// - Complexity: O(bytes of the texts).
    public init(_ original: WordPieceVocabulary, subject: some Sequence<String>, general: some Sequence<String>, size: Int) {
        let tokenizer = WordPiece(vocabulary: original)
        var counts = [Int](repeating: 0, count: original.count)
        for text in subject {
            for id in tokenizer.pieces(of: text).ids { counts[Int(id)] += 1 }
        }
        let general = Set(general)
        var kept: Set<Int32> = []
        var seen: [Int32] = [], ordinary: [Int32] = []
        for id in 0..<Int32(original.count) {
            let piece = original.piece(id)
            if Self.isSpecial(piece) {
                if !piece.hasPrefix("[unused") { kept.insert(id) }
                continue
            }
            let isContinuation = piece.hasPrefix("##")
            let text = isContinuation ? piece.dropFirst(2) : piece[...]
            if text.unicodeScalars.count <= 1 {
                kept.insert(id)
            } else if counts[Int(id)] > 0 {
                seen.append(id)
            } else if general.contains(String(text)) || isContinuation && text.utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }) {
                ordinary.append(id)
            }
        }
        seen.sort { (counts[Int($0)], $1) > (counts[Int($1)], $0) }
        kept.formUnion((seen + ordinary).prefix(max(0, size - kept.count)))

        self.original = original
        self.kept = kept.sorted()
        file = Array(self.kept.map { original.piece($0) + "\n" }.joined().utf8)
        guard let vocabulary = try? WordPieceVocabulary(file, path: "vocab.txt") else {
            preconditionFailure("some pieces of a vocabulary, the special ones among them, are no vocabulary")
        }
        self.vocabulary = vocabulary
    }

    private static func isSpecial(_ piece: String) -> Bool { piece.utf8.count > 2 && piece.hasPrefix("[") && piece.hasSuffix("]") }

    /// How texts are spelled with the pruned vocabulary and with the old one.
    public struct Coverage: Hashable, Sendable {
        /// Tokens by the old vocabulary.
        public var tokens = 0
        /// Those of them in words that are spelled as they were.
        public var unchanged = 0
        /// Tokens by the pruned vocabulary.
        public var pruned = 0
        /// Words that are `[UNK]`, or hold it, in the pruned spelling and did not before.
        public var lost = 0

        public var unchangedShare: Double { tokens == 0 ? 1 : Double(unchanged) / Double(tokens) }
        /// Tokens more, as a share of the old number.
        public var extraShare: Double { tokens == 0 ? 0 : Double(pruned - tokens) / Double(tokens) }
    }

    public func coverage(of texts: some Sequence<String>) -> Coverage {
        let old = WordPiece(vocabulary: original), new = WordPiece(vocabulary: vocabulary)
        var coverage = Coverage()
        for text in texts {
            let before = old.words(of: text), after = new.words(of: text)
            precondition(before.starts.count == after.starts.count, "words depend on white space alone")
            coverage.tokens += before.ids.count
            coverage.pruned += after.ids.count
            for word in before.starts.indices {
                func pieces(_ reading: (ids: [Int32], starts: [Int], truncated: Bool)) -> ArraySlice<Int32> {
                    reading.ids[reading.starts[word]..<(word + 1 < reading.starts.count ? reading.starts[word + 1] : reading.ids.count)]
                }
                let was = pieces(before), became = pieces(after)
                if was.elementsEqual(became.map { kept[Int($0)] }) { coverage.unchanged += was.count }
                if became.contains(new.unknown), !was.contains(old.unknown) { coverage.lost += 1 }
            }
        }
        return coverage
    }
}
