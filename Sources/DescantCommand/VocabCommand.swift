import ArgumentParser
import LibraryAccess
import MusicSearch
import Vocabulary

struct VocabCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vocab", abstract: "Look into the vocabulary.", subcommands: [Resolve.self, List.self, Check.self, Implied.self])

    struct Resolve: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Which descriptors words name.")
        @OptionGroup var libraryOption: LibraryOption
        @Argument(help: "Words or tags, each resolved by itself.")
        var texts: [String]

        func run() throws {
            let vocabulary = try libraryOption.open().vocabulary
            var failures = 0
            for text in texts {
                let matches = vocabulary.resolve(text)
                if matches.isEmpty { failures += 1 }
                Terminal.write(
                    "\(text)\t\(matches.isEmpty ? "–" : matches.map { vocabulary.descriptors[$0.descriptor].id.description }.joined(separator: " "))")
            }
            if failures == texts.count { throw ExitCode(1) }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Descriptors, all or of one facet.")
        @OptionGroup var libraryOption: LibraryOption
        @Argument(help: "A facet: \(Facet.allCases.map(\.rawValue).joined(separator: ", ")).")
        var facet: Facet?

        func run() throws {
            let library = try libraryOption.open()
            var lines: [String] = []
            for (index, descriptor) in library.vocabulary.descriptors.enumerated() where facet == nil || descriptor.id.facet == facet {
                var notes = ["\(library.documentFrequency(index)) tracks"]
                if !descriptor.broader.isEmpty { notes.append("under " + descriptor.broader.map(\.slug).joined(separator: ", ")) }
                switch descriptor.attributes {
                case .none: break
                case .mood(let valence, let arousal): notes.append("valence \(valence), arousal \(arousal)")
                case .tempo(let bpm): notes.append("\(Int(bpm.lowerBound))–\(Int(bpm.upperBound)) bpm")
                case .era(let years): notes.append("\(years.lowerBound)–\(years.upperBound)")
                }
                lines.append("\(descriptor.id)\t\(descriptor.label)\t\(notes.joined(separator: "; "))")
            }
            Terminal.write(lines.joined(separator: "\n"))
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Read the tables and report the first fault, with file and line.")
        @Argument(help: "Folder of the tables; the program's own when left out.")
        var folder: String?

        func run() throws {
            let path = try folder ?? DataFolder().vocabulary
            let tables = try VocabularyTables(folder: path)
            let counts = Facet.allCases.map { facet in "\(facet.rawValue) \(tables.descriptors.count { $0.id.facet == facet })" }
            let names = tables.descriptors.reduce(0) { $0 + 1 + $1.aliases.count }
            Terminal.write("\(path): \(tables.descriptors.count) descriptors, \(names) names; \(counts.joined(separator: ", "))")
        }
    }
}
