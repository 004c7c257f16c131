/// A ``Plot`` being drawn: title, frame with ticks, series, legend, from top to bottom.
struct PlotDrawing {
    private let plot: Plot
    private let x, y: PlotScale
    private let titleLines: [String]
    private let tickLines: [[String]]
    private let legend: [[(series: Int, text: String, x: Double)]]
    private var labels: PlotLabels
    /// The frame.
    private let left, right, top, bottom: Double

    private static let width = 480.0
    private static let frameHeight = 230.0
    private static let lineHeight = 15.0
    private static let legendHeight = 18.0

    init(_ plot: Plot) {
        self.plot = plot
        let points = plot.series.flatMap(\.points)
        let hasBars = plot.series.contains { $0.mark == .bars }
        x = PlotScale(plot.x, values: points.map(\.x))
        y = PlotScale(plot.y, values: points.flatMap { [$0.y - ($0.deviation ?? 0), $0.y + ($0.deviation ?? 0)] } + (hasBars ? [0] : []))
        titleLines = PlotText.wrapped(plot.title, width: Self.width - 20, size: 14)
        left = 14 + (plot.y.title.isEmpty ? 0 : 16) + (y.ticks.map { PlotText.width($0.text) }.max() ?? 0)
        right = Self.width - 14
        top = 12 + Double(titleLines.count) * 18
        bottom = top + Self.frameHeight
        let room = (right - left) / Double(max(1, x.ticks.count)) - 4
        tickLines = x.ticks.map { tick in
            if case .categories = plot.x.scale { return PlotText.wrapped(tick.text, width: room, size: 11) }
            return [tick.text]
        }
        legend = plot.series.count > 1 ? Self.legend(plot.series) : []
        labels = PlotLabels(left: left + 2, right: right - 2, top: top + 2, bottom: bottom - 2)
    }

    var svg: String {
        var drawing = self
        let marks = drawing.marks
        let tickBottom = bottom + 6 + Double(tickLines.map(\.count).max() ?? 0) * 13
        let titleBottom = tickBottom + (plot.x.title.isEmpty ? 2 : 18)
        let height = titleBottom + 8 + Double(legend.count) * Self.legendHeight
        var out = """
            <svg xmlns="http://www.w3.org/2000/svg" class="plot" viewBox="0 0 \(Self.number(Self.width)) \(Self.number(height))" role="img" \
            aria-label="\(plot.title.escapedForMarkup)" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif" font-size="12">
            <style>\(PlotStyle.sheet)</style>
            <rect class="paper" width="\(Self.number(Self.width))" height="\(Self.number(height))"/>

            """
        for (i, line) in titleLines.enumerated() {
            out += Self.text(line, x: Self.width / 2, y: 19 + Double(i) * 18, anchor: "middle", attributes: " font-size=\"14\" font-weight=\"600\"")
        }
        out += grid + marks + drawing.labels.svg
        if !plot.x.title.isEmpty { out += Self.text(plot.x.title, x: (left + right) / 2, y: tickBottom + 12, anchor: "middle") }
        if !plot.y.title.isEmpty {
            let middle = Self.number((top + bottom) / 2)
            out += Self.text(plot.y.title, x: 14, y: (top + bottom) / 2, anchor: "middle", attributes: " transform=\"rotate(-90 14 \(middle))\"")
        }
        for (row, entries) in legend.enumerated() {
            let y = titleBottom + 14 + Double(row) * Self.legendHeight
            for entry in entries { out += swatch(entry.series, x: entry.x, y: y - 4) + Self.text(entry.text, x: entry.x + 28, y: y) }
        }
        return out + "</svg>\n"
    }

    // MARK: Frame

    private var grid: String {
        var out = ""
        for tick in y.ticks {
            guard let at = y.position(tick.value) else { continue }
            let height = bottom - at * (bottom - top)
            out += Self.line(left, height, right, height, "grid")
            out += Self.text(tick.text, x: left - 6, y: height + 4, anchor: "end", attributes: " font-size=\"11\"")
        }
        for (tick, lines) in zip(x.ticks, tickLines) {
            guard let at = x.position(tick.value) else { continue }
            let place = left + at * (right - left)
            if case .categories = plot.x.scale {} else { out += Self.line(place, bottom, place, bottom + 4, "axis") }
            for (i, line) in lines.enumerated() {
                out += Self.text(line, x: place, y: bottom + 16 + Double(i) * 13, anchor: "middle", attributes: " font-size=\"11\"")
            }
        }
        return out + Self.line(left, bottom, right, bottom, "axis")
    }

    /// Entries in rows, each after the one before.
    private static func legend(_ series: [Plot.Series]) -> [[(series: Int, text: String, x: Double)]] {
        var rows: [[(series: Int, text: String, x: Double)]] = [[]]
        var next = 14.0
        for (i, one) in series.enumerated() {
            let text = PlotText.cut(one.name, width: width - 14 - 28 - 14, size: 12)
            let taken = 28 + PlotText.width(text) + 14
            if next + taken > width, rows[rows.count - 1].count > 0 {
                rows.append([])
                next = 14
            }
            rows[rows.count - 1].append((i, text, next))
            next += taken
        }
        return rows
    }

    private func swatch(_ series: Int, x: Double, y: Double) -> String {
        switch plot.series[series].mark {
        case .bars: "<rect class=\"\(PlotStyle.fill(series))\" x=\"\(Self.number(x + 4))\" y=\"\(Self.number(y - 6))\" width=\"14\" height=\"12\"/>\n"
        case .line: Self.line(x, y, x + 22, y, "s\(PlotStyle.colour(series)) series", dash: series) + PlotStyle.mark(series, x: x + 11, y: y)
        case .points: PlotStyle.mark(series, x: x + 11, y: y)
        case .cloud: PlotStyle.cloud([(x + 8, y - 2), (x + 11, y + 3), (x + 14, y - 1)])
        }
    }

    // MARK: Series

    /// Lines first, so that marks lie above them; labels are placed when all marks are known.
    private var marks: String {
        mutating get {
            var bars = "", lines = "", marks = ""
            let barSeries = plot.series.indices.filter { plot.series[$0].mark == .bars }
            var labelled: [(x: Double, y: Double, text: String)] = []
            for (i, series) in plot.series.enumerated() {
                switch series.mark {
                case .bars:
                    bars += self.bars(series, i, place: barSeries.firstIndex(of: i) ?? 0, of: barSeries.count)
                case .cloud: bars += PlotStyle.cloud(series.points.compactMap { place($0.x, $0.y) })
                case .line, .points:
                    let places = series.points.compactMap { point in place(point.x, point.y).map { (point: point, x: $0.x, y: $0.y) } }
                    if series.mark == .line { lines += path(places.map { ($0.x, $0.y) }, i) }
                    for at in places {
                        lines += errorBar(at.point, x: at.x, "s\(PlotStyle.colour(i)) error")
                        if series.mark == .points || series.points.count <= Self.mostMarkedPoints {
                            marks += "<g><title>\(said(at.point, series))</title>" + PlotStyle.mark(i, x: at.x, y: at.y) + "</g>\n"
                            labels.avoid(x: at.x, y: at.y)
                        }
                        if let deviation = at.point.deviation, let high = place(at.point.x, at.point.y + deviation),
                            let low = place(at.point.x, at.point.y - deviation)
                        {
                            labels.avoid(x: at.x, high: high.y, low: low.y)
                        }
                        if let label = at.point.label { labelled.append((at.x, at.y, label)) }
                    }
                    // Some marks, evenly across the frame, tell long lines apart.
                    if series.mark == .line, let first = places.first, let last = places.last, places.count > Self.mostMarkedPoints {
                        for n in 0..<4 {
                            let wanted = first.x + (last.x - first.x) * Double(2 * n + 1) / 8
                            let at = places.min { abs($0.x - wanted) < abs($1.x - wanted) } ?? first
                            marks += PlotStyle.mark(i, x: at.x, y: at.y)
                        }
                    }
                }
            }
            for label in labelled { labels.place(label.text, x: label.x, y: label.y) }
            return bars + lines + marks
        }
    }

    private static let mostMarkedPoints = 20

    /// Inside the frame; nil where the axes have no place for the point.
    private func place(_ x: Double, _ y: Double) -> (x: Double, y: Double)? {
        guard let across = self.x.position(x), let up = self.y.position(y) else { return nil }
        return (left + min(1, max(0, across)) * (right - left), bottom - min(1, max(0, up)) * (bottom - top))
    }

    private func bars(_ series: Plot.Series, _ number: Int, place: Int, of count: Int) -> String {
        let category = (right - left) / Double(max(1, x.ticks.count))
        let width = category * 0.84 / Double(count)
        return series.points.map { point in
            guard let at = self.place(point.x, point.y), let base = self.place(point.x, 0) else { return "" }
            // Without categories a bar may stand at the edge: it stays inside the frame.
            let from = min(right - width, max(left, at.x - category * 0.42 + Double(place) * width))
            return "<g><title>\(said(point, series))</title><rect class=\"\(PlotStyle.fill(number))\" x=\"\(Self.number(from + 0.5))\" "
                + "y=\"\(Self.number(min(at.y, base.y)))\" width=\"\(Self.number(max(1, width - 1)))\" height=\"\(Self.number(abs(base.y - at.y)))\"/>"
                + errorBar(point, x: from + width / 2, "error ink-line") + "</g>\n"
        }.joined()
    }

    private func errorBar(_ point: Plot.Point, x: Double, _ style: String) -> String {
        guard let deviation = point.deviation, deviation > 0, let low = place(point.x, point.y - deviation), let high = place(point.x, point.y + deviation)
        else { return "" }
        return Self.line(x, low.y, x, high.y, style) + Self.line(x - 3, low.y, x + 3, low.y, style) + Self.line(x - 3, high.y, x + 3, high.y, style)
    }

    private func path(_ places: [(x: Double, y: Double)], _ series: Int) -> String {
        guard places.count > 1 else { return "" }
        let steps = places.map { "\(Self.number($0.x)) \(Self.number($0.y))" }.joined(separator: "L")
        return "<path class=\"s\(PlotStyle.colour(series)) series\"\(PlotStyle.dash(series)) d=\"M\(steps)\"/>\n"
    }

    /// "MiniLM, full: 87.0 ± 0.4".
    private func said(_ point: Plot.Point, _ series: Plot.Series) -> String {
        var at = "\(Self.short(point.x))"
        if case .categories(let names) = plot.x.scale, let index = Int(exactly: point.x), names.indices.contains(index) { at = names[index] }
        let value = Self.short(point.y) + (point.deviation.map { " ± " + Self.short($0) } ?? "")
        return "\(point.label ?? series.name), \(at): \(value)".escapedForMarkup
    }

    // MARK: Elements

    private static func short(_ value: Double) -> String { value.fixed(digits: value.magnitude >= 10 ? 1 : 3) }

    /// Two digits are finer than any screen.
    static func number(_ value: Double) -> String {
        let text = value.fixed(digits: 2)
        return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
    }

    static func text(_ text: String, x: Double, y: Double, anchor: String = "start", attributes: String = "") -> String {
        "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\"\(attributes)>\(text.escapedForMarkup)</text>\n"
    }

    private static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String, dash: Int? = nil) -> String {
        "<line class=\"\(style)\"\(dash.map(PlotStyle.dash) ?? "") x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\"/>\n"
    }
}
