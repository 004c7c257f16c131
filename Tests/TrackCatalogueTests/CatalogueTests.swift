import Testing
import TrackCatalogue
import Vocabulary

@Suite struct CatalogueTests {
    private struct Refused: Error {}

    private static let corpus = (0..<30).map { #"{"id": "t\#($0)", "title": "Song \#($0)", "year": \#(1990 + $0), "tags": ["jazz", ["happy", 0.25]]}"# }

    private func importInto(_ catalogue: Catalogue, _ path: String, failingAfter limit: Int = .max) throws {
        var importer = CorpusImporter(Repository.vocabulary)
        try catalogue.write { writer in
            var count = 0
            _ = try importer.run(path, as: .jsonl) { track in
                count += 1
                if count > limit { throw Refused() }
                try writer.put(track)
            }
        }
    }

    @Test func importingTwiceLeavesTheCount() throws {
        try withFile("corpus.jsonl", Array(Self.corpus.joined(separator: "\n").utf8)) { path in
            let catalogue = try Catalogue(path: path + ".sqlite")
            try importInto(catalogue, path)
            #expect(try catalogue.count() == 30)
            let before = try catalogue.track(id: "t7")
            try importInto(catalogue, path)
            #expect(try catalogue.count() == 30)
            #expect(try catalogue.track(id: "t7") == before)
        }
    }

    @Test(arguments: [0, 1, 17, 29]) func whatPutThrowsUndoesTheImport(limit: Int) throws {
        try withFile("corpus.jsonl", Array(Self.corpus.joined(separator: "\n").utf8)) { path in
            let catalogue = try Catalogue(path: path + ".sqlite")
            try catalogue.write { try $0.put(Track(id: "old", title: "Old")) }
            #expect(throws: Refused.self) { try importInto(catalogue, path, failingAfter: limit) }
            #expect(try catalogue.count() == 1)
            #expect(try catalogue.track(id: "old")?.title == "Old")
            try importInto(catalogue, path)
            #expect(try catalogue.count() == 31)
        }
    }

    @Test func aTrackComesBackAsItWent() throws {
        let tracks = [
            Track(id: "a"),
            Track(
                id: "Ünï 'quoted' \"id\"; DROP TABLE track", title: "line\nbreak\t\u{1F3B5}", artist: "Ø", album: "", year: -12, duration: 0.1, mbid: "m",
                isrc: "i",
                file: "/a/b c#?.mp3", caption: String(repeating: "long ", count: 10_000),
                descriptors: [
                    TrackDescriptor(DescriptorID(.genre, "jazz"), weight: 1.0 / 3, provenance: "tagger:some model v2"),
                    TrackDescriptor(DescriptorID(.mood, "happy"), weight: 1, provenance: "listener"),
                ]),
        ]
        try withTemporaryFolder { folder in
            let catalogue = try Catalogue(path: folder + "/catalogue.sqlite")
            try catalogue.write { writer in
                for track in tracks { try writer.put(track) }
            }
            for track in tracks { #expect(try catalogue.track(id: track.id) == track) }
            #expect(try catalogue.track(id: "absent") == nil)
        }
    }

    /// A corpus says what it likes as provenance; it must not become descriptors of its own.
    @Test func aProvenanceOfSeveralLinesComesBack() throws {
        let descriptors = [
            TrackDescriptor(DescriptorID(.genre, "jazz"), weight: 0.5, provenance: "x\ngenre:rock 1.0 y"),
            TrackDescriptor(DescriptorID(.mood, "sad"), provenance: ""),
        ]
        try withTemporaryFolder { folder in
            let catalogue = try Catalogue(path: folder + "/catalogue.sqlite")
            try catalogue.write { try $0.put(Track(id: "a", descriptors: descriptors)) }
            let found = try #require(try catalogue.track(id: "a"))
            #expect(found.descriptors.map(\.id.description) == ["genre:jazz", "mood:sad"])
        }
    }

    @Test func tracksComeInTheOrderOfTheirIds() throws {
        try withTemporaryFolder { folder in
            let catalogue = try Catalogue(path: folder + "/catalogue.sqlite")
            // By UTF-8 bytes, as the index numbers its documents.
            let ids = ["", "B", "Z", "a", "a\u{301}", "b10", "b9", "z", "é", "\u{FF5E}", "\u{1F3B5}"]
            try catalogue.write { writer in
                for id in ids.shuffled() { try writer.put(Track(id: id)) }
            }
            var seen: [String] = []
            try catalogue.forEachTrack { seen.append($0.id) }
            #expect(seen.map { Array($0.utf8) } == ids.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) })
        }
    }

    @Test func importsAreRemembered() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/catalogue.sqlite"
            let record = ImportRecord(path: "/x/corpus.jsonl", format: "jsonl", rows: 5, failed: 2, finished: "2026-01-01T00:00:00Z")
            try Catalogue(path: path).write { writer in
                try writer.put(Track(id: "a"))
                try writer.record(record)
            }
            let again = try Catalogue(path: path)
            #expect(try again.imports() == [record])
            try again.write { try $0.removeAll() }
            #expect(try again.imports().isEmpty)
            #expect(try again.count() == 0)
        }
    }
}
