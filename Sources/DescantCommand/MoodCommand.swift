import ArgumentParser
import Evaluation
import LibraryAccess
import MusicSearch
import QueryPlanning
import Storage
import Vocabulary

struct MoodCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mood", abstract: "Moods of tracks: show, draw and correct them.", subcommands: [Show.self, Map.self, Correct.self, Corrections.self])

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Where a track lies in the valence–arousal plane, and which moods it is likely to have.")
        @Argument(help: "Id or title of a track.")
        var track: String
        @OptionGroup var libraryOption: LibraryOption

        func run() throws {
            let library = try libraryOption.open()
            let document = try library.document(named: track)
            guard let reading = library.moods(of: document) else { throw ValidationError(noMoods(track)) }
            Terminal.write(
                "valence \(reading.place.valence.signed), arousal \(reading.place.arousal.signed), each ± \(String(reading.place.deviation.signed.dropFirst()))"
            )
            for mood in reading.moods where mood.likelihood >= 0.05 {
                Terminal.write("  \(Terminal.column(mood.label, 16))  \(Int((mood.likelihood * 100).rounded())) %")
            }
        }
    }

    struct Map: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Draw the library in the valence–arousal plane, as SVG.",
            discussion: "With --seed, it shows the seed, where it is moved to, and the answers: descant mood map --seed \"So What\" --mood happier > map.svg")
        @OptionGroup var libraryOption: LibraryOption
        @Option(help: "Id or title of a track to start from.")
        var seed: String?
        @OptionGroup var mood: MoodMoveOptions
        @Option(help: "File to write; standard output by default.")
        var output: String?
        @Option(name: [.customShort("k"), .long], help: "Answers that are shown.")
        var limit = 10

        func validate() throws {
            if seed == nil, mood.mood != nil || mood.place != nil || mood.shift != nil || mood.keep != nil {
                throw ValidationError("--mood, --place, --shift and --keep need a --seed")
            }
            if !(1...SearchOptions.largestLimit).contains(limit) { throw ValidationError("-k is \(limit); expected 1 to \(SearchOptions.largestLimit)") }
        }

        func run() throws {
            let library = try libraryOption.open()
            var options = SearchOptions()
            options.limit = limit
            let response = try seed.map { seed in
                library.search(library.plan(like: [try library.document(named: seed)], move: try mood.move(library), keep: try mood.facets()), options)
            }
            guard let plot = library.moodMap(response) else { throw ValidationError(noMoods("the library's tracks")) }
            if let output {
                try writeDurably([Array(plot.svg.utf8) + [UInt8(ascii: "\n")]], to: output)
            } else {
                Terminal.write(plot.svg)
            }
        }
    }

    struct Correct: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what mood a track has for you; tracks much like it follow a little.",
            discussion: """
                Examples:
                  descant mood correct "Nutshell" "calm, sad" -l music.library
                  descant mood correct "Nutshell" --place -0.4,-0.6 -l music.library
                  descant mood correct "Nutshell" --remove -l music.library
                """)
        @Argument(help: "Id or title of a track.")
        var track: String
        @Argument(help: "Its moods, separated by commas.")
        var moods: String?
        @Option(parsing: .unconditional, help: "Its place instead: valence and arousal in −1…1, as 0.3,-0.5.")
        var place: String?
        @Flag(help: "Take back what was said of it.")
        var remove = false
        @OptionGroup var libraryOption: LibraryOption

        func validate() throws {
            guard [moods != nil, place != nil, remove].count(where: { $0 }) == 1 else {
                throw ValidationError("expected moods, --place or --remove, and one of them")
            }
        }

        func run() throws {
            let library = try libraryOption.open()
            let document = try library.document(named: track), id = library.tracks.id(document)
            guard let before = library.moods(of: document) else { throw ValidationError(noMoods(track)) }
            var corrections = try MoodCorrections(library: library.path, listener: libraryOption.listener)
            if remove {
                guard corrections.remove(track: id) else { throw ValidationError("nothing was said of the mood of '\(track)'") }
            } else {
                let point = try place.map { try MoodMoveOptions.point($0, "--place", within: 1) }
                corrections.put(MoodCorrection(track: id, moods: try moods.map { try library.moods($0) } ?? [], place: point))
            }
            try corrections.write()
            guard let after = try library.asHeard(by: libraryOption.listener).moods(of: document) else { return }
            func text(_ mood: TrackMood) -> String { "valence \(mood.valence.signed), arousal \(mood.arousal.signed)" }
            Terminal.write("\(library.tracks.title(document)): \(text(before.place)) → \(text(after.place))")
        }
    }

    struct Corrections: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List what was said of moods.")
        @OptionGroup var libraryOption: LibraryOption

        func run() throws {
            let library = try libraryOption.open()
            let corrections = try MoodCorrections(library: library.path, listener: libraryOption.listener).corrections
            guard !corrections.isEmpty else { return Terminal.write("Nothing was corrected.") }
            for correction in corrections {
                let name = library.tracks.document(id: correction.track).map { library.tracks.title($0) } ?? "(not in this library)"
                let moods = correction.moods.map { library.vocabulary.descriptor($0)?.label ?? $0.slug } + (correction.place.map { ["\($0)"] } ?? [])
                Terminal.write("\(correction.track)  \(name)  \(moods.joined(separator: ", "))")
            }
        }
    }

    private static func noMoods(_ what: String) -> String {
        "nothing is known of the moods of \(what): the library has no vectors, or too few tracks have a mood (at least two moods on five tracks each)"
    }
}

extension Library {
    /// Moods named in a text. - Throws: `ValidationError` for what is none.
    fileprivate func moods(_ text: String) throws -> [DescriptorID] {
        let parts = text.split(separator: ",")
        guard !parts.isEmpty else { throw ValidationError("expected moods, separated by commas; found none") }
        return try parts.map { part in
            let found = planner.plan(String(part)).clauses.filter { $0.descriptor.facet == .mood && $0.semantic == nil && $0.polarity == .want }
            guard let mood = found.first, found.count == 1 else {
                throw ValidationError("'\(part)' is no mood that the vocabulary knows; see: descant vocab list mood")
            }
            return mood.descriptor
        }
    }

    /// - Parameter response: an answer to a seed, which is marked on the map.
    fileprivate func moodMap(_ response: SearchResponse?) -> Plot? {
        let all = (0..<UInt32(tracks.count)).compactMap { mood(of: $0) }
        guard !all.isEmpty else { return nil }
        var series = [Plot.Series("\(all.count) tracks", .cloud, all.map { Plot.Point(x: $0.valence, y: $0.arousal) })]
        if let response {
            series.append(
                Plot.Series("answers", .points, response.hits.compactMap { hit in hit.mood.map { Plot.Point(x: $0.valence, y: $0.arousal, label: hit.title) } })
            )
            let seeds = response.plan.seeds.compactMap { seed in
                seed.track.flatMap { tracks.document(id: $0) }.flatMap { mood(of: $0) }.map { Plot.Point(x: $0.valence, y: $0.arousal, label: seed.name) }
            }
            series.append(Plot.Series("seed", .points, seeds))
            if let move = response.move {
                series.append(Plot.Series("moved to", .points, [Plot.Point(x: move.target.valence, y: move.target.arousal, label: move.to)]))
            }
        }
        return Plot(
            title: response?.text ?? "Moods", x: .init("valence, from sad to glad", range: -1...1), y: .init("arousal, from calm to excited", range: -1...1),
            series: series)
    }
}
