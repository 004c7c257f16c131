import ArgumentParser
import MusicSearch
import QueryPlanning
import Ranking
import Vocabulary

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find tracks that fit a description.",
        discussion: """
            Examples:
              descant search "upbeat steel drum"
              descant search "late sixties soul, no strings" --facets
              descant search "like Bohemian Rhapsody by Queen but calmer" --json
            """)

    @OptionGroup var request: RequestArgument
    @OptionGroup var libraryOption: LibraryOption
    @OptionGroup var model: ModelOption

    @Option(name: [.customShort("k"), .long], help: "How many tracks (1–1000); the request may say it itself (\"20 songs\").")
    var limit: Int?
    @Option(help: "Tracks to pass over.")
    var offset = 0
    @Option(help: "At most this many tracks of one artist; 0 for no cap.")
    var perArtist = 3
    @Flag(help: "List versions of one recording apart.")
    var versions = false
    @Flag(help: "Print the answer as JSON.")
    var json = false
    @Flag(help: "Show how each score is made.")
    var explain = false
    @Flag(help: "Count descriptors over all that was found.")
    var facets = false
    @Option(help: "Write a playlist to standard output instead: m3u8, xspf or jspf.")
    var export: PlaylistFormat?
    @Option(help: "Leave a clause of the plan out, as facet:name; may be given again.")
    var drop: [String] = []
    @Option(help: "Search by a plan's handle instead of text.")
    var plan: String?

    func validate() throws {
        if let limit, !(1...SearchOptions.largestLimit).contains(limit) {
            throw ValidationError("-k is \(limit); expected 1 to \(SearchOptions.largestLimit)")
        }
        if offset < 0 { throw ValidationError("--offset is \(offset); expected 0 or more") }
        if perArtist < 0 { throw ValidationError("--per-artist is \(perArtist); expected 0 or more") }
    }

    func run() throws {
        var options = SearchOptions()
        options.limit = limit
        options.offset = offset
        options.perArtist = perArtist == 0 ? nil : perArtist
        options.foldingVersions = !versions
        options.explain = explain
        options.facets = facets
        let parsed = try plan.map { try QueryPlan(handle: $0) }
        let text = try parsed?.text ?? request.text()
        let library = try libraryOption.open(model: model.model)
        let response = library.search(try (parsed ?? library.planner.plan(text)).dropping(drop), options)
        if let export {
            Terminal.write(String(export.text(response.hits, title: response.text).dropLast()))
        } else if json {
            Terminal.write(try response.json())
        } else {
            Terminal.write(ResponsePage(response, explain: explain).text)
        }
    }
}

extension QueryPlan {
    /// - Parameter names: descriptors as the plan prints them.
    /// - Throws: `ValidationError` for one that the plan does not hold.
    fileprivate func dropping(_ names: [String]) throws -> QueryPlan {
        try names.reduce(self) { plan, name in
            guard let id = DescriptorID(name), plan.clauses.contains(where: { $0.descriptor == id }) else {
                let held = plan.clauses.map(\.descriptor.description).joined(separator: ", ")
                throw ValidationError("--drop is \(name); expected one of \(held.isEmpty ? "no clauses: the plan has none" : held)")
            }
            return plan.dropping(id)
        }
    }
}

extension SearchResponse {
    /// Pretty-printed with sorted keys: the same answer prints the same bytes.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
