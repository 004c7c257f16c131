import ArgumentParser
import LibraryAccess
import MusicSearch
import QueryPlanning
import Ranking

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Tell why a track is among the answers to a request, or is not.",
        discussion: "Example: descant explain \"So What by Miles Davis\" \"upbeat jazz piano\"")

    @Argument(help: "Id or title of a track (\"Title by Artist\").")
    var track: String
    @OptionGroup var request: RequestArgument
    @OptionGroup var libraryOption: LibraryOption
    @OptionGroup var model: ModelOption
    @Option(help: "Hold it to a plan's handle instead of text.")
    var plan: String?
    @Flag(help: "Print the verdict as JSON.")
    var json = false

    func run() throws {
        let parsed = try plan.map { try QueryPlan(handle: $0) }
        let text = try parsed?.text ?? request.text()
        let library = try libraryOption.open(model: model.model)
        let verdict = library.verdict(try library.document(named: track), parsed ?? library.planner.plan(text))
        if json { return Terminal.write(try verdict.json()) }
        Terminal.write(Terminal.styled(verdict.say, .bold))
        Terminal.write(verdict.explanation.description)
        for word in verdict.unmet { Terminal.write(Terminal.styled("  0 = nothing of \(word)", .dim)) }
    }
}
