public import LinearAlgebra

/// Ranks tracks for a seed that is to sound like itself in another mood.
///
/// ```swift
/// let dial = MoodDial(training, moods: [energetic, calm])
/// let space = dial.space(library)
/// let answers = dial.ranking(seed: 17, target: [0, 1], strength: 0.6, in: space)
/// ```
/// A candidate's score is a sum of two probabilities, one that grows with the strength s and one that shrinks:
///
///     (1 − s) · likeness + s · (posterior of the target mood)²
///
/// Likeness is the cosine of the vectors at s = 0 and goes over to kinship of genres on the way. At the same share of answers in the wanted mood, the sum keeps
/// more of genre and instruments than likeness + w · log posterior does, and the square more than the posterior itself: what is sure to have the mood is taken, and
/// where nothing is, the genre is kept. (`bench mood`)
public struct MoodDial: Sendable {
    public let posterior: MoodPosterior
    public let kinship: Kinship

    /// What the posterior counts against likeness at strength 1/2.
    private static let posteriorWeight: Float = 2
    /// Of the posterior's squared weights, per example and mean square of a feature.
    private static let penaltyPerExample = 0.25

    /// - Parameters:
    ///   - tracks: all that is known of genres.
    ///   - chosen: the moods that exclude each other, by number; tracks with exactly one of them teach the posterior.
    public init(_ tracks: LabelledVectors, moods chosen: [Int]) {
        kinship = Kinship(tracks.vectors, labels: tracks.genres, count: tracks.genreNames.count)
        let single = tracks.tracks(withOneOf: chosen)
        let x = tracks.vectors.rows(single.map(\.track))
        let square = x.values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, x.values.count))
        posterior = MoodPosterior(x, moods: single.map(\.mood), count: chosen.count, penalty: Self.penaltyPerExample * Double(x.rows) * max(square, 1e-12))
    }

    /// What a dial needs of the tracks that it chooses among.
    public struct Space: Sendable {
        /// Unit vectors of sound and of kinship.
        public let vectors: Matrix
        public let profiles: Matrix
        /// [tracks][moods].
        public let posteriors: Matrix
    }

    public func space(_ vectors: Matrix) -> Space {
        Space(vectors: vectors.normalized, profiles: kinship.profiles(vectors), posteriors: posterior.probabilities(vectors))
    }

    /// The scores of all tracks for one seed.
    ///
    /// - Parameters:
    ///   - seed: its number in the space.
    ///   - target: weight of each mood; only their proportions count.
    ///   - strength: in 0…1. At 0 a score is the cosine, whatever the target.
    public func scores(seed: Int, target: [Float], strength: Float, in space: Space) -> [Float] {
        let vector = space.vectors.row(seed), profile = space.profiles.row(seed)
        // Any of several moods will do: two of equal weight are as likely as both together.
        let greatest = max(target.max() ?? 0, .leastNormalMagnitude)
        let target = target.map { $0 / greatest }
        return (0..<space.vectors.rows).map { track in
            let cosine = zip(vector, space.vectors.row(track)).reduce(Float(0)) { $0 + $1.0 * $1.1 }
            guard strength > 0 else { return cosine }
            let kin = zip(profile, space.profiles.row(track)).reduce(Float(0)) { $0 + $1.0 * $1.1 }
            // Kinship has taken over at a quarter of the way.
            let share = min(1, 4 * strength)
            let mood = zip(target, space.posteriors.row(track)).reduce(Float(0)) { $0 + $1.0 * $1.1 }
            return (1 - strength) * ((1 - share) * cosine + share * kin) + strength * Self.posteriorWeight * mood * mood
        }
    }
}
