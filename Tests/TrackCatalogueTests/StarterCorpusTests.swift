import Foundation
import Testing
import TrackCatalogue
import Vocabulary

/// What the project's own corpus must be, so that a fresh machine has something worth searching.
@Suite struct StarterCorpusTests {
    private static let imported: [Imported] = {
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: Repository.starterCorpus).filter { $0.hasSuffix(".jsonl") }.sorted()
            return try names.map { try importFile(Repository.starterCorpus + "/" + $0, as: .jsonl) }
        } catch {
            fatalError("the starter corpus cannot be read: \(error)")
        }
    }()
    private static let tracks = imported.flatMap(\.tracks)

    @Test func everyRowGoesIn() {
        #expect(Self.imported.flatMap(\.report.problems) == [])
        #expect(Self.tracks.count >= 1500)
        #expect(Set(Self.tracks.map(\.id)).count == Self.tracks.count)
    }

    @Test func itIsWide() {
        let used = Set(Self.tracks.flatMap(\.descriptors).map(\.id))
        #expect(used.count { $0.facet == .genre } >= 150)
        #expect(used.count { $0.facet == .instrument } >= 120)
        for facet in Facet.allCases where facet != .era { #expect(used.contains { $0.facet == facet }, "no \(facet)") }
    }

    @Test func everyTrackIsDescribed() {
        let thin = Self.tracks.filter { $0.descriptors.count < 5 || Set($0.descriptors.map(\.id.facet)).count < 3 }
        #expect(thin.map(\.id) == [])
    }

    @Test func noRecordingIsThereTwice() {
        let names = Dictionary(grouping: Self.tracks) { ($0.artist + "\u{1}" + $0.title).lowercased() }
        #expect(names.filter { $0.value.count > 1 }.keys.sorted() == [])
        #expect(Self.tracks.allSatisfy { !$0.artist.isEmpty && !$0.title.isEmpty })
    }

    @Test func yearsArePlausible() {
        let odd = Self.tracks.filter { track in track.year.map { !(1900...2026).contains($0) } ?? false }
        #expect(odd.map { "\($0.id) \($0.year ?? 0)" } == [])
        #expect(Self.tracks.count { $0.year != nil } * 10 >= Self.tracks.count * 9)
    }

    @Test func descriptorNamesResolve() throws {
        var uses: [String: Int] = [:]
        for file in Self.imported {
            for line in try String(contentsOfFile: file.path, encoding: .utf8).split(separator: "\n") {
                let row = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                let descriptors = try #require(row["descriptors"] as? [String: [Any]])
                for name in descriptors.values.joined() {
                    guard let text = name as? String ?? (name as? [Any])?.first as? String else { continue }
                    uses[text, default: 0] += 1
                }
            }
        }
        let total = uses.values.reduce(0, +)
        let lost = uses.filter { Repository.vocabulary.resolve($0.key).isEmpty }
        let worst = lost.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(10).map { "\($0.key) ×\($0.value)" }.joined(separator: ", ")
        #expect(lost.values.reduce(0, +) * 100 <= total * 3, "of \(total) names, not in the vocabulary: \(worst)")
    }
}
