import QueryPlanning
import TestSupport
import Testing
import Vocabulary

@testable import MusicSearch

/// Candidates and parts of queries that vectors have a say in agree with going through every track.
@Suite struct DenseCandidateTests {
    private static let library: Library = {
        do { return try DenseLibrary.open() } catch { fatalError("the library of the dense tests: \(error)") }
    }()
    private static let oracle = BruteForceSource(library)

    private func expectAgreement(_ query: CandidateQuery, _ what: String) {
        for limit in [1, 5, 100] {
            let found = Self.library.candidates(query, limit: limit, collectingAll: true)
            let expected = Self.oracle.candidates(query, limit: limit, collectingAll: true)
            #expect(found.strong == expected.strong && found.near == expected.near, "\(what)")
            #expect(found.documents == expected.documents, "\(what)")
            #expect(found.best == expected.best, "\(what)")
        }
        let documents = Array(0..<UInt32(Self.library.tracks.count))
        #expect(Self.library.parts(query, of: documents) == Self.oracle.parts(query, of: documents), "\(what)")
    }

    @Test(arguments: DenseSearchTests.requests) func compiledRequests(text: String) {
        var query = PlanCompiler(Self.library.planner.plan(text), Self.library).query
        expectAgreement(query, text)
        query.nearScore = 0
        expectAgreement(query, "\(text), all of it")
    }

    @Test func someRequestsFindByVectors() {
        let found = DenseSearchTests.requests.count { text in
            PlanCompiler(Self.library.planner.plan(text), Self.library).query.wishes.contains { !$0.found.isEmpty }
        }
        #expect(found >= 10)
    }

    /// Beside descriptors of its own and near ones, with bans, and where it binds.
    @Test(arguments: UInt64(0)..<60) func randomQueries(seed: UInt64) {
        var numbers = SeededGenerator(seed: 300 + seed)
        let library = Self.library
        func evidence(_ count: ClosedRange<Int>) -> [CandidateQuery.Evidence] {
            (0..<Int.random(in: count, using: &numbers)).map { _ in
                .init(.descriptor(Int.random(in: 0..<library.vocabulary.count, using: &numbers)), factor: Float.random(in: 0.05...1, using: &numbers))
            }
        }
        var query = CandidateQuery()
        for _ in 0..<Int.random(in: 1...3, using: &numbers) {
            var wish = CandidateQuery.Wish(
                origin: .clauses([0]), own: evidence(0...2), near: evidence(0...2), weight: Float.random(in: -0.2...0.5, using: &numbers),
                idf: Float.random(in: 0...5, using: &numbers))
            wish.adds = Bool.random(using: &numbers)
            if wish.weight > 0, Int.random(in: 0..<4, using: &numbers) == 0 {
                wish.binding = [.facet(.genre), .facet(.instrument)].randomElement(using: &numbers)
            }
            wish.found = (0..<UInt32(library.tracks.count)).filter { _ in Int.random(in: 0..<3, using: &numbers) == 0 }
                .map { CandidateQuery.Found(document: $0, match: Float.random(in: 0...1, using: &numbers)) }
            query.wishes.append(wish)
        }
        if Int.random(in: 0..<3, using: &numbers) == 0 { query.bans = [evidence(1...2)] }
        query.nearScore = [0, 0.1].randomElement(using: &numbers) ?? 0
        query.strongScore = query.nearScore + 0.2
        expectAgreement(query, "seed \(seed)")
    }
}
