import ArgumentParser
import LibraryAccess
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
        let parsed = try plan.map { try Conversation(handle: $0) }
        let text = try parsed?.plan.text ?? request.text()
        let library = try libraryOption.open(model: model.model)
        let conversation = try (parsed ?? Conversation(library.planner.plan(text))).dropping(drop, library.vocabulary)
        try answer.write(library.search(conversation, answer.searchOptions(library)))
    }
}

extension Conversation {
    /// - Parameter names: descriptors as the plan prints them.
    /// - Throws: `ValidationError` for one that the plan does not hold.
    fileprivate func dropping(_ names: [String], _ vocabulary: Vocabulary) throws -> Conversation {
        try names.reduce(self) { conversation, name in
            let clauses = conversation.plan.clauses
            guard let id = DescriptorID(name), clauses.contains(where: { $0.descriptor == id }) else {
                let held = clauses.map(\.descriptor.description).joined(separator: ", ")
                throw ValidationError("--drop is \(name); expected one of \(held.isEmpty ? "no clauses: the plan has none" : held)")
            }
            return conversation.refined(by: Refinement([Critique(.drop, id)], vocabulary), vocabulary)
        }
    }
}
