import ArgumentParser
import LibraryAccess
import SearchService

struct MCPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp", abstract: "Serve the tools for language models on standard input and output (Model Context Protocol).",
        discussion: "A client starts it as: descant mcp --library music.library. The same tools are at /mcp of descant serve.")

    @OptionGroup var libraryOption: LibraryOption
    @OptionGroup var model: ModelOption

    func run() throws {
        let (library, reopen) = try libraryOption.openToStay(model: model.model)
        let holder = LibraryHolder(library, open: reopen)
        while let line = readLine() {
            if line.allSatisfy(\.isWhitespace) { continue }
            if let news = holder.refresh() { Terminal.note("descant mcp: \(news)") }
            if let reply = MCP.reply(toLine: line, holder.current) { Terminal.write(reply) }
        }
    }
}
