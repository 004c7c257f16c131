public import MusicSearch
import Synchronization

/// The service: a request goes in, a reply comes out. It knows nothing of sockets, so a test, MCP on standard input and HTTP all ask the same.
///
/// ```swift
/// let service = SearchService(library: LibraryHolder(library))
/// service.reply(to: ServiceRequest("GET", "/v1/search", query: "q=upbeat+steel+drum"))
/// ```
/// All state is the library's; a conversation lives in the handles that it gives out.
public final class SearchService: Sendable {
    public let library: LibraryHolder
    public let metrics = Metrics()
    /// Who may ask; empty lets everybody.
    let keys: [AccessKey]
    /// Origins of pages that browsers may let ask; "*" for all.
    let origins: [String]
    /// Whether tracks' own files are given out.
    let servesAudio: Bool
    let page: Page?
    /// Names that requests may call it by; nil for any.
    let hosts: Set<String>?
    private let details = Mutex<(created: String, detail: LibraryDetail)?>(nil)

    public init(
        library: LibraryHolder, keys: [AccessKey] = [], origins: [String] = [], hosts: Set<String>? = nil, servesAudio: Bool = true, page: Page? = nil
    ) {
        (self.library, self.keys, self.origins, self.hosts) = (library, keys, origins, hosts)
        (self.servesAudio, self.page) = (servesAudio, page)
    }

    /// Bytes of the largest body that is read.
    public static let longestBody = 1 << 20

    public func reply(to request: ServiceRequest) -> ServiceReply {
        let start = ContinuousClock.now
        var operation = "none"
        var reply: ServiceReply
        let outcome = ServedFiles.$areGiven.withValue(servesAudio) { () -> Result<ServiceReply, ServiceError> in
            do throws(ServiceError) { return .success(try answer(request, &operation)) } catch { return .failure(error) }
        }
        switch outcome {
        case .success(let answered): reply = answered
        case .failure(let error): reply = ServiceReply(error)
        }
        reply.headers += Self.safety + crossOrigin(request)
        metrics.count(operation, reply.status, ContinuousClock.now - start)
        return reply
    }

    private func answer(_ request: ServiceRequest, _ name: inout String) throws(ServiceError) -> ServiceReply {
        try checkHost(request)
        guard let segments = Router.segments(request.path) else { throw ServiceError(.notFound, "the address is not well encoded", at: "path") }
        if request.method == "OPTIONS" {
            return ServiceReply(204, type: "text/plain", [], headers: [("Allow", Router.methods(segments).joined(separator: ", "))])
        }
        let isHead = request.method == "HEAD"
        if request.method == "GET" || isHead, let page, let file = page.file(segments) { return file }
        if request.method == "GET" || isHead, let page, segments.isEmpty {
            name = "page"
            let text = try Query.page(request.query)
            // An answer is for those with a key; the page without one is for everybody.
            if text != nil { try AccessKey.check(request.headers["authorization"], .read, keys) }
            return page.home(text, library.current)
        }
        guard let (operation, path) = try Router.operation(isHead ? "GET" : request.method, segments) else {
            throw ServiceError(.notFound, "there is nothing at this address; see /openapi.json", at: "path")
        }
        name = operation.id
        try AccessKey.check(request.headers["authorization"], operation.scope, keys)
        if operation.id == Operation.mcp.id { try checkOrigin(request) }
        var body = JSONValue.null
        if let schema = operation.body { body = try Self.body(request, schema) }
        let query = try Query.read(request.query, operation.parameters.filter { !$0.isInPath })
        return try operation.run(Call(service: self, library: library.current, path: path, query: query, body: body, request: request))
    }

    private static func body(_ request: ServiceRequest, _ schema: Schema) throws(ServiceError) -> JSONValue {
        let type = request.headers["content-type"]?.split(separator: ";").first.map { $0.lowercased() } ?? ""
        guard type == "application/json" else {
            throw ServiceError(.unsupportedMedia, "expected Content-Type: application/json, found '\(type.prefix(60))'", at: "header.content-type")
        }
        let body: JSONValue
        do { body = try JSONValue(json: request.body) } catch { throw ServiceError(.badJSON, "\(error)", at: "body") }
        try schema.check(body, at: "body")
        return body
    }

    // MARK: Browsers

    private static let safety: [(name: String, value: String)] = [("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer")]

    private func crossOrigin(_ request: ServiceRequest) -> [(name: String, value: String)] {
        guard let origin = request.headers["origin"], origins.contains(origin) || origins.contains("*") else { return [] }
        return [
            ("Access-Control-Allow-Origin", origins.contains("*") ? "*" : origin), ("Vary", "Origin"), ("Access-Control-Allow-Methods", "GET, POST"),
            ("Access-Control-Allow-Headers", "Authorization, Content-Type, Range, Mcp-Protocol-Version, Mcp-Session-Id"), ("Access-Control-Max-Age", "600"),
        ]
    }

    /// A foreign name that was made to lead to this machine (DNS rebinding) brings a foreign page's scripts with it.
    private func checkHost(_ request: ServiceRequest) throws(ServiceError) {
        guard let hosts, let host = request.headers["host"] else { return }
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
        guard hosts.contains(name.lowercased()) else {
            throw ServiceError(.forbidden, "this server does not go by the name '\(name.prefix(80))'; see --name", at: "header.host")
        }
    }

    /// A page of elsewhere must not reach a model's tools by a name that leads to this machine (DNS rebinding).
    private func checkOrigin(_ request: ServiceRequest) throws(ServiceError) {
        guard let origin = request.headers["origin"] else { return }
        let host = request.headers["host"] ?? ""
        guard origins.contains(origin) || origins.contains("*") || origin == "http://" + host || origin == "https://" + host else {
            throw ServiceError(.forbidden, "pages of \(origin.prefix(80)) may not ask here", at: "header.origin")
        }
    }

    /// What a library is takes a look at every track, so it is remembered.
    func detail(of library: Library) -> LibraryDetail {
        let created = "\(library.manifest.generation) \(library.manifest.created)"
        if let known = details.withLock({ $0 }), known.created == created { return known.detail }
        var detail = LibraryDetail(library)
        detail.hasAudio = detail.hasAudio && servesAudio
        details.withLock { $0 = (created, detail) }
        return detail
    }
}
