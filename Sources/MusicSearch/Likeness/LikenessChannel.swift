import MoodTransformation
import QueryPlanning
import Ranking
import Storage
import VectorIndex
import Vocabulary

/// The channel that goes by what tracks are like: from seeds, moved to another mood, to the tracks nearest to that.
///
/// It reads the vectors of sound where the library has heard any, those of descriptors' text where not; the dial works on either.
struct LikenessChannel: Sendable {
    let vectors: TrackVectors
    /// nil where too few tracks have moods for a dial to be learnt.
    let moods: MoodIndex?
    /// Whether the vectors are of sound.
    let isSound: Bool
    /// What a listener said of moods.
    var corrections = CorrectedMoods()

    /// Tracks that are fetched: what a listener may page through.
    static let tracksFound = 300
    /// Tracks that stand for an artist.
    private static let largestSeed = 50

    /// What nearness is measured from: the middle of some tracks.
    struct Start: Sendable {
        var vector: [Float]
        var profile: [Float]
        /// How likely it has each mood of the scale.
        var shares: [Float]
        var mood: TrackMood?
    }

    /// - Parameter seeds: documents with weights; those below 0 push away. Tracks without a vector do not count.
    /// - Returns: nil when none of those that pull has a vector.
    func start(_ seeds: [(documents: [DocumentID], weight: Float)]) -> Start? {
        var start = Start(vector: zeros(vectors.dimension), profile: zeros(moods?.profiles?.dimension ?? 0), shares: zeros(moods?.scale.moods.count ?? 0))
        var pulling: Float = 0
        var places: [(place: MoodPlace, weight: Float)] = []
        var spread = 0.0
        for (documents, weight) in seeds {
            let rows = documents.prefix(Self.largestSeed).compactMap(vectors.row)
            for row in rows {
                let share = weight / Float(rows.count)
                add(vectors.vectors.vector(row), share, to: &start.vector)
                if let profiles = moods?.profiles { add(profiles.vector(row), share, to: &start.profile) }
                guard weight > 0, let moods else { continue }
                pulling += share
                add(shares(row, moods), share, to: &start.shares)
                let own = mood(row, moods)
                places.append((MoodPlace(own), share))
                spread += Double(share) * own.deviation * own.deviation
            }
            if moods == nil, weight > 0, !rows.isEmpty { pulling += weight }
        }
        guard pulling > 0 else { return nil }
        start.vector = normalized(start.vector)
        start.profile = normalized(start.profile)
        start.shares = start.shares.map { $0 / pulling }
        if !places.isEmpty {
            let (mean, deviation) = MoodPlace.mean(places)
            start.mood = TrackMood(
                valence: mean.valence, arousal: mean.arousal, deviation: (deviation * deviation + spread / Double(pulling)).squareRoot())
        }
        return start
    }

    /// The tracks nearest to a start that was moved, by rising document.
    ///
    /// - Parameters:
    ///   - target: what each mood of the scale is worth, in 0…1; nil to stay.
    ///   - strength: in 0…1. At 0 it is as if there were no target.
    ///   - excluded: documents that are not to be found.
    /// - Returns: matches are the score's share of what it could be at best, above what tracks here score on average; confidence is likeness to the seeds, or the
    ///   chance that the track has the wanted mood.
    /// - Complexity: O(rows · dimension), at the speed of memory.
    func nearest(_ start: Start, target: [Float]?, strength: Float, excluding excluded: Set<DocumentID>, count: Int = tracksFound) -> [CandidateQuery.Found] {
        let n = vectors.count
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * max(1, n)) { memory in
            let cosines = part(memory, 0, n), kinships = part(memory, 1, n), likelihoods = part(memory, 2, n)
            vectors.vectors.similarities(start.vector, into: cosines)
            let weight = target == nil || moods == nil ? 0 : strength
            if weight > 0, let profiles = moods?.profiles { profiles.similarities(start.profile, into: kinships) }
            if weight > 0, let target { wanted(target, into: likelihoods) }
            let hasProfiles = moods?.profiles != nil
            let gain = moods?.gain ?? 1
            var sum = 0.0
            for row in 0..<n where weight > 0 {
                cosines[row] = MoodDial.score(
                    cosine: cosines[row], kinship: hasProfiles ? kinships[row] : cosines[row], mood: gain * likelihoods[row], strength: weight)
            }
            for row in 0..<n { sum += Double(cosines[row]) }
            let average = Float(sum / Double(max(1, n)))
            var top = TopK(count)
            for row in 0..<n where cosines[row] > top.threshold && !excluded.contains(vectors.documents[row]) {
                top.insert(Scored(document: DocumentID(row), score: cosines[row]))
            }
            // A likeness of 1 in the wanted mood beyond doubt scores 1, whatever the strength.
            let best = max(1 - average, .leastNormalMagnitude)
            return top.sorted().map { found in
                let row = Int(found.document), match = max(0, min(1, (found.score - average) / best))
                return CandidateQuery.Found(document: vectors.documents[row], match: match, confidence: weight > 0 ? likelihoods[row] : match)
            }.sorted { $0.document < $1.document }
        }
    }

    private func part(_ memory: UnsafeMutableBufferPointer<Float>, _ number: Int, _ count: Int) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(rebasing: memory[number * count..<(number + 1) * count])
    }

    /// How likely each track has what is wanted, with what the listener said about it.
    func wanted(_ target: [Float], into out: UnsafeMutableBufferPointer<Float>) {
        moods?.likelihoods(target, into: out)
        corrections.apply(target, to: out)
    }

    // MARK: Moods

    /// Where a track lies; nil for one without a vector, or a library without a dial.
    func mood(of document: DocumentID) -> TrackMood? {
        guard let moods, let row = vectors.row(of: document) else { return nil }
        return mood(row, moods)
    }

    func mood(_ row: Int, _ moods: MoodIndex) -> TrackMood { corrections.place(row, moods.place(row)) }
    func shares(_ row: Int, _ moods: MoodIndex) -> [Float] { corrections.shares(row, moods.shares(row)) }

    private func zeros(_ count: Int) -> [Float] { Array(repeating: 0, count: count) }

    private func add(_ vector: [Float], _ weight: Float, to sum: inout [Float]) {
        for i in vector.indices { sum[i] += weight * vector[i] }
    }

    private func normalized(_ vector: [Float]) -> [Float] {
        let length = vector.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? vector.map { $0 / length } : vector
    }
}

extension MoodPlace {
    init(_ mood: TrackMood) { self.init(valence: mood.valence, arousal: mood.arousal) }
}
