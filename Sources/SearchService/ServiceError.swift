/// A request that is refused: `{"error": {"code", "message", "where"}}`.
public struct ServiceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong, for programs.
    public enum Code: String, CaseIterable, Sendable {
        case badJSON = "bad_json"
        case wrongType = "wrong_type"
        case outOfRange = "out_of_range"
        case unknownField = "unknown_field"
        case missingField = "missing_field"
        case contradiction
        case badState = "bad_state"
        case badPlan = "bad_plan"
        case badCursor = "bad_cursor"
        case staleCursor = "stale_cursor"
        case badQuery = "bad_query"
        case unknownTrack = "unknown_track"
        case unknownDescriptor = "unknown_descriptor"
        case noSeed = "no_seed"
        case noAudio = "no_audio"
        case badRange = "bad_range"
        case notFound = "not_found"
        case methodNotAllowed = "method_not_allowed"
        case unsupportedMedia = "unsupported_media_type"
        /// A value longer than its field takes.
        case tooLong = "too_long"
        /// A body larger than is read.
        case tooLarge = "too_large"
        case unauthorized
        case forbidden
        case busy
        case timeout
        case internalError = "internal_error"

        public var status: Int {
            switch self {
            case .badJSON, .wrongType, .outOfRange, .tooLong, .unknownField, .missingField, .contradiction, .badState, .badPlan, .badCursor, .badQuery, .noSeed,
                .unknownDescriptor:
                400
            case .unauthorized: 401
            case .forbidden: 403
            case .unknownTrack, .notFound, .noAudio: 404
            case .methodNotAllowed: 405
            case .timeout: 408
            case .staleCursor: 409
            case .tooLarge: 413
            case .unsupportedMedia: 415
            case .badRange: 416
            case .busy: 503
            case .internalError: 500
            }
        }

        fileprivate var headers: [String: String] {
            switch self {
            case .unauthorized: ["WWW-Authenticate": "Bearer"]
            case .busy: ["Retry-After": "1"]
            default: [:]
            }
        }
    }

    public var code: Code
    /// What was expected and what was found, for people.
    public var message: String
    /// The place in the request: "body.filters.years.from", "query.limit", "path.id".
    public var place: String
    /// Further headers of the refusal, by name.
    public var headers: [String: String]

    /// - Parameter headers: beside those that every refusal of this code has.
    public init(_ code: Code, _ message: String, at place: String, headers: [String: String] = [:]) {
        self.code = code
        self.message = message
        self.place = place
        self.headers = code.headers.merging(headers) { $1 }
    }

    public var description: String { "\(place): \(message)" }

    var json: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }

    func write(to writer: inout JSONWriter) {
        writer.object {
            $0.name("error")
            $0.object {
                $0.name("code")
                $0.write(code.rawValue)
                $0.name("message")
                $0.write(message)
                $0.name("where")
                $0.write(place)
            }
        }
    }
}
