public import QueryPlanning
public import Ranking
public import Vocabulary

extension Library {
    /// The plan of "like these, unlike those, moved to that mood": what a sentence would have asked for.
    ///
    /// - Parameters:
    ///   - seeds: at least one.
    ///   - keep: facets in which answers must share something with the seeds.
    public func plan(like seeds: [DocumentID], unlike: [DocumentID] = [], move: MoodMove? = nil, keep: [Facet] = []) -> QueryPlan {
        var plan = QueryPlan()
        func append(_ text: String, after separator: String) -> Span {
            plan.text += separator
            let start = plan.text.utf8.count
            plan.text += text
            return Span(start..<plan.text.utf8.count)
        }
        for (documents, polarity, cue) in [(seeds, Polarity.like, "like "), (unlike, .avoid, "unlike ")] {
            for (i, document) in documents.enumerated() {
                let title = tracks.title(document).isEmpty ? tracks.id(document) : tracks.title(document), artist = tracks.artist(document)
                let separator = i > 0 ? " and " : plan.text.isEmpty ? cue : ", " + cue
                let span = append(artist.isEmpty ? title : "\(title) by \(artist)", after: separator)
                plan.seeds.append(
                    Seed(span: span, kind: .track, name: title, artist: artist.isEmpty ? nil : artist, track: tracks.id(document), polarity: polarity))
            }
        }
        if let move {
            for (i, target) in move.targets.enumerated() {
                let label = vocabulary.descriptor(target.descriptor)?.label ?? target.descriptor.slug
                let span = append(target.change == .more ? label : "less \(label)", after: i > 0 ? ", " : " but ")
                plan.clauses.append(
                    Clause(
                        span: span, descriptor: target.descriptor, polarity: target.change == .more ? .want : .avoid,
                        strength: move.strength * (target.weight ?? 1), change: target.change))
            }
            plan.moodMove = move
        }
        plan.keep = keep.isEmpty ? nil : keep
        return plan
    }

    /// The track that a text names: by its id, else by its title, perhaps with its artist.
    ///
    /// - Returns: nil when it names none.
    public func track(named text: String) -> DocumentID? {
        if let document = tracks.document(id: text) { return document }
        return planner.plan("like \(text)").seeds.first { $0.track != nil }.flatMap { $0.track }.flatMap { tracks.document(id: $0) }
    }
}
