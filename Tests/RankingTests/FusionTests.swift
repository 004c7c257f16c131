import Ranking
import Testing

@Suite struct FusionTests {
    @Test func eachListIsDividedByItsBestThenWeightedAndAdded() {
        // 0.5 · (4, 2, 0)/4 + 2 · (10, 40, 20)/40 = (0.5, 0.25, 0) + (0.5, 2, 1)
        #expect(Fusion.maximumNormalisedSum([(0.5, [4, 2, 0]), (2, [10, 40, 20])]) == [1, 2.25, 1])
    }

    @Test func scaleOfAListDoesNotMatter() {
        let one = Fusion.maximumNormalisedSum([(1, [1, 2, 4]), (1, [8, 4, 0])])
        let other = Fusion.maximumNormalisedSum([(1, [1024, 2048, 4096]), (1, [0.5, 0.25, 0])])
        #expect(one == other)
    }

    @Test func aListWithoutAPositiveScoreAddsNothing() {
        #expect(Fusion.maximumNormalisedSum([(1, [0, 0]), (1, [-2, -1]), (3, [1, 0.5])]) == [3, 1.5])
        #expect(Fusion.maximumNormalisedSum([(1, [0, 0])]) == [0, 0])
    }

    @Test func noListsGiveNoScores() {
        #expect(Fusion.maximumNormalisedSum([]).isEmpty)
        #expect(Fusion.maximumNormalisedSum([(1, [])]).isEmpty)
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
