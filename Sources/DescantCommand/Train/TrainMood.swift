import ArgumentParser
import Evaluation
import LibraryAccess
import LinearAlgebra
import MoodTransformation
import MusicSearch
import NeuralNetworks
import Storage
import Vocabulary

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A dial for moods, learnt from labelled vectors of one encoder.
struct TrainMood: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mood", abstract: "Train a dial for moods from labelled vectors.",
        discussion: """
            VECTORS is a safetensors file with labels_mood56, labels_genre, labels_instrument and the vectors, LABELS a JSON file with mood_tags, genre_tags,
            instrument_tags and artist_ids (see bench mood). Where VECTORS has valence_arousal ([tracks][2], 9 for unknown), places in the valence–arousal
            plane are labels too. Names are resolved by the vocabulary; those that name nothing are left out, and said.
            The folder gets mood.safetensors and recipe.json; descant index --dial FOLDER/mood.safetensors uses it for vectors of the same encoder.
            """)

    @Option(help: "Safetensors file of vectors and labels.")
    var vectors: String
    @Option(help: "JSON file with the names of the labels and the artists.")
    var labels: String
    @Option(help: "Tensor of the vectors.")
    var field = "pca256"
    @Option(help: "Name of what made the vectors, as libraries have it; the field's name by default.")
    var encoder: String?
    @OptionGroup var libraryOption: LibraryOption
    @Option(help: "Folder for the dial; made when it is not there.")
    var to: String
    @Option(help: "Tracks that must have a mood or genre for it to be told apart.")
    var least = 20
    @Option(help: "Seed of the cut into folds.")
    var seed: UInt64 = 0

    /// With the metrics that it reached.
    private struct Recipe: Encodable {
        var encoder: String
        var tracks: Int
        var moods: [String]
        var genres: Int
        var seed: UInt64
        var least: Int
        var inputs: [String: String]
        /// Of tracks with a mood, on five artist-disjoint folds: the likeliest mood is one of the track's own.
        var moodAccuracy: Double
        /// The same for always saying the commonest mood.
        var commonestMood: Double
        /// How far the place told from the vector lies from the middle of the track's moods, and the same for always saying the middle of all.
        var placeError: Double
        var middleError: Double
        /// Shares of tracks nearer than one and two deviations; 0.39 and 0.86 for a normal distribution in a plane.
        var withinOneDeviation: Double
        var withinTwoDeviations: Double
    }

    func run() throws {
        let data = try MoodData.read(vectors: vectors, index: labels, field: field)
        let vocabulary = try libraryOption.open().vocabulary
        let training = try Labels(data, vocabulary, least: least, places: try places(data.count))
        if !training.unknown.isEmpty {
            Terminal.note(
                "\(training.unknown.count) labels are no moods or genres of the vocabulary and were left out: \(training.unknown.joined(separator: ", "))")
        }
        guard Set(data.artists).count > 1 else { throw ValidationError("\(labels): all tracks are by one artist, so none can be held out to judge by") }
        let fold = ArtistFolds.cut(
            artists: data.artists, moods: training.first, moodCount: training.moods.count + 1, folds: 5, seed: seed)
        var recipe = Recipe(
            encoder: encoder ?? field, tracks: data.count, moods: training.moods.map { vocabulary.descriptors[$0].id.slug }, genres: training.genres.count,
            seed: seed, least: least, inputs: [:], moodAccuracy: 0, commonestMood: 0, placeError: 0, middleError: 0, withinOneDeviation: 0,
            withinTwoDeviations: 0)
        for path in [vectors, labels] { recipe.inputs[path.split(separator: "/").last.map(String.init) ?? path] = try Checksum.sha256(fileAt: path) }
        judge(training, fold, vocabulary, &recipe)
        let dial = TrainedDial(
            dial: MoodDial(data.vectors.normalized, moods: training.moodLabels, labels: training.genreLabels),
            moods: training.moods.map { vocabulary.descriptors[$0].id }, labels: training.genres.map { vocabulary.descriptors[$0].id },
            encoder: encoder ?? field)
        do {
            try FileManager.default.createDirectory(atPath: to, withIntermediateDirectories: true)
        } catch {
            throw LibraryError.unwritable(path: to, why: "the folder cannot be made")
        }
        try dial.write(to: to + "/" + TrainedDial.fileName)
        let json = try recipe.json()
        try writeDurably([Array(json.utf8) + [UInt8(ascii: "\n")]], to: to + "/recipe.json")
        Terminal.write(json)
    }

    /// - Throws: `ValidationError` for another shape.
    private func places(_ count: Int) throws -> [MoodPlace?] {
        let file = try SafetensorsFile(path: vectors)
        guard let tensor = file["valence_arousal"] else { return Array(repeating: nil, count: count) }
        guard tensor.shape == [count, 2] else {
            throw ValidationError("\(vectors): expected valence_arousal of shape [\(count), 2], found \(tensor.shape)")
        }
        let values = try file.floats(of: tensor.name)
        return (0..<count).map { row in
            let (valence, arousal) = (Double(values[2 * row]), Double(values[2 * row + 1]))
            return (-1...1).contains(valence) && (-1...1).contains(arousal) ? MoodPlace(valence: valence, arousal: arousal) : nil
        }
    }

    /// What the dial tells of tracks whose artists it has not met.
    private func judge(_ training: Labels, _ fold: [Int], _ vocabulary: Vocabulary, _ recipe: inout Recipe) {
        let x = training.data.vectors.normalized
        var (right, common, judged, near, far) = (0, 0, 0, 0, 0)
        var (error, middle) = (0.0, 0.0)
        for part in 0..<5 {
            let taught = fold.indices.filter { fold[$0] != part }
            let held = fold.indices.filter { fold[$0] == part && training.places[$0] != nil }
            let dial = MoodDial(x.rows(taught), moods: training.moodLabels.rows(taught), labels: training.genreLabels.rows(taught))
            let posteriors = dial.posterior.probabilities(x.rows(held))
            let frequencies = (0..<training.moods.count).map { mood in taught.count { training.moodLabels[$0, mood] > 0 } }
            let commonest = frequencies.indices.max { (frequencies[$0], $1) < (frequencies[$1], $0) } ?? 0
            let known = taught.compactMap { training.places[$0] }
            let centre = MoodPlace.mean(known.map { ($0, 1) }).mean
            for (row, track) in held.enumerated() {
                guard let truth = training.places[track] else { continue }
                judged += 1
                let own = posteriors.row(row)
                let likeliest = own.indices.max { (own[$0], $1) < (own[$1], $0) }.map { $0 - own.startIndex } ?? 0
                if training.moodLabels[track, likeliest] > 0 { right += 1 }
                if training.moodLabels[track, commonest] > 0 { common += 1 }
                let (place, deviation) = MoodPlace.mean(Array(zip(training.moodPlaces, own)))
                let distance = place.distance(to: truth)
                error += distance
                middle += centre.distance(to: truth)
                if distance <= deviation { near += 1 }
                if distance <= 2 * deviation { far += 1 }
            }
        }
        func share(_ count: Int) -> Double { (Double(count) / Double(max(1, judged)) * 1000).rounded() / 1000 }
        recipe.moodAccuracy = share(right)
        recipe.commonestMood = share(common)
        recipe.placeError = (error / Double(max(1, judged)) * 1000).rounded() / 1000
        recipe.middleError = (middle / Double(max(1, judged)) * 1000).rounded() / 1000
        recipe.withinOneDeviation = share(near)
        recipe.withinTwoDeviations = share(far)
    }
}

/// Labels of vectors as descriptors of the vocabulary.
private struct Labels {
    let data: LabelledVectors
    /// Descriptors of the columns.
    var moods: [Int] = []
    var genres: [Int] = []
    var unknown: [String] = []
    let moodPlaces: [MoodPlace]
    /// [tracks][moods], rows adding up to 1, or of zeros.
    let moodLabels: Matrix
    let genreLabels: Matrix
    /// Where tracks lie: as they were labelled, else the middle of their moods.
    let places: [MoodPlace?]
    /// The first mood of each track, or one past the last.
    let first: [Int]

    /// - Throws: `ValidationError` where fewer than two moods are left.
    init(_ data: LabelledVectors, _ vocabulary: Vocabulary, least: Int, places known: [MoodPlace?]) throws {
        self.data = data
        var unknown: [String] = []
        func resolve(_ names: [String], _ facet: Facet) -> [Int?] {
            names.map { name in
                let found = vocabulary.resolve(name).first { vocabulary.descriptors[$0.descriptor].id.facet == facet }?.descriptor
                if found == nil { unknown.append(name) }
                return found
            }
        }
        func columns(_ names: [Int?], _ labels: [[Int]]) -> [Int] {
            var counts: [Int: Int] = [:]
            for own in labels { for descriptor in Set(own.compactMap { names[$0] }) { counts[descriptor, default: 0] += 1 } }
            return counts.filter { $0.value >= least }.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map(\.key)
        }
        let moodNames = resolve(data.moodNames, .mood), genreNames = resolve(data.genreNames, .genre)
        let moods = columns(moodNames, data.moods), genres = columns(genreNames, data.genres)
        guard moods.count > 1 else { throw ValidationError("fewer than two moods of the vocabulary are on \(least) tracks each") }
        let moodPlaces = moods.compactMap { MoodPlace(vocabulary.descriptors[$0]) }
        var moodLabels = Matrix(rows: data.count, columns: moods.count), genreLabels = Matrix(rows: data.count, columns: genres.count)
        var places = known
        for track in 0..<data.count {
            let own = Set(data.moods[track].compactMap { moodNames[$0] }.compactMap { moods.firstIndex(of: $0) })
            if let place = known[track], own.isEmpty {
                // A place teaches what lies near it.
                let weights = place.weights(of: moodPlaces), total = max(weights.reduce(0, +), .leastNormalMagnitude)
                for mood in weights.indices { moodLabels[track, mood] = weights[mood] / total }
            }
            for mood in own { moodLabels[track, mood] = 1 / Float(own.count) }
            if places[track] == nil, !own.isEmpty { places[track] = MoodPlace.mean(own.sorted().map { (moodPlaces[$0], 1) }).mean }
            for genre in Set(data.genres[track].compactMap { genreNames[$0] }) {
                if let column = genres.firstIndex(of: genre) { genreLabels[track, column] = 1 }
            }
        }
        (self.moods, self.genres, self.moodPlaces, self.moodLabels, self.genreLabels, self.places) = (
            moods, genres, moodPlaces, moodLabels, genreLabels, places
        )
        self.unknown = unknown
        first = (0..<data.count).map { track in (0..<moods.count).first { moodLabels[track, $0] > 0 } ?? moods.count }
    }
}
