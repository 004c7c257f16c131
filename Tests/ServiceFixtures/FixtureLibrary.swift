public import Foundation
import MusicSearch
import NeuralNetworks
import TestSupport
import TrackCatalogue
import Vocabulary

/// A library of 120 tracks whose descriptors follow their number, with vectors that say genre and mood, and files of sound for some.
public enum FixtureLibrary {
    public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    public static let genres = ["jazz", "rock", "ambient", "funk"]
    public static let moods: [(name: String, valence: Float, arousal: Float)] = [("happy", 0.9, 0.45), ("sad", -0.8, -0.35), ("calm", 0.5, -0.75)]
    public static let instruments = ["piano", "electric guitar", "saxophone", "drums", "acoustic guitar"]
    public static let count = 120

    public static func id(_ i: Int) -> String { "t/" + String(repeating: "0", count: 3 - String(i).count) + "\(i)" }

    /// Indexes it into `FOLDER/library`, as a new generation where there is one.
    ///
    /// - Parameter shift: turns the descriptors on by so many tracks, for a generation that answers otherwise.
    public static func index(_ folder: String, from shift: Int = 0) throws {
        for i in 0..<4 {
            let samples = (0..<16_000).map { Int16(8_000 * sin(Double($0) * 0.05 * Double(i + 1))) }
            try Data(WaveFile(channels: 1, rate: 16_000, samples: samples).bytes).write(to: URL(fileURLWithPath: "\(folder)/song \(i).wav"))
        }
        var random = SeededGenerator(seed: 3)
        var lines: [String] = [], values: [Float] = []
        for i in 0..<count {
            let n = i + shift
            let genre = n % genres.count, mood = moods[n / 4 % moods.count]
            // Every fifth of the first forty, and the first four, share four files.
            let file = i < 4 || i < 40 && i % 5 == 0 ? ", \"file\": \"\(folder)/song \(i % 4).wav\"" : ""
            let voice = n % 3 == 0 ? "\"voice\": [\"vocals\"]" : "\"voice\": [\"instrumental\"]"
            lines.append(
                "{\"id\": \"\(id(i))\", \"title\": \"Song <\(i)>\", \"artist\": \"Band \(i / 3) & Co\", \"year\": \(1960 + n % 50), "
                    + "\"duration\": \(120 + i), \"descriptors\": {\"genre\": [\"\(genres[genre])\"], \"instrument\": [\"\(instruments[n % instruments.count])\"], "
                    + "\"mood\": [\"\(mood.name)\"\(n % 7 == 0 ? ", \"upbeat\"" : "")], \(voice)}\(file)}")
            values += ([mood.valence, mood.arousal] + (0..<4).map { $0 == genre ? 1 : 0 } + [0, 0]).map { $0 + 0.1 * random.normal() }
        }
        let corpus = folder + "/corpus.jsonl"
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: corpus))
        var file = SafetensorsWriter()
        file.add("vectors", shape: [count, 8], values)
        try file.write(to: folder + "/vectors.safetensors")
        let embeddings = try LibraryBuilder.Embeddings(
            vectors: EmbeddingFile(path: folder + "/vectors.safetensors"), ids: (0..<count).map(id), idsPath: "ids.txt", encoder: "plane/1")
        _ = try LibraryBuilder(library: folder + "/library", vocabulary: try VocabularyTables(folder: root + "/vocab"))
            .build([.init(path: corpus, format: .jsonl)], embeddings: embeddings, replacing: true)
    }
}
