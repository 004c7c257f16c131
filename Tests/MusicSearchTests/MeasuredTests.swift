import Foundation
import TestSupport
import Testing
import TrackCatalogue

@testable import MusicSearch

/// Tempo, key and the like.
@Suite struct MeasuredTests {
    private static let lines = """
        {"id": "slow", "title": "Slow One", "bpm": 60, "key": "a minor", "descriptors": {"genre": ["jazz"]}}
        {"id": "half", "title": "Half One", "bpm": 61, "key": "C major", "descriptors": {"genre": ["jazz"]}}
        {"id": "mid", "title": "Mid One", "bpm": 120, "key": "Bb major", "descriptors": {"genre": ["jazz"]}}
        {"id": "fast", "title": "Fast One", "bpm": 171, "descriptors": {"genre": ["jazz"]}}
        {"id": "none", "title": "No One", "descriptors": {"genre": ["jazz"], "tempo": ["fast"]}}
        """

    private func library(_ lines: String) throws -> (Library, TemporaryFolder, ImportReport) {
        let folder = try TemporaryFolder()
        let corpus = try folder.write(lines, to: "corpus.jsonl")
        let outcome = try LibraryBuilder(library: folder.path + "/library", vocabulary: DenseLibrary.tables).build([.init(path: corpus, format: .jsonl)])
        return (try Library(path: folder.path + "/library"), folder, try #require(outcome.reports.first).report)
    }

    @Test func whatWasMeasuredIsAnsweredAndKept() throws {
        let (library, folder, _) = try library(Self.lines)
        let mid = try #require(library.tracks.document(id: "mid")), none = try #require(library.tracks.document(id: "none"))
        #expect(library.tracks.measured(mid) == Measured(tempo: 120, tempoConfidence: 1, key: "B♭ major", keyConfidence: 1))
        #expect(library.tracks.measured(none) == nil)
        #expect(library.search("jazz").hits.first { $0.id == "mid" }?.measured?.key == "B♭ major")
        _ = folder
    }

    /// Half and double time come after the tempo itself; other tempi get nothing for it.
    @Test func aTempoIsFoundByBeats() throws {
        let (library, folder, _) = try library(Self.lines)
        let hits = library.search("jazz at 120 bpm").hits
        #expect(hits.first?.id == "mid")
        #expect(hits[0].reasons.contains { $0.kind == .tempo && $0.text == "120 bpm" && $0.source == "measured:tempo" && $0.confidence == 1 })
        let tempi = Dictionary(uniqueKeysWithValues: hits.map { ($0.id, $0.reasons.first { $0.kind == .tempo }?.value ?? 0) })
        let (whole, half) = (try #require(tempi["mid"]), try #require(tempi["slow"]))
        #expect(abs(whole - 2 * half) < 1e-6 && half > 0 && tempi["half"] == half && tempi["fast"] == 0)
        for hit in hits { #expect(abs(hit.reasons.reduce(0) { $0 + $1.value } - hit.score) < 1e-5) }
        _ = folder
    }

    @Test func aKeyIsAFilter() throws {
        let (library, folder, _) = try library(Self.lines)
        #expect(library.search("jazz in A minor").hits.map(\.id) == ["slow"])
        #expect(library.search("in A# major").hits.map(\.id) == ["mid"])
        #expect(library.search("jazz in F minor").hits.isEmpty)
        _ = folder
    }

    @Test func whereNothingWasMeasuredItIsSaid() throws {
        let response = try DenseLibrary.open().search("jazz in A minor at 100 bpm")
        #expect(response.shortfalls.contains { $0.text == "no track here has its key measured (aminor)" } && !response.hits.isEmpty)
    }

    /// One measured track does not take tempo from those that only have words for it.
    @Test func wordsCountWhereNothingWasMeasured() throws {
        let (library, folder, _) = try library(Self.lines)
        let hits = library.search("jazz at 150 bpm").hits
        let word = try #require(hits.first { $0.id == "none" }?.reasons.first { $0.kind == .tempo })
        #expect(word.text == "fast" && word.value > 0 && word.confidence == nil)
        // One-sided bounds mean what they say.
        for hit in library.search("jazz under 100 bpm").hits where ["mid", "fast"].contains(hit.id) {
            #expect(!hit.reasons.contains { $0.kind == .tempo })
        }
        _ = folder
    }

    /// Other people's files have their own ways to say "unknown".
    @Test func unusableNumbersCountAsUnknown() throws {
        let rows = ["\"bpm\": -3", "\"bpm\": 0", "\"key\": 5", "\"key\": \"\"", "\"key\": \"A dorian\"", "\"bpm\": \"fast\"", "\"bpm\": null", "\"bpm\": [1]"]
        let (library, folder, report) = try library(rows.enumerated().map { "{\"id\": \"t\($0)\", \($1)}" }.joined(separator: "\n"))
        #expect(library.tracks.count == rows.count && report.failed == 0)
        for document in 0..<UInt32(rows.count) { #expect(library.tracks.measured(document) == nil) }
        _ = folder
    }
}
