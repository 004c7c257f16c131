import ArgumentParser
import LibraryAccess
import LinearAlgebra
import MoodTransformation
import MusicSearch
import Vocabulary

extension VocabCommand {
    /// Learns what genres, instruments and the like say about moods: those that taggers of sound have a word for, since other descriptors come with moods.
    struct Implied: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print what a library's descriptors say about moods, as a table for vocab/implied-moods.tsv.",
            discussion: "By ridge regression from the descriptors of tracks that have moods to the middle of these in the valence–arousal plane.")
        @OptionGroup var libraryOption: LibraryOption
        @Option(help: "Tracks that must have a descriptor for it to be in the table.")
        var least = 5

        /// Of the squared weights; held-out fifths of the starter corpus are predicted as well with 10 (correlation 0.39 for valence, 0.43 for arousal).
        private static let penalty = 30.0

        func run() throws {
            let library = try libraryOption.open(), vocabulary = library.vocabulary
            let tags = try DataFolder().tables().taggers.values.joined().compactMap { vocabulary.index(of: $0.descriptor) }
            let heard = Set(tags + tags.flatMap { vocabulary.ancestors(of: $0).map(\.index) })
            var places: [MoodPlace] = [], held: [Set<Int>] = []
            for document in 0..<UInt32(library.tracks.count) {
                let own = library.tracks.links(document).map { Int($0.descriptor) }
                let moods = own.compactMap { MoodPlace(vocabulary.descriptors[$0]) }
                guard !moods.isEmpty else { continue }
                places.append(MoodPlace.mean(moods.map { ($0, 1) }).mean)
                let others = own.filter { vocabulary.descriptors[$0].id.facet != .mood }
                held.append(Set(others + others.flatMap { vocabulary.ancestors(of: $0).map(\.index) }))
            }
            var counts: [Int: Int] = [:]
            for descriptor in held.joined() { counts[descriptor, default: 0] += 1 }
            let columns = counts.filter { $0.value >= least && heard.contains($0.key) }.keys.sorted {
                vocabulary.descriptors[$0].id < vocabulary.descriptors[$1].id
            }
            guard !columns.isEmpty else { throw ValidationError("no descriptor is on \(least) tracks that have a mood, so there is nothing to learn from") }
            let x = Matrix(held.map { own in columns.map { own.contains($0) ? 1 : 0 } })
            let y = Matrix(places.map { [Float($0.valence), Float($0.arousal)] })
            let regression = RidgeRegression(x, y, penalty: Self.penalty)
            let base = regression.predict(Matrix(rows: 1, columns: columns.count))
            var lines = ["descriptor\tvalence\tarousal", "*\t\(Self.text(base[0, 0]))\t\(Self.text(base[0, 1]))"]
            for (column, descriptor) in columns.enumerated() {
                let (valence, arousal) = (Self.text(regression.weights[column, 0]), Self.text(regression.weights[column, 1]))
                lines.append("\(vocabulary.descriptors[descriptor].id)\t\(valence)\t\(arousal)")
            }
            Terminal.write(lines.joined(separator: "\n"))
        }

        /// With three decimals.
        private static func text(_ value: Float) -> String {
            let thousandths = Int((value * 1000).rounded()), digits = String(thousandths.magnitude)
            let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            return (thousandths < 0 ? "-" : "") + padded.dropLast(3) + "." + padded.suffix(3)
        }
    }
}
