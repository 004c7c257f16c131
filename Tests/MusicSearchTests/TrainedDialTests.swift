import Foundation
import LinearAlgebra
import MoodTransformation
import NeuralNetworks
import Storage
import TestSupport
import Testing
import TrackCatalogue
import Vocabulary

@testable import MusicSearch

@Suite struct TrainedDialTests {
    private let folder: TemporaryFolder
    private let dial: TrainedDial

    init() throws {
        folder = try TemporaryFolder()
        var random = SeededGenerator(seed: 3)
        let x = Matrix(rows: 40, columns: 8, values: (0..<320).map { _ in random.normal() })
        var moods = Matrix(rows: 40, columns: 2), labels = Matrix(rows: 40, columns: 3)
        for row in 0..<40 {
            moods[row, x[row, 0] > 0 ? 0 : 1] = 1
            labels[row, row % 3] = 1
        }
        dial = TrainedDial(
            dial: MoodDial(x, moods: moods, labels: labels), moods: [DescriptorID(.mood, "happy"), DescriptorID(.mood, "sad")],
            labels: ["funk", "jazz", "metal"].map { DescriptorID(.genre, $0) }, encoder: "plane/1")
    }

    @Test func aDialReadsBack() throws {
        let path = folder.path + "/mood.safetensors"
        try dial.write(to: path)
        let read = try TrainedDial(path: path)
        #expect(read.moods == dial.moods && read.labels == dial.labels && read.encoder == "plane/1" && read.dimension == 8)
        let x = Matrix(rows: 1, columns: 8, values: [1, 0, 0, 0.5, 0, 0, 0, -1])
        #expect(read.dial.posterior.probabilities(x) == dial.dial.posterior.probabilities(x))
        #expect(read.dial.kinship.profiles(x) == dial.dial.kinship.profiles(x))
    }

    /// The library keeps it; its first coordinate, valence, tells happy from sad.
    @Test func aLibraryOfItsEncoderUsesIt() throws {
        let moody = try MoodyLibrary(count: 60)
        let path = folder.path + "/mood.safetensors"
        try dial.write(to: path)
        let builder = LibraryBuilder(library: moody.path, vocabulary: DenseLibrary.tables)
        try builder.adopt(dial: path)
        for _ in 0..<2 {
            _ = try builder.build([.init(path: moody.folder.path + "/corpus.jsonl", format: .jsonl)])
            let library = try moody.open()
            #expect(library.likeness?.moods?.scale.moods.map { library.vocabulary.descriptors[$0].id.slug } == ["happy", "sad"])
            let glad = try #require(moody.truths.last { $0.mood == "happy" && !$0.isMarked })
            let document = try #require(library.tracks.document(id: glad.id))
            #expect(library.moods(of: document)?.moods.first?.label == "happy")
        }
    }

    @Test func anotherEncodersDialIsPassedOver() throws {
        let moody = try MoodyLibrary(count: 60)
        var other = dial
        other.encoder = "ear/2"
        try other.write(to: folder.path + "/mood.safetensors")
        let builder = LibraryBuilder(library: moody.path, vocabulary: DenseLibrary.tables)
        try builder.adopt(dial: folder.path + "/mood.safetensors")
        let outcome = try builder.build([.init(path: moody.folder.path + "/corpus.jsonl", format: .jsonl)])
        #expect(try moody.open().likeness?.moods?.scale.moods.count == 4)
        #expect(
            outcome.soundProblems.count == 1 && outcome.soundProblems[0].hasSuffix("it is for vectors by ear/2, 8 wide; this library's are by plane/1, 8 wide"))
        #expect(try builder.abandonDial())
        #expect(try !builder.abandonDial())
    }

    @Test func foreignFilesAreRefused() throws {
        func refuse(_ metadata: [String: String], _ tensors: [(String, [Int])]) throws {
            var file = SafetensorsWriter(metadata: metadata)
            for (name, shape) in tensors { file.add(name, shape: shape, [Float](repeating: 0, count: shape.reduce(1, *))) }
            let path = folder.path + "/odd.safetensors"
            try file.write(to: path)
            #expect(throws: LibraryError.self) { try TrainedDial(path: path) }
        }
        let all = ["encoder": "e", "moods": "mood:happy mood:sad", "labels": "genre:jazz"]
        let tensors = [
            ("posterior.weights", [4, 2]), ("posterior.bias", [2]), ("kinship.weights", [4, 1]), ("kinship.mean", [4]), ("kinship.targets", [1]),
        ]
        try refuse([:], tensors)
        try refuse(all.merging(["moods": "happy"]) { $1 }, tensors)
        try refuse(all.merging(["moods": "mood:happy"]) { $1 }, tensors)
        for missing in tensors.indices { try refuse(all, tensors.enumerated().filter { $0.offset != missing }.map(\.element)) }
        _ = try folder.write("no weights", to: "text.safetensors")
        #expect(throws: (any Error).self) { try TrainedDial(path: folder.path + "/text.safetensors") }
    }
}

/// What genres and instruments say where nobody said anything of moods.
@Suite struct ImpliedMoodsTests {
    private func builder(_ heard: Bool) throws -> (MoodIndexBuilder, TrackVectorsBuilder, Vocabulary, TemporaryFolder) {
        let folder = try TemporaryFolder()
        try Vocabulary.compile(DenseLibrary.tables, to: folder.path + "/vocabulary.idx")
        let vocabulary = try Vocabulary(compiled: .init(path: folder.path + "/vocabulary.idx", kind: Vocabulary.kind, version: Vocabulary.version))
        let implied = ImpliedMoods(
            base: .init(valence: 0, arousal: 0),
            changes: [DescriptorID(.genre, "metal"): .init(valence: -0.7, arousal: 0.8), DescriptorID(.genre, "ambient"): .init(valence: 0.4, arousal: -0.7)])
        var moods = MoodIndexBuilder(vocabulary, implied: implied, trained: nil), vectors = TrackVectorsBuilder(encoder: "e", dimension: 2)
        for i in 0..<40 {
            let genre = try #require(vocabulary.index(of: DescriptorID(.genre, i % 2 == 0 ? "metal" : "ambient")))
            moods.add([(genre, 1, heard)])
            vectors.add([i % 2 == 0 ? 1 : -1, 0.1 * Float(i % 5)], document: UInt32(i))
        }
        return (moods, vectors, vocabulary, folder)
    }

    @Test func genresPlaceTracksInThePlane() throws {
        let (built, vectors, vocabulary, folder) = try builder(true)
        var moods = built
        let written = try moods.write(vectors, to: folder.path)
        #expect(written == ["moods.idx", "kinship.vec"])
        let index = try MoodIndex(folder: folder.path + "/", rows: 40, vocabulary, hasProfiles: true)
        // The scale is complete as far as this vocabulary goes.
        #expect(Set(index.scale.moods.map { vocabulary.descriptors[$0].id.slug }) == ["happy", "sad", "calm"])
        #expect(index.place(0).arousal > index.place(1).arousal + 0.2 && index.place(0).valence < index.place(1).valence - 0.2)
        #expect(index.place(0).deviation > 0.2)
    }

    /// Vectors without a word about the tracks teach nothing.
    @Test func withoutEvidenceThereIsNoDial() throws {
        let (_, vectors, vocabulary, folder) = try builder(true)
        var silent = MoodIndexBuilder(vocabulary, implied: ImpliedMoods(base: .init(valence: 0.3, arousal: 0.2), changes: [:]), trained: nil)
        for _ in 0..<40 { silent.add([]) }
        let written = try silent.write(vectors, to: folder.path)
        #expect(written.isEmpty)
    }

    /// The shipped table is what `descant vocab implied` makes of the starter corpus, in order, without what nobody hears.
    @Test func theShippedTableHoldsWhatTaggersHear() throws {
        let implied = try #require(Repository.tables.impliedMoods)
        let heard = Set(Repository.tables.taggers.values.joined().map(\.descriptor))
        #expect(implied.changes.count >= 40 && (-1...1).contains(implied.base.valence))
        #expect(implied.changes.keys.contains(DescriptorID(.genre, "metal")) && heard.contains(DescriptorID(.genre, "metal")))
        let ambient = try #require(implied.changes[DescriptorID(.genre, "ambient")])
        #expect(ambient.arousal < -0.1)
    }
}
