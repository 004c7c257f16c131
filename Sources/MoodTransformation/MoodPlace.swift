#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A place in Russell's circumplex of moods: valence from sad to glad, arousal from calm to excited, both in −1…1.
///
/// Source: J. Russell 1980, *A Circumplex Model of Affect*, doi 10.1037/h0077714.
public struct MoodPlace: Hashable, Sendable {
    public var valence: Double
    public var arousal: Double

    public init(valence: Double, arousal: Double) { (self.valence, self.arousal) = (valence, arousal) }

    public func distance(to other: MoodPlace) -> Double {
        ((valence - other.valence) * (valence - other.valence) + (arousal - other.arousal) * (arousal - other.arousal)).squareRoot()
    }

    /// The middle of some places, and their deviation from it along either axis.
    public static func mean(_ parts: [(place: MoodPlace, weight: Float)]) -> (mean: MoodPlace, deviation: Double) {
        let total = max(parts.reduce(0) { $0 + Double($1.weight) }, .leastNormalMagnitude)
        let mean = MoodPlace(
            valence: parts.reduce(0) { $0 + Double($1.weight) * $1.place.valence } / total,
            arousal: parts.reduce(0) { $0 + Double($1.weight) * $1.place.arousal } / total)
        let square = parts.reduce(0) { $0 + Double($1.weight) * $1.place.distance(to: mean) * $1.place.distance(to: mean) } / total
        return (mean, (square / 2).squareRoot())
    }

    /// How far apart two moods may be and still pass for each other, as the deviation of a bell curve.
    private static let reach = 0.35

    /// What moods at other places are worth for one that is wanted here: 1 for the nearest, less for those further away.
    public func weights(of places: [MoodPlace]) -> [Float] {
        let distances = places.map(distance)
        let nearest = distances.min() ?? 0
        return distances.map { Float(exp((nearest * nearest - $0 * $0) / (2 * Self.reach * Self.reach))) }
    }

    /// What moods at other places are worth for one that is wanted further this way from where a seed is: nothing for those that lie no further, 1 for those that lie as
    /// far as here, and less for those aside of the way.
    public func weights(from seed: MoodPlace, of places: [MoodPlace]) -> [Float] {
        let (valence, arousal) = (valence - seed.valence, arousal - seed.arousal)
        let length = (valence * valence + arousal * arousal).squareRoot()
        guard length > 0 else { return weights(of: places) }
        return places.map { place in
            let (x, y) = (place.valence - seed.valence, place.arousal - seed.arousal)
            let along = (x * valence + y * arousal) / length, aside = (x * arousal - y * valence) / length
            return Float(min(1, max(0, along / length)) * exp(-aside * aside / (2 * Self.breadth * Self.breadth)))
        }
    }

    /// Of the way, as the deviation of a bell curve.
    private static let breadth = 0.7
}
