import Dispatch
public import MusicSearch
import Synchronization

/// A conversation as it was held: a line for each turn, with the request and the reply, byte for byte.
///
/// As every request holds the state that it goes on from, a line stands for itself: lines may be replayed in any order, on any number of threads.
public struct ConversationLog: Sendable {
    public struct Line: Sendable {
        public var path: String
        public var body: String
        public var reply: String

        public var text: String { "{\"path\":\(JSONValue.string(path).json),\"body\":\(body),\"reply\":\(reply)}" }
    }

    /// A line that came out differently.
    public struct Difference: Sendable, CustomStringConvertible {
        public var line: Int
        public var expected: String
        public var found: String

        public var description: String {
            let place = zip(expected.utf8, found.utf8).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(expected.utf8.count, found.utf8.count)
            func part(_ text: String) -> String { String(decoding: Array(text.utf8).dropFirst(max(0, place - 20)).prefix(60), as: UTF8.self) }
            return "line \(line): byte \(place) of the reply differs: expected …\(part(expected))…, found …\(part(found))…"
        }
    }

    public var lines: [Line] = []

    public init() {}

    /// - Throws: `ServiceError` that names the line.
    public init(_ text: String, file: String) throws(ServiceError) {
        for (i, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() where !line.isEmpty {
            let value: JSONValue
            do { value = try JSONValue(json: line.utf8) } catch { throw ServiceError(.badJSON, "\(error)", at: "\(file):\(i + 1)") }
            guard let path = value["path"]?.string, let body = value["body"], let reply = value["reply"] else {
                throw ServiceError(.missingField, "expected path, body and reply", at: "\(file):\(i + 1)")
            }
            lines.append(Line(path: path, body: body.json, reply: reply.json))
        }
    }

    /// Asks and notes what came.
    public mutating func ask(_ path: String, _ body: JSONValue, of service: SearchService) -> JSONValue {
        let line = Self.line(path, body.json, service)
        lines.append(line)
        return (try? JSONValue(json: line.reply.utf8)) ?? .null
    }

    private static func line(_ path: String, _ body: String, _ service: SearchService) -> Line {
        let reply = service.reply(to: ServiceRequest("POST", path, headers: ["content-type": "application/json"], body: Array(body.utf8)))
        guard case .bytes(let bytes) = reply.body else { preconditionFailure("\(path) answers with a file") }
        return Line(path: path, body: body, reply: String(decoding: bytes, as: UTF8.self))
    }

    /// Asks all of it again.
    ///
    /// - Parameter threads: each takes every so-manieth line.
    /// - Returns: what came out differently, in the order of lines.
    public func replay(on service: SearchService, threads: Int) -> [Difference] {
        let found = Mutex<[Difference]>([])
        let lines = lines
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            for i in stride(from: thread, to: lines.count, by: threads) {
                let again = Self.line(lines[i].path, lines[i].body, service)
                guard again.reply != lines[i].reply else { continue }
                found.withLock { $0.append(Difference(line: i + 1, expected: lines[i].reply, found: again.reply)) }
            }
        }
        return found.withLock { $0 }.sorted { $0.line < $1.line }
    }
}
