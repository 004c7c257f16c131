import Storage
public import TextAnalysis

extension Vocabulary {
    /// A descriptor found in a text.
    public struct Match: Hashable, Sendable {
        public var descriptor: Int
        /// Tokens it covers.
        public var tokens: Range<Int>
    }

    /// The longest name that begins at token `start`.
    ///
    /// Words may be written together or apart ("steeldrum", "lo fi"), except that a run with a function word in it must match word for word:
    /// "be at" is not "beat".
    /// - Complexity: O(`longestName`) look-ups.
    public func match(_ tokens: ArraySlice<Token>, at start: Int) -> Match? {
        let end = min(tokens.endIndex, start + Self.longestName)
        for stop in stride(from: end, to: start, by: -1) {
            let run = tokens[start..<stop]
            guard run.allSatisfy({ $0.kind == .word }) else { continue }
            if let value = value(of: run) {
                return Match(descriptor: value.descriptor, tokens: start..<stop)
            }
        }
        return nil
    }

    private func value(of run: ArraySlice<Token>) -> NameValue? {
        var found = names.values(of: PhraseKey.surface(run)).first
        if found == nil, run.last?.text.hasSuffix("s") == true { found = derived(PhraseKey.singular(run)) }
        // An adverb is seldom the adjective that its stem is: "closely", "relatively", "finally".
        let isAdverb = run.last?.text.hasSuffix("ly") == true
        // A plain English word is itself: "long" is not "longing", "box" not "boxing".
        let isPlain = run.count == 1 && run.first.map { $0.text == $0.stem && isCommon($0.text) } == true
        if found == nil, !isAdverb, !isPlain, run.count > 1 || run.first?.stem != run.first?.text { found = derived(PhraseKey.stemmed(run)) }
        guard let found else { return nil }
        let value = NameValue(found)
        let isJoined = value.words != run.count
        if isJoined, run.count > 1, run.contains(where: { $0.text.utf8.count < 2 || FunctionWords.contains($0.text) }) { return nil }
        return value
    }

    /// A name by its singular or its stems, or a name that is written like the key itself ("drums" for "drum").
    private func derived(_ key: String) -> UInt32? { names.values(of: key).first ?? derivedNames.values(of: key).first }

    /// All descriptors of a text, longest match first from the left, without overlap.
    ///
    /// - Parameter within: facets to accept; a name of another facet is passed over.
    public func resolve(_ text: String, within facets: Set<Facet>? = nil) -> [Match] {
        let tokens = analyzer.tokens(text)
        var result: [Match] = []
        var i = 0
        while i < tokens.count {
            if let match = match(tokens[...], at: i), facets?.contains(descriptors[match.descriptor].id.facet) ?? true {
                result.append(match)
                i = match.tokens.upperBound
            } else {
                i += 1
            }
        }
        return result
    }

    /// The descriptor that a whole text names, as a tag does; nil when it names none, or more than the tag's words.
    public func descriptor(named text: String) -> Int? {
        let tokens = analyzer.tokens(text)
        guard !tokens.isEmpty, let match = match(tokens[...], at: 0), match.tokens.count == tokens.count else { return nil }
        return match.descriptor
    }
}

extension Vocabulary {
    /// The name nearest to a misspelt one.
    ///
    /// - Returns: what it stands for, and whether it is a music spelling ("steeldrum") rather than a name as the tables write it.
    public func nearestName(_ word: String, within distance: Int) -> (value: NameValue, isSpelling: Bool)? {
        guard let found = fuzzyNames.nearest(word, within: distance), let value = names.values(at: found.index).first.map(NameValue.init) else { return nil }
        return (value, value.words == 0)
    }
}
