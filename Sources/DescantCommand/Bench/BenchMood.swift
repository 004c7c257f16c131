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

/// Turning tracks to other moods: how often the answer has the mood, and how much of genre and instruments stays.
///
/// Each held-out track is turned to every other mood; the first answer among the held-out tracks is judged by true labels. Mood P@1: it has the mood. Genre P@1: it
/// shares a genre with the seed, where both have genres. Instrument J@1: Jaccard index of the instruments, where both have some.
struct BenchMood: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mood", abstract: "The mood dial beside baselines, oracles and the published map, on artist-disjoint folds.",
        discussion: """
            VECTORS is a safetensors file with labels_mood56, labels_genre, labels_instrument and the vectors; INDEX a JSON file with mood_tags, genre_tags,
            instrument_tags and artist_ids.
            """)

    @Argument(help: "Safetensors file of vectors and labels.")
    var vectors: String
    @Argument(help: "JSON file with the names of the labels and the artists.")
    var index: String
    @Option(help: "Tensor of the vectors.")
    var field = "pca256"
    @Option(help: "Moods that exclude each other, separated by commas.")
    var moods = "energetic,calm,happy,sad"
    @Option(help: "What seeds are turned to: every other single mood, every two others, or a place further along an axis of the valence–arousal plane.")
    var targets = MoodTargets.single
    @Option(help: "Seeds of the cuts into folds, separated by commas.")
    var seeds = "0,1,2"
    @Option(help: "Epochs of the published map; 0 leaves it out.")
    var epochs = 500

    func run() throws {
        let data = try MoodData.read(vectors: vectors, index: index, field: field)
        let chosen = try moods.split(separator: ",").map { name in
            guard let mood = data.moodNames.firstIndex(of: String(name)) else {
                throw ValidationError("--moods: there is no mood '\(name)' in \(index); known: \(data.moodNames.joined(separator: ", "))")
            }
            return mood
        }
        let seeds = try self.seeds.split(separator: ",").map { text in
            guard let seed = UInt64(text) else { throw ValidationError("--seeds: '\(text)' is no number") }
            return seed
        }
        let places = try targets == .shifts ? self.places(of: chosen.map { data.moodNames[$0] }) : []
        var results = MoodResults()
        for seed in seeds { try MoodRound(data, chosen, seed: seed, epochs: epochs, targets: targets, places: places).run { results.add($0, $1) } }
        let single = data.tracks(withOneOf: chosen).count
        Terminal.write(
            "\(data.count) tracks of \(vectors), \(field); \(single) with exactly one of \(moods); targets \(targets.rawValue); 5 folds, seeds \(self.seeds)\n\n\(results.table.markdown)"
        )
        Terminal.write(results.tradeOff)
    }
}

extension MoodTargets: ExpressibleByArgument {}

extension BenchMood {
    /// Where the vocabulary has moods in the plane.
    /// - Throws: `ValidationError` for a mood that it does not know.
    private func places(of names: [String]) throws -> [MoodPlace] {
        let tables = try DataFolder().tables()
        return try names.map { name in
            let mood = tables.descriptors.first { $0.id.facet == .mood && ($0.id.slug == name || $0.label == name || $0.aliases.contains(name)) }
            guard let place = mood.flatMap({ MoodPlace($0) }) else {
                throw ValidationError("--moods: '\(name)' has no place in the valence–arousal plane: the vocabulary has no such mood")
            }
            return place
        }
    }
}

/// Figures of every method, fold by fold.
struct MoodResults {
    private var order: [String] = []
    private var figures: [String: [MoodFigures]] = [:]

    mutating func add(_ name: String, _ fold: MoodFigures) {
        if figures[name] == nil { order.append(name) }
        figures[name, default: []].append(fold)
    }

    var table: ResultTable {
        var table = ResultTable(columns: ["method", "Mood P@1", "Genre P@1", "Instrument J@1"])
        for name in order where !MoodRound.parts.contains(where: { name.hasPrefix($0.name + ",") }) {
            let own = figures[name] ?? []
            func cell(_ value: KeyPath<MoodFigures, Double>) -> ResultTable.Cell {
                .text(MeanAndDeviation(own.map { $0[keyPath: value] })?.formatted(digits: 3) ?? "none")
            }
            table.append([.text(name), cell(\.mood), cell(\.genre), cell(\.instrument)])
        }
        return table
    }

    /// What curves keep of genre and instruments where the answer has the mood as often as this.
    private static let level = 0.54

    var tradeOff: String {
        ([MoodRound.logCurve] + MoodRound.parts.map(\.name) + [MoodRound.dialCurve]).map { prefix in
            let curve = order.filter { $0.hasPrefix(prefix + ",") }.map { name -> (mood: Double, genre: Double, instrument: Double) in
                let own = figures[name] ?? []
                func mean(_ value: KeyPath<MoodFigures, Double>) -> Double { own.reduce(0) { $0 + $1[keyPath: value] } / Double(max(1, own.count)) }
                return (mean(\.mood), mean(\.genre), mean(\.instrument))
            }
            for (low, high) in zip(curve, curve.dropFirst()) where low.mood <= Self.level && high.mood >= Self.level {
                let share = high.mood > low.mood ? (Self.level - low.mood) / (high.mood - low.mood) : 0
                let genre = low.genre + share * (high.genre - low.genre), instrument = low.instrument + share * (high.instrument - low.instrument)
                return "\(prefix) at Mood P@1 \(Self.level): Genre P@1 \(genre.fixed(digits: 3)), Instrument J@1 \(instrument.fixed(digits: 3))"
            }
            return "\(prefix) never has Mood P@1 \(Self.level)"
        }.joined(separator: "\n")
    }
}

/// Means over the seeds and targets of one fold.
struct MoodFigures: Hashable {
    var mood: Double
    var genre: Double
    var instrument: Double
}

extension MoodData {
    /// - Throws: `FileError`, `WeightsError`, or `ValidationError` when the files do not belong together.
    static func read(vectors: String, index: String, field: String) throws -> LabelledVectors {
        let file = try SafetensorsFile(path: vectors)
        let mapped = try MappedFile(path: index)
        let names: MoodData
        do {
            names = try JSONDecoder().decode(MoodData.self, from: withExtendedLifetime(mapped) { Data(mapped.bytes) })
        } catch {
            throw FileError(path: index, .damaged(offset: 0, expected: "mood_tags, genre_tags, instrument_tags and artist_ids", found: "\(error)"))
        }
        guard let tensor = file[field], tensor.shape.count >= 2 else {
            throw ValidationError("\(vectors): there is no matrix '\(field)'; found \(file.tensors.map(\.name).joined(separator: ", "))")
        }
        let rows = tensor.shape[0], columns = tensor.shape.dropFirst().reduce(1, *)
        guard names.artist_ids.count == rows else {
            throw ValidationError("\(index): \(names.artist_ids.count) artists for \(rows) vectors of \(vectors)")
        }
        let values = try file.floats(of: field)
        func labels(_ name: String, _ count: Int) throws -> [[Int]] {
            guard let tensor = file[name], tensor.shape == [rows, count] else {
                throw ValidationError("\(vectors): expected \(name) of shape \([rows, count]), found \(file[name].map { "\($0.shape)" } ?? "none")")
            }
            let flags = try file.uint8s(of: name)
            return (0..<rows).map { row in (0..<count).filter { flags[row * count + $0] != 0 } }
        }
        var artists: [String: Int] = [:]
        let numbers = names.artist_ids.map { name in
            let number = artists[name] ?? artists.count
            artists[name] = number
            return number
        }
        return LabelledVectors(
            vectors: Matrix(rows: rows, columns: columns, values: values), moods: try labels("labels_mood56", names.mood_tags.count),
            genres: try labels("labels_genre", names.genre_tags.count), instruments: try labels("labels_instrument", names.instrument_tags.count),
            artists: numbers, moodNames: names.mood_tags, genreNames: names.genre_tags, instrumentNames: names.instrument_tags)
    }
}

/// The index file.
struct MoodData: Decodable {
    var mood_tags: [String]
    var genre_tags: [String]
    var instrument_tags: [String]
    var artist_ids: [String]
}
