import CZip
import Foundation
import NeuralNetworks
import Storage
import TestSupport
import Testing
import TrackCatalogue

@testable import MusicSearch

/// Embeddings that something else made.
@Suite struct EmbeddingFileTests {
    private let folder: TemporaryFolder
    private var library: String { folder.path + "/library" }

    init() throws { folder = try TemporaryFolder() }

    /// As numpy.save writes it: the header padded with spaces to a multiple of 64.
    private func numpy(_ type: String, _ shape: String, _ bytes: [UInt8], order: String = "False", version: UInt8 = 1) -> [UInt8] {
        var header = "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }"
        let prefix = version == 1 ? 10 : 12
        while (prefix + header.utf8.count + 1) % 64 != 0 { header += " " }
        header += "\n"
        let length = header.utf8.count
        let size = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + size + Array(header.utf8) + bytes
    }

    private func floats(_ values: [Float]) -> [UInt8] { values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } } }
    private func doubles(_ values: [Double]) -> [UInt8] { values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } } }
    private func halves(_ values: [Float]) -> [UInt8] { values.flatMap { withUnsafeBytes(of: Float16($0).bitPattern.littleEndian) { Array($0) } } }

    private let values: [Float] = [1, -2, 0.5, 3, 4, -0.25]

    @Test(arguments: ["<f2", "<f4", "<f8"], [1, 2] as [UInt8]) func arraysOfEveryWidthAreRead(type: String, version: UInt8) throws {
        let bytes = type == "<f2" ? halves(values) : type == "<f4" ? floats(values) : doubles(values.map(Double.init))
        let file = try EmbeddingFile(path: folder.write(numpy(type, "(2, 3)", bytes, version: version), to: "a.npy"))
        #expect(file.rows == 2 && file.dimension == 3)
        #expect(Array(file.row(0)) == [1, -2, 0.5] && Array(file.row(1)) == [3, 4, -0.25])
    }

    @Test func aZipOfArraysAndSafetensorsAreRead() throws {
        let array = try folder.write(numpy("<f4", "(3, 2)", floats(values)), to: "arr_0.npy")
        var code: Int32 = 0
        let archive = try #require(zip_open(folder.path + "/a.npz", ZIP_CREATE, &code))
        zip_file_add(archive, "arr_0.npy", zip_source_file(archive, array, 0, 0), 0)
        #expect(zip_close(archive) == 0)
        #expect(Array(try EmbeddingFile(path: folder.path + "/a.npz").row(2)) == [4, -0.25])

        var tensors = SafetensorsWriter()
        tensors.add("embedding", shape: [2, 3], values)
        try tensors.write(to: folder.path + "/a.safetensors")
        #expect(Array(try EmbeddingFile(path: folder.path + "/a.safetensors").row(1)) == [3, 4, -0.25])
    }

    @Test func whatIsNoMatrixIsNamed() throws {
        let cases: [(String, [UInt8], String)] = [
            ("vector.npy", numpy("<f4", "(6,)", floats(values)), "expected a matrix, found the shape (6,)"),
            ("fortran.npy", numpy("<f4", "(2, 3)", floats(values), order: "True"), "expected an array in C order"),
            ("integers.npy", numpy("<i4", "(2, 3)", floats(values)), "expected elements <f2, <f4 or <f8"),
            ("short.npy", numpy("<f4", "(2, 3)", Array(floats(values).dropLast())), "expected 24 bytes of 2 × 3, found 23"),
            ("huge.npy", numpy("<f4", "(9223372036854775807, 3)", floats(values)), "expected a matrix"),
            ("text.npy", Array("no array at all".utf8), "not a .npy, .npz or .safetensors file"),
            ("empty.npz", [0x50, 0x4B, 0x03, 0x04, 0, 0], "expected a zip file of NumPy arrays"),
            ("columns.npy", numpy("<f4", "(2, 0)", []), "not a matrix with columns file"),
        ]
        for (name, bytes, message) in cases {
            let path = try folder.write(bytes, to: name)
            #expect {
                _ = try EmbeddingFile(path: path)
            } throws: { error in
                "\(error)".hasPrefix(path) && "\(error)".contains(message)
            }
        }
    }

    @Test func bytesAtRandomEndInAMatrixOrAnError() throws {
        let original = numpy("<f4", "(2, 3)", floats(values))
        for seed in 0..<200 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            var bytes = original
            for _ in 0..<random.integer(in: 1...6) { bytes[random.integer(in: 6...bytes.count - 1)] = UInt8(random.integer(in: 0...255)) }
            if seed % 4 == 0 { bytes.removeLast(random.integer(in: 1...bytes.count - 1)) }
            let path = try folder.write(bytes, to: "random.npy")
            do {
                let file = try EmbeddingFile(path: path)
                #expect(file.rows * file.dimension * 4 <= bytes.count * 2, "seed \(seed)")
            } catch let error as FileError {
                #expect(error.path.hasPrefix(path), "seed \(seed)")
            }
        }
    }

    @Test func vectorsGoToTheirTracksAndBadRowsAreReported() throws {
        let corpus = try folder.write((0..<4).map { "{\"id\": \"t\($0)\", \"tags\": [\"groaa\"]}\n" }.joined(), to: "corpus.jsonl")
        let array = try folder.write(numpy("<f4", "(4, 2)", floats([3, 4, 1, .nan, 0, 0, 5, 12])), to: "mule.npy")
        func build(_ ids: [String]) throws -> LibraryBuilder.Outcome {
            let embeddings = try LibraryBuilder.Embeddings(vectors: EmbeddingFile(path: array), ids: ids, idsPath: "ids.txt", encoder: "mule")
            return try LibraryBuilder(library: library, vocabulary: TinyVocabulary.tables()).build(
                [.init(path: corpus, format: .jsonl)], embeddings: embeddings)
        }
        let outcome = try build(["t2", "t1", "t0", "t9"])
        let report = try #require(outcome.reports.last?.report)
        #expect(report.imported == 1 && report.failed == 3)
        #expect(report.problems[0] == "\(array), row 2, of 't1': expected finite numbers that are not all 0")
        #expect(report.problems[2] == "ids.txt:4: there is no track 't9'")
        let opened = try Library(path: library)
        let sound = try #require(opened.likeness).vectors
        #expect(sound.encoder == "mule" && sound.dimension == 2 && Array(sound.documents) == [2])
        #expect(opened.manifest.sound == .init(identity: "mule", dimension: 2))
        #expect(throws: LibraryError.unreadable(path: "ids.txt", why: "it has 3 ids; expected 4, as \(array) has rows")) { try build(["t0", "t1", "t2"]) }
    }

    @Test func ofTwoEncodersTheCommonerStays() throws {
        let corpus = try folder.write((0..<3).map { "{\"id\": \"t\($0)\", \"tags\": [\"groaa\"]}\n" }.joined(), to: "corpus.jsonl")
        func build(_ encoder: String, _ ids: [String], _ width: Int) throws -> LibraryBuilder.Outcome {
            let ones = [Float](repeating: 1, count: ids.count * width)
            let array = try folder.write(numpy("<f4", "(\(ids.count), \(width))", floats(ones)), to: encoder + ".npy")
            let embeddings = try LibraryBuilder.Embeddings(vectors: EmbeddingFile(path: array), ids: ids, idsPath: "ids.txt", encoder: encoder)
            return try LibraryBuilder(library: library, vocabulary: TinyVocabulary.tables()).build(
                [.init(path: corpus, format: .jsonl)], embeddings: embeddings)
        }
        #expect(try build("one", ["t0", "t1", "t2"], 4).soundProblems.isEmpty)
        let second = try build("two", ["t1"], 3)
        #expect(second.soundProblems == ["1 tracks have vectors by two, 3 wide; the library's are by one, 4 wide: left out"])
        #expect(second.manifest.sound == .init(identity: "one", dimension: 4))
    }
}
