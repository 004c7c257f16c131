/// Why a configuration file cannot be used: the file, the place in it, what was expected and what stood there.
public enum ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Not there, empty, or no JSON.
    case unreadable(path: String, why: String)
    /// - Parameters:
    ///   - key: path of the key, as `data.folds`; empty for the whole file.
    ///   - proposal: the known key that it most resembles.
    case unknownKey(path: String, key: String, known: [String], proposal: String?)
    case value(path: String, key: String, expected: String, found: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let why): "\(path): \(why)"
        case .unknownKey(let path, let key, let known, let proposal):
            "\(path): unknown key '\(key)'; "
                + (proposal.map { "did you mean '\($0)'?" } ?? (known.isEmpty ? "no key is known here" : "known here: \(known.joined(separator: ", "))"))
        case .value(let path, let key, let expected, let found):
            "\(path): \(key.isEmpty ? "" : "\(key): ")expected \(expected), found \(found)"
        }
    }
}
