import MoodTransformation
import QueryPlanning
import Ranking
import VectorIndex
import Vocabulary

/// Moods as one listener has them: of the tracks they spoke about, and in part of those that are much alike.
struct CorrectedMoods: Sendable {
    private struct Influence {
        /// 1 for the track itself.
        var share: Float
        /// Of each mood of the scale.
        var marks: [Float]
        /// Where the listener has the corrected track.
        var place: MoodPlace
    }

    /// By row of `TrackVectors`.
    private var influences: [Int: [Influence]] = [:]

    /// Tracks around a corrected one that follow it.
    private static let reach = 50
    /// How far the nearest would follow.
    private static let followed: Float = 0.5
    /// Of a track that the listener spoke about.
    private static let deviation = 0.1

    init() {}

    init(_ corrections: [MoodCorrection], _ channel: LikenessChannel, _ moods: MoodIndex, _ vocabulary: Vocabulary, document: (String) -> DocumentID?) {
        let rows = corrections.map { document($0.track).flatMap(channel.vectors.row) }
        let own = Set(rows.compactMap { $0 })
        for (correction, row) in zip(corrections, rows) {
            guard let row, let (marks, place) = correction.meaning(moods.scale, vocabulary) else { continue }
            func influence(_ share: Float) -> Influence { Influence(share: share, marks: marks, place: place) }
            influences[row] = [influence(1)]
            let near = channel.vectors.vectors.search(channel.vectors.vectors.vector(row), k: Self.reach + 1)
            guard let last = near.last?.score, last < 1 else { continue }
            for found in near where !own.contains(Int(found.document)) {
                let share = Self.followed * (found.score - last) / (1 - last)
                if share > 0 { influences[Int(found.document), default: []].append(influence(share)) }
            }
        }
    }

    var isEmpty: Bool { influences.isEmpty }

    /// Brings likelihoods to the listener's mind.
    func apply(_ target: [Float], to likelihoods: UnsafeMutableBufferPointer<Float>) {
        for (row, own) in influences {
            for influence in own {
                let wanted = zip(target, influence.marks).reduce(Float(0)) { max($0, $1.0 * $1.1) }
                likelihoods[row] += influence.share * (wanted - likelihoods[row])
            }
        }
    }

    func shares(_ row: Int, _ shares: [Float]) -> [Float] {
        (influences[row] ?? []).reduce(shares) { shares, influence in zip(shares, influence.marks).map { $0 + influence.share * ($1 - $0) } }
    }

    func place(_ row: Int, _ mood: TrackMood) -> TrackMood {
        guard let own = influences[row] else { return mood }
        var mood = mood
        for influence in own {
            mood.valence += Double(influence.share) * (influence.place.valence - mood.valence)
            mood.arousal += Double(influence.share) * (influence.place.arousal - mood.arousal)
            if influence.share == 1 { mood.deviation = Self.deviation }
        }
        return mood
    }
}

extension MoodCorrection {
    /// What it says of each mood of the scale, and where the track lies then; nil when the vocabulary knows none of its moods.
    fileprivate func meaning(_ scale: MoodScale, _ vocabulary: Vocabulary) -> (marks: [Float], place: MoodPlace)? {
        if let place {
            let place = MoodPlace(place)
            return (scale.weights(place), place)
        }
        let known = moods.compactMap { vocabulary.index(of: $0) }
        let places = known.compactMap { MoodPlace(of: $0, in: vocabulary) }
        guard !places.isEmpty else { return nil }
        return (scale.marks(known.map { ($0, 1) }, vocabulary), MoodPlace.mean(places.map { ($0, 1) }).mean)
    }
}
