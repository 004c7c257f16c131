import ArgumentParser
import AudioAnalysis
import Encoders
import Evaluation
import LibraryAccess
import LinearAlgebra
import MusicSearch
import NeuralNetworks
import TrackCatalogue

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Analysis of sound held to recorded values and to what listeners felt.
///
/// The folder is Emotify's: `labels.csv` with columns `file`, `genre` and nine emotions, and `reference.safetensors` with `MSD_musicnn.penultimate_mean` and
/// `MSD_musicnn.tags_mean`, rows in the order of `labels.csv`.
struct BenchAudio: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audio", abstract: "The sound model: parity with recorded outputs, speed, and emotion from sound.")

    @Argument(help: "Folder with labels.csv, reference.safetensors and the audio files.")
    var folder: String
    @Option(help: "Folder of the sound model; the installed one by default.")
    var model: String?
    @Option(help: "Files that are worked on at a time.")
    var jobs = 2
    @Option(help: "Seed of the cuts into five folds.")
    var seed: UInt64 = 0
    @Option(help: "A library that the folder's audio was indexed into: how the places it gives go with what listeners felt.")
    var library: String?
    @Flag(help: "Print each file's analysis.")
    var verbose = false

    static let emotions = ["amazement", "solemnity", "tenderness", "nostalgia", "calmness", "power", "joyful_activation", "tension", "sadness"]

    func run() throws {
        let network = try Musicnn(folder: try model ?? SoundModel.folder())
        var table = try SeparatedValues(path: folder + "/labels.csv", separator: ",", quotes: true)
        defer { table.close() }
        let (file, genre) = (try table.column("file"), try table.column("genre"))
        let columns = try Self.emotions.map { try table.column($0) }
        var paths: [String] = [], genres: [String] = [], felt: [[Float]] = []
        while let row = try table.next() {
            paths.append(folder + "/" + row.cells[file])
            genres.append(row.cells[genre])
            felt.append(columns.map { Float(row.cells[$0]) ?? 0 })
        }

        var reports = [SoundAnalyzer.Report?](repeating: nil, count: paths.count)
        var failure: AudioError?
        let start = monotonicSeconds()
        SoundBatch.analyze(paths, with: network, jobs: jobs) { index, result in
            switch result {
            case .success(let report): reports[index] = report
            case .failure(let error): failure = error
            }
        }
        let elapsed = monotonicSeconds() - start
        if let failure { throw failure }
        let sounds = reports.compactMap { $0?.sound }
        let seconds = sounds.reduce(0) { $0 + $1.seconds }

        let reference = try SafetensorsFile(path: folder + "/reference.safetensors")
        let embeddings = try reference.floats(of: "MSD_musicnn.penultimate_mean"), tags = try reference.floats(of: "MSD_musicnn.tags_mean")
        let width = Musicnn.embeddingWidth, tagCount = Musicnn.tagCount
        guard embeddings.count == sounds.count * width, tags.count == sounds.count * tagCount, sounds.allSatisfy({ $0.embedding != nil }) else {
            throw ValidationError(
                "\(folder): \(sounds.count) files, but \(embeddings.count / width) recorded embeddings and \(tags.count / tagCount) rows of tags")
        }
        var cosines: [Double] = [], differences: [Float] = []
        for (i, sound) in sounds.enumerated() {
            let own = sound.embedding ?? []
            cosines.append(Self.cosine(own, Array(embeddings[i * width..<(i + 1) * width])))
            differences.append(zip(sound.tags, tags[i * tagCount..<(i + 1) * tagCount]).map { abs($0 - $1) }.max() ?? 0)
            if verbose {
                let tempo = sound.tempo.map { "\(($0.bpm * 10).rounded() / 10) bpm (\(($0.confidence * 100).rounded() / 100))" } ?? "no tempo"
                let key = sound.key.map { "\($0) (\(($0.confidence * 100).rounded() / 100))" } ?? "no key"
                let named = zip(network.labels, sound.tags).sorted { $0.1 > $1.1 }.prefix(4).map { "\($0) \(($1 * 100).rounded() / 100)" }
                Terminal.write(
                    "\(paths[i]): cosine \(cosines[i]), tags within \(differences[i]); \(named.joined(separator: ", ")); \(tempo); \(key); "
                        + "\(sound.loudness.map { "\($0.rounded()) LUFS" } ?? "silent"); \((sound.brightness ?? 0).rounded()) Hz")
            }
        }
        var results = ResultTable(columns: ["what", "value"])
        func add(_ what: String, _ value: String) { results.append([.text(what), .text(value)]) }
        add("least cosine of the embedding with the recorded one", (cosines.min() ?? 0).fixed(digits: 5))
        add("mean cosine", (cosines.reduce(0, +) / Double(max(1, cosines.count))).fixed(digits: 6))
        add("greatest difference of a tag's mean", Double(differences.max() ?? 0).fixed(digits: 4))
        add("speed, decoding included, \(jobs) at a time", "\(Int(seconds / elapsed)) × real time")
        add("resident memory", "\(Machine.residentMemory.all >> 20) MiB")
        let emotions = EmotionFromSound(embeddings: sounds.map { $0.embedding ?? [] }, genres: genres, felt: felt)
        let outcome = emotions.crossValidated(seeds: (0..<10).map { seed + $0 })
        add("genre, 5 nearest neighbours, five folds", outcome.genre?.formatted(digits: 3) ?? "none")
        add("mean correlation of nine emotions, ridge", outcome.correlation?.formatted(digits: 3) ?? "none")
        for (name, value) in zip(Self.emotions, outcome.byEmotion) { add("… \(name)", value.fixed(digits: 2)) }
        if let library {
            for (name, valence, arousal) in try placesInLibrary(library, paths, felt) {
                add("valence, arousal in the library with \(name)", "\(valence.fixed(digits: 2)), \(arousal.fixed(digits: 2))")
            }
        }
        Terminal.write("\(paths.count) files, \(Int(seconds)) s of \(folder)\n\n\(results.markdown)")
    }

    /// Correlations of the tracks' places in the valence–arousal plane with each emotion.
    private func placesInLibrary(_ path: String, _ files: [String], _ felt: [[Float]]) throws -> [(name: String, valence: Double, arousal: Double)] {
        let library = try Library(path: path)
        let documents = Dictionary((0..<UInt32(library.tracks.count)).map { (library.tracks.file($0), $0) }, uniquingKeysWith: { first, _ in first })
        let moods = try files.map { file in
            guard let mood = try documents[SoundScan.root(file)].flatMap({ library.mood(of: $0) }) else {
                throw ValidationError("--library: \(path) has no mood of \(file)")
            }
            return mood
        }
        return Self.emotions.enumerated().map { column, name in
            let emotion = felt.map { Double($0[column]) }
            return (name, correlation(moods.map(\.valence), emotion), correlation(moods.map(\.arousal), emotion))
        }
    }

    private static func cosine(_ a: [Float], _ b: [Float]) -> Double {
        var (ab, aa, bb) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            ab += Double(x) * Double(y)
            aa += Double(x) * Double(x)
            bb += Double(y) * Double(y)
        }
        return aa > 0 && bb > 0 ? ab / (aa * bb).squareRoot() : 0
    }
}

/// Where the installed sound model lies.
enum SoundModel {
    /// - Throws: `ValidationError` when it is not installed.
    static func folder() throws -> String {
        let store = ModelStore(folder: try DataFolder().models)
        guard let installed = store.installed().first(where: { $0.model == .musicnn }) else {
            throw ValidationError("the sound model is not installed: descant models install musicnn --from FOLDER")
        }
        return installed.path
    }
}
