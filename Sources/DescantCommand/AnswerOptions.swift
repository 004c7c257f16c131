import ArgumentParser
import LibraryAccess
import MusicSearch

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How many tracks are answered, and how they are shown.
struct AnswerOptions: ParsableArguments {
    @Option(name: [.customShort("k"), .long], help: "How many tracks (1–1000); the request may say it itself (\"20 songs\").")
    var limit: Int?
    @Option(help: "Tracks to pass over.")
    var offset = 0
    @Option(help: "At most this many tracks of one artist; 0 for no cap.")
    var perArtist = 3
    @Flag(help: "List versions of one recording apart.")
    var versions = false
    @Option(help: "Mixes neighbours in the ranking, each number in a way of its own.")
    var variation: UInt64?
    @Option(help: "File with ids, one a line: only these tracks are ranked.")
    var candidates: String?
    @Flag(help: "Print the answer as JSON.")
    var json = false
    @Flag(help: "Show how each score is made.")
    var explain = false
    @Flag(help: "Count descriptors over all that was found.")
    var facets = false
    @Option(help: "Write a playlist to standard output instead: m3u8, xspf or jspf.")
    var export: PlaylistFormat?

    func validate() throws {
        if let limit, !(1...SearchOptions.largestLimit).contains(limit) {
            throw ValidationError("-k is \(limit); expected 1 to \(SearchOptions.largestLimit)")
        }
        if offset < 0 { throw ValidationError("--offset is \(offset); expected 0 or more") }
        if perArtist < 0 { throw ValidationError("--per-artist is \(perArtist); expected 0 or more") }
    }

    /// - Throws: `ValidationError` for candidates that the library does not have.
    func searchOptions(_ library: Library) throws -> SearchOptions {
        var options = SearchOptions()
        options.limit = limit
        options.offset = offset
        options.perArtist = perArtist == 0 ? nil : perArtist
        options.foldingVersions = !versions
        options.explain = explain
        options.facets = facets
        options.variation = variation
        options.candidates = try candidates.map { try ids($0, library) }
        return options
    }

    private func ids(_ path: String, _ library: Library) throws -> [UInt32] {
        guard let data = FileManager.default.contents(atPath: path) else { throw ValidationError("--candidates: there is no file '\(path)' that can be read") }
        return try String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).enumerated().map { i, id in
            guard let document = library.tracks.document(id: String(id)) else {
                throw ValidationError("\(path):\(i + 1): there is no track '\(id)' in this library")
            }
            return document
        }
    }

    func write(_ response: SearchResponse) throws {
        if let export {
            Terminal.write(String(export.text(response.hits, title: response.text).dropLast()))
        } else if json {
            Terminal.write(try response.json())
        } else {
            Terminal.write(ResponsePage(response, explain: explain).text)
        }
    }
}

extension Encodable {
    /// Pretty-printed with sorted keys: the same value prints the same bytes.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
