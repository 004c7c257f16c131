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

    @OptionGroup var answer: AnswerOptions

    @Option(help: "Leave a clause of the plan out, as facet:name; may be given again.")
    var drop: [String] = []
    @Option(help: "Search by a plan's handle instead of text.")
    var plan: String?

    func run() throws {
        let parsed = try plan.map { try QueryPlan(handle: $0) }
        let text = try parsed?.text ?? request.text()
        let library = try libraryOption.open(model: model.model)
        try answer.write(library.search(try (parsed ?? library.planner.plan(text)).dropping(drop), answer.searchOptions))
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
