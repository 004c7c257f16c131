import AudioAnalysis
import Foundation
import LinearAlgebra
import NeuralNetworks
import TestSupport
import Testing
import TrackCatalogue
import Vocabulary

@testable import MusicSearch

/// A folder of music: what is heard once is kept, whatever becomes of the files.
@Suite struct SoundScanTests {
    private let folder: TemporaryFolder
    private let music: String
    private var library: String { folder.path + "/library" }

    /// Random weights of the right shapes: what is heard does not matter here.
    private static let network: Musicnn = {
        var random = SeededGenerator(seed: 5)
        var file = SafetensorsWriter()
        func add(_ name: String, _ shape: [Int], around mean: Float = 0) {
            file.add(name, shape: shape, (0..<shape.reduce(1, *)).map { _ in mean + Float(random.integer(in: -1000...1000)) / 50_000 })
        }
        func normalisation(_ name: String, _ width: Int) {
            for (part, mean) in [("gamma", Float(1)), ("beta", 0), ("moving_mean", 0), ("moving_variance", 1)] { add(name + "." + part, [width], around: mean) }
        }
        func convolution(_ name: String, _ shape: [Int], normalisation other: String) {
            add(name + ".kernel", shape)
            add(name + ".bias", [shape[3]])
            normalisation(other, shape[3])
        }
        normalisation("input_bn", 1)
        for (name, bands) in [("timbral74", 38), ("timbral77", 67)] {
            convolution("front.\(name).conv", [7, bands, 1, 204], normalisation: "front.\(name).bn")
        }
        for frames in [128, 64, 32] { convolution("front.temporal\(frames).conv", [frames, 1, 1, 51], normalisation: "front.temporal\(frames).bn") }
        for (number, inputs) in [(1, 561), (2, 64), (3, 64)] { convolution("mid.conv\(number)", [7, inputs, 1, 64], normalisation: "mid.bn\(number)") }
        normalisation("back.bn_flatpool", 1506)
        normalisation("back.bn_dense", 200)
        for (name, shape) in [("dense", [1506, 200]), ("output", [200, 50])] {
            add("back.\(name).kernel", shape)
            add("back.\(name).bias", [shape[1]])
        }
        do {
            let folder = try TemporaryFolder()
            try file.write(to: folder.path + "/random.safetensors")
            return try Musicnn(weights: folder.path + "/random.safetensors", labels: (0..<50).map { "tag \($0)" })
        } catch {
            fatalError("\(error)")
        }
    }()

    init() throws {
        folder = try TemporaryFolder()
        music = folder.path + "/music"
        try FileManager.default.createDirectory(atPath: music + "/Ann/First", withIntermediateDirectories: true)
        for name in ["01 - Noon.wav", "02 - Dusk.wav"] { try silence(seconds: 4, to: "Ann/First/" + name) }
    }

    /// Silence is decoded like music, and the network is not asked.
    private func silence(seconds: Int, to name: String) throws {
        _ = try folder.write(wave([Int16](repeating: 0, count: seconds * 8_000)), to: "music/" + name)
    }

    private func wave(_ samples: [Int16]) -> [UInt8] { WaveFile(channels: 1, rate: 8_000, samples: samples).bytes }

    private func scan(_ change: (inout SoundScan.Options) -> Void = { _ in }) throws -> SoundScan.Report {
        var options = SoundScan.Options()
        change(&options)
        return try SoundScan(library: library, network: Self.network).run(SoundScan.root(music), options: options)
    }

    private func index() throws -> Library {
        _ = try LibraryBuilder(library: library, vocabulary: TinyVocabulary.tables()).build([], folders: [SoundScan.root(music)])
        return try Library(path: library)
    }

    private func ids(_ library: Library) -> [String] { (0..<UInt32(library.tracks.count)).map(library.tracks.id) }

    @Test func whatDidNotChangeIsHeardOnce() throws {
        let first = try scan()
        #expect(first.found == 2 && first.heard == 2 && first.unchanged == 0 && first.seconds == 8 && first.problems.isEmpty)
        let second = try scan()
        #expect(second.found == 2 && second.heard == 0 && second.unchanged == 2)
        try silence(seconds: 5, to: "Ann/First/02 - Dusk.wav")
        try silence(seconds: 1, to: "New.wav")
        let third = try scan()
        #expect(third.heard == 2 && third.unchanged == 1)
    }

    @Test func filesBecomeTracks() throws {
        _ = try scan()
        let library = try index()
        #expect(ids(library) == ["music/Ann/First/01 - Noon.wav", "music/Ann/First/02 - Dusk.wav"])
        #expect(library.tracks.title(0) == "Noon" && library.tracks.duration(0) == 4)
        #expect(library.tracks.file(0) == (try SoundScan.root(music)) + "/Ann/First/01 - Noon.wav")
        // Silence has no sound to be compared by.
        #expect(library.likeness == nil && library.manifest.sound == nil)
    }

    @Test func soundsAreKeptAsVectors() throws {
        // Noise: the one file here that the network hears.
        var random = SeededGenerator(seed: 1)
        _ = try folder.write(wave((0..<16_000).map { _ in Int16(random.integer(in: -8000...8000)) }), to: "music/Noise.wav")
        _ = try scan()
        let library = try index()
        let sound = try #require(library.likeness).vectors
        #expect(sound.encoder == Musicnn.name && sound.dimension == 200)
        let document = try #require(library.tracks.document(id: "music/Noise.wav"))
        #expect(sound.row(of: document) == 0 && Array(sound.documents) == [document])
        #expect(library.manifest.sound == .init(identity: Musicnn.name, dimension: 200))
        #expect(try Library.verify(path: self.library).tracks == 3)
    }

    @Test func aBadFileStopsNothingAndIsNamed() throws {
        let bad = try folder.write("This is no music.", to: "music/Letter.mp3")
        _ = try folder.write("cover", to: "music/cover.jpg")
        try FileManager.default.createSymbolicLink(atPath: music + "/loop", withDestinationPath: music)
        try FileManager.default.createSymbolicLink(atPath: music + "/gone.mp3", withDestinationPath: "/nowhere/at/all.mp3")
        let report = try scan()
        #expect(report.found == 3 && report.heard == 2)
        let root = try SoundScan.root(music)
        #expect(report.problems.count == 2, "\(report.problems)")
        #expect(report.problems.contains("\(root)/gone.mp3: cannot be read: No such file or directory"))
        #expect(report.problems.contains { $0.hasPrefix("\(root)/Letter.mp3: ") })
        // It is not tried again before it changes, and named all the same.
        let second = try scan()
        #expect(second.heard == 0 && second.unchanged == 3 && second.problems.count == 2)
        #expect(try scan { $0.retrying = true }.unchanged == 2)
        _ = try folder.write(wave([0, 0]), to: "music/Letter.mp3")
        #expect(try scan().heard == 1)
        #expect(ids(try index()).count == 3)
        try FileManager.default.removeItem(atPath: bad)
    }

    @Test func aDiskThatIsGoneChangesNothing() throws {
        _ = try scan()
        #expect(ids(try index()).count == 2)
        let aside = folder.path + "/aside"
        try FileManager.default.moveItem(atPath: music, toPath: aside)
        try FileManager.default.createDirectory(atPath: music, withIntermediateDirectories: true)
        #expect(throws: LibraryError.vanished(path: try SoundScan.root(music), files: 2)) { try scan() }
        #expect(ids(try Library(path: library)).count == 2)
        // Said on purpose, the tracks go; what was heard stays.
        #expect(try scan { $0.forgetting = true }.gone == 2)
        #expect(ids(try index()).isEmpty)
        try FileManager.default.removeItem(atPath: music)
        try FileManager.default.moveItem(atPath: aside, toPath: music)
        let back = try scan()
        #expect(back.heard == 0 && back.unchanged == 2)
        #expect(ids(try index()).count == 2)
    }

    @Test func aFileThatIsGoneLeavesItsAnalysis() throws {
        _ = try scan()
        let file = music + "/Ann/First/02 - Dusk.wav"
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        let time = try FileManager.default.attributesOfItem(atPath: file)[.modificationDate]
        try FileManager.default.removeItem(atPath: file)
        #expect(try scan().gone == 1)
        #expect(ids(try index()) == ["music/Ann/First/01 - Noon.wav"])
        try bytes.write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.modificationDate: time as Any], ofItemAtPath: file)
        #expect(try scan().gone == 0)
        #expect(ids(try index()).count == 2)
    }

    @Test func whatIsStoppedGoesOn() throws {
        for i in 0..<6 { try silence(seconds: 1, to: "\(i).wav") }
        let root = try SoundScan.root(music)
        let asked = Counter()
        let report = try SoundScan(library: library, network: Self.network).run(
            root,
            options: {
                var options = SoundScan.Options(); options.jobs = 1; return options
            }(), shouldStop: { asked.next() > 3 })
        #expect(report.isUnfinished && report.heard == 3)
        let rest = try scan()
        #expect(rest.heard == 5 && rest.unchanged == 3 && !rest.isUnfinished)
    }

    /// What nobody said and something heard is told apart in the reasons.
    @Test func reasonsSayThatTheirEvidenceIsTheSound() throws {
        let tracks = [
            Track(id: "heard", descriptors: [TrackDescriptor(DescriptorID(.genre, "groaa"), weight: 0.6, provenance: "tagger:ear")]),
            Track(id: "said", descriptors: [TrackDescriptor(DescriptorID(.genre, "groaa"))]),
        ]
        _ = try LibraryBuilder(library: library, vocabulary: TinyVocabulary.tables()).build { put in try tracks.forEach(put) }
        let hits = try Library(path: library).search(plan(want("genre:groaa")), .everything).hits
        let heard = try #require(hits.first { $0.id == "heard" }?.reasons.first { $0.kind == .descriptor })
        #expect(heard.source == "tagger:ear" && abs((heard.confidence ?? 0) - 0.6) < 0.01)
        let said = try #require(hits.first { $0.id == "said" }?.reasons.first { $0.kind == .descriptor })
        #expect(said.source == nil && said.confidence == nil && said.value > heard.value)
    }

    @Test func aFolderThatIsGoneAltogetherCanBeForgotten() throws {
        _ = try scan()
        #expect(ids(try index()).count == 2)
        let root = try SoundScan.root(music)
        try FileManager.default.moveItem(atPath: music, toPath: folder.path + "/aside")
        let gone = try SoundScan.root(folder.path + "/./x/../music", mayBeGone: true)
        #expect(gone == root || root.hasSuffix(gone))
        let scanner = SoundScan(library: library, network: Self.network)
        #expect(throws: LibraryError.vanished(path: root, files: 2)) { try scanner.run(root) }
        var options = SoundScan.Options()
        options.forgetting = true
        let report = try scanner.run(root, options: options)
        #expect(report.gone == 2 && report.problems.isEmpty)
        _ = try LibraryBuilder(library: library, vocabulary: TinyVocabulary.tables()).build([], folders: [root])
        #expect(ids(try Library(path: library)).isEmpty)
    }

    @Test func twoFoldersOfOneNameDoNotTakeEachOthersTracks() throws {
        _ = try scan()
        _ = try index()
        let other = folder.path + "/other/music"
        try FileManager.default.createDirectory(atPath: other + "/Ann/First", withIntermediateDirectories: true)
        for name in ["Ann/First/01 - Noon.wav", "Extra.wav"] { _ = try folder.write(wave([0, 0, 0]), to: "other/music/" + name) }
        let root = try SoundScan.root(other)
        _ = try SoundScan(library: library, network: Self.network).run(root)
        let outcome = try LibraryBuilder(library: library, vocabulary: TinyVocabulary.tables()).build([], folders: [root])
        #expect(outcome.manifest.tracks == 3)
        let report = try #require(outcome.reports.first?.report)
        #expect(report.imported == 1 && report.failed == 1)
        #expect(report.problems[0].hasPrefix("\(root)/Ann/First/01 - Noon.wav: its id 'music/Ann/First/01 - Noon.wav' is that of "))
        let first = try Library(path: library)
        #expect(first.tracks.file(0) == (try SoundScan.root(music)) + "/Ann/First/01 - Noon.wav")
    }

    @Test func aFolderThatIsNotThereIsNamed() {
        #expect(throws: LibraryError.unreadable(path: folder.path + "/none", why: "No such file or directory")) { try SoundScan.root(folder.path + "/none") }
    }
}

/// Counts calls of any thread.
private final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    func next() -> Int {
        lock.withLock {
            count += 1
            return count
        }
    }
}
