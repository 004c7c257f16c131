import Ranking
import Testing

@Suite struct FusionTests {
    @Test func eachListIsDividedByItsBestThenWeightedAndAdded() {
        // 0.5 · (4, 2, 0)/4 + 2 · (10, 40, 20)/40 = (0.5, 0.25, 0) + (0.5, 2, 1)
        #expect(Fusion.maximumNormalisedSum([(0.5, [4, 2, 0]), (2, [10, 40, 20])]) == [1, 2.25, 1])
    }

    @Test func aListWithoutAPositiveScoreAddsNothing() {
        #expect(Fusion.maximumNormalisedSum([(1, [0, 0]), (1, [-2, -1]), (3, [1, 0.5])]) == [3, 1.5])
        #expect(Fusion.maximumNormalisedSum([(1, [0, 0])]) == [0, 0])
    }

    @Test func ranksAddUpReciprocally() {
        // Ranks: 2, 1 and not found; 2, 2 (shared) and 1. The next after the shared rank 2 would be 4.
        let fused = Fusion.reciprocalRank([(1, [3, 9, 0]), (2, [1, 1, 5])], k: 2)
        let (third, fourth): (Float, Float) = (1 / 3, 1 / 4)
        #expect(fused == [0.75, third + 0.5, 2 * third])
        #expect(Fusion.reciprocalRank([(1, [5, 7, 7, 6, -1])], k: 0) == [fourth, 1, 1, third, 0])
        #expect(Fusion.reciprocalRank([(61, [5])]) == [1])
    }

    @Test func eachListIsStretchedFromWorstToBest() {
        // 0.75 · (−1, 0, 1 → 0, 0.5, 1) + 0.25 · (5, 3, 4 → 1, 0, 0.5)
        #expect(Fusion.rangeNormalisedSum([(0.75, [-1, 0, 1]), (0.25, [5, 3, 4])]) == [0.25, 0.375, 0.875])
        #expect(Fusion.rangeNormalisedSum([(1, [2, 2]), (1, [0, 4])]) == [0, 1])
    }

    @Test func anExplanationPrintsItsPartsIndented() {
        let tree = Explanation(1.38629, "sum of", parts: [Explanation(0.69314718, "first"), Explanation(0.69314, "second", parts: [Explanation(2, "deeper")])])
        #expect(
            tree.description == """
                1.3863 = sum of
                  0.6931 = first
                  0.6931 = second
                    2.0 = deeper
                """)
    }
}
