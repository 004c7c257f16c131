import ArgumentParser
import LibraryAccess
import MusicSearch
import QueryPlanning

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show how a request is understood.",
        discussion: "Marks under the words: ─ wanted, × avoided, ≈ like, # filter, · not understood.")

    @OptionGroup var request: RequestArgument
    @OptionGroup var libraryOption: LibraryOption
    @OptionGroup var model: ModelOption
    @Flag(help: "Print the plan as canonical JSON.")
    var json = false
    @Flag(help: "Print the plan's handle.")
    var handle = false
    @Option(help: "Read a plan from its handle instead of text.")
    var from: String?

    func run() throws {
        let plan: QueryPlan
        if let from {
            plan = try QueryPlan(handle: from)
        } else {
            let text = try request.text()
            plan = try libraryOption.open(model: model.model).planner.plan(text)
        }
        Terminal.write(json ? plan.canonicalJSON : handle ? plan.handle : plan.tree)
    }
}
