/// Why an endpoint gave no requests. No message holds the key, whatever the server sends back.
public enum EndpointError: Error, Hashable, Sendable, CustomStringConvertible {
    case address(String, why: String)
    /// The option names an environment variable that is not there, is empty, or holds what cannot be a key.
    case key(variable: String, why: String)
    case noLibrary
    /// No answer of HTTP.
    case unreachable(url: String, why: String, attempts: Int)
    /// - Parameter body: its beginning.
    case refused(url: String, status: Int, body: String, attempts: Int)
    case malformed(url: String, status: Int, expected: String, body: String)

    /// Characters of an answer's body that are shown.
    static let longestExcerpt = 200

    public var description: String {
        switch self {
        case .address(let url, let why): "endpoint '\(url)': \(why)"
        case .key(let variable, let why): "endpoint: the environment variable \(variable), which shall hold the key, \(why)"
        case .noLibrary: "endpoint: libcurl is not installed (apt-get install libcurl4)"
        case .unreachable(let url, let why, let attempts): "endpoint \(url): no answer after \(Self.times(attempts)): \(why)"
        case .refused(let url, let status, let body, let attempts):
            "endpoint \(url): HTTP status \(status) after \(Self.times(attempts)): \(body.isEmpty ? "no body" : "\"\(body)\"")"
        case .malformed(let url, let status, let expected, let body):
            "endpoint \(url): HTTP status \(status), expected \(expected), found \"\(body)\""
        }
    }

    private static func times(_ attempts: Int) -> String { attempts == 1 ? "1 try" : "\(attempts) tries" }
}
