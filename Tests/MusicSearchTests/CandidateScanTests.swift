import Foundation
import QueryPlanning
import TestSupport
import Testing
import TextAnalysis
import Vocabulary

@testable import MusicSearch

/// The scan over the index agrees with going through every track, over more than two windows of documents.
@Suite struct CandidateScanTests {
    private static let size = 9000
    private static let words = ["amber", "birch", "cobalt", "delta", "ember", "fjord", "garnet", "hollow"]

    private static let indexed: IndexedLibrary = {
        var numbers = SeededGenerator(seed: 41)
        let names = TinyVocabulary.names
        let lines = (0..<size).map { i -> String in
            var descriptors: [String: [String]] = [:]
            var seen: Set<String> = []
            for _ in 0..<Int.random(in: 0...5, using: &numbers) {
                // The first names are frequent, the last ones rare.
                let position = Double.random(in: 0..<1, using: &numbers)
                let name = names[Int(position * position * Double(names.count))]
                guard seen.insert(name.slug).inserted else { continue }
                let weight: Double = [1, 1, 0.8, 0.37, 0.05].randomElement(using: &numbers) ?? 1
                descriptors[name.facet.rawValue, default: []].append("[\"\(name.slug)\", \(weight)]")
            }
            let facets = descriptors.sorted { $0.key < $1.key }.map { "\"\($0.key)\": [\($0.value.joined(separator: ", "))]" }.joined(separator: ", ")
            var fields = ["\"id\": \"t\(i * 7919 % 100_003)\"", "\"descriptors\": {\(facets)}"]
            if Bool.random(using: &numbers) {
                fields.append("\"title\": \"\(words.randomElement(using: &numbers) ?? "") \(words.randomElement(using: &numbers) ?? "")\"")
            }
            if Int.random(in: 0..<4, using: &numbers) > 0 { fields.append("\"artist\": \"Artist\(Int.random(in: 0..<40, using: &numbers))\"") }
            if Bool.random(using: &numbers) { fields.append("\"year\": \(Int.random(in: 1960...2020, using: &numbers))") }
            if Bool.random(using: &numbers) { fields.append("\"duration\": \(Int.random(in: 30...600, using: &numbers))") }
            return "{" + fields.joined(separator: ", ") + "}"
        }
        do {
            return try IndexedLibrary(lines, vocabulary: TinyVocabulary.tables())
        } catch {
            fatalError("the random library cannot be indexed: \(error)")
        }
    }()
    private static let oracle = BruteForceSource(indexed.library)

    private static func query(_ numbers: inout SeededGenerator) -> CandidateQuery {
        let library = indexed.library
        func evidence(_ count: ClosedRange<Int>) -> [CandidateQuery.Evidence] {
            (0..<Int.random(in: count, using: &numbers)).map { _ in
                let factor = [1, 0.85, Float.random(in: 0.05...1, using: &numbers)].randomElement(using: &numbers) ?? 1
                return .init(.descriptor(Int.random(in: 0..<library.vocabulary.count, using: &numbers)), factor: factor)
            }
        }
        var query = CandidateQuery()
        for _ in 0..<Int.random(in: 0...4, using: &numbers) {
            var wish = CandidateQuery.Wish(
                origin: .clauses([0]), own: evidence(1...2), near: evidence(0...5), weight: Float.random(in: -0.2...0.6, using: &numbers),
                idf: Float.random(in: 0...5, using: &numbers))
            if wish.weight > 0, Int.random(in: 0..<3, using: &numbers) == 0 {
                wish.binding = [.facet(.genre), .facet(.instrument), .facet(.place)].randomElement(using: &numbers)
            }
            query.wishes.append(wish)
        }
        if Int.random(in: 0..<3, using: &numbers) == 0 {
            let stems = library.vocabulary.analyzer.terms(words.joined(separator: " ")) + ["absent"]
            let own = (0..<3).map { _ in CandidateQuery.Evidence(.word(stems.randomElement(using: &numbers) ?? "absent"), factor: 1.0 / 3) }
            query.wishes.append(.init(origin: .words, own: own, near: [], weight: 0.4, idf: 0, adds: true))
        }
        if Int.random(in: 0..<3, using: &numbers) == 0 { query.bans = [evidence(1...2)] }
        if Int.random(in: 0..<4, using: &numbers) == 0 { query.years = .init(low: 1980, high: Bool.random(using: &numbers) ? nil : 1999, span: Span(0..<0)) }
        if Int.random(in: 0..<4, using: &numbers) == 0 { query.duration = .init(low: nil, high: 240, span: Span(0..<0)) }
        if Int.random(in: 0..<5, using: &numbers) == 0 { query.artists = ["artist3", "ARTIST17", "nobody"] }
        if Int.random(in: 0..<5, using: &numbers) == 0 { query.withoutArtists = ["artist5"] }
        if Int.random(in: 0..<3, using: &numbers) == 0 { query.withoutTracks = [library.tracks.id(4096), library.tracks.id(0), "nothing"] }
        query.isIncomplete = Int.random(in: 0..<6, using: &numbers) == 0
        query.nearScore = [0, 0.1, 0.25].randomElement(using: &numbers) ?? 0.25
        query.strongScore = query.nearScore + 0.3
        return query
    }

    @Test func theLibraryIsWhatWasMeant() {
        let store = Self.indexed.library.tracks
        #expect(store.count == Self.size)
        #expect((0..<UInt32(Self.size)).count { !store.links($0).isEmpty } > Self.size / 2)
        #expect(zip(0..<UInt32(Self.size), 1..<UInt32(Self.size)).allSatisfy { store.id($0) < store.id($1) })
    }

    @Test(arguments: UInt64(0)..<60) func agreesWithGoingThroughEveryTrack(seed: UInt64) {
        var numbers = SeededGenerator(seed: 1000 + seed)
        let query = Self.query(&numbers)
        let limit = [1, 10, 500, Self.size].randomElement(using: &numbers) ?? 10
        let found = Self.indexed.library.candidates(query, limit: limit, collectingAll: true)
        let expected = Self.oracle.candidates(query, limit: limit, collectingAll: true)
        // Both add the same Floats in the same order, so even ties and borderline scores fall alike.
        #expect(found.strong == expected.strong && found.near == expected.near)
        #expect(found.documents == expected.documents)
        #expect(found.best == expected.best)
        #expect(found.total == found.documents.count)

        let library = Self.indexed.library
        let documents = Array(expected.best.prefix(20).map(\.document)) + [0, 4095, 4096, UInt32(Self.size - 1)]
        let parts = library.parts(query, of: documents)
        #expect(parts == Self.oracle.parts(query, of: documents))
        for (candidate, parts) in zip(found.best.prefix(20), parts) {
            let sum = parts.reduce(query.base) { $0 + $1.value }
            #expect(abs(sum - candidate.score) <= 1e-5)
        }
    }

    @Test func theRandomQueriesAreWorthAsking() {
        let totals = (UInt64(0)..<60).map { seed in
            var numbers = SeededGenerator(seed: 1000 + seed)
            return Self.indexed.library.candidates(Self.query(&numbers), limit: 0, collectingAll: false)
        }
        #expect(totals.count { $0.total > 0 } >= 30)
        #expect(totals.count { $0.strong > 0 && $0.near > 0 } >= 10)
    }

    @Test func countingDoesNotDependOnTheLimit() {
        var numbers = SeededGenerator(seed: 7)
        for _ in 0..<5 {
            let query = Self.query(&numbers)
            let all = Self.indexed.library.candidates(query, limit: Self.size, collectingAll: false)
            #expect(all.documents.isEmpty)
            for limit in [0, 1, 100] {
                let some = Self.indexed.library.candidates(query, limit: limit, collectingAll: false)
                #expect(some.strong == all.strong && some.near == all.near)
                #expect(some.best == Array(all.best.prefix(limit)))
            }
        }
    }
}
