/// A line of a text file that is not what its format asks for: where, what was expected, what stood there.
///
/// ```
/// run.trec:17: expected a finite score, found "nan"
/// ```
public struct LineError: Error, Hashable, Sendable, CustomStringConvertible {
    public var file: String
    /// From 1.
    public var line: Int
    public var expected: String
    /// What the line holds, cut to ``longestExcerpt`` characters.
    public var found: String

    /// Enough to recognise a line in an editor; a line of a corpus can be megabytes long.
    public static let longestExcerpt = 80

    public init(file: String, line: Int, expected: String, found: some StringProtocol) {
        self.file = file
        self.line = line
        self.expected = expected
        let excerpt = found.prefix(Self.longestExcerpt)
        self.found = excerpt.endIndex == found.endIndex ? String(found) : excerpt + "…"
    }

    public var description: String { "\(file):\(line): expected \(expected), found \"\(found)\"" }
}

/// A value that a file format has no way to write.
public enum UnwritableValue: Error, Hashable, Sendable, CustomStringConvertible {
    /// An id that would read back as another id, as several fields or as a comment.
    case identifier(String, format: String)
    /// A score that is not finite in single precision, or ranks so long at the lowest one that no lower score is left.
    case score(Double, query: String, document: String)
    /// A document that stands twice in the ranking of a query, which every reader of such files refuses.
    case repeated(document: String, query: String)

    public var description: String {
        switch self {
        case .identifier(let id, let format):
            "the id \"\(id)\" cannot be written to a \(format) file: it is empty, holds a separator or begins a comment"
        case .score(let score, let query, let document):
            "the score \(score) of document \"\(document)\" for query \"\(query)\" cannot be written: "
                + "scores are finite single-precision numbers that strictly decrease"
        case .repeated(let document, let query):
            "the ranking of query \"\(query)\" has document \"\(document)\" more than once"
        }
    }
}
