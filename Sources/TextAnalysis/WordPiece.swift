/// The uncased WordPiece tokenizer of BERT: text in, the ids that a sentence encoder reads out.
///
/// ```swift
/// let wordPiece = WordPiece(vocabulary: try WordPieceVocabulary(bytes, path: "vocab.txt"))
/// let (ids, truncated) = wordPiece.pieces(of: "upbeat steel drums", limit: 126)
/// let input = [wordPiece.classification] + ids + [wordPiece.separator]
/// ```
///
/// Control characters go, each Chinese character and each punctuation mark becomes a word, accents are stripped (NFD without Mn), letters are lower-cased one
/// by one, and white space parts words. A word is the longest piece that begins it, then the longest `##` piece that continues it, and so on; one that
/// cannot be spelled out so, or has more than 100 characters, is `[UNK]` as a whole. The ids equal those of Hugging Face's `tokenizers` for
/// `bert-base-uncased`, with one exception: a special token that stands in the text, `[SEP]` say, is ordinary text here ("[", "sep", "]"), so that no
/// request and no caption can put a boundary or a mask into the encoder's input.
///
/// - SeeAlso: Devlin et al., BERT, NAACL 2019, doi:10.18653/v1/N19-1423; Wu et al., Google's neural machine translation system, arXiv:1609.08144, section 4.1.
public struct WordPiece: Sendable {
    /// A longer word, in Unicode scalars after normalisation, is `[UNK]`: the reference's `max_input_chars_per_word`.
    public static let longestWord = 100

    public let vocabulary: WordPieceVocabulary
    /// `[CLS]`, which begins an encoder's input.
    public let classification: Int32
    /// `[SEP]`, which ends it.
    public let separator: Int32
    /// `[PAD]`, which fills a batch up.
    public let padding: Int32
    /// `[UNK]`, a word outside the vocabulary.
    public let unknown: Int32

    public init(vocabulary: WordPieceVocabulary) {
        self.vocabulary = vocabulary
        classification = vocabulary[.classification]
        separator = vocabulary[.separator]
        padding = vocabulary[.padding]
        unknown = vocabulary[.unknown]
    }

    /// The ids of the pieces of `text` in order, without special tokens other than `[UNK]`.
    ///
    /// - Parameter limit: the most ids to return, 0 or more; default: all. Reading ends with the first word beyond it.
    /// - Returns: the first ids, and whether there are more.
    /// - Complexity: O(bytes read · longest piece), whatever the words.
    public func pieces(of text: String, limit: Int = .max) -> (ids: [Int32], truncated: Bool) {
        precondition(limit >= 0, "limit is \(limit)")
        var reading = WordPieceReading(vocabulary, unknown: unknown, limit: limit)
        var text = text
        text.withUTF8 { reading.read($0) }
        return (reading.ids, reading.truncated)
    }

    /// The same ids, and where the words of the text begin among them.
    ///
    /// A word is here what stands between white space, with the marks that touch it (`lo-fi,` is one), and a Chinese character: what a reader takes for one,
    /// not what the tokenizer spells on its own.
    ///
    /// - Returns: ids as in ``pieces(of:limit:)``; rising indices into them, the first 0 unless there are no ids. A word that the limit cuts keeps its first ids.
    public func words(of text: String, limit: Int = .max) -> (ids: [Int32], starts: [Int], truncated: Bool) {
        precondition(limit >= 0, "limit is \(limit)")
        var reading = WordPieceReading(vocabulary, unknown: unknown, limit: limit)
        var text = text
        text.withUTF8 { reading.read($0) }
        return (reading.ids, reading.starts, reading.truncated)
    }
}
