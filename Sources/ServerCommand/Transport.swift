import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix
import SearchService

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

/// Brings requests of HTTP to the service, and its replies back.
///
/// Answers are computed on threads of their own, first come, first served. On the threads that carry the connections, every hop of one request would wait
/// for the computations of others: the same throughput, and eight times the median for the slowest percent.
struct Transport: HTTPResponder {
    typealias Context = BasicRequestContext

    let service: SearchService
    let traffic: Traffic
    let limits: Limits
    let workers: NIOThreadPool

    func respond(to request: Request, context: Context) async throws -> Response {
        let method = request.head.method.rawValue
        // Whoever asks whether the process lives is told so, however busy it is.
        let isProbe = method == "GET" && ["/livez", "/readyz"].contains(request.uri.path)
        guard traffic.requests <= limits.requests || isProbe else {
            let error = ServiceError(.busy, "more than \(limits.requests) requests at a time; try again", at: "service")
            return response(ServiceReply(error), method)
        }
        let target = request.head.path ?? ""
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var body: [UInt8] = []
        if method != "GET", method != "HEAD" {
            do {
                body = Array(buffer: try await request.body.collect(upTo: SearchService.longestBody))
            } catch is NIOTooManyBytesError {
                let error = ServiceError(
                    .tooLarge, "expected a body of at most \(SearchService.longestBody) bytes", at: "body", headers: ["Connection": "close"])
                return response(ServiceReply(error), method)
            }
        }
        var headers: [String: String] = [:]
        for name in Self.headerNames {
            if let value = request.head.headerFields[name] { headers[name.canonicalName] = value }
        }
        headers["host"] = request.head.authority
        let asked = ServiceRequest(
            method, String(parts.first ?? ""), query: parts.count > 1 ? String(parts[1]) : "",
            headers: headers, body: body)
        let (asking, patience) = (ContinuousClock.now, Duration.seconds(limits.wait))
        let reply = try await workers.runIfActive {
            // Whoever asked so long ago has given up; the time goes to those who have not.
            ContinuousClock.now - asking < patience
                ? service.reply(to: asked)
                : ServiceReply(ServiceError(.busy, "it waited more than \(patience) for its turn; try again", at: "service"))
        }
        return response(reply, method)
    }

    private static let headerNames = ServiceRequest.headerNames.compactMap { HTTPField.Name($0) }

    private func response(_ reply: ServiceReply, _ method: String) -> Response {
        var headers = HTTPFields()
        for (name, value) in reply.headers {
            if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
        }
        return Response(status: .init(code: reply.status), headers: headers, body: method == "HEAD" ? Self.nothing(reply.body.count) : Self.body(reply.body))
    }

    /// The length of what would have come.
    private static func nothing(_ length: Int) -> ResponseBody { ResponseBody(contentLength: length) { writer in try await writer.finish(nil) } }

    private static func body(_ body: ServiceReply.Body) -> ResponseBody {
        switch body {
        case .bytes(let bytes): return ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        case .file(let path, let range):
            return ResponseBody(contentLength: range.count) { writer in
                let file = try FileSlice(path, range)
                while let piece = try file.next() { try await writer.write(piece) }
                try await writer.finish(nil)
            }
        }
    }
}

extension ServiceReply.Body {
    fileprivate var count: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .file(_, let range): range.count
        }
    }
}

/// A part of a file, piece by piece.
private final class FileSlice {
    private static let piece = 64 * 1_024
    private let descriptor: Int32
    private let path: String
    private var range: Range<Int>

    /// - Throws: `Refusal` for a file that cannot be opened.
    init(_ path: String, _ range: Range<Int>) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        self.path = path
        self.range = range
        guard descriptor >= 0 else { throw Refusal("\(path) cannot be opened: \(String(cString: strerror(errno)))") }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// - Throws: `Refusal` for a file that has become shorter: what was promised cannot be kept, so the connection is cut.
    func next() throws -> ByteBuffer? {
        guard !range.isEmpty else { return nil }
        let size = min(Self.piece, range.count)
        var buffer = ByteBuffer()
        let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { max(0, pread(descriptor, $0.baseAddress, size, off_t(range.lowerBound))) }
        guard count > 0 else { throw Refusal("\(path) ends at \(range.lowerBound), expected \(range.upperBound)") }
        range = range.lowerBound + count..<range.upperBound
        return buffer
    }
}
