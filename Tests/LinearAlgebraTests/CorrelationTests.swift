import LinearAlgebra
import Testing

@Suite struct CorrelationTests {
    @Test func byHand() {
        // Means 2 and 3: Σ = (−1)(−2) + 0·1 + 1·1 = 3, squares 2 and 6.
        #expect(abs(correlation([1, 2, 3], [1, 4, 4]) - 3 / (12.0).squareRoot()) < 1e-12)
        #expect(abs(correlation([1, 2, 3], [-2, -4, -6]) + 1) < 1e-12)
    }

    @Test func whatDoesNotVaryGoesWithNothing() {
        #expect(correlation([1, 1, 1], [1, 2, 3]) == 0)
        #expect(correlation([], []) == 0)
    }
}
