import ArgumentParser
import LibraryAccess
import MusicSearch
import QueryPlanning

struct PathCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "path", abstract: "Make a playlist that walks from one track to another, mood by mood.",
        discussion: "Example: descant path \"Clair de Lune\" \"Thunderstruck by AC/DC\" -k 12 --export m3u8")

    @Argument(help: "Id or title of the first track.")
    var first: String
    @Argument(help: "Id or title of the last one.")
    var last: String
    @OptionGroup var libraryOption: LibraryOption
    @Option(name: [.customShort("k"), .long], help: "How many tracks, both ends included (2–100).")
    var limit = 10
    @Flag(help: "Print the walk as JSON.")
    var json = false
    @Option(help: "Write a playlist to standard output instead: m3u8, xspf or jspf.")
    var export: PlaylistFormat?

    func validate() throws {
        if !(2...100).contains(limit) { throw ValidationError("-k is \(limit); expected 2 to 100") }
    }

    func run() throws {
        let library = try libraryOption.open()
        let ends = (try library.document(named: first), try library.document(named: last))
        guard let walk = library.walk(from: ends.0, to: ends.1, count: limit) else {
            throw ValidationError("there is no way between '\(first)' and '\(last)': the library has no vectors of them, or too few moods")
        }
        if let export {
            Terminal.write(String(export.text(walk, title: "From \(first) to \(last)").dropLast()))
        } else if json {
            Terminal.write(try walk.json())
        } else {
            let title = min(40, walk.map(\.title.count).max() ?? 0), artist = min(28, walk.map(\.artist.count).max() ?? 0)
            for hit in walk {
                let moods = hit.descriptors["mood"]?.prefix(3).joined(separator: ", ") ?? ""
                let number = String(repeating: " ", count: String(walk.count).count - String(hit.rank).count) + "\(hit.rank)"
                let place = hit.mood.map { "valence \($0.valence.signed)  arousal \($0.arousal.signed)" } ?? ""
                Terminal.write(
                    [
                        number, Terminal.styled(Terminal.column(hit.title.isEmpty ? hit.id : hit.title, title), .bold), Terminal.column(hit.artist, artist),
                        place, moods,
                    ]
                    .joined(separator: "  "))
            }
        }
    }
}

extension Double {
    /// With one decimal and a sign, as wide for one as for another: "+0.3", "−0.5".
    var signed: String {
        let tenths = Int((magnitude * 10).rounded())
        return "\(self < 0 && tenths > 0 ? "−" : "+")\(tenths / 10).\(tenths % 10)"
    }
}
