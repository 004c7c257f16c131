import QueryPlanning

extension SearchResponse {
    /// One sentence that can be said to a listener: what changed, what was found, and what was not.
    var sentence: String {
        guard let turn else { return found(isTurn: false).capitalised + "." }
        let changes = turn.changes.filter { $0.subject != "move" || turn.changes.count == 1 }.map(\.text)
        if changes.isEmpty {
            return (turn.notes.isEmpty ? "nothing changed" : turn.notes.joined(separator: ", ") + "; nothing changed").capitalised + "."
        }
        if hits.isEmpty, plan.clauses.isEmpty, plan.seeds.isEmpty { return "All of that is forgotten: " + found(isTurn: true) + "." }
        let named = changes.prefix(4).joined(separator: ", ") + (changes.count > 4 ? " and \(changes.count - 4) more" : "")
        let isNew =
            hits.isEmpty
            ? ""
            : turn.came.isEmpty
                ? "; the same tracks as before"
                : turn.kept == 0 ? "; all of them new here" : "; \(turn.came.count) of the \(hits.count) shown \(turn.came.count == 1 ? "is" : "are") new"
        let undone = turn.isUndone ? "undone, so " : ""
        return (undone + named + ": " + found(isTurn: true)).capitalised + isNew + "."
    }

    private func found(isTurn: Bool) -> String {
        let request = isTurn ? "what you asked for" : "“\(text.count > 80 ? text.prefix(79) + "…" : text[...])”"
        let first = hits.first.map { "“\($0.title.isEmpty ? $0.id : $0.title)”" + ($0.artist.isEmpty ? "" : " by \($0.artist)") }
        let missing = shortfalls.first { $0.kind == .missing }.map { "nothing here is \($0.text)" }
        func tracks(_ count: Int) -> String { count == 1 ? "one track" : "\(count) tracks" }
        guard let first else {
            if plan.clauses.isEmpty, plan.seeds.isEmpty, plan.filters.isEmpty, plan.ignored.isEmpty { return "say what you would like to hear" }
            return missing ?? "nothing here comes near \(request)"
        }
        let lead = hits[0].rank == 1 ? "first is \(first)" : "here from \(first) on"
        if totals.strong == 0 {
            return missing.map { "\($0), but \(tracks(totals.near)) come\(totals.near == 1 ? "s" : "") near; \(lead)" }
                ?? "\(tracks(totals.near)) come\(totals.near == 1 ? "s" : "") near \(request), none has all of it; \(lead)"
        }
        let near = totals.near > 0 ? " and \(totals.near) come\(totals.near == 1 ? "s" : "") near" : ""
        return "\(tracks(totals.strong)) fit\(totals.strong == 1 ? "s" : "") \(request)\(near); \(lead)" + (missing.map { "; \($0)" } ?? "")
    }
}

extension String {
    fileprivate var capitalised: String { prefix(1).uppercased() + dropFirst() }
}
