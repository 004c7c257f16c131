import ArgumentParser
import LibraryAccess
import MusicSearch
import QueryPlanning
import Vocabulary

struct SimilarCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "similar", abstract: "Find tracks like a track, perhaps in another mood.",
        discussion: """
            Examples:
              descant similar "Bohemian Rhapsody by Queen" --mood calmer --strength 0.6
              descant similar music/03.flac --mood "calm:0.7,happy:0.3" --keep genre,instrument
              descant similar "Nutshell" --shift 0.5,0 --unlike "Creep by Radiohead"
            """)

    @Argument(help: "Ids or titles of tracks (\"Title by Artist\").")
    var tracks: [String]
    @Option(help: "A track that answers should not be like; may be given again.")
    var unlike: [String] = []
    @OptionGroup var libraryOption: LibraryOption
    @OptionGroup var mood: MoodMoveOptions
    @OptionGroup var answer: AnswerOptions

    func run() throws {
        let library = try libraryOption.open()
        let plan = library.plan(
            like: try tracks.map { try library.document(named: $0) }, unlike: try unlike.map { try library.document(named: $0) },
            move: try mood.move(library), keep: try mood.facets())
        try answer.write(library.search(plan, answer.searchOptions(library)))
    }
}

extension Library {
    /// - Throws: `ValidationError` for a text that names no track here.
    func document(named text: String) throws -> UInt32 {
        guard let document = track(named: text) else {
            throw ValidationError("there is no track '\(text)' in this library; expected an id or a title, as \"Title by Artist\"")
        }
        return document
    }
}

/// To which mood, and how far.
struct MoodMoveOptions: ParsableArguments {
    @Option(help: "Moods to move to, with weights if need be: calmer; \"less dark\"; calm:0.7,happy:0.3.")
    var mood: String?
    @Option(parsing: .unconditional, help: "A place to move to: valence and arousal in −1…1, as 0.3,-0.5.")
    var place: String?
    @Option(parsing: .unconditional, help: "A step to make: valence and arousal in −2…2, as 0.5,0.")
    var shift: String?
    @Option(help: "How far to move: 0 is not at all, 1 takes the mood before all likeness.")
    var strength = MoodMove.plainStrength
    @Option(help: "Facets in which answers must share something with the track, as genre,instrument.")
    var keep: String?

    func validate() throws {
        if !(0...1).contains(strength) { throw ValidationError("--strength is \(strength); expected 0 to 1") }
    }

    /// - Throws: `ValidationError` for what is no mood of the vocabulary, and for numbers out of range.
    func move(_ library: Library) throws -> MoodMove? {
        guard mood != nil || place != nil || shift != nil else { return nil }
        let targets = try mood.map { try $0.split(separator: ",").map { try target(String($0), library) } } ?? []
        return MoodMove(
            targets: targets, place: try place.map { try Self.point($0, "--place", within: 1) },
            shift: try shift.map { try Self.point($0, "--shift", within: 2) },
            strength: strength)
    }

    private func target(_ text: String, _ library: Library) throws -> MoodMove.Target {
        let parts = text.split(separator: ":", maxSplits: 1)
        let weight = try parts.count > 1 ? parts[1].number(in: 0...1, "--mood, after '\(parts[0]):'") : nil
        let clauses = library.planner.plan(String(parts.first ?? "")).clauses.filter { $0.descriptor.facet == .mood && $0.semantic == nil }
        guard let clause = clauses.first, clauses.count == 1 else {
            throw ValidationError("--mood: '\(text)' is no mood that the vocabulary knows; see: descant vocab list mood")
        }
        return MoodMove.Target(descriptor: clause.descriptor, change: clause.polarity == .avoid ? .less : clause.change ?? .more, weight: weight)
    }

    static func point(_ text: String, _ option: String, within limit: Double) throws -> MoodMove.Point {
        let parts = text.split(separator: ",")
        guard parts.count == 2 else { throw ValidationError("\(option) is '\(text)'; expected VALENCE,AROUSAL") }
        return MoodMove.Point(valence: try parts[0].number(in: -limit...limit, option), arousal: try parts[1].number(in: -limit...limit, option))
    }

    func facets() throws -> [Facet] {
        var facets: [Facet] = []
        for name in (keep ?? "").split(separator: ",").map(String.init) {
            guard let facet = Facet(rawValue: name) else {
                throw ValidationError("--keep: '\(name)' is no facet; expected \(Facet.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            if !facets.contains(facet) { facets.append(facet) }
        }
        guard facets.count <= QueryPlan.mostKept else { throw ValidationError("--keep has \(facets.count) facets; expected at most \(QueryPlan.mostKept)") }
        return facets
    }
}

extension Substring {
    fileprivate func number(in range: ClosedRange<Double>, _ option: String) throws -> Double {
        guard let value = Double(filter { $0 != " " }), range.contains(value) else {
            throw ValidationError("\(option): '\(self)' is no number in \(range.lowerBound)…\(range.upperBound)")
        }
        return value
    }
}
