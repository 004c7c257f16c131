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
///     (1 − 0.9 s) · likeness + 0.9 s · (posterior of the target mood)²
///
/// Likeness is the cosine of the vectors at s = 0 and goes over to kinship of genres on the way; of it a tenth stays at s = 1, to choose among what has the mood. At the same share of answers in the wanted mood, the sum keeps
/// more of genre and instruments than likeness + w · log posterior does, and the square more than the posterior itself: what is sure to have the mood is taken, and
/// where nothing is, the genre is kept. (`bench mood`)
public struct MoodDial: Sendable {
    public let posterior: MoodPosterior
    public let kinship: Kinship

    /// What is left of likeness at full strength.
    @usableFromInline static let leastLikeness: Float = 0.1
    /// Strength from which on kinship has taken over from likeness of the vectors.
    @usableFromInline static let kinshipStrength: Float = 0.4
    /// In the moods that a track is marked with, against what its vector says.
    public static let trust: Float = 0.75
    /// Of the posterior's squared weights, per example and mean square of a feature.
    private static let penaltyPerExample = 0.2

    public init(posterior: MoodPosterior, kinship: Kinship) { (self.posterior, self.kinship) = (posterior, kinship) }

    /// - Parameters:
    ///   - tracks: all that is known of genres.
    ///   - chosen: the moods that exclude each other, by number; tracks with exactly one of them teach the posterior.
    public init(_ tracks: LabelledVectors, moods chosen: [Int]) {
        self.init(tracks.vectors, moods: tracks.moodLabels(chosen), labels: tracks.genreLabels)
    }

    /// - Parameters:
    ///   - vectors: [tracks][dimension].
    ///   - moods: how much of each mood a track has, [tracks][moods], a row adding up to how sure that is; rows of zeros teach nothing of moods.
    ///   - labels: of what shall stay, [tracks][labels].
    public init(_ vectors: Matrix, moods: Matrix, labels: Matrix) {
        kinship = Kinship(vectors, labels: labels)
        let marked = (0..<moods.rows).filter { moods.row($0).contains { $0 > 0 } }
        let x = vectors.rows(marked)
        let square = x.values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, x.values.count))
        posterior = MoodPosterior(x, labels: moods.rows(marked), penalty: Self.penaltyPerExample * Double(x.rows) * max(square, 1e-12))
    }

    /// What a dial needs of the tracks that it chooses among.
    public struct Space: Sendable {
        /// Unit vectors of sound and of kinship.
        public let vectors: Matrix
        public let profiles: Matrix
        /// What vectors say of moods, each row adding up to 1. [tracks][moods]
        public let posteriors: Matrix
        /// How surely tracks are known to have each mood, in 0…1; nil where nothing is known. [tracks][moods]
        public let marks: Matrix?
        public private(set) var gain: Float = 1

        init(vectors: Matrix, profiles: Matrix, posteriors: Matrix, marks: Matrix?) {
            (self.vectors, self.profiles, self.posteriors, self.marks) = (vectors, profiles, posteriors, marks)
            let count = posteriors.columns
            gain = MoodDial.gain(
                greatest: (0..<count).map { mood in
                    let target = (0..<count).map { $0 == mood ? Float(1) : 0 }
                    return (0..<posteriors.rows).reduce(0) { max($0, likelihood($1, target)) }
                })
        }

        /// How likely a track has what is wanted.
        public func likelihood(_ track: Int, _ target: some Collection<Float>) -> Float {
            let predicted = zip(target, posteriors.row(track)).reduce(Float(0)) { $0 + $1.0 * $1.1 }
            guard let own = marks?.row(track) else { return predicted }
            let weighted = zip(target, own).map { $0 * $1 }
            return MoodDial.likelihood(
                predicted: predicted, best: weighted.max() ?? 0, sum: weighted.reduce(0, +), total: own.reduce(0, +), certainty: own.max() ?? 0)
        }
    }

    /// - Parameters:
    ///   - moods: how surely tracks are known to have each mood, in 0…1, one beside the other; without them only vectors speak.
    ///   - labels: of what shall stay, likewise.
    public func space(_ vectors: Matrix, moods: Matrix? = nil, labels: Matrix? = nil) -> Space {
        Space(
            vectors: vectors.normalized, profiles: kinship.profiles(vectors, known: labels), posteriors: posterior.probabilities(vectors), marks: moods)
    }

    /// How likely a track has a mood, by what its vector says and by what it is marked with. A mark counts by half; the other half is the share of its marks that fit,
    /// so that "intense, serene" is less serene than "calm, serene".
    ///
    /// - Parameters:
    ///   - predicted: of the wanted moods together, by its vector.
    ///   - best: the greatest product of mark and wish.
    ///   - sum: of these products.
    ///   - total: of all its marks.
    ///   - certainty: its greatest mark.
    @inlinable
    public static func likelihood(predicted: Float, best: Float, sum: Float, total: Float, certainty: Float) -> Float {
        let share = trust * certainty
        return share * (best / max(certainty, .leastNormalMagnitude) + sum / max(total, .leastNormalMagnitude)) / 2 + (1 - share) * min(1, predicted)
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
            return Self.score(cosine: cosine, kinship: kin, mood: space.gain * space.likelihood(track, target), strength: strength)
        }
    }

    /// What likelihoods are multiplied by: where a mood is told apart from many others, no track is sure to have it, and the likeliest are to count all the same.
    ///
    /// One number for all moods: where of one of them no track is sure, the dial keeps to kinship.
    /// - Parameter greatest: of each mood, how likely the likeliest track has it.
    /// - Returns: at least 1.
    public static func gain(greatest: [Float]) -> Float {
        max(1, sure / max(leastLikelihood, greatest.reduce(0, +) / Float(max(1, greatest.count))))
    }

    /// Sure enough for likelihoods to count as they are.
    private static let sure: Float = 0.6
    /// Where even the likeliest are less likely than this, they do not count in full.
    private static let leastLikelihood: Float = 0.1

    /// - Parameters:
    ///   - cosine: of the vectors of seed and candidate.
    ///   - kinship: of both.
    ///   - mood: how likely the candidate has the target mood, times the gain; more than 1 is no more than sure.
    ///   - strength: in 0…1.
    @inlinable
    public static func score(cosine: Float, kinship: Float, mood: Float, strength: Float) -> Float {
        let share = min(1, strength / kinshipStrength), weight = strength * (1 - leastLikeness)
        return (1 - weight) * ((1 - share) * cosine + share * kinship) + weight * min(1, mood) * min(1, mood)
    }
}
