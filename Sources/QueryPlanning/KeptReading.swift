import Vocabulary

/// "Same instruments", "keep the genre": what answers must share with the seeds.
extension PlanDraft {
    private static let leads: Set<String> = ["same", "keep", "keeping"]
    private static let links: Set<String> = ["the", "its", "their", "his", "her", "same"]
    /// Before names are read, or "like Creep, keep the genre" names two tracks.
    mutating func readKept() {
        var kept: [Facet] = []
        for i in words.indices where Self.leads.contains(words[i]) && owners[i] == nil {
            var next = afterLinks(i + 1), end = i
            // "Same genre and instruments".
            while next < words.count, owners[next] == nil, let facet = FacetNames.facet(words[next]) {
                if !kept.contains(facet) { kept.append(facet) }
                end = next
                next += 1
                guard next < words.count, words[next] == "and" || words[next] == "," else { break }
                next = afterLinks(next + 1)
            }
            if end > i { claim(i..<end + 1, .kept) }
        }
        plan.keep = kept.isEmpty ? nil : Array(kept.prefix(QueryPlan.mostKept))
    }

    /// Without a seed there is nothing to be kept, and the words are free again. The seeds of a critique are the plan's that it speaks of.
    mutating func settleKept() {
        guard !isCritique, plan.keep != nil, !plan.seeds.contains(where: { $0.polarity == .like }) else { return }
        plan.keep = nil
        for i in owners.indices where owners[i] == .kept { owners[i] = nil }
    }

    private func afterLinks(_ start: Int) -> Int {
        var next = start
        while next < words.count, Self.links.contains(words[next]) { next += 1 }
        return next
    }
}

/// The words by which listeners name a side of the music.
enum FacetNames {
    static func facet(_ word: String) -> Facet? { names[word] }

    private static let names: [String: Facet] = [
        "genre": .genre, "genres": .genre, "style": .genre, "instrument": .instrument, "instruments": .instrument, "instrumentation": .instrument,
        "tempo": .tempo, "speed": .tempo, "pace": .tempo, "voice": .voice, "vocals": .voice, "singing": .voice, "era": .era, "decade": .era,
        "period": .era, "mood": .mood, "moods": .mood, "theme": .theme, "sound": .texture, "texture": .texture, "production": .texture,
    ]
}
