/// How much room text takes in a ``Plot``: fonts differ, so it is estimated, on the wide side.
enum PlotText {
    static func width(_ text: String, size: Double = 12) -> Double {
        text.unicodeScalars.reduce(0) { sum, scalar in
            // Ideographs and the like fill a square.
            sum + size * (scalar.value >= 0x1100 ? 1 : "iljtfr.,:;'|!()[] ".unicodeScalars.contains(scalar) ? 0.36 : scalar.properties.isUppercase ? 0.7 : 0.61)
        }
    }

    /// Cut to a width, "…" at the end.
    static func cut(_ text: String, width limit: Double, size: Double) -> String {
        if width(text, size: size) <= limit { return text }
        var cut = text
        while !cut.isEmpty, width(cut + "…", size: size) > limit { cut.removeLast() }
        return cut + "…"
    }

    /// Lines broken at spaces; a word that is too long is cut.
    static func wrapped(_ text: String, width limit: Double, size: Double) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, width("\(last) \(word)", size: size) <= limit {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(cut(String(word), width: limit, size: size))
            }
        }
        return lines
    }
}

/// Names beside points, each where it covers neither a point nor another name, as far as there is such a place.
struct PlotLabels {
    private struct Box {
        var left, top, right, bottom: Double

        func holds(_ other: Box) -> Bool { other.left >= left && other.right <= right && other.top >= top && other.bottom <= bottom }
        func overlaps(_ other: Box) -> Bool { left < other.right && other.left < right && top < other.bottom && other.top < bottom }
    }

    private let frame: Box
    private var taken: [Box] = []
    private(set) var svg = ""

    init(left: Double, right: Double, top: Double, bottom: Double) { frame = Box(left: left, top: top, right: right, bottom: bottom) }

    /// Keeps a mark clear.
    mutating func avoid(x: Double, y: Double) { taken.append(Box(left: x - 5, top: y - 5, right: x + 5, bottom: y + 5)) }
    /// Keeps an error bar clear.
    mutating func avoid(x: Double, high: Double, low: Double) { taken.append(Box(left: x - 4, top: high, right: x + 4, bottom: low)) }

    mutating func place(_ text: String, x: Double, y: Double) {
        let width = PlotText.width(text, size: 11)
        // Right, left, above, below, then farther and farther up and down on both sides. Anchored at the point's side: the width is but an estimate.
        typealias Place = (left: Double, top: Double, anchor: String)
        var places: [Place] = [
            (x + 8, y - 6, "start"), (x - 8 - width, y - 6, "end"), (x - width / 2, y - 20, "middle"), (x - width / 2, y + 8, "middle"),
        ]
        for distance in stride(from: 10.0, through: 60, by: 10) {
            for up in [-distance, distance] { places += [(x + 8, y - 6 + up, "start"), (x - 8 - width, y - 6 + up, "end")] }
        }
        func box(_ place: Place) -> Box { Box(left: place.left, top: place.top, right: place.left + width, bottom: place.top + 13) }
        let inside = places.filter { frame.holds(box($0)) }
        let place = inside.first { place in !taken.contains { $0.overlaps(box(place)) } } ?? inside.first ?? places[0]
        let box = box(place)
        taken.append(box)
        let at = place.anchor == "start" ? box.left : place.anchor == "end" ? box.right : (box.left + box.right) / 2
        svg += PlotDrawing.text(text, x: at, y: box.bottom - 3, anchor: place.anchor, attributes: " font-size=\"11\"")
    }
}
