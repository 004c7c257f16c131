import Foundation
import LinearAlgebra
import NeuralNetworks
import Storage
import TestSupport
import Testing

@testable import Encoders

/// The compiled file of an encoder: the same vectors to the bit, and nothing but a typed error from a file that is not what was written.
@Suite struct CompiledEncoderTests {
    private static let vocabulary: [UInt8] = {
        guard let data = FileManager.default.contents(atPath: TinyModel.biEncoder.folder + "/vocab.txt") else { preconditionFailure("no vocab.txt") }
        return Array(data)
    }()

    private static func encoder(
        _ pooling: TransformerConfiguration.Pooling = .mean, maximumTokens: Int = 64, folder: String = TinyModel.biEncoder.folder
    ) throws -> BiEncoder {
        try BiEncoder(
            folder: folder, name: "tiny", precision: .int8, pooling: pooling, maximumTokens: maximumTokens, remembered: 0, team: TinyModel.teams[1])
    }

    /// What the compiled file of the fixture holds.
    private static let content: [UInt8] = {
        do {
            let place = Place()
            try encoder().compile(vocabulary: vocabulary, to: place.path)
            return try place.bytes
        } catch {
            preconditionFailure("the fixture cannot be compiled: \(error)")
        }
    }()

    /// A path for one compiled file, removed with the value.
    private final class Place {
        let path = FileManager.default.temporaryDirectory.path + "/encoder-\(UUID().uuidString)"
        deinit { try? FileManager.default.removeItem(atPath: path) }

        var bytes: [UInt8] { get throws { Array(try Data(contentsOf: URL(fileURLWithPath: path))) } }
        func write(_ bytes: some Sequence<UInt8>) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
        func open() throws -> BiEncoder { try BiEncoder(compiled: path, remembered: 0, team: TinyModel.teams[0]) }

        func expectError(_ what: String) {
            let error = #expect(throws: FileError.self, "\(what)") { try open() }
            #expect(error?.path == path, "\(what)")
        }
    }

    // MARK: The same encoder

    @Test(arguments: [TransformerConfiguration.Pooling.mean, .cls]) func vectorsAreTheSameToTheBit(pooling: TransformerConfiguration.Pooling) throws {
        let place = Place()
        let original = try Self.encoder(pooling)
        try original.compile(vocabulary: Self.vocabulary, to: place.path)
        let texts = TinyModel.texts(lengths: (0..<30).map { $0 * 23 % 60 }) + ["", "pianos sadly", "zzz", String(repeating: "calm ", count: 100)]
        let expected = original.encode(texts)
        for team in TinyModel.teams {
            let compiled = try BiEncoder(compiled: place.path, remembered: 4, team: team)
            let found = compiled.encode(texts)
            #expect(found.vectors == expected.vectors && found.truncated == expected.truncated, "\(team.size) threads")
            #expect(texts.map { compiled.encode($0).vector } == texts.map { original.encode($0).vector }, "\(team.size) threads, one text at a time")
            #expect(texts.map(compiled.tokenCount) == texts.map(original.tokenCount))
            #expect(compiled.identity == original.identity && compiled.identity == "tiny/int8-\(PackedMatrix.revision)")
            #expect(compiled.transformer.configuration == original.transformer.configuration)
        }
    }

    @Test func limitsAndActivationAreKept() throws {
        let copy = try ModelCopy(.biEncoder), place = Place()
        try copy.configure("hidden_act", "relu")
        try copy.configure("layer_norm_eps", 1e-3)
        let original = try Self.encoder(maximumTokens: 7, folder: copy.folder)
        try original.compile(vocabulary: Self.vocabulary, to: place.path)
        let compiled = try place.open()
        #expect(compiled.transformer.configuration == original.transformer.configuration)
        #expect(compiled.transformer.configuration.activation == .relu && compiled.transformer.configuration.maximumTokens == 7)
        let text = TinyModel.texts(lengths: [20])[0]
        #expect(compiled.encode(text) == original.encode(text) && compiled.encode(text).truncated)
        #expect(compiled.encode(text).vector != (try Self.encoder(maximumTokens: 7)).encode(text).vector)
    }

    @Test func compilingAgainGivesTheSameBytes() throws {
        let place = Place()
        try Self.encoder().compile(vocabulary: Self.vocabulary, to: place.path)
        #expect(try place.bytes == Self.content)
        // What was compiled compiles to itself.
        try place.open().compile(vocabulary: Self.vocabulary, to: place.path)
        #expect(try place.bytes == Self.content)
    }

    @Test func aPlaceThatCannotBeWrittenIsATypedError() throws {
        let path = TinyModel.biEncoder.folder + "/vocab.txt/encoder"
        #expect(throws: FileError.self) { try Self.encoder().compile(vocabulary: Self.vocabulary, to: path) }
        #expect(throws: FileError.self) { try BiEncoder(compiled: path) }
    }

    // MARK: Damage

    @Test func aFlippedByteIsAnError() throws {
        let place = Place()
        var random = SeededGenerator(seed: 11)
        // All of the header and the table of sections, then anywhere.
        let positions = Array(0..<200) + (0..<200).map { _ in Int.random(in: 200..<Self.content.count, using: &random) }
        for position in positions {
            var damaged = Self.content
            damaged[position] ^= UInt8.random(in: 1...255, using: &random)
            try place.write(damaged)
            place.expectError("byte \(position) is flipped")
        }
    }

    @Test func anotherLengthIsAnError() throws {
        let place = Place()
        var random = SeededGenerator(seed: 12)
        let count = Self.content.count
        for length in Array(0..<64) + [count / 2, count - 64, count - 1] + (0..<30).map({ _ in Int.random(in: 64..<count, using: &random) }) {
            try place.write(Self.content.prefix(length))
            place.expectError("cut to \(length) bytes")
        }
        for extra in [1, 64, 5000] {
            try place.write(Self.content + [UInt8](repeating: 0, count: extra))
            place.expectError("\(extra) bytes more")
        }
        try place.write(Array("hello".utf8))
        place.expectError("a text")
        try FileManager.default.removeItem(atPath: place.path)
        place.expectError("a missing file")
    }

    // MARK: Forged, with a sound checksum

    private struct Section {
        var name: String
        var bytes: [UInt8]
    }

    /// The file's sections, by its table: 40 bytes of header, then name (16), offset and length (8 each).
    private static func sections() -> [Section] {
        content.withUnsafeBytes { bytes in
            let count = Int(bytes.loadUnaligned(fromByteOffset: 20, as: UInt32.self))
            return (0..<count).map { i in
                let entry = 40 + i * 32
                let offset = Int(bytes.loadUnaligned(fromByteOffset: entry + 16, as: UInt64.self))
                let length = Int(bytes.loadUnaligned(fromByteOffset: entry + 24, as: UInt64.self))
                return Section(
                    name: String(decoding: bytes[entry..<entry + 16].prefix { $0 != 0 }, as: UTF8.self), bytes: Array(bytes[offset..<offset + length]))
            }
        }
    }

    private static func write(_ sections: [Section], to place: Place) throws {
        var file = SectionFileWriter(kind: BiEncoder.kind, version: BiEncoder.version)
        for section in sections { file.add(section.name, section.bytes) }
        try file.write(to: place.path)
    }

    private static func shape() throws -> [UInt64] {
        let section = try #require(sections().first { $0.name == "shape" })
        return section.bytes.withUnsafeBytes { bytes in (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) } }
    }

    private static func write(shape: [UInt64], to place: Place) throws {
        let bytes = shape.withUnsafeBytes { Array($0) }
        try write(sections().map { $0.name == "shape" ? Section(name: "shape", bytes: bytes) : $0 }, to: place)
    }

    @Test func theSectionsAreTheFile() throws {
        let place = Place()
        try Self.write(Self.sections(), to: place)
        #expect(try place.bytes == Self.content)
        #expect(Array(try Self.shape().prefix(9)) == [UInt64(PackedMatrix.revision), 100, 32, 2, 4, 64, 64, 2, 64])
    }

    @Test(arguments: [0, 1, 3, 1 << 19] as [UInt64]) func anotherRevisionIsNamed(revision: UInt64) throws {
        let place = Place()
        var shape = try Self.shape()
        shape[0] = revision
        try Self.write(shape: shape, to: place)
        let error = #expect(throws: FileError.self) { try place.open() }
        #expect(error?.description.contains("expected shape: weights of revision \(PackedMatrix.revision), found \(revision)") == true, "\(error as Any)")
    }

    /// Every number of the shape, replaced by ones that are zero, odd, large, or too large to multiply: an error, or an encoder that encodes.
    @Test func aForgedShapeNeverTraps() throws {
        let place = Place()
        let shape = try Self.shape()
        var refused = 0
        for position in shape.indices {
            for value in [0, 1, 2, 3, 5, 7, 31, 33, 63, 65, 1000, (1 << 20) - 1, 1 << 20, 1 << 32, 1 << 62, .max] as [UInt64] where value != shape[position] {
                var forged = shape
                forged[position] = value
                try Self.write(shape: forged, to: place)
                do {
                    let encoder = try place.open()
                    let vector = encoder.encode("calm piano pianos sadly and the rest").vector
                    #expect(vector.count == encoder.dimension && vector.allSatisfy { $0.isFinite }, "number \(position) is \(value)")
                } catch is FileError { refused += 1 }
            }
        }
        #expect(refused > 100)
        var random = SeededGenerator(seed: 13)
        for _ in 0..<100 {
            var forged = shape
            for _ in 0..<Int.random(in: 2...4, using: &random) {
                let position = Int.random(in: 0..<shape.count, using: &random)
                forged[position] =
                    [shape[Int.random(in: 1...8, using: &random)], UInt64.random(in: 0...200, using: &random)].randomElement(using: &random) ?? 0
            }
            try Self.write(shape: forged, to: place)
            do { _ = try place.open().encode("calm piano") } catch is FileError {}
        }
    }

    @Test func aShapeOfAnotherLengthIsAnError() throws {
        let place = Place()
        let shape = try Self.shape()
        for count in [0, 1, 11, 13] {
            try Self.write(shape: Array((shape + shape).prefix(count)), to: place)
            place.expectError("\(count) numbers")
        }
        try Self.write(Self.sections().map { $0.name == "shape" ? Section(name: "shape", bytes: Array($0.bytes.dropLast())) : $0 }, to: place)
        place.expectError("95 bytes of shape")
    }

    @Test(arguments: [Float.nan, .infinity, 0, -1, 1, 2]) func anEpsilonThatCannotBeIsAnError(epsilon: Float) throws {
        let place = Place()
        var shape = try Self.shape()
        shape[11] = UInt64(epsilon.bitPattern)
        try Self.write(shape: shape, to: place)
        place.expectError("epsilon \(epsilon)")
    }

    @Test func aMissingOrShortSectionIsAnError() throws {
        let place = Place()
        let sections = Self.sections()
        for (i, section) in sections.enumerated() where section.name != "name" && section.name != "vocabulary" {
            var forged = sections
            forged.remove(at: i)
            try Self.write(forged, to: place)
            place.expectError("without \(section.name)")
            forged = sections
            forged[i].bytes = Array(forged[i].bytes.dropLast(4))
            try Self.write(forged, to: place)
            place.expectError("\(section.name) is short")
            forged[i].bytes = section.bytes + [0, 0, 0, 0]
            try Self.write(forged, to: place)
            place.expectError("\(section.name) is long")
        }
    }

    @Test(arguments: ["", "\n\n\n", "[PAD]\n", "hello\nworld\n", "\u{0}\u{1}\n", String(repeating: "word\n", count: 100)]) func aForgedVocabularyNeverTraps(
        text: String
    ) throws {
        let place = Place()
        for bytes in [Array(text.utf8), Self.vocabulary + Array(text.utf8), [0xFF, 0xFE, 0x0A] + Self.vocabulary] {
            try Self.write(Self.sections().map { $0.name == "vocabulary" ? Section(name: "vocabulary", bytes: bytes) : $0 }, to: place)
            do {
                let encoder = try place.open()
                let vector = encoder.encode("calm piano").vector
                #expect(vector.allSatisfy { $0.isFinite })
            } catch {
                #expect("\(error)".hasPrefix(place.path), "\(error)")
            }
        }
    }
}
