import ArgumentParser
import LexicalIndex
import LibraryAccess
import MusicSearch
import TrackCatalogue
import Vocabulary

struct LibraryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "library", abstract: "Look at a library or check it.", subcommands: [Info.self, Verify.self])

    struct Info: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "What a library holds.")
        @OptionGroup var libraryOption: LibraryOption

        func run() throws {
            let library = try libraryOption.open()
            let manifest = library.manifest
            Terminal.write("library     \(library.path)")
            Terminal.write("tracks      \(manifest.tracks)")
            Terminal.write("generation  \(manifest.generation), made \(manifest.created)")
            Terminal.write("index       \(library.index.termCount) terms, \(library.index.postingBytes) bytes of postings")
            for (name, file) in manifest.files.sorted(by: { $0.key < $1.key }) { Terminal.write("file        \(name)  \(file.bytes) bytes") }
            for facet in Facet.allCases {
                let counts = library.vocabulary.descriptors.indices.filter {
                    library.vocabulary.descriptors[$0].id.facet == facet && library.documentFrequency($0) > 0
                }
                let top = counts.sorted { library.documentFrequency($0) > library.documentFrequency($1) }.prefix(6)
                let shown = top.map { "\(library.vocabulary.descriptors[$0].label) \(library.documentFrequency($0))" }.joined(separator: " · ")
                Terminal.write("\(Terminal.column(facet.rawValue, 11)) \(counts.count) in use\(shown.isEmpty ? "" : ": " + shown)")
            }
            let catalogue = try Catalogue(path: library.path + "/catalogue.sqlite")
            for record in try catalogue.imports() {
                Terminal.write("imported    \(record.path) (\(record.format)): \(record.rows) tracks, \(record.failed) rows left out, \(record.finished)")
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Hold every file of a library to its checksum.")
        @Argument(help: "Folder of the library.")
        var library: String

        func run() throws {
            let manifest = try Library.verify(path: library)
            Terminal.write("\(library): \(manifest.files.count) files are as they were indexed, \(manifest.tracks) tracks")
        }
    }
}
