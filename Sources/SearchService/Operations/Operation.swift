import MusicSearch

/// One thing that the service does: its address, what it takes and gives, and the code that does it. Routes, OpenAPI and tools are made from this.
struct Operation: Sendable {
    enum Method: String, Sendable { case get = "GET", post = "POST" }

    /// Who may ask where keys are set.
    enum Scope: String, Sendable, CaseIterable {
        /// Anybody.
        case open
        case read
        /// What operators look at.
        case metrics
    }

    struct Parameter: Sendable {
        var name: String
        var schema: Schema
        var about: String
        var isRequired = false
        /// In the path rather than after the question mark.
        var isInPath = false

        init(_ field: ObjectSchema.Field, as name: String? = nil) {
            (self.name, schema, about, isRequired) = (name ?? field.name, field.schema, field.about, field.isRequired)
        }

        init(path name: String, _ about: String) {
            (self.name, schema, self.about, isRequired, isInPath) = (name, RequestSchemas.trackID, about, true, true)
        }
    }

    enum Reply: Sendable {
        case json(Schema)
        case media([String])
    }

    var id: String
    var method: Method
    /// As `/v1/tracks/{id}`.
    var path: String
    var about: String
    var parameters: [Parameter] = []
    var body: Schema?
    var reply: Reply
    var errors: [ServiceError.Code] = []
    var scope = Scope.read
    var run: @Sendable (Call) throws(ServiceError) -> ServiceReply
}

/// A request on its way to an operation, its parts held to their schemas.
struct Call {
    var service: SearchService
    /// The library of this request: one generation from beginning to end.
    var library: Library
    var path: [String: String]
    /// Parameters by name, typed.
    var query: JSONValue
    var body: JSONValue
    var request: ServiceRequest

    func document() throws(ServiceError) -> UInt32 { try library.document(path["id"] ?? "", at: "path.id") }
}

/// A request as it came.
public struct ServiceRequest: Sendable {
    public var method: String
    /// As it was sent: still encoded, without what follows the question mark.
    public var path: String
    /// What follows the question mark, still encoded.
    public var query: String
    /// By lower-case name.
    public var headers: [String: String]
    public var body: [UInt8]

    /// Those that are looked at, beside the host.
    public static let headerNames = ["authorization", "content-type", "range", "origin"]

    public init(_ method: String, _ path: String, query: String = "", headers: [String: String] = [:], body: [UInt8] = []) {
        (self.method, self.path, self.query, self.headers, self.body) = (method, path, query, headers, body)
    }
}

public struct ServiceReply: Sendable {
    public enum Body: Sendable {
        case bytes([UInt8])
        /// A part of a file, to be sent piece by piece.
        case file(path: String, range: Range<Int>)
    }

    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: Body

    public init(_ status: Int = 200, type: String, _ body: [UInt8], headers: [(name: String, value: String)] = []) {
        self.init(status, type: type, body: .bytes(body), headers: headers)
    }

    init(_ status: Int, type: String, body: Body, headers: [(name: String, value: String)]) {
        (self.status, self.headers, self.body) = (status, [("Content-Type", type)] + headers, body)
    }

    static func json(_ value: some Resource) -> ServiceReply { ServiceReply(type: "application/json", value.json) }
    static func json(_ value: JSONValue) -> ServiceReply { ServiceReply(type: "application/json", Array(value.json.utf8)) }

    public init(_ error: ServiceError) {
        self.init(error.code.status, type: "application/json", error.json, headers: error.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
}
