import LinearAlgebra
import MoodTransformation
import Ranking
import Storage
import VectorIndex
import Vocabulary

/// Learns a library's dial from its own tracks, and writes what it says about each of them.
///
/// Two things are learnt from the tracks' vectors and descriptors (`MoodDial`): the moods of the scale, and the genres by which tracks are kin. What a track is marked
/// with then counts beside what its vector says: a mark by its weight.
struct MoodIndexBuilder {
    private let vocabulary: Vocabulary
    private var marks: [[(descriptor: Int, weight: Float)]] = []

    /// Tracks that a dial is learnt from; of more, some are drawn.
    private static let learntFrom = 20_000
    private static let labelLimit = 64
    /// Tracks that must have a genre or an instrument for it to count.
    private static let leastTracks = 3
    /// Genres make tracks kin more than instruments do (`bench mood`).
    private static let instrumentWeight: Float = 0.5
    /// How far from its mood's place a track may lie that is marked with it, as a deviation.
    private static let markDeviation: Float = 0.2

    init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

    /// The next document's own descriptors.
    mutating func add(_ own: [(descriptor: Int, weight: Float)]) { marks.append(own) }

    /// - Returns: the files written, by their names in a generation: none where too few tracks have moods for a dial to be learnt.
    /// - Throws: `FileError`.
    func write(_ vectors: TrackVectorsBuilder, to folder: String) throws -> [String] {
        let own = vectors.documents.map { marks[Int($0)] }
        var frequencies = [Int](repeating: 0, count: vocabulary.count)
        for (descriptor, _) in own.joined() { frequencies[descriptor] += 1 }
        let scale = MoodScale(vocabulary, frequencies: frequencies)
        guard scale.moods.count > 1 else { return [] }
        let x = Matrix(rows: own.count, columns: vectors.dimension, values: vectors.rows)
        let moods = Matrix(own.map { scale.marks($0, vocabulary) })
        let genres = labels(.genre, own, weight: 1)
        let instruments = genres.columns > 0 ? labels(.instrument, own, weight: Self.instrumentWeight) : genres
        let learnt = own.count <= Self.learntFrom ? Array(own.indices) : Array(SeededDraw.rows(of: own.count, Self.learntFrom))
        let dial = MoodDial(x.rows(learnt), moods: moods.rows(learnt).sharedOut, labels: genres.rows(learnt))
        let space = dial.space(x, moods: moods, labels: genres.besides(instruments))

        var file = SectionFileWriter(kind: MoodIndex.kind, version: MoodIndex.version)
        file.add("moods", scale.moods.map { UInt32($0) })
        file.add("predicted", space.posteriors.transposed.values.map(Self.byte))
        file.add("marks", moods.transposed.values.map(Self.byte))
        file.add("totals", (0..<moods.rows).map { moods.row($0).reduce(0, +) } + (0..<moods.rows).map { moods.row($0).max() ?? 0 })
        file.add("places", own.indices.flatMap { place(own[$0], Array(space.posteriors.row($0)), scale) })
        try file.write(to: folder + "/" + Library.FileName.moods)
        guard space.profiles.columns > 0 else { return [Library.FileName.moods] }
        try space.profiles.values.withUnsafeBufferPointer {
            try FlatBuilder(rows: $0, dimension: space.profiles.columns, encoder: "kinship", format: .int8)
        }.write(to: folder + "/" + Library.FileName.kinship)
        return [Library.FileName.moods, Library.FileName.kinship]
    }

    private static func byte(_ share: Float) -> UInt8 { UInt8(max(0, min(255, (share * 255).rounded()))) }

    /// Valence, arousal and deviation of a track: of its own moods as far as it is marked with any, of the likely ones for the rest.
    private func place(_ own: [(descriptor: Int, weight: Float)], _ posterior: [Float], _ scale: MoodScale) -> [Float] {
        var parts: [(place: MoodPlace, weight: Float)] = []
        var doubt: Float = 1
        for (descriptor, weight) in own {
            guard let place = MoodPlace(of: descriptor, in: vocabulary) else { continue }
            parts.append((place, weight))
            doubt *= 1 - min(1, weight)
        }
        let marked = parts.reduce(Float(0)) { $0 + $1.weight }
        let trust = MoodDial.trust * (1 - doubt)
        if marked > 0 { for i in parts.indices { parts[i].weight *= trust / marked } }
        parts += zip(scale.places, posterior).map { ($0, $1 * (1 - trust)) }
        let (mean, deviation) = MoodPlace.mean(parts)
        return [Float(mean.valence), Float(mean.arousal), Float((deviation * deviation + Double(Self.markDeviation * Self.markDeviation)).squareRoot())].map {
            max(-1, min(1, $0))
        }
    }

    /// How much each track has of a facet's commonest descriptors, itself or by narrower ones. [tracks][labels]
    private func labels(_ facet: Facet, _ own: [[(descriptor: Int, weight: Float)]], weight: Float) -> Matrix {
        let rows = own.map { own in
            var row: [Int: Float] = [:]
            for (descriptor, weight) in own where vocabulary.descriptors[descriptor].id.facet == facet {
                for (target, distance) in [(descriptor, 0)] + vocabulary.ancestors(of: descriptor).map({ ($0.index, $0.distance) }) {
                    row[target] = max(row[target] ?? 0, weight * (0..<distance).reduce(1) { share, _ in share * Float(GenerationBuilder.broaderShare) })
                }
            }
            return row
        }
        var frequencies: [Int: Int] = [:]
        for row in rows { for descriptor in row.keys { frequencies[descriptor, default: 0] += 1 } }
        let common = frequencies.filter { $0.value >= Self.leastTracks }.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(Self.labelLimit)
        let columns = Dictionary(uniqueKeysWithValues: common.enumerated().map { ($1.key, $0) })
        var result = Matrix(rows: own.count, columns: columns.count)
        for (i, row) in rows.enumerated() {
            for (descriptor, value) in row { if let column = columns[descriptor] { result[i, column] = value * weight } }
        }
        return result
    }
}

/// Rows drawn at random, the same in every build.
private enum SeededDraw {
    static func rows(of count: Int, _ drawn: Int) -> [Int] {
        var random = SeededGenerator(seed: 1)
        return random.shuffled(Array(0..<count)).prefix(drawn).sorted()
    }
}

extension Matrix {
    /// Rows that add up to their greatest element: a track with several moods teaches a share of each.
    fileprivate var sharedOut: Matrix {
        var result = self
        for row in 0..<rows {
            let own = self.row(row), total = own.reduce(0, +), greatest = own.max() ?? 0
            guard total > 0 else { continue }
            for column in 0..<columns { result[row, column] *= greatest / total }
        }
        return result
    }

    /// Its columns, then those of another.
    fileprivate func besides(_ other: Matrix) -> Matrix {
        Matrix(rows: rows, columns: columns + other.columns, values: (0..<rows).flatMap { Array(row($0)) + Array(other.row($0)) })
    }
}
