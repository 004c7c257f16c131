import Encoders
import Foundation
import LinearAlgebra
import Storage
import TestSupport
import Testing

@testable import MusicSearch

/// Vectors that are kept from run to run: each text is encoded once, and what a failing disk or a killed run left is never taken for a vector.
@Suite struct EmbeddingStoreTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/embeddings.cache" }
    private static let texts = (0..<40).map { "text \($0) of \($0 * 7 % 11) words" }
    /// Checksum, two keys, half-precision vector.
    private static let recordSize = 24 + 48 * 2

    init() throws { folder = try TemporaryFolder() }

    private func bytes() throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
    private func write(_ bytes: some Sequence<UInt8>) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

    /// Encodes through a store that is opened anew. - Returns: the vectors, and the texts that the encoder was given.
    @discardableResult
    private func encode(_ texts: [String] = Self.texts, _ encoder: WordEncoder = WordEncoder()) throws -> (vectors: Matrix, encoded: [String]) {
        encoder.forget()
        let vectors = try EmbeddingStore(path: path, encoder: encoder).encode(texts) { _ in }
        return (vectors, encoder.batched)
    }

    @Test func vectorsAreTheEncodersInHalfPrecision() throws {
        let (vectors, _) = try encode()
        let encoder = WordEncoder()
        for (row, text) in Self.texts.enumerated() {
            // An element below 1 is off by at most 2⁻¹², and the length that is brought back to 1 by no more.
            #expect(zip(vectors.row(row), encoder.vector(text)).allSatisfy { abs($0 - $1) <= 0.0005 }, "\(text)")
            #expect(abs(vectors.row(row).reduce(0) { $0 + $1 * $1 } - 1) <= 1e-6, "\(text)")
        }
    }

    @Test func eachTextIsEncodedOnce() throws {
        let (first, encoded) = try encode()
        #expect(encoded == Self.texts)
        let (second, again) = try encode()
        #expect(again.isEmpty)
        #expect(second == first)
        #expect(try encode(Self.texts + ["new"]).encoded == ["new"])
        #expect(try bytes().count % Self.recordSize == (try encode([]).encoded.count + header().count) % Self.recordSize)
    }

    private func header() -> [UInt8] { Array("descant vectors 1\nwords/1 48\n".utf8) }

    @Test func aTextThatIsThereTwiceIsEncodedOnce() throws {
        let (vectors, encoded) = try encode(["a", "b", "a", "a", "b"])
        #expect(encoded == ["a", "b"])
        #expect(vectors.row(0).elementsEqual(vectors.row(2)) && vectors.row(0).elementsEqual(vectors.row(3)) && vectors.row(1).elementsEqual(vectors.row(4)))
        #expect(try bytes().count == header().count + 2 * Self.recordSize)
    }

    @Test func onlyTheTextCounts() throws {
        let whole = try encode().vectors
        for (order, texts) in [("backwards", Self.texts.reversed()), ("half", Array(Self.texts.prefix(20)))] {
            try FileManager.default.removeItem(atPath: path)
            try encode(texts)
            #expect(try encode().vectors == whole, "\(order) first")
        }
    }

    @Test func progressCountsWhatWasKnown() throws {
        let many = (0..<2500).map { "t\($0)" }
        let encoder = WordEncoder(dimension: 4)
        var told: [Int] = []
        _ = try EmbeddingStore(path: path, encoder: encoder).encode(Array(many.prefix(100))) { told.append($0) }
        #expect(told == [0, 100])
        told = []
        _ = try EmbeddingStore(path: path, encoder: encoder).encode(many) { told.append($0) }
        #expect(told == [100, 1124, 2148, 2500])
    }

    // MARK: Damage

    /// A run that is killed while it writes leaves a record of any length.
    @Test func aTornRecordIsCutOffAndMadeAgain() throws {
        let texts = Array(Self.texts.prefix(3))
        let expected = try encode(texts).vectors
        let whole = try bytes()
        #expect(whole.count == header().count + 3 * Self.recordSize)
        for length in whole.count - Self.recordSize..<whole.count {
            try write(whole.prefix(length))
            let encoder = WordEncoder()
            let store = try EmbeddingStore(path: path, encoder: encoder)
            #expect(try bytes() == Array(whole.prefix(whole.count - Self.recordSize)), "cut to \(length) bytes")
            #expect(try store.encode(texts) { _ in } == expected)
            #expect(encoder.batched == [texts[2]])
            #expect(try bytes() == whole)
        }
    }

    @Test func aFlippedByteCutsOffWhatFollows() throws {
        let texts = Array(Self.texts.prefix(4))
        let expected = try encode(texts).vectors
        let whole = try bytes()
        var numbers = SeededGenerator(seed: 3)
        for position in header().count..<whole.count where position % 5 == 0 {
            var damaged = whole
            damaged[position] ^= UInt8.random(in: 1...255, using: &numbers)
            try write(damaged)
            let (vectors, encoded) = try encode(texts)
            #expect(vectors == expected, "byte \(position)")
            #expect(encoded == Array(texts[((position - header().count) / Self.recordSize)...]), "byte \(position)")
            #expect(try bytes() == whole)
        }
    }

    @Test func aDamagedHeaderStartsAnew() throws {
        let texts = Array(Self.texts.prefix(2))
        try encode(texts)
        let whole = try bytes()
        for position in 0..<header().count {
            var damaged = whole
            damaged[position] ^= 0x11
            try write(damaged)
            #expect(try encode(texts).encoded == texts, "byte \(position)")
            #expect(try bytes() == whole)
        }
        for length in 0..<header().count {
            try write(whole.prefix(length))
            #expect(try encode(texts).encoded == texts, "cut to \(length) bytes")
        }
        try write(Array("hello".utf8))
        #expect(try encode(texts).encoded == texts)
    }

    @Test(arguments: [("words/2", 48), ("words/1", 24), ("words/1 48\nwords/1", 48), ("", 48)])
    func anotherEncodersFileIsReplaced(identity: String, dimension: Int) throws {
        let texts = Array(Self.texts.prefix(3))
        let expected = try encode(texts).vectors
        let other = WordEncoder(identity: identity, dimension: dimension)
        let (vectors, encoded) = try encode(texts, other)
        #expect(encoded == texts && vectors.columns == dimension)
        #expect(try encode(texts, other).encoded.isEmpty)
        let (back, again) = try encode(texts)
        #expect(again == texts && back == expected)
    }

    @Test func aPlaceThatCannotBeWrittenIsATypedError() throws {
        let file = try folder.write("I am a file", to: "file")
        for path in [file + "/embeddings.cache", folder.path + "/absent/embeddings.cache", folder.path] {
            let error = #expect(throws: FileError.self) { try EmbeddingStore(path: path, encoder: WordEncoder()) }
            #expect(error?.path.hasPrefix(path) == true)
        }
        // A store whose file goes away while it is open.
        let store = try EmbeddingStore(path: path, encoder: WordEncoder())
        try FileManager.default.removeItem(atPath: path)
        let error = #expect(throws: FileError.self) { try store.encode(["a"]) { _ in } }
        #expect(error?.path == path)
    }
}
