import MoodTransformation
import QueryPlanning
import Vocabulary

/// A mood move made ready for one library: from where, to where, and what each mood of its scale is worth on the way.
struct MoodDestination: Sendable {
    /// Of each mood of the scale, in 0…1.
    var weights: [Float]
    /// As people say it: "energetic", "calm, less dark".
    var from: String
    var to: String
    /// Where the way begins and ends in the plane.
    var seed: TrackMood
    var place: MoodPlace

    /// How far "less of it" and a step along an axis go.
    private static let step = 0.6

    /// - Returns: nil when the move names no mood (a faster tempo is none), or nothing on the scale lies that way.
    init?(_ move: MoodMove, from start: LikenessChannel.Start, _ scale: MoodScale, _ vocabulary: Vocabulary) {
        guard let mood = start.mood else { return nil }
        let seed = MoodPlace(mood)
        var weights = [Float](repeating: 0, count: scale.moods.count)
        var names: [String] = [], ends: [(place: MoodPlace, weight: Float)] = []
        func add(_ own: [Float], _ end: MoodPlace, _ weight: Float, _ name: String) {
            for k in weights.indices { weights[k] = max(weights[k], weight * own[k]) }
            ends.append((end, weight))
            names.append(name)
        }
        let greatest = move.targets.map { $0.weight ?? 1 }.max() ?? 1
        for target in move.targets {
            guard let descriptor = vocabulary.index(of: target.descriptor), let place = MoodPlace(of: descriptor, in: vocabulary) else { continue }
            let weight = Float((target.weight ?? 1) / max(greatest, .leastNormalMagnitude)), label = vocabulary.descriptors[descriptor].label
            switch target.change {
            case .more: add(scale.weights(of: descriptor, vocabulary) ?? [], place, weight, label)
            case .less:
                // Away from it; where the seed is just there, towards its opposite.
                var away = MoodPlace(valence: seed.valence - place.valence, arousal: seed.arousal - place.arousal)
                if away.distance(to: MoodPlace(valence: 0, arousal: 0)) < 0.1 { away = MoodPlace(valence: -place.valence, arousal: -place.arousal) }
                let end = seed.moved(towards: away, by: Self.step)
                add(end.weights(from: seed, of: scale.places), end, weight, "less \(label)")
            }
        }
        if let place = move.place {
            let end = MoodPlace(place)
            add(scale.weights(end), end, 1, place.description)
        }
        if let shift = move.shift {
            let end = MoodPlace(valence: max(-1, min(1, seed.valence + shift.valence)), arousal: max(-1, min(1, seed.arousal + shift.arousal)))
            add(end.weights(from: seed, of: scale.places), end, 1, shift.steps)
        }
        guard weights.contains(where: { $0 > 0 }) else { return nil }
        self.weights = weights
        from = start.shares.indices.max { (start.shares[$0], $1) < (start.shares[$1], $0) }.map { vocabulary.descriptors[scale.moods[$0]].label } ?? ""
        self.seed = mood
        to = names.joined(separator: ", ")
        place = MoodPlace.mean(ends).mean
    }
}

extension MoodPlace {
    fileprivate func moved(towards direction: MoodPlace, by step: Double) -> MoodPlace {
        let length = max(direction.distance(to: MoodPlace(valence: 0, arousal: 0)), .leastNormalMagnitude)
        return MoodPlace(
            valence: max(-1, min(1, valence + direction.valence / length * step)), arousal: max(-1, min(1, arousal + direction.arousal / length * step)))
    }
}
