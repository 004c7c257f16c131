import Ranking
import TestSupport
import Testing

/// What holds for every fusion, on random scores of 0 or more, a third of them 0 and many of them equal.
@Suite struct FusionLawTests {
    enum Method: CaseIterable {
        case maximumNormalisedSum, rangeNormalisedSum, reciprocalRank

        func fuse(_ lists: [(weight: Float, scores: [Float])]) -> [Float] {
            switch self {
            case .maximumNormalisedSum: Fusion.maximumNormalisedSum(lists)
            case .rangeNormalisedSum: Fusion.rangeNormalisedSum(lists)
            case .reciprocalRank: Fusion.reciprocalRank(lists)
            }
        }
    }

    private static func lists(_ count: Int, documents: Int, _ random: inout SeededGenerator) -> [(weight: Float, scores: [Float])] {
        (0..<count).map { _ in
            (
                Float.random(in: 0.1...2, using: &random),
                (0..<documents).map { _ in Float(max(0, Int.random(in: -6...12, using: &random))) * 0.37 }
            )
        }
    }

    @Test(arguments: Method.allCases, 0..<20) func oneListKeepsItsOrder(method: Method, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let list = Self.lists(1, documents: 30, &random)[0]
        let fused = method.fuse([list])
        for a in list.scores.indices {
            for b in list.scores.indices {
                #expect((list.scores[a] < list.scores[b]) == (fused[a] < fused[b]), "\(list.scores[a]), \(list.scores[b]) became \(fused[a]), \(fused[b])")
            }
        }
    }

    @Test(arguments: Method.allCases, 0..<20) func permutedDocumentsHavePermutedScores(method: Method, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let lists = Self.lists(3, documents: 30, &random)
        let order = (0..<30).shuffled(using: &random)
        let permuted = method.fuse(lists.map { list in (list.weight, order.map { list.scores[$0] }) })
        let fused = method.fuse(lists)
        #expect(permuted == order.map { fused[$0] })
    }

    @Test(arguments: Method.allCases, 0..<20) func documentsEqualInEveryListStayEqual(method: Method, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let lists = Self.lists(3, documents: 15, &random).map { (weight: $0.weight, scores: $0.scores + $0.scores) }
        let fused = method.fuse(lists)
        #expect(fused.prefix(15) == fused.suffix(15))
    }

    /// Better in one list and worse in none is better.
    @Test(arguments: Method.allCases, 0..<20) func aDocumentThatDominatesIsNoWorse(method: Method, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let lists = Self.lists(3, documents: 30, &random)
        let fused = method.fuse(lists)
        for a in 0..<30 {
            for b in 0..<30 where lists.allSatisfy({ $0.scores[a] >= $0.scores[b] }) && lists.contains(where: { $0.scores[a] > $0.scores[b] }) {
                #expect(fused[a] > fused[b])
            }
        }
    }

    @Test(arguments: Method.allCases) func scaleOfAListDoesNotMatter(method: Method) {
        let one = method.fuse([(1, [1, 2, 4]), (0.5, [8, 4, 0])])
        #expect(one == method.fuse([(1, [1024, 2048, 4096]), (0.5, [0.5, 0.25, 0])]))
    }

    @Test(arguments: Method.allCases) func noListsGiveNoScoresAndListsWithoutEvidenceAddNothing(method: Method) {
        #expect(method.fuse([]).isEmpty)
        #expect(method.fuse([(1, [])]).isEmpty)
        #expect(method.fuse([(1, [0, 0])]) == [0, 0])
        #expect(method.fuse([(3, [0, 0]), (1, [1, 0])]) == method.fuse([(1, [1, 0])]))
    }
}
