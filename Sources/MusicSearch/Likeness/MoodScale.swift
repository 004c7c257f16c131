public import MoodTransformation
import QueryPlanning
public import Vocabulary

/// The moods that a library's dial tells apart, and what every mood of the vocabulary says about them.
///
/// A library has hundreds of mood words, most of them on a few tracks. The commonest are the scale; any other word speaks for those that lie near it in the
/// valence–arousal plane.
struct MoodScale: Sendable {
    /// As descriptors, the commonest first.
    let moods: [Int]
    let places: [MoodPlace]

    static let largest = 32
    /// Tracks that must have a mood for it to be told apart.
    static let leastTracks = 5
    /// What other moods of the scale are worth where one of them is asked for by name.
    private static let neighbourShare: Float = 0.5
    /// Moods that are worth less than this share of the nearest are not meant.
    private static let leastWeight: Float = 0.3

    /// All around the plane: for libraries whose tracks nobody marked with moods.
    private static let plain = ["happy", "energetic", "aggressive", "tense", "dark", "sad", "melancholic", "calm", "relaxed", "dreamy"]

    /// - Parameters:
    ///   - frequencies: tracks that are marked with a descriptor itself, by descriptor.
    ///   - isComplete: whether plain moods are on the scale that no track is marked with.
    init(_ vocabulary: Vocabulary, frequencies: [Int], isComplete: Bool) {
        let common = vocabulary.moods.map(\.index).filter { frequencies[$0] >= Self.leastTracks }
            .sorted { (frequencies[$0], $1) > (frequencies[$1], $0) }
        let plain = isComplete ? Self.plain.compactMap { vocabulary.index(of: DescriptorID(.mood, $0)) } : []
        self.init(vocabulary, moods: Array(common.prefix(Self.largest)) + plain.filter { !common.prefix(Self.largest).contains($0) })
    }

    init(_ vocabulary: Vocabulary, moods: [Int]) {
        self.moods = moods
        places = moods.map { MoodPlace(of: $0, in: vocabulary) ?? MoodPlace(valence: 0, arousal: 0) }
    }

    /// How surely a track has each mood of the scale, in 0…1: one that is marked with three has all of them.
    ///
    /// - Parameter marks: moods with weights in 0…1; other descriptors say nothing.
    func marks(_ marks: [(descriptor: Int, weight: Float)], _ vocabulary: Vocabulary) -> [Float] {
        var result = [Float](repeating: 0, count: moods.count)
        for (descriptor, weight) in marks {
            guard let place = MoodPlace(of: descriptor, in: vocabulary) else { continue }
            if let own = moods.firstIndex(of: descriptor) {
                result[own] = max(result[own], weight)
            } else {
                for (k, near) in weights(place).enumerated() { result[k] = max(result[k], weight * near) }
            }
        }
        return result
    }

    /// What each mood is worth for one that lies at a place: 1 for the nearest.
    func weights(_ place: MoodPlace) -> [Float] { place.weights(of: places).map { $0 < Self.leastWeight ? 0 : $0 } }

    /// What each mood is worth where a descriptor is wanted; nil for one that is no mood.
    func weights(of descriptor: Int, _ vocabulary: Vocabulary) -> [Float]? {
        guard let place = MoodPlace(of: descriptor, in: vocabulary) else { return nil }
        guard let own = moods.firstIndex(of: descriptor) else { return weights(place) }
        return weights(place).enumerated().map { $0 == own ? 1 : $1 * Self.neighbourShare }
    }
}

extension MoodPlace {
    /// Where the vocabulary has a mood; nil for what is none.
    public init?(_ descriptor: Descriptor) {
        guard case .mood(let valence, let arousal) = descriptor.attributes else { return nil }
        self.init(valence: valence, arousal: arousal)
    }

    init?(of descriptor: Int, in vocabulary: Vocabulary) { self.init(vocabulary.descriptors[descriptor]) }

    init(_ point: MoodMove.Point) { self.init(valence: point.valence, arousal: point.arousal) }
}
