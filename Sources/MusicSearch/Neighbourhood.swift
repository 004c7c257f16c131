import Vocabulary

/// What counts in part for a descriptor that a track does not have: broader ones, related ones, sisters, and moods of much the same valence and arousal.
enum Neighbourhood {
    /// One step up counts this much, each further step that share of it.
    static let broader: (first: Float, step: Float) = (0.55, 0.6)
    static let related: Float = 0.5
    static let relatedBack: Float = 0.4
    static let sister: Float = 0.25
    /// Moods nearer than this in the valence–arousal plane count, up to `mood`.
    static let moodRadius = 0.4
    static let mood: Float = 0.45
    /// Tracks from which on a descriptor that binds is answered by itself alone.
    static let plenty = 100

    /// Evidence that occurs in the library, without the descriptor itself; the strongest factor for each.
    static func evidence(of descriptor: Int, in library: Library) -> [CandidateQuery.Evidence] {
        let vocabulary = library.vocabulary
        var factors: [Int: Float] = [:]
        func add(_ index: Int, _ factor: Float) {
            guard index != descriptor, library.documentFrequency(index) > 0 else { return }
            factors[index] = max(factors[index] ?? 0, factor)
        }
        func add(_ id: DescriptorID, _ factor: Float) {
            if let index = vocabulary.index(of: id) { add(index, factor) }
        }
        for (ancestor, distance) in vocabulary.ancestors(of: descriptor) {
            var factor = broader.first
            for _ in 1..<max(1, distance) { factor *= broader.step }
            add(ancestor, factor)
            if distance == 1 {
                for (sister, distance) in vocabulary.descendants(of: ancestor) where distance == 1 { add(sister, self.sister) }
            }
        }
        for id in vocabulary.descriptors[descriptor].related { add(id, related) }
        for index in vocabulary.referring(to: descriptor) { add(index, relatedBack) }
        if case .mood(let valence, let arousal) = vocabulary.descriptors[descriptor].attributes {
            for (index, other) in vocabulary.moods {
                let distance = ((other.valence - valence) * (other.valence - valence) + (other.arousal - arousal) * (other.arousal - arousal)).squareRoot()
                if distance < moodRadius { add(index, mood * Float(1 - distance / moodRadius)) }
            }
        }
        // A descriptor that tracks here have needs little help; one that none has lives by its neighbours.
        let most = library.documentFrequency(descriptor) > 0 ? 6 : 16
        return factors.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }.prefix(most)
            .map { CandidateQuery.Evidence(.descriptor($0.key), factor: $0.value) }
    }
}

/// What a seed is like, as descriptors with shares that add up to one.
enum SeedProfile {
    static let size = 12

    static func descriptors(_ documents: [UInt32], in library: Library, withoutMood: Bool) -> [(descriptor: Int, share: Float)] {
        var weights: [Int: Float] = [:]
        for document in documents {
            for link in library.tracks.links(document) {
                let index = Int(link.descriptor)
                let facet = library.vocabulary.descriptors[index].id.facet
                if withoutMood, facet == .mood || facet == .tempo { continue }
                weights[index, default: 0] += Float(link.weight) / 255 * library.idf(index) * emphasis(facet) / Float(documents.count)
            }
        }
        let best = weights.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }.prefix(size)
        let total = best.reduce(0) { $0 + $1.value }
        return total > 0 ? best.map { ($0.key, $0.value / total) } : []
    }

    /// Genre makes tracks alike more than a year or a place does.
    private static func emphasis(_ facet: Facet) -> Float {
        switch facet {
        case .genre: 1.6
        case .mood, .instrument: 1
        case .voice, .tempo, .texture: 0.7
        case .theme, .era, .place: 0.5
        }
    }
}
