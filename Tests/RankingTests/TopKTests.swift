import Ranking
import TestSupport
import Testing

@Suite struct TopKTests {
    /// Few different scores, so most places are decided by the tie rule.
    @Test(arguments: 0..<60) func keepsWhatSortingEverythingWouldPutFirst(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 0...500, using: &random)
        let all = (0..<count).map { Scored(document: UInt32($0), score: Float(Int.random(in: 0...7, using: &random)) / 4 - 0.5) }.shuffled(using: &random)
        for k in [0, 1, 2, 10, 100, count, count + 5] {
            var top = TopK(k)
            for candidate in all { top.insert(candidate) }
            #expect(top.sorted() == Array(all.sorted(by: Scored.precedes).prefix(k)), "k \(k) of \(count)")
        }
    }

    @Test func equalScoresAreOrderedByDocument() {
        var top = TopK(3)
        for document in [9, 2, 7, 4, 0] as [UInt32] { top.insert(Scored(document: document, score: 1)) }
        #expect(top.sorted().map(\.document) == [0, 2, 4])
    }

    @Test func theThresholdIsTheWorstOneKept() {
        var top = TopK(2)
        #expect(top.threshold == -.infinity)
        top.insert(Scored(document: 0, score: 3))
        #expect(top.threshold == -.infinity && !top.isFull)
        top.insert(Scored(document: 1, score: 1))
        #expect(top.threshold == 1 && top.isFull)
        top.insert(Scored(document: 2, score: 2))
        #expect(top.threshold == 2)
        top.insert(Scored(document: 3, score: -1))
        #expect(top.threshold == 2)
    }

    @Test func nothingIsKeptWhereNothingIsAskedFor() {
        var top = TopK(0)
        top.insert(Scored(document: 0, score: 1))
        #expect(top.sorted().isEmpty)
        #expect(top.threshold == .infinity)
    }
}
