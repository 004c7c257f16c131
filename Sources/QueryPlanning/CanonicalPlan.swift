#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension QueryPlan {
    /// The plan as JSON with sorted keys: equal plans print equal bytes.
    public var canonicalJSON: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Every property is a string, a finite number or a collection of those, so encoding cannot fail.
        guard let data = try? encoder.encode(self) else { preconditionFailure("a plan that JSON cannot hold: \(self)") }
        return String(decoding: data, as: UTF8.self)
    }

    /// - Throws: `PlanError`.
    public init(canonicalJSON text: String) throws(PlanError) {
        let plan: QueryPlan
        do {
            plan = try JSONDecoder().decode(QueryPlan.self, from: Data(text.utf8))
        } catch {
            throw .notAPlan("\(error)")
        }
        try plan.check()
        self = plan
    }

    /// - Throws: `PlanError` for a plan that this program would not have made.
    func check() throws(PlanError) {
        guard version == Self.currentVersion else { throw .version(expected: Self.currentVersion, found: version) }
        if let problem { throw .notAPlan(problem) }
    }

    /// Where its words stand.
    var spans: [Span] {
        clauses.map(\.span) + seeds.map(\.span) + corrections.map(\.span) + ignored.map(\.span) + filters.artists.map(\.span)
            + filters.withoutArtists.map(\.span) + [filters.years, filters.bpm, filters.duration].compactMap { $0?.span }
    }

    /// What a plan from outside may not hold.
    private var problem: String? {
        let length = text.utf8.count
        if let span = spans.first(where: { $0.start < 0 || $0.end < $0.start || $0.end > length }) {
            return "a span \(span.start)…\(span.end) outside the text of \(length) bytes"
        }
        // Each costs time; what a planner makes of the longest text, and a talk of it, stays within.
        let counts = [
            ("characters of text", text.unicodeScalars.count, Self.longestText), ("clauses", clauses.count, Self.mostClauses),
            ("seeds", seeds.count, Self.mostSeeds), ("words ignored", ignored.count, Self.mostWords), ("corrections", corrections.count, Self.mostWords),
            ("conflicts", conflicts.count, Conflict.most), ("moods to move to", moodMove?.targets.count ?? 0, Self.mostClauses),
            ("artists", filters.artists.count + filters.withoutArtists.count, 2 * Filters.mostArtists),
        ]
        if let (what, count, most) = counts.first(where: { $0.1 > $0.2 }) { return "\(count) \(what), expected at most \(most)" }
        if clauses.contains(where: { $0.alternatives.map { !(0...1_000_000).contains($0) } ?? false }) { return "a number of alternatives outside 0…1000000" }
        if let tracks = filters.withoutTracks, tracks.count > Filters.mostWithoutTracks {
            return "\(tracks.count) tracks to leave out, expected at most \(Filters.mostWithoutTracks)"
        }
        if let clause = clauses.first(where: { !(0...1).contains($0.strength) }) { return "a strength \(clause.strength) outside 0…1" }
        if let share = clauses.compactMap(\.semantic).first(where: { !(0...1).contains($0) }) { return "a share \(share) outside 0…1" }
        for (group, members) in Dictionary(grouping: clauses.filter { $0.alternatives != nil }, by: { $0.alternatives ?? 0 })
        where Set(members.map { $0.semantic != nil }).count > 1 {
            return "alternatives \(group) of which some are names and some meanings"
        }
        if clauses.contains(where: { $0.semantic != nil && $0.alternatives == nil }) { return "a meaning that belongs to no alternatives" }
        if let problem = moodMove?.problem { return problem }
        if let keep, keep.count > Self.mostKept || Set(keep).count < keep.count {
            return "\(keep.count) facets to keep, expected at most \(Self.mostKept), each once"
        }
        if let count, count < 1 { return "a count of \(count)" }
        if conflicts.contains(where: { $0.clauses.contains { !clauses.indices.contains($0) } }) { return "a conflict between clauses that are not there" }
        return nil
    }
}

extension MoodMove {
    fileprivate var problem: String? {
        if !(0...1).contains(strength) { return "a mood move of strength \(strength), outside 0…1" }
        if let weight = targets.compactMap(\.weight).first(where: { !(0...1).contains($0) }) { return "a target's weight \(weight) outside 0…1" }
        if let place, !(-1...1).contains(place.valence) || !(-1...1).contains(place.arousal) { return "a place (\(place)) outside −1…1" }
        if let shift, !(-2...2).contains(shift.valence) || !(-2...2).contains(shift.arousal) { return "a step (\(shift)) outside −2…2" }
        return nil
    }
}
