import Evaluation
import LinearAlgebra
import Testing

@Suite struct PairedRandomisationTests {
    @Test func identicalSystemsHaveAValueOfOne() {
        #expect(PairedRandomisation().pValue([0.1, 0.5, 0.9], [0.1, 0.5, 0.9]) == 1)
        #expect(PairedRandomisation().pValue([], []) == 1)
    }

    @Test func tenGainsAreReachedByTwoAssignmentsOfSigns() {
        // Only all signs kept and all signs turned reach the sum: p = 2 · 2⁻¹⁰ = 0.001953; standard error √(p/n) = 0.00014 at 100,000.
        let better = [0.9, 0.8, 0.7, 0.65, 0.6, 0.5, 0.45, 0.4, 0.3, 0.2]
        let worse = better.map { $0 - 0.1 }
        let p = PairedRandomisation(rounds: 100_000).pValue(better, worse)
        #expect(abs(p - 2.0 / 1024) < 5 * 0.00014)
        #expect(abs(PairedRandomisation().pValue(better, worse) - 2.0 / 1024) < 5 * 0.00045)
    }

    @Test func smallSampleMatchesAllAssignmentsCounted() {
        // Differences 0.3, 0.2, −0.1: the sum is 0.4. Of 2³ assignments |±0.3 ±0.2 ±0.1| is 0.6, 0.4, 0.2 or 0.0, each twice:
        // four reach 0.4. p = 4/8.
        let p = PairedRandomisation(rounds: 40_000).pValue([0.3, 0.2, 0.0], [0.0, 0.0, 0.1])
        #expect(abs(p - 0.5) < 5 * 0.0025)
    }

    @Test func aSumThatMissesByARoundingErrorCounts() {
        // Differences 0.1, 0.2, −0.2: the sum is 0.1, and no assignment is nearer to 0. (0.1 + 0.2) − 0.2 in floating point is above
        // 0.1, as (0.1 − 0.2) + 0.2 is not: without a tolerance two of eight assignments would be lost.
        #expect(PairedRandomisation().pValue([0.1, 0.2, 0.0], [0.0, 0.0, 0.2]) == 1)
    }

    @Test func aRunWithoutHitsGivesTheSmallestValue() {
        // 2 · 2⁻²⁰⁰ is out of reach of 999 rounds: (0 + 1) / (999 + 1)
        let ones = [Double](repeating: 1, count: 200)
        #expect(PairedRandomisation(rounds: 999).pValue(ones, ones.map { $0 - 1 }) == 0.001)
    }

    @Test(arguments: UInt64(0)..<20) func laws(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let a = (0..<30).map { _ in Double(generator.integer(in: 0...100)) / 100 }
        let b = (0..<30).map { _ in Double(generator.integer(in: 0...100)) / 100 }
        let test = PairedRandomisation(rounds: 500, seed: seed)
        let p = test.pValue(a, b)
        #expect(p > 0 && p <= 1)
        #expect(p == test.pValue(b, a), "two-sided: the order of the systems does not matter")
        #expect(p == test.pValue(a, b), "reproducible for a seed")
    }

    @Test func equalSystemsAreRejectedAsOftenAsTheLevelSays() {
        // 400 pairs of systems drawn alike: about 5 % below 0.05; 20 expected, standard deviation 4.4.
        var generator = SeededGenerator(seed: 11)
        let rejected = (0..<400).count { _ in
            let a = (0..<40).map { _ in Double(generator.integer(in: 0...1000)) }
            let b = (0..<40).map { _ in Double(generator.integer(in: 0...1000)) }
            return PairedRandomisation(rounds: 400).pValue(a, b) <= 0.05
        }
        #expect((4...38).contains(rejected))
    }

    @Test func holmByHand() {
        // Rising: 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1 = 0.02, 0.03, 0.06, 0.04; the last is raised to the one before: 0.06.
        let adjusted = PairedRandomisation.holm([0.01, 0.04, 0.03, 0.005])
        for (value, expected) in zip(adjusted, [0.03, 0.06, 0.06, 0.02]) { #expect(abs(value - expected) < 1e-15) }
    }

    @Test func holmStaysBelowOneAndLeavesASingleValueAlone() {
        #expect(PairedRandomisation.holm([0.6, 0.9, 0.7]) == [1, 1, 1])
        #expect(PairedRandomisation.holm([0.04]) == [0.04])
        #expect(PairedRandomisation.holm([]) == [])
    }
}
