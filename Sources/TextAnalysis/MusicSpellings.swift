/// Music's own spellings as one token with one meaning: "lo-fi" = "lofi" = "lo fi", "r&b" = "rnb" = "R and B".
///
/// Two sources: a table of variants (`vocab/spellings.tsv`), and rules for what no table can list: decades ("80s", "eighties" → `1980s`),
/// metres ("4/4", "6/8") and keys ("C# minor" → `c#minor`).
public struct MusicSpellings: Sendable {
    private struct Variant: Sendable {
        var rest: [String]
        var canonical: String
    }

    /// Variants by their first token, longest first, so that the longest match wins.
    private var variants: [String: [Variant]] = [:]

    /// No table, only the rules.
    public init() {}

    /// - Parameter table: canonical spelling → other spellings of the same thing.
    public init(table: [(canonical: String, variants: [String])]) {
        let segmenter = WordSegmenter()
        for row in table {
            for variant in row.variants {
                let parts = segmenter.tokens(variant).map(\.text)
                guard let first = parts.first else { continue }
                variants[first, default: []].append(Variant(rest: Array(parts.dropFirst()), canonical: row.canonical))
            }
        }
        for key in variants.keys {
            variants[key]?.sort { $0.rest.count > $1.rest.count }
        }
    }

    /// Joins spelled-out forms; everything else passes through.
    /// - Complexity: O(tokens × variants that share a first token).
    public func joined(_ tokens: [Token]) -> [Token] {
        var result: [Token] = []
        result.reserveCapacity(tokens.count)
        var i = 0
        while i < tokens.count {
            if let match = variant(at: i, in: tokens) ?? MusicalNotation.match(at: i, in: tokens) {
                let span = tokens[i].span.lowerBound..<tokens[i + match.length - 1].span.upperBound
                result.append(Token(text: match.text, stem: match.text, span: span))
                i += match.length
            } else {
                result.append(tokens[i])
                i += 1
            }
        }
        return result
    }

    private func variant(at start: Int, in tokens: [Token]) -> (text: String, length: Int)? {
        guard let candidates = variants[tokens[start].text] else { return nil }
        for candidate in candidates where start + candidate.rest.count < tokens.count {
            var matches = true
            for (offset, part) in candidate.rest.enumerated() where tokens[start + 1 + offset].text != part {
                matches = false
                break
            }
            if matches { return (candidate.canonical, candidate.rest.count + 1) }
        }
        return nil
    }
}
