import Evaluation
import Foundation
import LinearAlgebra
import TestSupport
import TextAnalysis
import Vocabulary

@testable import Training

enum GenerateFixtures {
    static let vocabulary = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("vocab").path
    static let tables = Result { try VocabularyTables(folder: vocabulary) }
    static let table = Result { try RequestTable(path: vocabulary + "/requests.tsv") }

    private static let wordings = Result { try TagWordings(tables.get(), table.get(), excluding: []) }

    static func grammar(_ options: RequestGrammar.Options = RequestGrammar.Options()) throws -> RequestGrammar {
        try RequestGrammar(wordings.get(), table.get(), options: options)
    }

    private static let analyzer = Analyzer(stemmer: .english)
    static func stems(_ text: String) -> [String] { analyzer.terms(text) }

    /// Songs with tags of all facets, each caption saying some of them.
    static func rows(_ count: Int, seed: UInt64 = 7) -> [DescriptorMatching.Row] {
        var generator = SeededGenerator(seed: seed)
        let tags = [
            "slow tempo", "jazz", "piano", "upright bass", "relaxing melody", "no voice", "happy", "funky bass line", "r&b", "party", "love song", "male voice",
            "energetic", "live performance", "low quality", "1980s", "Cuba", "tabla", "choir", "film", "sitar music", "passionate female vocal", "lo-fi",
            "rain",
        ]
        return (0..<count).map { number in
            let chosen = generator.sample(generator.integer(in: 2...8), of: tags)
            let said = generator.sample(chosen.count / 2, of: chosen)
            return DescriptorMatching.Row(
                text: (["Clip \(number) is played in a hall"] + said.map { "One hears \($0)" } + ["The mood is warm"]).joined(separator: ". ") + ".",
                tags: chosen)
        }
    }
}

/// Answers connections on a port of 127.0.0.1, one after the other, each with the next of its replies, and keeps what it was sent.
final class StubServer: @unchecked Sendable {  // `received` is guarded by the lock
    struct Reply {
        var status = 200
        var headers = ""
        var body: String

        /// A well-formed answer of a model.
        static func saying(_ content: String) throws -> Reply {
            let text = String(decoding: try JSONEncoder().encode(content), as: UTF8.self)
            return Reply(body: #"{"choices":[{"message":{"role":"assistant","content":\#(text)}}]}"#)
        }
    }

    let port: UInt16
    private let listener: Int32
    private let lock = NSLock()
    private var received: [String] = []

    /// Requests as they came, heads and bodies.
    var requests: [String] { lock.withLock { received } }
    var url: String { "http://127.0.0.1:\(port)/v1" }

    init(_ replies: [Reply]) throws {
        (listener, port) = try Self.bound()
        guard listen(listener, 8) == 0 else { throw POSIXError(.EADDRINUSE) }
        let listener = self.listener
        Thread.detachNewThread { [weak self] in
            for reply in replies {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                let request = Self.read(connection)
                self?.lock.withLock { self?.received.append(request) }
                let text =
                    "HTTP/1.1 \(reply.status) Reply\r\nContent-Type: application/json\r\n\(reply.headers)Content-Length: \(reply.body.utf8.count)\r\n"
                    + "Connection: close\r\n\r\n\(reply.body)"
                _ = Array(text.utf8).withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                close(connection)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// A port on which nobody listens.
    static func deadPort() throws -> UInt16 {
        let (socket, port) = try bound()
        close(socket)
        return port
    }

    private static func bound() throws -> (socket: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0 }
        }
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    private static func read(_ connection: Int32) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let head = text[..<end.lowerBound].lowercased()
                let length = head.range(of: "content-length: ").flatMap { Int(head[$0.upperBound...].prefix { $0.isNumber }) } ?? 0
                if text[end.upperBound...].utf8.count >= length { return text }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return text }
            bytes += buffer[..<count]
        }
    }
}
