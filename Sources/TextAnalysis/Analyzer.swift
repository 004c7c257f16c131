/// Text to tokens: segmentation and folding, then music's spellings, then stems.
///
/// ```swift
/// let analyzer = Analyzer(stemmer: .english, spellings: vocabulary.spellings)
/// analyzer.tokens("Steel drums & R'n'B").map(\.stem)   // ["steelpan", "rnb"]
/// ```
///
/// The same analyzer must read what is indexed and what is asked; a library therefore stores its configuration.
public final class Analyzer: Sendable {
    public let stemmer: Stemmer
    public let spellings: MusicSpellings
    private let segmenter = WordSegmenter()

    public init(stemmer: Stemmer.Algorithm = .english, spellings: MusicSpellings = MusicSpellings()) {
        self.stemmer = Stemmer(stemmer)
        self.spellings = spellings
    }

    /// Words only, as an index wants them.
    /// - Complexity: O(bytes).
    public func tokens(_ text: String) -> [Token] {
        tokensAndSymbols(text).filter { $0.kind == .word }
    }

    /// Words and the symbols between them, as a planner wants them: a comma or a bar ends a list.
    public func tokensAndSymbols(_ text: String) -> [Token] {
        var tokens = spellings.joined(segmenter.tokens(text))
        for i in tokens.indices where tokens[i].kind == .word {
            tokens[i].stem = stemmer.stem(tokens[i].text)
        }
        return tokens
    }

    /// Stems of the words of `text`, in order.
    public func terms(_ text: String) -> [String] {
        tokens(text).map(\.stem)
    }
}
