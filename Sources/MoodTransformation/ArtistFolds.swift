import LinearAlgebra

/// A cut of tracks into folds such that no artist lies in two of them and the moods are spread as evenly as that allows.
///
/// Artists whose tracks' moods are least even are placed first, each where it leaves the shares of every mood least uneven among the folds; ties are broken by the
/// seed. It is the way of scikit-learn's `StratifiedGroupKFold`.
public enum ArtistFolds {
    /// The fold of every track.
    ///
    /// - Parameters:
    ///   - artists: of every track, by number.
    ///   - moods: of every track, below `moodCount`.
    public static func cut(artists: [Int], moods: [Int], moodCount: Int, folds: Int, seed: UInt64) -> [Int] {
        precondition(artists.count == moods.count && folds > 1, "\(artists.count) artists, \(moods.count) moods, \(folds) folds")
        var random = SeededGenerator(seed: seed)
        var counts: [Int: [Double]] = [:]
        for (artist, mood) in zip(artists, moods) { counts[artist, default: Array(repeating: 0, count: moodCount)][mood] += 1 }
        var totals = [Double](repeating: 0, count: moodCount)
        for own in counts.values {
            for mood in 0..<moodCount { totals[mood] += own[mood] }
        }
        let shuffled = random.shuffled(counts.keys.sorted())
        let order = shuffled.enumerated().map { (artist: $1, place: $0, unevenness: deviation(counts[$1, default: []])) }
            .sorted { ($0.unevenness, $1.place) > ($1.unevenness, $0.place) }.map(\.artist)
        // Shares of a mood, so that rare moods count as much as common ones.
        var shares = Array(repeating: [Double](repeating: 0, count: folds), count: moodCount)
        var sizes = [Double](repeating: 0, count: folds)
        var foldOfArtist: [Int: Int] = [:]
        for artist in order {
            let own = counts[artist, default: []]
            func unevenness(_ fold: Int) -> Double {
                (0..<moodCount).reduce(0) { sum, mood in
                    var row = shares[mood]
                    row[fold] += own[mood] / max(1, totals[mood])
                    return sum + deviation(row)
                }
            }
            let best = (0..<folds).map { ($0, unevenness($0), sizes[$0]) }.min { ($0.1, $0.2, $0.0) < ($1.1, $1.2, $1.0) }?.0 ?? 0
            foldOfArtist[artist] = best
            for mood in 0..<moodCount {
                shares[mood][best] += own[mood] / max(1, totals[mood])
                sizes[best] += own[mood]
            }
        }
        return artists.map { foldOfArtist[$0, default: 0] }
    }

    private static func deviation(_ values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(max(1, values.count))
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count))).squareRoot()
    }
}
