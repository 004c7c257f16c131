import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import DescantCommand
@testable import SearchService

/// Conversations, verdicts and tools on standard input and output.
@Suite struct ChatCommandTests {
    @Test func aConversationIsHeldAndReplayed() throws {
        let log = BandLibrary.program.folder.path + "/talk-\(UUID().uuidString).jsonl"
        let talk = "jazz piano\nmore upbeat\nnot like the first one\n\nundo\nquit\nnever read\n"
        let outcome = try BandLibrary.run("chat", "--log", log, "-k", "3", input: Array(talk.utf8))
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("More upbeat: ") && outcome.output.contains("Unlike Noon <Desk> by Otto Vane") && outcome.errors.contains("4 turns in"))
        for threads in ["1", "2"] {
            let replay = try BandLibrary.run("chat", "--replay", log, "--threads", threads)
            #expect(replay.exitCode == 0 && replay.output.hasPrefix("4 turns, every byte the same, on \(threads) thread"), "\(replay.errors)")
        }
        let text = try String(contentsOfFile: log, encoding: .utf8)
        try text.replacing("Night Desk", with: "Other Desk").write(toFile: log, atomically: true, encoding: .utf8)
        let changed = try BandLibrary.run("chat", "--replay", log)
        #expect(changed.exitCode != 0 && changed.errors.contains("line ") && changed.errors.contains("Night Desk"))
    }

    @Test func theFirstTurnMayBeAnArgument() throws {
        let outcome = try BandLibrary.run("chat", "steel drum", input: Array("start over\n".utf8))
        #expect(outcome.exitCode == 0 && outcome.output.contains("Harbour Pan") && outcome.output.contains("All of that is forgotten"))
    }

    @Test func aTrackIsExplained() throws {
        let found = try BandLibrary.run("explain", "Harbour Pan", "upbeat", "steel", "drum")
        #expect(found.exitCode == 0 && found.output.hasPrefix("“Harbour Pan” by Ann & Co is number 1: "), "\(found.errors)")
        let missing = try BandLibrary.run("explain", "rock-1", "jazz", "--json")
        #expect(missing.output.contains("\"it is not marked as jazz, which is held to\""))
        #expect(try BandLibrary.run("explain", "nothing here", "jazz").errors.contains("there is no track 'nothing here'"))
    }

    @Test func toolsAreServedOnStandardInput() throws {
        let lines = [
            #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}"#,
            #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, "",
            "rubbish", #"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"search_music","arguments":{"request":"jazz"}}}"#,
        ]
        let outcome = try BandLibrary.run("mcp", input: Array((lines.joined(separator: "\n") + "\n").utf8))
        let replies = outcome.output.split(separator: "\n").map(String.init)
        #expect(outcome.exitCode == 0 && replies.count == 3, "\(outcome.errors)")
        #expect(replies[0].contains("\"protocolVersion\":\"2025-06-18\"") && replies[1].contains("-32700") && replies[2].contains("Night Desk"))
    }

    // MARK: One interface in three forms

    /// Every tool has its command, and every choice of a search its option: what one can do, the others can.
    @Test func commandsGoWithTheTools() throws {
        let commands = Descant.configuration.subcommands.compactMap { $0.configuration.commandName }
        for tool in Tool.all {
            let command = tool.command.split(separator: " ").map(String.init)
            #expect(commands.contains(command[0]), "\(tool.name)")
            if command.count > 1 { #expect(try BandLibrary.program.run(command[0], "--help").output.contains(command[1]), "\(tool.name)") }
        }
    }

    @Test func optionsGoWithTheRequest() throws {
        let help = try BandLibrary.program.run("search", "--help").output
        let options = [
            "text": "<words>", "state": "--plan", "plan": "--plan", "limit": "--limit", "cursor": "--offset", "facets": "--facets", "explain": "--explain",
            "perArtist": "--per-artist", "versions": "--versions", "variation": "--variation", "candidates": "--candidates", "filters": "<words>",
        ]
        let similar = ["seeds": "<tracks>", "mood": "--mood", "keep": "--keep"]
        let similarHelp = try BandLibrary.program.run("similar", "--help").output
        for field in RequestSchemas.search.fields {
            let option = options[field.name] ?? similar[field.name]
            let text = options[field.name] == nil ? similarHelp : help
            #expect(option.map { text.contains($0) } == true, "\(field.name)")
        }
        #expect(Set(options.keys).union(similar.keys) == Set(RequestSchemas.search.fields.map(\.name)))
    }
}
