import Encoders
import Foundation
import QueryPlanning
import TestSupport
import Testing

@testable import MusicSearch

/// A library's vectors and the encoder that they need: found, missing, or another one.
@Suite struct DenseLibraryTests {
    private let folder: TemporaryFolder
    private var library: String { folder.path + "/library" }

    init() throws { folder = try TemporaryFolder() }

    private static let files = [Library.FileName.dense, Library.FileName.phraseVectors, Library.FileName.setVectors]

    @Test func theManifestNamesTheModelAndItsFiles() throws {
        let manifest = try DenseLibrary.build(library, WordEncoder()).manifest
        #expect(manifest.models == [Manifest.Model(identity: "words/1", dimension: 48)])
        for file in Self.files { #expect(manifest.files["generations/000001/" + file] != nil, "\(file)") }
        #expect(try Library.verify(path: library) == manifest)
        let plain = try DenseLibrary.build(library, nil).manifest
        #expect(plain.models.isEmpty && plain.files.keys.allSatisfy { name in !Self.files.contains { name.hasSuffix($0) } })
    }

    // MARK: Which encoder

    @Test func aLibraryWithItsEncoderSaysNothing() throws {
        var asked: [String] = []
        let library = try withUnsafeMutablePointer(to: &asked) { asked in
            nonisolated(unsafe) let asked = asked
            return try Library(path: DenseLibrary.path) { identity in
                asked.pointee.append(identity)
                return WordEncoder()
            }
        }
        #expect(asked == ["words/1"])
        #expect(library.lexicalOnly == nil && library.dense != nil && library.planner.semantics != nil)
    }

    @Test func aLibraryWithoutModelSaysSo() throws {
        try DenseLibrary.build(library, nil)
        let opened = try Library(path: library) { _ in
            Issue.record("asked for an encoder that the library has no use for")
            return nil
        }
        #expect(opened.lexicalOnly == "the library was indexed without a text model")
        #expect(opened.dense == nil && opened.planner.semantics == nil)
        #expect(opened.search("jazz", .everything).hits.count == 5)
    }

    @Test func anEncoderThatIsNotInstalledIsNamed() throws {
        let library = try Library(path: DenseLibrary.path) { _ in nil }
        #expect(library.lexicalOnly == "the text model words/1 of this library is not installed")
        #expect(library.dense == nil)
        #expect(library.search("buttery thumping riffs", .everything).hits.isEmpty)
    }

    @Test func anotherEncoderIsNotUsed() throws {
        let other = WordEncoder(identity: "words/2")
        let library = try Library(path: DenseLibrary.path) { _ in other }
        #expect(library.lexicalOnly == "the library's vectors were made by words/1, the installed model is words/2; index again")
        #expect(library.dense == nil)
        _ = library.search("buttery thumping riffs", .everything)
        #expect(other.single.isEmpty && other.batched.isEmpty)
    }

    @Test func vectorsOfAnotherWidthAreAnErrorThatNamesBoth() throws {
        let error = #expect(throws: ModelError.self) { try Library(path: DenseLibrary.path) { _ in WordEncoder(dimension: 24) } }
        #expect(
            error
                == .mismatch(
                    what: "\(DenseLibrary.path), made by words/1", expected: "vectors of 48 elements", found: "24 from words/1"))
        #expect(error?.description == "\(DenseLibrary.path), made by words/1: expected vectors of 48 elements, found 24 from words/1")
    }

    @Test func anErrorOfTheProviderIsPassedOn() throws {
        struct Broken: Error {}
        #expect(throws: Broken.self) { try Library(path: DenseLibrary.path) { _ in throw Broken() } }
    }

    @Test(arguments: [[], [#"{"id": "a"}"#], [#"{"id": "a", "descriptors": {"genre": ["funk"]}}"#]]) func smallLibraries(lines: [String]) throws {
        try DenseLibrary.build(library, WordEncoder(), lines: lines)
        let opened = try Library(path: library) { _ in WordEncoder() }
        #expect(opened.lexicalOnly == nil)
        for text in ["buttery thumping riffs", "funk", "pensive", ""] {
            let ids = opened.search(text, .everything).ids
            #expect(ids.isEmpty || ids == ["a"], "\(text)")
        }
        #expect(opened.search("buttery thumping riffs", .everything).ids == (lines.last?.contains("funk") == true ? ["a"] : []))
        #expect(opened.distinctDescriptorSets == (lines.last?.contains("funk") == true ? ["funk"] : []))
    }

    // MARK: What is encoded

    @Test func setsAreWrittenOnceFacetByFacet() throws {
        let lines = [
            #"{"id": "a", "descriptors": {"mood": ["sad"], "genre": ["jazz"]}}"#, #"{"id": "b", "descriptors": {"genre": ["jazz"], "mood": ["sad"]}}"#,
            #"{"id": "c", "descriptors": {"genre": ["jazz"]}}"#, #"{"id": "d"}"#,
        ]
        let encoder = WordEncoder()
        try DenseLibrary.build(library, encoder, lines: lines)
        let opened = try Library(path: library)
        #expect(opened.distinctDescriptorSets == ["jazz sad", "jazz"])
        // Wordings of what is here, then the sets; a set that is also a name is known by then.
        #expect(encoder.batched == ["jazz", "sad", "tears on the window", "grey rain", "jazz sad"])
    }

    @Test func aSecondBuildEncodesOnlyWhatIsNew() throws {
        let encoder = WordEncoder()
        try DenseLibrary.build(library, encoder)
        #expect(!encoder.batched.isEmpty && Set(encoder.batched).count == encoder.batched.count)
        encoder.forget()
        try DenseLibrary.build(library, encoder)
        #expect(encoder.batched.isEmpty)
        try DenseLibrary.build(library, encoder, lines: [#"{"id": "new", "descriptors": {"genre": ["polka"]}}"#])
        #expect(Set(encoder.batched) == ["polka", "lederhosen umpah"])
    }

    /// A run that was killed half-way leaves half of the texts; the next one goes on there and makes the very files that one run would have made.
    @Test func aKilledRunGoesOn() throws {
        let whole = WordEncoder()
        try DenseLibrary.build(folder.path + "/whole", whole)
        let half = Array(whole.batched.prefix(whole.batched.count / 2))
        try FileManager.default.createDirectory(atPath: library + "/generations/000001.partial", withIntermediateDirectories: true)
        try Data("started 2026-01-02T03:04:05Z".utf8).write(to: URL(fileURLWithPath: library + "/INDEXING"))
        _ = try EmbeddingStore(path: library + "/" + Library.FileName.embeddings, encoder: WordEncoder()).encode(half) { _ in }
        let torn = library + "/" + Library.FileName.embeddings
        try (Data(contentsOf: URL(fileURLWithPath: torn)).dropLast(7)).write(to: URL(fileURLWithPath: torn))

        let encoder = WordEncoder()
        let outcome = try DenseLibrary.build(library, encoder)
        #expect(encoder.batched == Array(whole.batched.dropFirst(half.count - 1)))
        for file in Self.files {
            func bytes(_ library: String, _ generation: Int) throws -> Data {
                try Data(contentsOf: URL(fileURLWithPath: library + "/" + Manifest.generationFolder(generation) + "/" + file))
            }
            #expect(try bytes(library, outcome.manifest.generation) == bytes(folder.path + "/whole", 1), "\(file)")
        }
        #expect(try Library(path: library) { _ in WordEncoder() }.notice == nil)
    }

    @Test func anotherEncodersBuildReplacesTheVectors() throws {
        try DenseLibrary.build(library, WordEncoder())
        let other = WordEncoder(identity: "words/2", dimension: 20)
        try DenseLibrary.build(library, other)
        let opened = try Library(path: library) { identity in identity == "words/2" ? other : nil }
        #expect(opened.lexicalOnly == nil)
        #expect(opened.search("buttery thumping riffs", .everything).ids.first?.hasPrefix("funk") == true)
    }
}
