/// One unit of meaning in a text, with the place it came from.
///
/// ```swift
/// analyzer.tokens("Hip-Hop from the '80s").map(\.text)   // ["hiphop", "from", "the", "1980s"]
/// ```
public struct Token: Hashable, Sendable {
    /// What the token is made of.
    public enum Kind: UInt8, Sendable {
        /// Letters, digits or ideographs.
        case word
        /// A sign that carries meaning in music text (`&`, `#`, `/`, `'` …); dropped unless a spelling joins it to a word.
        case symbol
    }

    /// Folded text: NFKC case folding, accents dropped, music spellings joined.
    public var text: String
    /// `text` reduced by the analyzer's stemmer; equal to `text` where the stemmer does not apply.
    public var stem: String
    /// Byte range in the UTF-8 of the analysed text.
    public var span: Range<Int>
    public var kind: Kind

    public init(text: String, stem: String, span: Range<Int>, kind: Kind = .word) {
        self.text = text
        self.stem = stem
        self.span = span
        self.kind = kind
    }
}
