import LinearAlgebra

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Beats a minute, with the share of the regularity that speaks for it.
public struct Tempo: Hashable, Sendable {
    public var bpm: Double
    /// In 0…1: how alike the onsets are one beat apart.
    public var confidence: Double
}

/// Tempo from how much louder the bands of a spectrogram become from frame to frame.
///
/// The autocorrelation of this onset strength is summed over windows of eight seconds; a lag counts with its multiples, and with how often people tap at its
/// tempo: a log-normal curve around 120 beats a minute. Source: D. Ellis 2007, *Beat Tracking by Dynamic Programming*, doi 10.1080/09298210701653344.
/// Memory does not grow with the length of the music. Not a beat tracker: music that changes its tempo gets the commonest.
struct TempoMeter {
    private static let framesPerSecond = Double(Spectrogram.rate) / Double(Spectrogram.hop)
    private static let window = 512
    private static let range = 40.0...220.0
    private static let centre = 120.0
    /// Of the curve, in octaves.
    private static let spread = 0.9
    /// Multiples of a lag that count beside it, each with a weight.
    private static let multiples = [(2, 0.5), (4, 0.25)]
    private static let longestLag = 4 * Int((60 / range.lowerBound * framesPerSecond).rounded(.up))

    private var last = [Float](repeating: 0, count: Spectrogram.bands)
    private var hasLast = false
    private var onsets: [Float] = []
    private var correlation = [Double](repeating: 0, count: longestLag + 1)

    mutating func append(_ frames: Spectrogram.Frames) {
        for frame in 0..<frames.count {
            let bands = frames.bands + frame * Spectrogram.bands
            var rise: Float = 0
            for band in 0..<Spectrogram.bands {
                rise += max(0, bands[band] - last[band])
                last[band] = bands[band]
            }
            if hasLast { onsets.append(rise) }
            hasLast = true
        }
        while onsets.count >= Self.window { correlate() }
    }

    /// Nil for what has no onsets, or is shorter than two seconds.
    mutating func finish() -> Tempo? {
        if Double(onsets.count) >= 2 * Self.framesPerSecond { correlate() }
        guard correlation[0] > 0 else { return nil }
        // A lag beyond what was heard has no correlation.
        let normal = correlation.map { max(0, $0 / correlation[0]) }
        func strength(_ lag: Int) -> Double {
            let bpm = 60 * Self.framesPerSecond / Double(lag)
            let octaves = log2(bpm / Self.centre) / Self.spread
            let sum = Self.multiples.reduce(normal[lag]) { $0 + (lag * $1.0 <= Self.longestLag ? $1.1 * normal[lag * $1.0] : 0) }
            return sum * exp(-0.5 * octaves * octaves)
        }
        let lags = Int((60 / Self.range.upperBound * Self.framesPerSecond).rounded(.up))...Int(60 / Self.range.lowerBound * Self.framesPerSecond)
        guard let best = lags.max(by: { strength($0) < strength($1) }), normal[best] > 0 else { return nil }
        // A multiple of the lag is known more finely than the lag itself: a frame is a larger part of it.
        let multiple = [4, 2, 1].first { best * $0 < Self.longestLag && normal[best * $0] > 0.5 * normal[best] } ?? 1
        let peak = Self.peak(normal, near: best * multiple, within: multiple)
        return Tempo(bpm: 60 * Self.framesPerSecond * Double(multiple) / peak, confidence: min(1, normal[best]))
    }

    /// The highest place of a curve near an index, by the parabola through it and its neighbours.
    private static func peak(_ curve: [Double], near index: Int, within reach: Int) -> Double {
        let range = max(1, index - reach)...min(curve.count - 2, index + reach)
        guard let top = range.max(by: { curve[$0] < curve[$1] }) else { return Double(index) }
        let (before, at, after) = (curve[top - 1], curve[top], curve[top + 1])
        let bend = before - 2 * at + after
        return Double(top) + (bend < 0 ? max(-0.5, min(0.5, 0.5 * (before - after) / bend)) : 0)
    }

    /// Adds the autocorrelation of the oldest window, and drops half of it.
    private mutating func correlate() {
        let count = min(Self.window, onsets.count)
        let mean = onsets.prefix(count).reduce(0, +) / Float(count)
        let x = onsets.prefix(count).map { $0 - mean }
        for lag in 0...min(Self.longestLag, count - 1) {
            var sum: Float = 0
            for i in 0..<count - lag { sum += x[i] * x[i + lag] }
            // Fewer pairs lie far apart: as if there were as many of them.
            correlation[lag] += Double(sum) * Double(count) / Double(count - lag)
        }
        onsets.removeFirst(count < Self.window ? count : Self.window / 2)
    }
}
