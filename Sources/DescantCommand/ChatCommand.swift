import ArgumentParser
import LibraryAccess
import MusicSearch
import QueryPlanning
import SearchService

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

struct ChatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat", abstract: "Talk about an answer: one line is one turn.",
        discussion: """
            Begin with a request; go on with "more upbeat", "no vocals", "like the second one", "forget the decade", "undo", "start over".
            Examples:
              descant chat "jazz piano"
              descant chat --log talk.jsonl "jazz piano"
              descant chat --replay talk.jsonl --threads 2
            """)

    @Argument(help: "The first turn; without it the first line is.")
    var words: [String] = []
    @OptionGroup var libraryOption: LibraryOption
    @OptionGroup var model: ModelOption
    @Option(name: [.customShort("k"), .long], help: "How many tracks are shown (1–1000).")
    var limit = 10
    @Option(help: "Write the conversation to a file, as JSON Lines.")
    var log: String?
    @Option(help: "Hold the same conversation again and compare every byte.")
    var replay: String?
    @Option(help: "Threads of a replay.")
    var threads = 1

    func validate() throws {
        if !(1...SearchOptions.largestLimit).contains(limit) { throw ValidationError("-k is \(limit); expected 1 to \(SearchOptions.largestLimit)") }
        if !(1...64).contains(threads) { throw ValidationError("--threads is \(threads); expected 1 to 64") }
    }

    func run() throws {
        let library = try libraryOption.open(model: model.model)
        if let replay { return try run(replay, library) }
        let service = SearchService(library: LibraryHolder(library))
        var options = SearchOptions()
        options.limit = limit
        var conversation: Conversation?
        var record = ConversationLog()
        var next: String? = words.isEmpty ? nil : words.joined(separator: " ")
        while let line = next ?? ask() {
            next = nil
            let said = line.trimmed
            if ["quit", "exit", "bye"].contains(said.lowercased()) { break }
            if said.isEmpty { continue }
            // The log goes by the API, as a backend would; the page by the same call below it.
            let response: SearchResponse
            if let current = conversation {
                response = library.refine(current, said, options)
                if log != nil {
                    _ = record.ask("/v1/refine", ["state": .string(current.handle), "critique": .string(said), "limit": .number(Double(limit))], of: service)
                }
            } else {
                response = library.search(said, options)
                if log != nil { _ = record.ask("/v1/search", ["text": .string(said), "limit": .number(Double(limit))], of: service) }
            }
            conversation = try Conversation(handle: response.state)
            Terminal.write(ResponsePage(response, explain: false).text)
            Terminal.write(Terminal.styled(response.say, .bold) + "\n")
        }
        if let log {
            try Data((record.lines.map(\.text).joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: log), options: .atomic)
            Terminal.note("\(record.lines.count) turns in \(log)")
        }
    }

    /// A line of standard input; nil at its end.
    private func ask() -> String? {
        if isatty(STDIN_FILENO) == 1 { Terminal.put(Terminal.styled("› ", .cyan), STDOUT_FILENO) }
        return readLine()
    }

    private func run(_ path: String, _ library: Library) throws {
        guard let data = FileManager.default.contents(atPath: path) else { throw ValidationError("--replay: there is no file '\(path)' that can be read") }
        let record = try ConversationLog(String(decoding: data, as: UTF8.self), file: path)
        let differences = record.replay(on: SearchService(library: LibraryHolder(library)), threads: threads)
        guard differences.isEmpty else {
            for difference in differences.prefix(5) { Terminal.note("\(path): \(difference)") }
            throw ValidationError("\(differences.count) of \(record.lines.count) turns came out differently; the library or the program is another")
        }
        Terminal.write("\(record.lines.count) turns, every byte the same, on \(threads) thread\(threads == 1 ? "" : "s")")
    }
}

extension String {
    fileprivate var trimmed: String {
        let text = String(unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
        return String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
