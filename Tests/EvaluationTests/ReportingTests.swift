import Evaluation
import Foundation
import LinearAlgebra
import Testing

@Suite struct MeanAndDeviationTests {
    @Test func byHand() throws {
        // mean (2 + 4 + 9) / 3 = 5; squares 9 + 1 + 16 = 26; √(26 / 2) = 3.6055512755
        let figure = try #require(MeanAndDeviation([2, 4, 9]))
        #expect(figure.mean == 5)
        #expect(figure.count == 3)
        #expect(abs(try #require(figure.deviation) - 3.605_551_275_5) < 1e-9)
        #expect("\(figure)" == "5.0 ± 3.6")
        #expect(figure.formatted(digits: 3) == "5.000 ± 3.606")
    }

    @Test func aSingleValueHasNoDeviationAndNoneHasNoMean() {
        #expect(MeanAndDeviation([57.66])?.formatted() == "57.7")
        #expect(MeanAndDeviation([57.66])?.deviation == nil)
        #expect(MeanAndDeviation([]) == nil)
        #expect(MeanAndDeviation([4, 4])?.formatted(digits: 0) == "4 ± 0")
    }

    @Test(
        arguments: [
            (0.05, 2, "0.05"), (-0.04, 1, "0.0"), (-1.25, 1, "-1.3"), (99.96, 1, "100.0"), (1234.5, 0, "1235"), (.infinity, 1, "inf"),
            (.nan, 1, "nan"), (1e300, 3, "1e+300"),
        ] as [(Double, Int, String)])
    func digits(value: Double, digits: Int, text: String) {
        #expect(MeanAndDeviation([value])?.formatted(digits: digits) == text)
    }
}

@Suite struct LatencySummaryTests {
    @Test func percentilesAreNearestRanks() throws {
        // 1…200 ms: ranks ⌈0.5 · 200⌉ = 100, ⌈0.95 · 200⌉ = 190, ⌈0.99 · 200⌉ = 198; Σ = 20.1 s
        var generator = SeededGenerator(seed: 1)
        let summary = try #require(LatencySummary(samples: generator.shuffled((1...200).map { Double($0) / 1000 })))
        #expect(summary.p50 == 0.1)
        #expect(summary.p95 == 0.19)
        #expect(summary.p99 == 0.198)
        #expect(summary.count == 200)
        #expect(abs(summary.mean - 0.1005) < 1e-12)
        #expect(abs(summary.queriesPerSecond - 200 / 20.1) < 1e-9)
        #expect("\(summary)" == "p50 100.000 ms, p95 190.000 ms, p99 198.000 ms, mean 100.500 ms, 10.0 queries/s (n = 200)")
    }

    @Test func fewSamples() throws {
        let three = try #require(LatencySummary(samples: [3, 1, 2]))
        #expect([three.p50, three.p95, three.p99] == [2, 3, 3])  // ranks ⌈1.5⌉, ⌈2.85⌉, ⌈2.97⌉
        #expect(LatencySummary(samples: [4])?.p50 == 4)
        #expect(LatencySummary(samples: (1...20).map(Double.init))?.p95 == 19)  // ⌈0.95 · 20⌉ = 19 exactly
        #expect(LatencySummary(samples: []) == nil)
        #expect(LatencySummary(samples: [0, 0])?.queriesPerSecond == .infinity)
    }
}

@Suite struct ResultTableTests {
    let table: ResultTable = {
        var table = ResultTable(columns: ["scorer", .number("R@10"), .number("n"), "note | remark"])
        table.append(["TF-IDF", .measure(MeanAndDeviation([63, 64])), .integer(2522), .empty])
        table.append([.text("a|b\\c"), .number(82.749).bold(), .integer(-5), "two\nlines"])
        table.append(["none", .measure(nil), .number(.nan), .text("").bold()])
        return table
    }()

    @Test func markdown() {
        #expect(
            table.markdown == #"""
                | scorer  |       R@10 |    n | note \| remark |
                | :------ | ---------: | ---: | :------------- |
                | TF-IDF  | 63.5 ± 0.7 | 2522 | –              |
                | a\|b\\c |   **82.7** |   -5 | two lines      |
                | none    |          – |  nan |                |

                """#)
    }

    @Test func markdownOfATableWithoutRows() {
        #expect(ResultTable(columns: ["a", .number("b")]).markdown == "| a   |   b |\n| :-- | --: |\n")
    }

    @Test func jsonKeepsNumbers() throws {
        let json = try table.json()
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(object["columns"] as? [String] == ["scorer", "R@10", "n", "note | remark"])
        let rows = try #require(object["rows"] as? [[Any]])
        let measure = try #require(rows[0][1] as? [String: Double])
        #expect(measure["mean"] == 63.5)
        #expect(measure["count"] == 2)
        #expect(abs(try #require(measure["deviation"]) - 0.5.squareRoot()) < 1e-12)
        #expect(rows[1][0] as? String == "a|b\\c")
        #expect(rows[1][1] as? Double == 82.749)
        #expect(rows[1][2] as? Int == -5)
        #expect(rows[0][3] is NSNull)
        #expect(rows[2][1] is NSNull)
        #expect(rows[2][2] is NSNull)
        #expect(try table.json() == json)
    }
}
