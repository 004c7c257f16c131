import Foundation
import MusicSearch
import ServiceFixtures
import TestSupport

@testable import SearchService

/// The fixture library with a service on it.
struct ServiceLibrary {
    /// Built once for the whole run.
    static let shared: ServiceLibrary = {
        do { return try ServiceLibrary() } catch { fatalError("the library of the service tests: \(error)") }
    }()

    let folder: TemporaryFolder
    let library: Library
    let service: SearchService

    init() throws {
        folder = try TemporaryFolder()
        try FixtureLibrary.index(folder.path)
        library = try Library(path: folder.path + "/library")
        service = SearchService(library: LibraryHolder(library))
    }
}

/// A reply as a test looks at it.
struct Reply {
    var status: Int
    var headers: [String: String]
    var bytes: [UInt8]
    var json: JSONValue

    init(_ reply: ServiceReply) {
        status = reply.status
        headers = Dictionary(reply.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        switch reply.body {
        case .bytes(let bytes): self.bytes = bytes
        case .file(let path, let range): bytes = FileManager.default.contents(atPath: path).map { Array($0[range]) } ?? []
        }
        json = (try? JSONValue(json: bytes)) ?? .null
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var code: String? { json["error"]?["code"]?.string }
    var place: String? { json["error"]?["where"]?.string }
    var ids: [String] { (json["hits"]?.array ?? []).compactMap { $0["id"]?.string } }
}

extension SearchService {
    func get(_ path: String, _ query: String = "", headers: [String: String] = [:]) -> Reply {
        Reply(reply(to: ServiceRequest("GET", path, query: query, headers: headers)))
    }

    func post(_ path: String, _ body: String, headers: [String: String] = [:]) -> Reply {
        Reply(reply(to: ServiceRequest("POST", path, headers: ["content-type": "application/json"].merging(headers) { $1 }, body: Array(body.utf8))))
    }

    func post(_ path: String, _ body: JSONValue) -> Reply { post(path, body.json) }
}
