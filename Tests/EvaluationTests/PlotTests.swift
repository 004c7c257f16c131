import Evaluation
import Foundation
import LinearAlgebra
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// The elements of an SVG, by an XML parser: what is no XML does not become one.
private final class Elements: NSObject, XMLParserDelegate {
    struct Element {
        var name: String
        var attributes: [String: String]
        var text = ""

        func number(_ name: String) -> Double { attributes[name].flatMap(Double.init) ?? .nan }
        var style: Set<Substring> { Set((attributes["class"] ?? "").split(separator: " ")) }
    }

    private(set) var all: [Element] = []
    private var open: [Int] = []

    init(_ svg: String) throws {
        super.init()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = self
        let isXML = parser.parse()
        try #require(isXML, "\(parser.parserError.map { "\($0)" } ?? "")")
    }

    func parser(_ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]) {
        open.append(all.count)
        all.append(Element(name: name, attributes: attributes))
    }
    func parser(_ parser: XMLParser, foundCharacters text: String) { if let last = open.last { all[last].text += text } }
    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) { open.removeLast() }

    func named(_ name: String) -> [Element] { all.filter { $0.name == name } }
    var texts: [String] { named("text").map(\.text) }
    var titles: [String] { named("title").map(\.text) }
}

@Suite struct PlotTests {
    private func points(_ values: [(Double, Double)]) -> [Plot.Point] { values.map { Plot.Point(x: $0.0, y: $0.1) } }

    @Test func barsAreAsLongAsTheirValues() throws {
        let plot = Plot(
            title: "bars", x: .init("", .categories(["full", "sampled"])), y: .init("Recall", range: 0...100),
            series: [
                Plot.Series("words", .bars, [.init(x: 0, y: 80), .init(x: 1, y: 40, deviation: 10)]), Plot.Series("vectors", .bars, points([(0, 20), (1, 0)])),
            ])
        let svg = try Elements(plot.svg)
        let bars = svg.named("rect").filter { $0.style.contains("f0") || $0.style.contains("f1") }.prefix(4).map { $0 }
        let heights = bars.map { $0.number("height") }
        #expect(abs(heights[0] / heights[1] - 2) < 1e-3 && abs(heights[0] / heights[2] - 4) < 1e-3 && heights[3] == 0)
        let bottoms = bars.map { $0.number("y") + $0.number("height") }
        #expect(bottoms.allSatisfy { abs($0 - bottoms[0]) < 0.02 }, "all stand on the axis")
        #expect(bars[0].number("x") + bars[0].number("width") <= bars[2].number("x"), "series stand beside each other")
        // The error bar of 40 ± 10 is as long as a bar of 20.
        let error = svg.named("line").filter { $0.style.contains("error") }
        #expect(error.count == 3 && abs(error[0].number("y1") - error[0].number("y2") - heights[2]) < 0.03)
        #expect(svg.titles == ["words, full: 80.0", "words, sampled: 40.0 ± 10.0", "vectors, full: 20.0", "vectors, sampled: 0.000"])
    }

    @Test(
        arguments: [
            (Plot.Axis("", range: 0...100), [0], ["0", "20", "40", "60", "80", "100"]),
            (Plot.Axis(""), [0.12, 0.31], ["0.10", "0.15", "0.20", "0.25", "0.30", "0.35"]),
            (Plot.Axis(""), [-1500, 20_000], ["-5k", "0", "5k", "10k", "15k", "20k"]),
            (Plot.Axis(""), [8600, 10_400], ["8.5k", "9.0k", "9.5k", "10.0k", "10.5k"]),
            (Plot.Axis(""), [3, 3], ["1.5", "2.0", "2.5", "3.0", "3.5", "4.0", "4.5"]),
            (Plot.Axis("", .logarithmic, range: 1...100), [1], ["1", "2", "5", "10", "20", "50", "100"]),
            (Plot.Axis("", .logarithmic), [0.3, 1.1], ["0.2", "0.5", "1", "2"]), (Plot.Axis("", .logarithmic), [5], ["5", "10"]),
            (Plot.Axis("", .logarithmic), [0.02, 30_000], ["0.01", "0.1", "1", "10", "100", "1k", "10k", "100k"]),
            (Plot.Axis("", .logarithmic), [0, -1, .nan], ["1", "2", "5", "10"]),
        ] as [(Plot.Axis, [Double], [String])])
    func ticks(axis: Plot.Axis, values: [Double], expected: [String]) throws {
        let plot = Plot(title: "", x: axis, y: .init("", .categories([])), series: [Plot.Series("a", .points, values.map { Plot.Point(x: $0, y: 0) })])
        #expect(try Elements(plot.svg).texts == expected)
    }

    /// Random series of every kind and scale, with values that no axis can show among them.
    @Test(arguments: 0..<40) func whateverIsDrawnLiesInTheImage(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let odd: [Double] = [.nan, .infinity, -.infinity, 0, -3, 1e300, -1e300, 1e-300, Double.leastNonzeroMagnitude]
        func value() -> Double {
            let n = generator.integer(in: 0...(seed % 3 == 0 ? 20 : 2000))
            return n < odd.count && seed % 2 == 0 ? odd[n] : Double(n) / 7 * (seed % 5 == 0 ? 1e-7 : 1)
        }
        let marks: [Plot.Series.Mark] = [.bars, .line, .points]
        let series = (0..<generator.integer(in: 0...9)).map { i in
            Plot.Series(
                String(repeating: "long name <&> ", count: i % 4), marks[(i + seed) % 3],
                (0..<generator.integer(in: 0...50)).map { n in
                    Plot.Point(x: value(), y: value(), deviation: n % 3 == 0 ? value() : nil, label: n % 7 == 0 ? "label \(n)" : nil)
                })
        }
        let scales: [Plot.Axis.Scale] = [.linear, .logarithmic, .categories(["a", "a longer <name> of several words", ""])]
        let plot = Plot(
            title: "A title that is \"long\" enough to be broken into two lines & more", x: .init("x", scales[seed % 3]), y: .init("y", scales[seed % 2]),
            series: series)
        let svg = try Elements(plot.svg)
        let box = try #require(svg.all[0].attributes["viewBox"]?.split(separator: " ").compactMap { Double($0) })
        for element in svg.all {
            for (names, limit) in [(["x", "x1", "x2", "cx"], box[2]), (["y", "y1", "y2", "cy"], box[3])] {
                for name in names where element.attributes[name] != nil {
                    #expect((0...limit).contains(element.number(name)), "\(element)")
                }
            }
            if let path = element.attributes["d"] {
                let numbers = path.split { "ML ".contains($0) }.map { Double($0) ?? .nan }
                #expect(numbers.count % 2 == 0 && numbers.allSatisfy { $0 >= 0 && $0 <= max(box[2], box[3]) }, "\(path)")
            }
            for name in ["width", "height"] where element.attributes[name] != nil { #expect(element.number(name) >= 0, "\(element)") }
        }
        #expect(plot.svg == plot.svg)
    }

    @Test func namesOfPointsDoNotCoverEachOther() throws {
        // Eight points in one place: their names spread around it.
        let points = (0..<8).map { Plot.Point(x: 1 + Double($0) * 0.002, y: 50, label: "encoder \($0)") }
        let plot = Plot(title: "t", x: .init("x", range: 0...2), y: .init("y", range: 0...100), series: [Plot.Series("s", .points, points)])
        let labels = try Elements(plot.svg).named("text").filter { $0.text.hasPrefix("encoder ") }
        #expect(labels.count == 8)
        func left(_ label: Elements.Element) -> Double {
            label.number("x") - (label.attributes["text-anchor"] == "end" ? 50 : label.attributes["text-anchor"] == "middle" ? 25 : 0)
        }
        for (i, a) in labels.enumerated() {
            for b in labels[..<i] { #expect(abs(a.number("y") - b.number("y")) >= 10 || abs(left(a) - left(b)) >= 50, "\(a.text) and \(b.text)") }
        }
    }

    @Test func aSingleSeriesNeedsNoLegendAndLongNamesAreCut() throws {
        let one = Plot.Series("only", .line, points([(0, 1), (1, 2)]))
        let axes = (x: Plot.Axis("x"), y: Plot.Axis("y"))
        #expect(try !Elements(Plot(title: "t", x: axes.x, y: axes.y, series: [one]).svg).texts.contains("only"))
        let long = Plot.Series(String(repeating: "w", count: 200), .line, points([(0, 2), (1, 1)]))
        let texts = try Elements(Plot(title: "t", x: axes.x, y: axes.y, series: [one, long]).svg).texts
        #expect(texts.contains("only") && texts.contains { $0.hasSuffix("w…") && $0.count < 70 })
    }

    @Test func bothSchemesStyleTheSameThings() throws {
        let svg = Plot(title: "t", x: .init("x"), y: .init("y"), series: []).svg
        let sheet = try #require(try Elements(svg).named("style").first?.text)
        let halves = sheet.components(separatedBy: "@media (prefers-color-scheme: dark)")
        func selectors(_ text: String) -> Set<String> {
            Set(text.split(separator: "}").compactMap { $0.split(separator: "{").dropLast().last.map(String.init) }.filter { $0.hasPrefix(".plot") })
        }
        try #require(halves.count == 2)
        #expect(selectors(halves[1]).isSubset(of: selectors(halves[0])) && selectors(halves[1]).count > 15)
    }

    /// Thousands of dots are one element, and labels need not keep away from them.
    @Test func aCloudIsOneElement() {
        let points = (0..<3000).map { Plot.Point(x: Double($0 % 60), y: Double($0 / 60)) } + [Plot.Point(x: .nan, y: 1)]
        let svg = Plot(title: "", x: .init(""), y: .init(""), series: [Plot.Series("all", .cloud, points), Plot.Series("one", .points, [.init(x: 5, y: 5)])])
            .svg
        #expect(svg.components(separatedBy: "h0").count - 1 == 3000 + 3, "three in the legend")
        #expect(svg.components(separatedBy: " cloud\"").count - 1 == 2)
    }
}
