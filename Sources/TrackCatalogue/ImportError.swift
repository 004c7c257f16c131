/// Why a corpus, or one row of it, cannot be read.
public enum ImportError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable(path: String, why: String)
    case unknownFormat(path: String, known: [String])
    case missingColumn(path: String, column: String, found: [String])
    case row(path: String, line: Int, why: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let why): "\(path): \(why)"
        case .unknownFormat(let path, let known):
            "\(path): its format is not recognised; say it with --format (\(known.joined(separator: ", ")))"
        case .missingColumn(let path, let column, let found):
            "\(path):1: no column '\(column)'; found \(found.joined(separator: ", "))"
        case .row(let path, let line, let why): "\(path):\(line): \(why)"
        }
    }
}
