import CFetch

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

/// Has requests written by a language model behind any endpoint that speaks OpenAI's `POST /chat/completions`.
///
/// It is off unless a URL is given. A busy or failing server (429, 5xx) and a lost connection are tried again, with longer and longer pauses. libcurl is loaded
/// when the first set is sent, so that a program that asks nobody starts no slower.
public struct EndpointGenerator: Sendable {
    public let options: Options
    /// With its path, as it is asked and named in errors.
    private let address: String
    private let key: String?
    /// Whether the server is this machine, which no proxy of the environment should hear of.
    private let isLocal: Bool

    /// An answer longer than this is no answer.
    private static let longestAnswer = 4 << 20
    private static let longestPause = 60.0
    private static let secondsToConnect = 10

    /// Nil where the options name no URL.
    ///
    /// - Throws: `EndpointError` for an address that is none, or a key that is not there.
    public init?(_ options: Options) throws {
        precondition(options.faults.isEmpty, "\(options.faults)")
        guard var url = options.url else { return nil }
        while url.hasSuffix("/") { url.removeLast() }
        guard let separator = url.firstRange(of: "://"), ["http", "https"].contains(url[..<separator.lowerBound].lowercased()) else {
            throw EndpointError.address(url, why: "expected http://HOST… or https://HOST…")
        }
        let authority = url[separator.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        // The address stands in errors and logs: a password in it would, too.
        if let at = authority.lastIndex(of: "@") {
            let shown = String(url[..<separator.upperBound]) + "…" + String(authority[at...])
            throw EndpointError.address(shown, why: "expected no password in it; name a variable for the key")
        }
        guard !authority.isEmpty, url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw EndpointError.address(url, why: "expected a host, and ASCII without spaces")
        }
        let end: Character = authority.hasPrefix("[") ? "]" : ":"
        let host = authority.prefix { $0 != end }
        isLocal = host == "localhost" || host == "[::1" || host.hasPrefix("127.")
        self.options = options
        address = url + "/chat/completions"
        key = try options.keyVariable.map { variable in
            guard let value = getenv(variable).map({ String(cString: $0) }), !value.isEmpty else {
                throw EndpointError.key(variable: variable, why: "is empty")
            }
            // A line break would begin another header.
            guard value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw EndpointError.key(variable: variable, why: "holds spaces or other characters that no key has")
            }
            return value
        }
    }

    /// Requests for a descriptor set: at most `requestsPerSet`, none where the model's answer holds none.
    ///
    /// - Parameter seed: sent along; whether the endpoint heeds it is its own affair.
    /// - Throws: `EndpointError`.
    public func requests(for tags: [String], seed: UInt64) throws(EndpointError) -> [String] {
        let body = EndpointMessages.question(for: tags, options, seed: seed)
        var attempt = 1
        while true {
            let failure: EndpointError
            var pause = min(options.pause * Double(1 << (attempt - 1)), Self.longestPause)
            switch try exchange(body) {
            case .answer(let status, let body, _) where (200..<300).contains(status):
                guard let content = EndpointMessages.content(of: body) else {
                    throw .malformed(
                        url: address, status: status, expected: "JSON with choices[0].message.content", body: excerpt(body))
                }
                return EndpointMessages.requests(in: content, limit: options.requestsPerSet)
            case .answer(let status, let body, let retryAfter):
                failure = .refused(url: address, status: status, body: excerpt(body), attempts: attempt)
                guard status == 429 || (500..<600).contains(status) else { throw failure }
                if retryAfter > 0 { pause = min(Double(retryAfter), Self.longestPause) }
            case .silence(let why):
                failure = .unreachable(url: address, why: why, attempts: attempt)
            }
            guard attempt < options.attempts else { throw failure }
            usleep(UInt32(pause * 1e6))
            attempt += 1
        }
    }

    private enum Exchange {
        case answer(status: Int, body: [UInt8], retryAfter: Int64)
        case silence(why: String)
    }

    private func exchange(_ body: [UInt8]) throws(EndpointError) -> Exchange {
        var headers = ["Content-Type: application/json", "Accept: application/json", "Expect:"]
        if let key { headers.append("Authorization: Bearer \(key)") }
        let lines = headers.map { strdup($0) }
        defer { for line in lines { free(line) } }
        let pointers = lines.map { UnsafePointer($0) }
        var response = cfetch_response()
        defer { cfetch_free(&response) }
        let result = body.withUnsafeBytes { bytes in
            pointers.withUnsafeBufferPointer { pointers in
                cfetch_post(
                    address, pointers.baseAddress, pointers.count, bytes.baseAddress, bytes.count, options.timeout * 1000,
                    min(options.timeout, Self.secondsToConnect) * 1000, isLocal ? 1 : 0, Self.longestAnswer, &response)
            }
        }
        switch Int(result) {
        case CFETCH_OK: break
        case CFETCH_NO_LIBRARY: throw .noLibrary
        case CFETCH_TOO_LONG:
            throw .malformed(url: address, status: response.status, expected: "at most \(Self.longestAnswer) bytes", body: excerpt(bytes(of: response)))
        default:
            let message = withUnsafeBytes(of: response.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            return .silence(why: redacted(message))
        }
        return .answer(status: response.status, body: bytes(of: response), retryAfter: response.retry_after)
    }

    private func bytes(of response: cfetch_response) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: response.body, count: response.length))
    }

    private func excerpt(_ body: [UInt8]) -> String {
        // The key goes before the cut: half of a key is too much of it.
        let text = redacted(String(decoding: body, as: UTF8.self)).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return text.count > EndpointError.longestExcerpt ? text.prefix(EndpointError.longestExcerpt) + "…" : text
    }

    private func redacted(_ text: String) -> String { key.map { text.pieces(around: $0).joined(separator: "KEY") } ?? text }
}
