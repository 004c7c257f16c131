/// Colours, dashes and marks of a ``Plot``'s series.
enum PlotStyle {
    /// Okabe & Ito 2008, "Color Universal Design", without black and yellow, which one of the two schemes would swallow; the second of each is for dark paper.
    private static let colours = [
        ("#0072b2", "#4ba6e0"), ("#d55e00", "#f0803c"), ("#009e73", "#2fc29a"), ("#cc79a7", "#dc9abf"), ("#e69f00", "#f0b840"), ("#56b4e9", "#9ad6f7"),
        ("#6e6e6e", "#b0b0b0"),
    ]
    private static let dashes = ["", "7 3", "2 2.5", "9 3 2 3", "4 2"]

    static func colour(_ series: Int) -> Int { series % colours.count }

    /// Of bars: where colours begin again, pale ones with an edge.
    static func fill(_ series: Int) -> String {
        "f\(colour(series))" + (series / colours.count % 2 == 1 ? " s\(colour(series)) pale" : "")
    }

    static func dash(_ series: Int) -> String {
        let dash = dashes[series % dashes.count]
        return dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\""
    }

    /// A style of a page reaches into the images it holds and theirs reach out, so all names stand under `.plot`.
    static let sheet: String = {
        func rules(_ colours: [String], paper: String, ink: String, grid: String, axis: String) -> String {
            ".plot .paper{fill:\(paper)}.plot text{fill:\(ink)}.plot .ink-line{stroke:\(ink)}.plot .grid{stroke:\(grid)}.plot .axis{stroke:\(axis)}"
                + colours.enumerated().map { ".plot .f\($0){fill:\($1)}.plot .s\($0){stroke:\($1)}" }.joined()
        }
        return
            ".plot .cloud{fill:none;stroke-width:3;stroke-linecap:round;stroke-opacity:.4}.plot .series{fill:none;stroke-width:2;stroke-linejoin:round}.plot .error{stroke-width:1.2}.plot .pale{fill-opacity:.35;stroke-width:1.5}"
            + rules(colours.map(\.0), paper: "#ffffff", ink: "#1f2328", grid: "#e3e7eb", axis: "#6e7781") + "@media (prefers-color-scheme: dark){"
            + rules(colours.map(\.1), paper: "#0d1117", ink: "#e6edf3", grid: "#272d35", axis: "#8b949e") + "}"
    }()

    /// Dots, as lines of no length with round ends: one element for all of them.
    static func cloud(_ points: [(x: Double, y: Double)]) -> String {
        let dots = points.map { "M\(PlotDrawing.number($0.x)),\(PlotDrawing.number($0.y))h0" }.joined()
        return "<path class=\"s\(colours.count - 1) cloud\" d=\"\(dots)\"/>\n"
    }

    /// Circle, square, triangle, diamond, triangle on its head.
    static func mark(_ series: Int, x: Double, y: Double) -> String {
        let style = "class=\"f\(colour(series))\""
        func polygon(_ corners: [(Double, Double)]) -> String {
            "<polygon \(style) points=\"\(corners.map { "\(PlotDrawing.number(x + $0.0)),\(PlotDrawing.number(y + $0.1))" }.joined(separator: " "))\"/>"
        }
        switch series % 5 {
        case 0: return "<circle \(style) cx=\"\(PlotDrawing.number(x))\" cy=\"\(PlotDrawing.number(y))\" r=\"3.8\"/>"
        case 1: return polygon([(-3.4, -3.4), (3.4, -3.4), (3.4, 3.4), (-3.4, 3.4)])
        case 2: return polygon([(0, -4.6), (4.2, 3), (-4.2, 3)])
        case 3: return polygon([(0, -5), (5, 0), (0, 5), (-5, 0)])
        default: return polygon([(0, 4.6), (4.2, -3), (-4.2, -3)])
        }
    }
}
