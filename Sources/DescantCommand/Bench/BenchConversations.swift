import ArgumentParser
import Evaluation
import LibraryAccess
import LinearAlgebra
import MusicSearch
import QueryPlanning
import SearchService
import Vocabulary

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Conversations of ten turns, drawn with a seed: held, replayed on one and two threads, and undone turn by turn. What "more" and "less" of a mood do to the
/// energy of what is shown, and to its genres and instruments, is counted on the way.
struct BenchConversations: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conversations", abstract: "Hold conversations, replay them and undo them; measure what critiques do.",
        discussion: "Example: descant bench conversations -l music.library --conversations 100")

    @OptionGroup var libraryOption: LibraryOption
    @Option(help: "How many.")
    var conversations = 100
    @Option(help: "Turns of each.")
    var turns = 10
    @Option(help: "Seed of the drawing.")
    var seed: UInt64 = 0
    @Option(help: "Write the log into this file.")
    var log: String?
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if conversations < 1 || turns < 2 {
            throw ValidationError("--conversations is \(conversations) and --turns \(turns); expected 1 or more, and 2 or more")
        }
    }

    func run() throws {
        let library = try libraryOption.open()
        let service = SearchService(library: LibraryHolder(library))
        var random = SeededGenerator(seed: seed)
        var record = ConversationLog()
        var (undone, otherStates, longest) = (0, 0, 0)
        for _ in 0..<conversations {
            var stack: [String] = []
            for turn in 0..<turns {
                let words = turn == 0 ? Self.request(library, &random) : Self.critique(library, &random)
                let reply =
                    turn == 0
                    ? record.ask("/v1/search", ["text": .string(words)], of: service)
                    : record.ask("/v1/refine", ["state": .string(stack[stack.count - 1]), "critique": .string(words)], of: service)
                guard let state = reply["state"]?.string else { throw ValidationError("turn \(turn + 1) '\(words)' was refused: \(reply.json)") }
                // What changes nothing is no turn of its own, and "undo" goes back to one.
                if let earlier = stack.firstIndex(of: state) { stack.removeSubrange((earlier + 1)...) } else { stack.append(state) }
                longest = max(longest, state.utf8.count)
            }
            for back in 1..<max(2, stack.count) where back < stack.count {
                let words = back == 1 ? "undo" : "undo \(back)"
                let reply = library.refine(try Conversation(handle: stack[stack.count - 1]), words)
                undone += 1
                if reply.state != stack[stack.count - 1 - back] { otherStates += 1 }
            }
        }
        if let log { try Data((record.lines.map(\.text).joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: log), options: .atomic) }
        var table = ResultTable(columns: ["measure", .number("value")])
        table.append([.text("conversations of \(turns) turns"), .integer(conversations)])
        for threads in [1, 2] {
            table.append([
                .text("replies that differ when replayed on \(threads) thread\(threads == 1 ? "" : "s")"),
                .integer(record.replay(on: service, threads: threads).count),
            ])
        }
        table.append([.text("undo(k) held against turn n − k"), .integer(undone)])
        table.append([.text("of which another state"), .integer(otherStates)])
        table.append([.text("characters of the longest handle"), .integer(longest)])
        appendEffects(library, &random, to: &table)
        Terminal.write(json ? try table.json() : table.markdown)
    }

    // MARK: What is said

    private static func label(_ facet: Facet, _ library: Library, _ random: inout SeededGenerator) -> String {
        let known = library.vocabulary.descriptors.indices.filter {
            library.vocabulary.descriptors[$0].id.facet == facet && library.documentFrequency($0) >= 10
        }
        return known.randomElement(using: &random).map { library.vocabulary.descriptors[$0].label } ?? facet.rawValue
    }

    private static func request(_ library: Library, _ random: inout SeededGenerator) -> String {
        [label(.mood, library, &random), label(.genre, library, &random), label(.instrument, library, &random)].prefix(Int.random(in: 1...3, using: &random))
            .joined(separator: " ")
    }

    private static func critique(_ library: Library, _ random: inout SeededGenerator) -> String {
        let forms: [(inout SeededGenerator) -> String] = [
            { "more \(label(.mood, library, &$0))" }, { "less \(label(.mood, library, &$0))" }, { "no \(label(.instrument, library, &$0))" },
            { "add \(label(.instrument, library, &$0))" }, { "\(label(.genre, library, &$0)) instead" }, { _ in "like the second one" },
            { _ in "not like the first" }, { _ in "calmer" }, { _ in "forget the mood" }, { _ in "less vocals" }, { _ in "no vocals" }, { _ in "undo" },
            { _ in "forget that track" }, { _ in "under 5 minutes" }, { _ in "more upbeat, but keep the genre" }, { _ in "start over" },
            { "I meant \(label(.genre, library, &$0))" },
        ]
        let form = Int.random(in: 0..<forms.count, using: &random)
        return forms[form](&random)
    }

    // MARK: What it does

    /// "More upbeat" must raise the energy of what is shown, "calmer" lower it, and the genre that was asked for stay.
    private func appendEffects(_ library: Library, _ random: inout SeededGenerator, to table: inout ResultTable) {
        guard library.hasMoods else { return }
        let genres = library.vocabulary.descriptors.indices.filter {
            library.vocabulary.descriptors[$0].id.facet == .genre && library.documentFrequency($0) >= 100
        }
        let drawn = Array(genres.shuffled(using: &random).prefix(40))
        for (words, sign) in [("more upbeat", 1.0), ("calmer", -1.0), ("more energetic", 1.0)] {
            var (moved, change, held, count) = (0, 0.0, 0, 0)
            for genre in drawn {
                let first = library.search(library.vocabulary.descriptors[genre].label)
                guard let conversation = try? Conversation(handle: first.state) else { continue }
                let second = library.refine(conversation, words)
                guard let before = Self.energy(first), let after = Self.energy(second) else { continue }
                count += 1
                change += after - before
                if (after - before) * sign > 0 { moved += 1 }
                held +=
                    second.hits.allSatisfy { hit in
                        library.tracks.document(id: hit.id).map { document in
                            library.tracks.links(document).contains { library.vocabulary.isKind(Int($0.descriptor), of: genre) }
                        } ?? false
                    } ? 1 : 0
            }
            guard count > 0 else { continue }
            table.append([.text("“\(words)” after a genre: mean change of arousal"), .number(change / Double(count), digits: 3)])
            table.append([.text("of \(count) genres, moved that way"), .integer(moved)])
            table.append([.text("whose hits all keep the genre"), .integer(held)])
        }
    }

    private static func energy(_ response: SearchResponse) -> Double? {
        let moods = response.hits.compactMap(\.mood)
        return moods.isEmpty ? nil : moods.reduce(0) { $0 + $1.arousal } / Double(moods.count)
    }
}
