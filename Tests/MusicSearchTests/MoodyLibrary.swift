import Foundation
import LinearAlgebra
import NeuralNetworks
import TestSupport
import TrackCatalogue

@testable import MusicSearch

/// A library whose tracks' sound is known to the last element: valence and arousal of the track's mood, then its genre as a direction, then noise.
///
/// Tracks whose number is odd are not marked with their mood, so that it has to be told from their sound.
struct MoodyLibrary {
    struct Truth {
        var id: String
        var mood: String
        var genre: String
        var isMarked: Bool
    }

    static let places: [(mood: String, valence: Float, arousal: Float)] = [("calm", 0.4, -0.7), ("sad", -0.7, -0.4), ("happy", 0.9, 0.4), ("angry", -0.7, 0.8)]
    private static let genres = ["funk", "jazz", "metal"]
    private static let instruments = ["bass", "piano", "drums"]

    /// Built once; tests that write into a library make one of their own.
    static let shared: MoodyLibrary = {
        do { return try MoodyLibrary() } catch { fatalError("the library of the mood tests: \(error)") }
    }()

    let folder: TemporaryFolder
    let truths: [Truth]
    var path: String { folder.path + "/library" }

    init(count: Int = 180) throws {
        folder = try TemporaryFolder()
        var random = SeededGenerator(seed: 7)
        var lines: [String] = [], truths: [Truth] = [], values: [Float] = []
        for i in 0..<count {
            let place = Self.places[i / 2 % 4], genre = i / 8 % 3
            let id = "t" + String(repeating: "0", count: 3 - String(i).count) + String(i)
            truths.append(Truth(id: id, mood: place.mood, genre: Self.genres[genre], isMarked: i % 2 == 0))
            let moods = i % 2 == 0 ? ", \"mood\": [\"\(place.mood)\"]" : ""
            lines.append(
                "{\"id\": \"\(id)\", \"title\": \"Song \(id)\", \"artist\": \"Band \(i / 3)\", \"descriptors\": {\"genre\": [\"\(Self.genres[genre])\"], "
                    + "\"instrument\": [\"\(Self.instruments[genre])\"]\(moods)}}")
            let direction: [Float] = (0..<3).map { $0 == genre ? 1 : 0 }
            values += ([place.valence, place.arousal] + direction + [0, 0, 0]).map { $0 + 0.12 * random.normal() }
        }
        self.truths = truths
        let corpus = try folder.write(lines.joined(separator: "\n") + "\n", to: "corpus.jsonl")
        var file = SafetensorsWriter()
        file.add("vectors", shape: [count, 8], values)
        try file.write(to: folder.path + "/vectors.safetensors")
        let embeddings = try LibraryBuilder.Embeddings(
            vectors: EmbeddingFile(path: folder.path + "/vectors.safetensors"), ids: truths.map(\.id), idsPath: "ids.txt", encoder: "plane/1")
        _ = try LibraryBuilder(library: path, vocabulary: DenseLibrary.tables).build([.init(path: corpus, format: .jsonl)], embeddings: embeddings)
    }

    func open() throws -> Library { try Library(path: path) }
    func truth(_ id: String) -> Truth? { truths.first { $0.id == id } }
}
