import Evaluation
import LinearAlgebra
import Testing

@Suite struct ReportPageTests {
    private let page: ReportPage = {
        var table = ResultTable(columns: ["a | b", .number("n")])
        table.append([.text("<script>"), .number(1.25).bold()])
        table.append([.empty, .text("")])
        var page = ReportPage(title: "Tags & <words>")
        page.add(.heading("Part `x<y`", level: 2))
        page.add(.paragraph("One `a&b`, a single ` mark"))
        page.add(.list(["first", "`second`"]))
        page.add(.code("descant bench 'a<b'"))
        page.add(.table(table))
        page.add(.plot(Plot(title: "Curve", x: .init("x"), y: .init("y"), series: []), name: "curve"))
        return page
    }()

    @Test func markdown() {
        #expect(
            page.markdown == #"""
                # Tags & <words>

                ## Part `x<y`

                One `a&b`, a single ` mark

                * first
                * `second`

                ```
                descant bench 'a<b'
                ```

                | a \| b   |       n |
                | :------- | ------: |
                | <script> | **1.3** |
                | –        |         |

                ![Curve](curve.svg)

                """#)
        #expect(page.plots.map(\.file) == ["curve.svg"])
    }

    @Test func htmlIsEscapedAndWhole() {
        let html = page.html
        #expect(html.hasPrefix("<!DOCTYPE html>\n") && html.hasSuffix("</html>\n"))
        for part in [
            "<title>Tags &amp; &lt;words&gt;</title>", "<h1>Tags &amp; &lt;words&gt;</h1>", "<h2>Part <code>x&lt;y</code></h2>",
            "<p>One <code>a&amp;b</code>, a single ` mark</p>", "<li><code>second</code></li>", "<pre><code>descant bench 'a&lt;b'</code></pre>",
            "<tr><th>a | b</th><th class=\"number\">n</th></tr>", "<tr><td>&lt;script&gt;</td><td class=\"number\"><strong>1.3</strong></td></tr>",
            "<tr><td>–</td><td class=\"number\"></td></tr>", page.plots[0].svg,
        ] { #expect(html.contains(part), "\(part)") }
        // Nothing is loaded and nothing runs; the name space of SVG is no address that anything asks for.
        let rest = html.replacing("http://www.w3.org/2000/svg", with: "")
        #expect(!rest.contains("http") && !rest.contains("<script") && !rest.contains("url(") && !rest.contains("<img"))
    }
}

@Suite struct RelevantRanksTests {
    @Test(arguments: 0..<20) func recallIsThatOfTheRankings(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let documents = Array(0..<30)
        let rows = (0..<25).map { i in DescriptorMatching.Row(text: "text \(i % 9) tag\(i)", tags: i % 6 == 0 ? ["other"] : ["tag\(i)", "text"]) }
        let task = DescriptorMatching(rows: rows) { $0.split(separator: " ").map(String.init) }.task(.sampled, seed: seed)
        let rankings = task.queries.map { _ in generator.sample(generator.integer(in: 0...20), of: documents) }
        var ranks = RelevantRanks(queries: task.queries.count)
        for (query, ranking) in rankings.enumerated() { ranks.set(query, ranking: ranking, relevant: task.relevant[query]) }
        for k in [1, 5, 10, 20] {
            #expect(ranks.hits(at: k) == task.hits(at: k, rankings: rankings))
            #expect(ranks.recall(at: k) == task.recall(at: k, rankings: rankings).all)
            #expect(ranks.recall(at: k, leavingOut: task.emptyQueries) == task.recall(at: k, rankings: rankings).nonEmpty)
        }
        #expect(ranks.hits(at: 20).reduce(0, +) == Double(ranks.ranks.count { $0 != RelevantRanks.notRetrieved }))
        #expect(RelevantRanks(queries: 0).recall(at: 1) == 0)
    }

    @Test(arguments: MatchingProtocol.allCases, MatchingRules.allCases) func queriesKnowTheirRows(kind: MatchingProtocol, rules: MatchingRules) {
        let rows = [
            DescriptorMatching.Row(text: "slow piano. calm", tags: ["piano", "calm", "night", "sad"]), .init(text: "", tags: []),
            .init(text: "loud. louder. loudest", tags: ["loud", "rock", "metal"]), .init(text: "nothing", tags: ["loud", "rock"]),
        ]
        let task = DescriptorMatching(rows: rows) { $0.split(separator: " ").map(String.init) }.task(kind, rules: rules, seed: 3)
        #expect(task.rows.count == task.queries.count && task.rows == task.rows.sorted())
        for (query, row) in task.rows.enumerated() {
            #expect(task.queries[query].isEmpty || rows[row].text.contains(task.queries[query]))
            #expect(Set(task.documentTags[task.relevant[query]]).isSubset(of: rows[row].tags))
        }
        if kind == .full, rules == .published { #expect(task.rows == [0, 1, 2, 3]) }
    }
}
