import Foundation
import Testing
import TrackCatalogue
import Vocabulary

@Suite struct JSONLinesImportTests {
    @Test func everyFieldArrives() throws {
        let line = """
            {"id": "x1", "title": "Yellow Bird", "artist": "The Islanders", "album": "Shore", "year": 1957, "duration": 184.5, "mbid": "m-1", "isrc": "US1", \
            "file": "a b/ü.flac", "caption": "by the sea", "descriptors": {"genre": ["calypso"], "mood": [["joyful", 0.8]], "instrument": ["steel drum"]}}
            """
        let imported = try importText(line)
        let track = try #require(imported.track("x1"))
        #expect(
            track
                == Track(
                    id: "x1", title: "Yellow Bird", artist: "The Islanders", album: "Shore", year: 1957, duration: 184.5, mbid: "m-1", isrc: "US1",
                    file: "a b/ü.flac", caption: "by the sea", descriptors: track.descriptors))
        #expect(track.descriptorNames == ["genre:calypso", "instrument:steelpan", "mood:joyful"])
        #expect(track.descriptors.first { $0.id.facet == .mood }?.weight == 0.8)
        #expect(track.descriptors.allSatisfy { $0.provenance == "editorial" })
        #expect(imported.report.imported == 1 && imported.report.failed == 0)
    }

    @Test func tagsFindTheirFacetAndUnknownOnesStayWords() throws {
        let imported = try importText(#"{"id": "t", "caption": "old", "provenance": "tagger:x", "tags": ["steel drum", "zzyzxish", ["jazz", 0.5]]}"#)
        let track = try #require(imported.track("t"))
        #expect(track.descriptorNames == ["genre:jazz", "instrument:steelpan"])
        #expect(track.descriptors.allSatisfy { $0.provenance == "tagger:x" })
        #expect(track.caption == "old; zzyzxish")
        #expect(imported.report.unresolvedTags == ["zzyzxish": 1])
    }

    @Test func aNameCountsOnce() throws {
        let imported = try importText(#"{"id": "t", "descriptors": {"genre": ["jazz", "Jazz"]}, "tags": ["JAZZ"]}"#)
        #expect(imported.tracks.map(\.descriptorNames) == [["genre:jazz"]])
    }

    @Test func artistAndTitleMakeAnId() throws {
        let lines = [#"{"title": "Don't Stop!", "artist": "A & B"}"#, #"{"title": "Don't Stop!", "artist": "A & B", "year": 1999}"#, #"{"artist": "Solo"}"#]
        let imported = try importText(lines.joined(separator: "\n"))
        #expect(imported.tracks.count == 3)
        #expect(imported.tracks[0].id == imported.tracks[1].id)
        #expect(imported.tracks[0].id.contains("stop"))
        #expect(imported.tracks[2].id == "solo")
    }

    @Test func lineEndsMarksAndBlankLinesDoNotMatter() throws {
        let imported = try importText("\u{FEFF}{\"id\": \"a\"}\r\n\r\n   \n{\"id\": \"b\"}")
        #expect(imported.tracks.map(\.id) == ["a", "b"])
        #expect(imported.report.failed == 0)
    }

    @Test(arguments: [
        ("{", "JSON"), ("nonsense", "JSON"), ("[]", "is not"), ("5", "is not"), ("{}", "neither id"), (#"{"id": ""}"#, "neither id"), (#"{"id": 7}"#, "'id'"),
        (#"{"id": "a", "year": "x"}"#, "'year'"), (#"{"id": "a", "duration": -1}"#, "duration"), (#"{"id": "a", "duration": 1e999}"#, "JSON"),
        (#"{"id": "a", "descriptors": {"flavour": ["salt"]}}"#, "flavour"), (#"{"id": "a", "descriptors": {"mood": [["joyful", 0]]}}"#, "joyful"),
        (#"{"id": "a", "descriptors": {"mood": [["joyful", 1.5]]}}"#, "joyful"), (#"{"id": "a", "tags": [["joyful"]]}"#, "'tags"),
        (#"{"id": "a", "tags": "joyful"}"#, "'tags'"),
    ])
    func aBadRowIsNamedAndTheRestGoesIn(row: String, why: String) throws {
        let imported = try importText(#"{"id": "before"}"# + "\n" + row + "\n" + #"{"id": "after"}"# + "\n")
        #expect(imported.tracks.map(\.id) == ["before", "after"])
        #expect(imported.report.imported == 2 && imported.report.failed == 1)
        let problem = try #require(imported.report.problems.first)
        #expect(imported.report.problems.count == 1)
        #expect(problem.hasPrefix(imported.path + ":2: "))
        #expect(problem.dropFirst((imported.path + ":2: ").count).contains(why))
    }

    @Test func bytesThatAreNotUTF8AreABadRow() throws {
        try withFile("corpus.jsonl", Array(#"{"id": "a"}"#.utf8) + [10] + Array(#"{"id": ""#.utf8) + [0xFF, 0xFE] + Array("\"}\n{\"id\": \"b\"}".utf8)) {
            path in
            let imported = try importFile(path, as: .jsonl)
            #expect(imported.tracks.map(\.id) == ["a", "b"])
            #expect(imported.report.problems == ["\(path):2: it is not UTF-8"])
        }
    }

    @Test func aFloodOfBadRowsIsCountedAndListedInPart() throws {
        let imported = try importText(String(repeating: "bad\n", count: 250) + #"{"id": "good"}"#)
        #expect(imported.report.failed == 250)
        #expect(imported.report.problems.count == 100)
        #expect(imported.tracks.map(\.id) == ["good"])
    }

    @Test func progressTellsTheShareThatWasRead() throws {
        try withFile("corpus.jsonl", Array((0..<2500).map { "{\"id\": \"t\($0)\"}\n" }.joined().utf8)) { path in
            var importer = CorpusImporter(Repository.vocabulary)
            var seen: [(rows: Int, share: Double?)] = []
            _ = try importer.run(path, as: .jsonl, progress: { seen.append(($0, $1)) }, put: { _ in })
            #expect(seen.map(\.rows) == [1000, 2000])
            let shares = seen.compactMap(\.share)
            #expect(shares.count == 2 && shares[0] > 0.3 && shares[0] < shares[1] && shares[1] < 1)
        }
    }

    @Test(arguments: CorpusFormat.allCases) func whatCannotBeReadIsATypedError(format: CorpusFormat) throws {
        #expect(throws: ImportError.self) { try importFile("/nonexistent/corpus", as: format) }
        try withTemporaryFolder { folder in
            #expect(throws: ImportError.self) { try importFile(folder, as: format) }
        }
    }
}
