import Foundation
import QueryPlanning
import Storage
import TestSupport
import Testing
import TrackCatalogue

@testable import MusicSearch

/// Until the manifest is swapped a reader finds the old library whole.
@Suite struct LibraryBuildingTests {
    private let folder: TemporaryFolder
    private var library: String { folder.path + "/library" }

    init() throws { folder = try TemporaryFolder() }

    private func build(_ lines: [String], replacing: Bool = false) throws -> LibraryBuilder.Outcome {
        let corpus = try folder.write(lines.joined(separator: "\n"), to: "corpus-\(UUID().uuidString).jsonl")
        return try LibraryBuilder(library: library, vocabulary: TinyVocabulary.tables()).build([.init(path: corpus, format: .jsonl)], replacing: replacing)
    }

    private func rows(_ range: Range<Int>, _ genre: String = "groaa") -> [String] { range.map { "{\"id\": \"t\($0)\", \"tags\": [\"\(genre)\"]}" } }

    private func names(in folder: String) throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }

    private func found(_ genre: String = "groaa") throws -> Int { try Library(path: library).search(plan(want("genre:" + genre)), .everything).hits.count }

    @Test func tracksAreAddedAndReplacedById() throws {
        #expect(try build(rows(0..<10)).manifest.tracks == 10)
        #expect(try build(rows(5..<15, "groab")).manifest.tracks == 15)
        #expect(try found("groaa") == 5)
        #expect(try found("groab") == 10)
        let outcome = try build(rows(0..<3), replacing: true)
        #expect(outcome.manifest.tracks == 3)
        #expect(outcome.manifest.generation == 3)
        #expect(try Library.verify(path: library).tracks == 3)
        #expect(try names(in: library + "/generations") == ["000002", "000003"])
    }

    @Test func importingTwiceLeavesTheCount() throws {
        #expect(try build(rows(0..<10)).manifest.tracks == 10)
        #expect(try build(rows(0..<10)).manifest.tracks == 10)
    }

    @Test func aBadRowIsReportedAndTheRestGoesIn() throws {
        let outcome = try build(rows(0..<2) + ["nonsense"] + rows(2..<4))
        #expect(outcome.manifest.tracks == 4)
        #expect(outcome.reports.map(\.report.failed) == [1])
        #expect(outcome.reports[0].report.problems == ["\(outcome.reports[0].path):3: it is not JSON"])
    }

    @Test func aReaderKeepsTheGenerationThatItOpened() throws {
        _ = try build(rows(0..<5))
        let reader = try Library(path: library)
        for _ in 0..<3 { _ = try build(rows(0..<9)) }
        #expect(try names(in: library + "/generations") == ["000003", "000004"])
        #expect(reader.search(plan(want("genre:groaa")), .everything).hits.count == 5)
        #expect(try found() == 9)
    }

    @Test func aCorpusThatCannotBeReadLeavesTheOldLibrary() throws {
        _ = try build(rows(0..<5))
        #expect(throws: ImportError.self) {
            try LibraryBuilder(library: library, vocabulary: TinyVocabulary.tables()).build(
                [
                    .init(path: try folder.write(rows(0..<9).joined(separator: "\n"), to: "good.jsonl"), format: .jsonl),
                    .init(path: folder.path + "/absent", format: .jsonl),
                ])
        }
        #expect(try found() == 5)
        #expect(try Library(path: library).notice == nil)
        #expect(try names(in: library + "/generations") == ["000001"])
        #expect(try build(rows(20..<21)).manifest.tracks == 6)
    }

    @Test func whatAKilledRunLeftIsSaidAndRemoved() throws {
        _ = try build(rows(0..<5))
        let partial = library + "/generations/000002.partial"
        try FileManager.default.createDirectory(atPath: partial, withIntermediateDirectories: true)
        try Data("half a file".utf8).write(to: URL(fileURLWithPath: partial + "/lexical.idx"))
        // Killed between the last rename and the swap of the manifest.
        try FileManager.default.copyItem(atPath: library + "/generations/000001", toPath: library + "/generations/000003")
        try Data("started 2026-01-02T03:04:05Z".utf8).write(to: URL(fileURLWithPath: library + "/INDEXING"))

        let notice = try #require(try Library(path: library).notice)
        #expect(notice.contains("2026-01-02T03:04:05Z") && notice.contains("did not finish"))
        #expect(try found() == 5)

        let outcome = try build(rows(0..<7))
        #expect(outcome.manifest.generation > 3)
        #expect(try Library(path: library).notice == nil)
        #expect(try found() == 7)
        #expect(
            try names(in: library + "/generations") == ["000001", Manifest.generationFolder(outcome.manifest.generation).replacing("generations/", with: "")])
        #expect(!FileManager.default.fileExists(atPath: library + "/INDEXING"))
    }

    @Test func aKilledFirstRunLeavesNoLibraryAndIsNoObstacle() throws {
        try FileManager.default.createDirectory(atPath: library + "/generations/000001.partial", withIntermediateDirectories: true)
        try Data("started 2026-01-02T03:04:05Z".utf8).write(to: URL(fileURLWithPath: library + "/INDEXING"))
        #expect(throws: LibraryError.missing(path: library)) { try Library(path: library) }
        _ = try build(rows(0..<5))
        #expect(try found() == 5)
        #expect(try names(in: library + "/generations").allSatisfy { !$0.hasSuffix(".partial") })
    }

    @Test func twoRunsAtOnceAreRefused() throws {
        _ = try build(rows(0..<5))
        let running = try IndexLock(library: library)
        try Data("started now".utf8).write(to: URL(fileURLWithPath: library + "/INDEXING"))
        #expect(throws: LibraryError.busy(path: library)) { try build(rows(0..<9)) }
        // A run that is alive is nothing to warn of, and its marker is its own.
        #expect(try Library(path: library).notice == nil)
        #expect(FileManager.default.fileExists(atPath: library + "/INDEXING"))
        _ = consume running
        #expect(try Library(path: library).notice != nil)
        _ = try build(rows(0..<9))
        #expect(try found() == 9)
    }

    @Test func aPlaceThatCannotBeWrittenIsATypedError() throws {
        let file = try folder.write("I am a file", to: "file")
        for path in [file + "/library", file] {
            let error = try #require(throws: LibraryError.self) { try LibraryBuilder(library: path, vocabulary: TinyVocabulary.tables()).build([]) }
            guard case .unwritable = error else {
                Issue.record("expected unwritable, found \(error)")
                continue
            }
            #expect(error.description.hasPrefix(path))
        }
        #expect(throws: (any Error).self) { try Library(path: file) }
    }

    @Test func anEmptyCorpusIsALibraryToo() throws {
        #expect(try build([]).manifest.tracks == 0)
        let empty = try Library(path: library)
        let answer = empty.search(plan(want("genre:groaa")), .everything)
        #expect(answer.hits.isEmpty && answer.tracks == 0)
        #expect(answer.shortfalls.map(\.kind) == [.missing])
        #expect(empty.search("groaa like Nobody", .everything).hits.isEmpty)
    }
}
