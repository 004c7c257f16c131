import Foundation
import Testing
import TrackCatalogue

/// Real rows of public corpora, where a development machine has them.
@Suite struct PublicCorporaTests {
    private struct Enough: Error {}

    static func path(_ name: String) -> String { Repository.developmentData + "/" + name }

    /// The first tracks of a corpus; its own way out shows that an error of `put` ends an import.
    private func head(_ path: String, _ format: CorpusFormat, count: Int) throws -> [Track] {
        var importer = CorpusImporter(Repository.vocabulary)
        var tracks: [Track] = []
        #expect(throws: Enough.self) {
            _ = try importer.run(path, as: format) { track in
                tracks.append(track)
                if tracks.count == count { throw Enough() }
            }
        }
        return tracks
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: path("mtg-jamendo/mtg-jamendo.tsv")), "shared/data/mtg-jamendo is not on this machine"))
    func jamendo() throws {
        let path = Self.path("mtg-jamendo/mtg-jamendo.tsv")
        #expect(try CorpusFormat.recognise(path) == .jamendo)
        let tracks = try head(path, .jamendo, count: 1500)
        #expect(tracks.first?.id == "track_0000214")
        #expect(tracks.first?.duration == 124.6)
        #expect(tracks.count { $0.descriptors.isEmpty } * 20 < tracks.count)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: path("musiccaps/musiccaps-dev.csv")), "shared/data/musiccaps is not on this machine"))
    func musicCaps() throws {
        let path = Self.path("musiccaps/musiccaps-dev.csv")
        #expect(try CorpusFormat.recognise(path) == .musiccaps)
        let tracks = try head(path, .musiccaps, count: 400)
        #expect(tracks.first?.id == "-0SdAVK79lg")
        #expect(tracks.allSatisfy { !$0.caption.isEmpty && $0.id.utf8.count == 11 })
        #expect(tracks.count { $0.descriptors.isEmpty } * 20 < tracks.count)
    }
}
