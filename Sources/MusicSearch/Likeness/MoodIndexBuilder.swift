import LinearAlgebra
import MoodTransformation
import Ranking
import Storage
import VectorIndex
import Vocabulary

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Learns a library's dial from its own tracks, and writes what it says about each of them.
///
/// Two things are learnt from the tracks' vectors and descriptors (`MoodDial`): the moods of the scale, and the genres by which tracks are kin. What a track is marked
/// with then counts beside what its vector says: a mark by its weight.
///
/// Where hardly any track was marked with moods by people (a folder of files that a tagger heard), what its genres and instruments imply is a weak mark
/// (`ImpliedMoods`): a tagger knows "mellow", but no word for its contrary.
struct MoodIndexBuilder {
    typealias Mark = (descriptor: Int, weight: Float)

    private let vocabulary: Vocabulary
    private let implied: ImpliedMoods?
    /// Used in place of one of the library's own, for vectors by its encoder.
    private let trained: TrainedDial?
    private var marks: [[Mark]] = []
    /// How surely people marked each track with a mood.
    private var sayings: [Float] = []
    /// The same added up over the tracks that have vectors.
    private var said: Float = 0

    /// As many marks by people make what is implied superfluous.
    private static let enoughSaid: Float = 100
    /// How sure an implied mood is at most.
    private static let impliedCertainty: Float = 0.5

    /// Tracks that a dial is learnt from; of more, some are drawn.
    private static let learntFrom = 20_000
    private static let labelLimit = 64
    /// Tracks that must have a genre or an instrument for it to count.
    private static let leastTracks = 3
    /// Of a mood, for a track to teach it.
    private static let leastMark: Float = 0.1
    /// Genres make tracks kin more than instruments do (`bench mood`).
    private static let instrumentWeight: Float = 0.7
    /// How far from its mood's place a track may lie that is marked with it, as a deviation.
    private static let markDeviation: Float = 0.2

    init(_ vocabulary: Vocabulary, implied: ImpliedMoods?, trained: TrainedDial?) {
        (self.vocabulary, self.implied, self.trained) = (vocabulary, implied, trained)
    }

    /// The next document's own descriptors, and whether a tagger heard them.
    mutating func add(_ own: [(descriptor: Int, weight: Float, isHeard: Bool)]) {
        marks.append(own.map { ($0.descriptor, $0.weight) })
        var most: Float = 0
        for mark in own where !mark.isHeard && MoodPlace(of: mark.descriptor, in: vocabulary) != nil { most = max(most, mark.weight) }
        sayings.append(most)
    }

    /// What all that a track has implies, and how sure that is; nil where nothing is known, or people said enough.
    private func impliedPlace(_ own: [Mark]) -> (place: MoodPlace, certainty: Float)? {
        let certainty = Self.impliedCertainty * max(0, 1 - said / Self.enoughSaid)
        guard let implied, certainty > 0 else { return nil }
        var weights: [Int: Float] = [:]
        for (descriptor, weight) in own {
            for index in [descriptor] + vocabulary.ancestors(of: descriptor).map(\.index) { weights[index] = max(weights[index] ?? 0, weight) }
        }
        var place = MoodPlace(valence: implied.base.valence, arousal: implied.base.arousal)
        // In a fixed order: a sum of floats depends on it.
        for (index, weight) in weights.sorted(by: { $0.key < $1.key }) {
            guard let change = implied.changes[vocabulary.descriptors[index].id] else { continue }
            place.valence += Double(weight) * change.valence
            place.arousal += Double(weight) * change.arousal
        }
        return (MoodPlace(valence: max(-1, min(1, place.valence)), arousal: max(-1, min(1, place.arousal))), weights.isEmpty ? 0 : certainty)
    }

    /// - Returns: the files written, by their names in a generation: none where too few tracks have moods for a dial to be learnt.
    /// - Throws: `FileError`.
    mutating func write(_ vectors: TrackVectorsBuilder, to folder: String) throws -> [String] {
        let own = vectors.documents.map { marks[Int($0)] }
        var frequencies = [Int](repeating: 0, count: vocabulary.count)
        for (descriptor, _) in own.joined() { frequencies[descriptor] += 1 }
        said = vectors.documents.reduce(0) { $0 + sayings[Int($1)] }
        let trained = trained.flatMap { misfit($0, vectors) == nil ? $0 : nil }
        let scale =
            trained.map { MoodScale(vocabulary, moods: $0.moods.compactMap(vocabulary.index)) }
            ?? MoodScale(vocabulary, frequencies: frequencies, isComplete: implied != nil && said < Self.enoughSaid)
        guard scale.moods.count > 1 else { return [] }
        let x = Matrix(rows: own.count, columns: vectors.dimension, values: vectors.rows)
        let impliedPlaces = own.map(impliedPlace)
        let moods = Matrix(
            zip(own, impliedPlaces).map { own, implied in
                let marks = scale.marks(own, vocabulary)
                guard let implied else { return marks }
                return zip(marks, scale.weights(implied.place)).map { max($0, $1 * implied.certainty) }
            })
        // Two moods at least must be told apart by some tracks each.
        let taught = (0..<scale.moods.count).count { mood in (0..<moods.rows).count { moods[$0, mood] >= Self.leastMark } >= MoodScale.leastTracks }
        guard trained != nil || taught > 1 else { return [] }
        let genreNumbers = trained.map { $0.labels.compactMap(vocabulary.index) } ?? common(.genre, own)
        // What half of the library is says little about who is kin; a dial from elsewhere has learnt without that.
        let genres = labels(genreNumbers, own, weight: 1, isRarityCounted: trained == nil)
        let instruments = labels(genreNumbers.isEmpty ? [] : common(.instrument, own), own, weight: Self.instrumentWeight, isRarityCounted: trained == nil)
        let dial = trained?.dial ?? learn(x, moods, genres)
        let space = dial.space(x, moods: moods, labels: genres.besides(instruments))

        var file = SectionFileWriter(kind: MoodIndex.kind, version: MoodIndex.version)
        file.add("moods", scale.moods.map { UInt32($0) })
        let predicted = space.posteriors.transposed.values.map(Self.byte), marked = moods.transposed.values.map(Self.byte)
        let totals = (0..<moods.rows).map { moods.row($0).reduce(0, +) } + (0..<moods.rows).map { moods.row($0).max() ?? 0 }
        let gain = predicted.withUnsafeBufferPointer { predicted in
            marked.withUnsafeBufferPointer { marked in
                totals.withUnsafeBufferPointer { totals in
                    MoodColumns(predicted: predicted, marks: marked, totals: totals, count: own.count).gain(
                        scale.moods.compactMap { scale.weights(of: $0, vocabulary) })
                }
            }
        }
        file.add("predicted", predicted)
        file.add("marks", marked)
        file.add("totals", totals)
        file.add("gain", [gain])
        file.add("places", own.indices.flatMap { place(own[$0], impliedPlaces[$0], Array(space.posteriors.row($0)), scale) })
        try file.write(to: folder + "/" + Library.FileName.moods)
        guard space.profiles.columns > 0 else { return [Library.FileName.moods] }
        try space.profiles.withoutZeros.values.withUnsafeBufferPointer {
            try FlatBuilder(rows: $0, dimension: space.profiles.columns, encoder: "kinship", format: .int8)
        }.write(to: folder + "/" + Library.FileName.kinship)
        return [Library.FileName.moods, Library.FileName.kinship]
    }

    private static func byte(_ share: Float) -> UInt8 { UInt8(max(0, min(255, (share * 255).rounded()))) }

    /// Valence, arousal and deviation of a track: of its own moods as far as it is marked with any, of the likely ones for the rest.
    private func place(_ own: [Mark], _ implied: (place: MoodPlace, certainty: Float)?, _ posterior: [Float], _ scale: MoodScale) -> [Float] {
        var parts: [(place: MoodPlace, weight: Float)] = []
        var doubt: Float = 1
        for (descriptor, weight) in own {
            guard let place = MoodPlace(of: descriptor, in: vocabulary) else { continue }
            parts.append((place, weight))
            doubt *= 1 - min(1, weight)
        }
        if let implied {
            parts.append((implied.place, implied.certainty))
            doubt *= 1 - implied.certainty
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

    /// Why a trained dial cannot be used for some vectors; nil where it can.
    func misfit(_ trained: TrainedDial, _ vectors: TrackVectorsBuilder) -> String? {
        if trained.encoder != vectors.encoder || trained.dimension != vectors.dimension {
            return "it is for vectors by \(trained.encoder), \(trained.dimension) wide; this library's are by \(vectors.encoder), \(vectors.dimension) wide"
        }
        let unknown = trained.moods.first { vocabulary.index(of: $0).flatMap { MoodPlace(of: $0, in: vocabulary) } == nil }
        return (unknown ?? trained.labels.first { vocabulary.index(of: $0) == nil }).map { "the vocabulary has no \($0)" }
    }

    private func learn(_ x: Matrix, _ moods: Matrix, _ genres: Matrix) -> MoodDial {
        let rows = x.rows <= Self.learntFrom ? Array(0..<x.rows) : SeededDraw.rows(of: x.rows, Self.learntFrom)
        return MoodDial(x.rows(rows), moods: moods.rows(rows).sharedOut, labels: genres.rows(rows))
    }

    /// What a track has of a facet, itself or by narrower ones, with weights.
    private func held(_ own: [Mark], _ facet: Facet) -> [Int: Float] {
        var row: [Int: Float] = [:]
        for (descriptor, weight) in own where vocabulary.descriptors[descriptor].id.facet == facet {
            for (target, distance) in [(descriptor, 0)] + vocabulary.ancestors(of: descriptor).map({ ($0.index, $0.distance) }) {
                row[target] = max(row[target] ?? 0, weight * (0..<distance).reduce(1) { share, _ in share * Float(GenerationBuilder.broaderShare) })
            }
        }
        return row
    }

    /// A facet's commonest descriptors.
    private func common(_ facet: Facet, _ own: [[Mark]]) -> [Int] {
        var frequencies: [Int: Int] = [:]
        for own in own { for descriptor in held(own, facet).keys { frequencies[descriptor, default: 0] += 1 } }
        return frequencies.filter { $0.value >= Self.leastTracks }.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(Self.labelLimit).map(\.key)
    }

    /// How much each track has of some descriptors, itself or by narrower ones. [tracks][descriptors]
    private func labels(_ descriptors: [Int], _ own: [[Mark]], weight: Float, isRarityCounted: Bool) -> Matrix {
        let columns = Dictionary(descriptors.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let facets = Set(descriptors.map { vocabulary.descriptors[$0].id.facet })
        var result = Matrix(rows: own.count, columns: descriptors.count)
        for (i, own) in own.enumerated() {
            for facet in facets {
                for (descriptor, value) in held(own, facet) { if let column = columns[descriptor] { result[i, column] = value * weight } }
            }
        }
        guard isRarityCounted else { return result }
        for column in descriptors.indices {
            let count = (0..<own.count).count { result[$0, column] > 0 }
            let rarity = log(Float(own.count + 1) / Float(count + 1)) / log(Float(own.count + 1))
            for i in own.indices { result[i, column] *= rarity }
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

    /// Rows of zeros, of which no direction is known, point the same way each.
    fileprivate var withoutZeros: Matrix {
        var result = self
        let element = 1 / Float(max(1, columns)).squareRoot()
        for row in 0..<rows where !self.row(row).contains(where: { $0 != 0 }) {
            for column in 0..<columns { result[row, column] = element }
        }
        return result
    }

    /// Its columns, then those of another.
    fileprivate func besides(_ other: Matrix) -> Matrix {
        Matrix(rows: rows, columns: columns + other.columns, values: (0..<rows).flatMap { Array(row($0)) + Array(other.row($0)) })
    }
}
