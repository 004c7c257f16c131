public import QueryPlanning

/// What one turn of a conversation changed: in the plan, and among the tracks that are shown.
public struct Turn: Codable, Hashable, Sendable {
    /// A track that came or went, with the rank that it has or had.
    public struct Place: Codable, Hashable, Sendable {
        public var rank: Int
        public var id: String
        public var title: String
        public var artist: String

        public init(_ hit: Hit) { (rank, id, title, artist) = (hit.rank, hit.id, hit.title, hit.artist) }
    }

    /// The critique in words.
    public var critique: String
    public var changes: [PlanChange]
    public var came: [Place]
    public var went: [Place]
    /// How many tracks are shown before and after.
    public var kept: Int
    /// What could not be made anything of.
    public var notes: [String]
    /// Whether it goes back to an earlier turn.
    public var isUndone: Bool
}

extension Library {
    /// The answer one turn on, by what a listener says about the last one.
    ///
    /// ```swift
    /// let first = library.search("jazz piano")
    /// let second = try library.refine(Conversation(handle: first.state), "more upbeat, like the second one")
    /// second.turn?.changes                // more upbeat; like Spain by Chick Corea
    /// second.parent == first.state
    /// ```
    public func refine(_ conversation: Conversation, _ words: String, _ options: SearchOptions = SearchOptions()) -> SearchResponse {
        let before = search(conversation, options.ofFirstPage)
        let shown = before.hits.map { ShownTrack(id: $0.id, title: $0.title, artist: $0.artist) }
        return answer(planner.critiques(words, of: conversation.plan, shown: shown, frequency: documentFrequency), conversation, before, options)
    }

    /// The same by critiques that are no words: a chip that was clicked, a model's choice.
    public func refine(_ conversation: Conversation, _ critiques: [Critique], _ options: SearchOptions = SearchOptions()) -> SearchResponse {
        answer(Refinement(critiques, vocabulary), conversation, search(conversation, options.ofFirstPage), options)
    }

    private func answer(_ refinement: Refinement, _ conversation: Conversation, _ before: SearchResponse, _ options: SearchOptions) -> SearchResponse {
        let next = conversation.refined(by: refinement, vocabulary)
        var response = search(next, options)
        let (old, new) = (Set(before.hits.map(\.id)), Set(response.hits.map(\.id)))
        response.turn = Turn(
            critique: refinement.text, changes: next.plan.changes(since: conversation.plan, vocabulary),
            came: response.hits.filter { !old.contains($0.id) }.map(Turn.Place.init), went: before.hits.filter { !new.contains($0.id) }.map(Turn.Place.init),
            kept: new.intersection(old).count, notes: refinement.notes + noEffect(refinement, conversation, next),
            isUndone: next != conversation && refinement.critiques.contains { $0.action == .undo })
        response.say = response.sentence
        return response
    }

    private func noEffect(_ refinement: Refinement, _ conversation: Conversation, _ next: Conversation) -> [String] {
        guard next == conversation, refinement.notes.isEmpty else { return [] }
        if refinement.critiques.contains(where: { $0.action == .undo }) { return ["there is nothing to undo"] }
        return refinement.critiques.isEmpty ? ["nothing in that was understood"] : ["that is how it is already"]
    }
}

extension SearchOptions {
    /// What a listener had before them: the page that a critique speaks of.
    fileprivate var ofFirstPage: SearchOptions {
        var options = self
        options.offset = 0
        options.facets = false
        options.explain = false
        return options
    }
}
