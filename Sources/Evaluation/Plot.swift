/// A diagram: bars, lines and points with error bars, drawn as SVG.
///
/// ```swift
/// let curve = Plot.Series("coverage", .line, (1...100).map { Plot.Point(x: Double($0), y: recall(at: $0)) })
/// let plot = Plot(title: "Recall", x: .init("k", .logarithmic), y: .init("Recall@k, %", range: 0...100), series: [curve])
/// plot.svg
/// ```
///
/// The image is 480 units wide, so that its text is readable on a phone; it follows the reader's light or dark scheme and needs no script. Series are told
/// apart by colour (Okabe & Ito's, safe for the colour-blind), and lines also by dashes and by marks. Every bar and point says its value when it is pointed at.
/// Values that are not finite, and those that a logarithmic axis has no place for, are left out.
public struct Plot: Hashable, Sendable {
    public struct Point: Hashable, Sendable {
        public var x: Double
        public var y: Double
        /// Half the length of the error bar; nil for none.
        public var deviation: Double?
        /// Written beside the point; nil for none. Bars have none.
        public var label: String?

        /// - Parameter x: for bars the number of the category, from 0.
        public init(x: Double, y: Double, deviation: Double? = nil, label: String? = nil) {
            (self.x, self.y, self.deviation, self.label) = (x, y, deviation, label)
        }
    }

    public struct Series: Hashable, Sendable {
        public enum Mark: Hashable, Sendable {
            /// Beside each other in their category; from 0.
            case bars
            /// From point to point, in their order. Marks stand on the points where there are few.
            case line
            case points
            /// Thousands of points, small, pale and in one colour: what the other series stand before.
            case cloud
        }

        public var name: String
        public var mark: Mark
        public var points: [Point]

        public init(_ name: String, _ mark: Mark, _ points: [Point]) { (self.name, self.mark, self.points) = (name, mark, points) }
    }

    public struct Axis: Hashable, Sendable {
        public enum Scale: Hashable, Sendable {
            case linear
            /// Base 10.
            case logarithmic
            /// Of an x axis: category i lies around i.
            case categories([String])
        }

        /// With the unit; may be empty.
        public var title: String
        public var scale: Scale
        /// nil, the default: what the values take up, and 0 where there are bars, widened to round numbers.
        public var range: ClosedRange<Double>?

        public init(_ title: String, _ scale: Scale = .linear, range: ClosedRange<Double>? = nil) {
            (self.title, self.scale, self.range) = (title, scale, range)
        }
    }

    public var title: String
    public var x: Axis
    public var y: Axis
    public var series: [Series]

    public init(title: String, x: Axis, y: Axis, series: [Series]) { (self.title, self.x, self.y, self.series) = (title, x, y, series) }

    /// An `svg` element, which is also a whole file.
    public var svg: String { PlotDrawing(self).svg }
}
