public import TextAnalysis

/// How a run of words is looked up: written together, so that "steel drum" and "steeldrum" are one key.
public enum PhraseKey {
    /// Folded words as they stand.
    public static func surface(_ tokens: ArraySlice<Token>) -> String {
        if tokens.count == 1 { return tokens[tokens.startIndex].text }
        var key = ""
        for token in tokens { key += token.text }
        return key
    }

    /// The last word in the singular.
    public static func singular(_ tokens: ArraySlice<Token>) -> String {
        guard let last = tokens.last else { return "" }
        return surface(tokens.dropLast()) + Stemmer.singular(last.text)
    }

    /// All words stemmed: "relaxed" meets "relaxing".
    public static func stemmed(_ tokens: ArraySlice<Token>) -> String {
        if tokens.count == 1 { return tokens[tokens.startIndex].stem }
        var key = ""
        for token in tokens { key += token.stem }
        return key
    }

    /// Whether a name may be met through its stem. A stem that loses a suffix with a meaning of its own would take in another word:
    /// "playful" stems to "play", "positive" to the stem of "position".
    public static func meetsByStem(_ tokens: ArraySlice<Token>) -> Bool {
        tokens.allSatisfy { token in
            token.text.utf8.count <= token.stem.utf8.count || !meaningfulSuffixes.contains { token.text.hasSuffix($0) && !token.stem.hasSuffix($0) }
        }
    }

    private static let meaningfulSuffixes = [
        "ful", "less", "ive", "ation", "ition", "able", "ible", "ness", "ment", "ion", "ity", "ous", "ist", "ish", "er", "or", "al", "ism",
        "ance", "ence", "ary",
    ]
}
