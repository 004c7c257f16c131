import ArgumentParser
import MusicSearch

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
        version: "0.1.0",
        subcommands: [
            SearchCommand.self, SimilarCommand.self, PathCommand.self, MoodCommand.self, PlanCommand.self, IndexCommand.self, LibraryCommand.self,
            VocabCommand.self, ModelsCommand.self, TrainCommand.self,
            BenchCommand.self,
            InfoCommand.self,
        ],
        defaultSubcommand: nil)
}

/// Which library answers.
struct LibraryOption: ParsableArguments {
    @Option(name: [.short, .long], help: "Folder of the library; without it the starter corpus answers.")
    var library: String?
    @Option(help: "Whose corrections of moods count; see descant mood correct.")
    var listener = MoodCorrections.defaultListener

    /// Opens the library, building the starter library when it is needed for the first time.
    ///
    /// - Parameter model: what the command was asked to work with: makes the starter library, and finds a library's own encoder where that is a folder.
    func open(model: TextModel? = nil) throws -> Library {
        let library: Library
        if let path = self.library {
            library = try Library(path: path, encoder: try TextModels.provider(asked: model))
        } else {
            let progress = ProgressLine()
            library = try StarterLibrary.open(DataFolder(), encoder: TextModels.usable(model)) { step in
                guard let step else { return Terminal.note("Indexing the starter corpus (once) …") }
                progress.show(step)
            }
            progress.finish()
        }
        if let notice = library.notice { Terminal.note("Note: \(notice)") }
        if let why = library.lexicalOnly { Terminal.noteOnce("Searching by words alone: \(why). See descant models.", about: library.path) }
        return try library.asHeard(by: listener)
    }
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
