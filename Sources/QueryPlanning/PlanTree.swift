import Vocabulary

extension QueryPlan {
    /// The plan as a tree under its source, each word marked with what became of it:
    ///
    /// ```
    /// upbeat steel drum, not too fast
    /// ────── ──────────          ××××
    /// ├─ want   mood:upbeat          0.75  "upbeat"
    /// ├─ want   instrument:steelpan  0.75  "steel drum"  binds
    /// └─ avoid  tempo:fast           0.75  "fast"  softly
    /// ```
    public var tree: String {
        var lines = text.contains(where: \.isNewline) || text.count > 160 ? [String(text.prefix(160).map { $0.isNewline ? " " : $0 })] : [text, marks]
        let rows = self.rows
        let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 }
        for (i, row) in rows.enumerated() {
            let cells = row.enumerated().map { column, cell in column < 2 ? cell + String(repeating: " ", count: widths[column] - cell.count) : cell }
            lines.append((i == rows.count - 1 ? "└─ " : "├─ ") + cells.joined(separator: "  ").trimmedEnd)
        }
        if rows.isEmpty { lines.append("└─ nothing understood") }
        return lines.joined(separator: "\n")
    }

    private var marks: String {
        let characters = Array(text)
        var marks = [Character](repeating: " ", count: characters.count)
        var starts: [Int] = []
        var offset = 0
        for character in characters {
            starts.append(offset)
            offset += character.utf8.count
        }
        func mark(_ span: Span, _ sign: Character) {
            for i in characters.indices where starts[i] >= span.start && starts[i] < span.end { marks[i] = sign }
        }
        for word in ignored { mark(word.span, "·") }
        for clause in clauses { mark(clause.span, clause.polarity == .avoid ? "×" : "─") }
        for seed in seeds { mark(seed.span, seed.polarity == .avoid ? "×" : "≈") }
        for bounds in [filters.years, filters.bpm, filters.duration].compactMap({ $0 }) { mark(bounds.span, "#") }
        for artist in filters.artists { mark(artist.span, "#") }
        for artist in filters.withoutArtists { mark(artist.span, "×") }
        return String(marks).trimmedEnd
    }

    /// Kind, subject, details.
    private var rows: [[String]] {
        var rows: [[String]] = []
        for clause in clauses {
            var notes = ["\(clause.strength)", "\"\(source(clause.span))\""]
            if clause.polarity == .avoid { notes.append(clause.hard ? "excluded" : "softly") } else if clause.hard { notes.append("binds") }
            if let change = clause.change { notes.append(change.rawValue) }
            if !clause.parts.isEmpty { notes.append("or \(clause.parts.map(\.description).joined(separator: " + "))") }
            if let share = clause.semantic { notes.append("semantic \(share)") }
            if let group = clause.alternatives { notes.append("either \(group)") }
            rows.append([clause.polarity.rawValue, clause.descriptor.description, notes.joined(separator: "  ")])
        }
        if let years = filters.years { rows.append(["filter", "years \(years.words(""))", "\"\(source(years.span))\""]) }
        if let bpm = filters.bpm { rows.append(["filter", "tempo \(bpm.words(" bpm"))", "\"\(source(bpm.span))\""]) }
        if let duration = filters.duration { rows.append(["filter", "duration \(duration.words(" s"))", "\"\(source(duration.span))\""]) }
        if let key = filters.key { rows.append(["filter", "key \(key)", ""]) }
        if let metre = filters.metre { rows.append(["filter", "metre \(metre)", ""]) }
        for artist in filters.artists { rows.append(["filter", "by \(artist.name)", "\"\(source(artist.span))\""]) }
        if let tracks = filters.withoutTracks { rows.append(["filter", "none of \(tracks.count) shown before", ""]) }
        for artist in filters.withoutArtists { rows.append(["filter", "not by \(artist.name)", "\"\(source(artist.span))\""]) }
        for seed in seeds {
            let name = seed.name + (seed.artist.map { " by \($0)" } ?? "")
            let profile = seed.profile.isEmpty ? "" : "  known for \(seed.profile.map(\.description).joined(separator: ", "))"
            rows.append([seed.polarity == .avoid ? "unlike" : "like", "\(seed.kind.rawValue) \(name)", "\"\(source(seed.span))\"\(profile)"])
        }
        if let move = moodMove {
            let targets = move.targets.map { "\($0.change.rawValue) \($0.descriptor.slug)" + ($0.weight.map { " × \($0)" } ?? "") }
            let points = [move.place.map { "to \($0)" }, move.shift.map { "by \($0.steps)" }].compactMap { $0 }
            rows.append(["move", (targets + points).joined(separator: ", "), "\(move.strength)"])
        }
        if let keep { rows.append(["keep", keep.map(\.rawValue).joined(separator: ", "), ""]) }
        if let count { rows.append(["count", "\(count)", ""]) }
        for correction in corrections { rows.append(["read", "\"\(correction.from)\" as \"\(correction.to)\"", ""]) }
        for word in ignored { rows.append(["left", "\"\(word.text)\"", ""]) }
        for conflict in conflicts { rows.append(["clash", conflict.reason, ""]) }
        return rows
    }

    /// The listener's words under a span.
    public func source(_ span: Span) -> String {
        let bytes = Array(text.utf8)
        let start = max(0, min(span.start, bytes.count))
        return String(decoding: bytes[start..<max(start, min(span.end, bytes.count))], as: UTF8.self)
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
