import MoodTransformation
public import QueryPlanning
import Vocabulary

/// A move to another mood, as it came out: the answers are those of this page.
public struct MoodChange: Codable, Hashable, Sendable {
    /// The seeds' likeliest mood, and the wanted one.
    public var from: String
    public var to: String
    /// In 0…1.
    public var strength: Double
    public var seed: TrackMood
    public var target: MoodMove.Point
    /// The middle of the answers.
    public var answers: MoodMove.Point?
    /// The share of answers that share a genre with the seeds, among those that have any.
    public var sharingGenre: Double?
    /// Mean Jaccard index of instruments of seeds and answers, among those that have any.
    public var sharedInstruments: Double?
}

extension Library {
    /// What a move changed, and what it kept: measured on the answers.
    func change(_ destination: MoodDestination, _ plan: QueryPlan, from seeds: [UInt32], to documents: [UInt32]) -> MoodChange {
        func mean(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.reduce(0, +) / Double(values.count) }
        // Two kinds of jazz share a genre.
        func widened(_ genres: Set<Int>) -> Set<Int> { genres.union(genres.flatMap { vocabulary.ancestors(of: $0).map(\.index) }) }
        let genres = widened(held(seeds, .genre)), instruments = held(seeds, .instrument)
        let shares = documents.compactMap { document -> Double? in
            let own = widened(held([document], .genre))
            return own.isEmpty || genres.isEmpty ? nil : own.isDisjoint(with: genres) ? 0 : 1
        }
        let overlaps = documents.compactMap { document -> Double? in
            let own = held([document], .instrument)
            return own.isEmpty || instruments.isEmpty ? nil : Double(own.intersection(instruments).count) / Double(own.union(instruments).count)
        }
        let moods = documents.compactMap { likeness?.mood(of: $0) }
        return MoodChange(
            from: destination.from, to: destination.to, strength: plan.moodMove?.strength ?? 0,
            seed: destination.seed, target: .init(valence: destination.place.valence, arousal: destination.place.arousal),
            answers: mean(moods.map(\.valence)).flatMap { valence in mean(moods.map(\.arousal)).map { .init(valence: valence, arousal: $0) } },
            sharingGenre: mean(shares), sharedInstruments: mean(overlaps))
    }

    /// The descriptors of a facet that any of some tracks has itself.
    func held(_ documents: [UInt32], _ facet: Facet) -> Set<Int> {
        Set(documents.flatMap { tracks.links($0).map { Int($0.descriptor) } }.filter { vocabulary.descriptors[$0].id.facet == facet })
    }
}
