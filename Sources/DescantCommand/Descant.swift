import ArgumentParser
import MusicSearch
import SearchService

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

@main
struct Descant: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "descant",
        abstract: "Search music by describing it.",
        discussion: "descant search \"upbeat steel drum\" answers from the starter corpus; index a corpus of your own with descant index.",
        version: descantVersion,
        subcommands: [
            SearchCommand.self, ChatCommand.self, SimilarCommand.self, PathCommand.self, ExplainCommand.self, MoodCommand.self, PlanCommand.self,
            IndexCommand.self, LibraryCommand.self,
            VocabCommand.self, ModelsCommand.self, MCPCommand.self, TrainCommand.self,
            BenchCommand.self,
            InfoCommand.self,
        ],
        defaultSubcommand: nil)
}

/// Reads a request from arguments; "-" reads standard input.
struct RequestArgument: ParsableArguments {
    @Argument(help: "What to look for, in your own words; - reads it from standard input.")
    var words: [String] = []

    func text() throws -> String {
        var text = words.joined(separator: " ")
        if words == ["-"] {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(STDIN_FILENO, &buffer, buffer.count)
                guard count > 0 else { break }
                bytes += buffer[..<count]
            }
            text = String(decoding: bytes, as: UTF8.self)
        }
        text = String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw ValidationError("the request is empty; try: descant search \"upbeat steel drum\"")
        }
        return text
    }
}
