import LinearAlgebra

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A key, by how well its profile fits what is heard.
public struct Key: Hashable, Sendable, CustomStringConvertible {
    public enum Mode: String, Hashable, Sendable, Codable { case major, minor }

    /// 0 is C, 11 is B.
    public var tonic: Int
    public var mode: Mode
    /// In 0…1: the correlation with the profile, less what the best key of another tonic or mode leaves of it.
    public var confidence: Double

    public static let names = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"]
    public var description: String { "\(Self.names[tonic]) \(mode.rawValue)" }
}

/// Key from the strength of the twelve pitch classes.
///
/// Five octaves of semitones from C2 are heard by windowed sinusoids of a quarter of a second, as one matrix product; the sum over the piece is held against the
/// profiles that listeners gave in experiments. Source: C. Krumhansl 1990, *Cognitive Foundations of Musical Pitch*, doi 10.1093/acprof:oso/9780195148367.001.0001.
struct KeyMeter {
    private static let window = 4096
    private static let hop = 2048
    private static let lowest = 36
    private static let notes = 60
    /// Windows that are worked on at a time.
    private static let block = 16

    private static let major = [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88]
    private static let minor = [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17]

    private static let transform: PackedMatrix = {
        var weights = [Float](repeating: 0, count: 2 * notes * window)
        for note in 0..<notes {
            let frequency = 440 * exp2(Double(lowest + note - 69) / 12)
            for n in 0..<window {
                let hann = (0.5 - 0.5 * cos(2 * Double.pi * Double(n) / Double(window))) * 2 / Double(window)
                let angle = 2 * Double.pi * frequency * Double(n) / Double(Spectrogram.rate)
                weights[note * window + n] = Float(hann * cos(angle))
                weights[(notes + note) * window + n] = Float(hann * sin(angle))
            }
        }
        return PackedMatrix(weights, outputs: 2 * notes, inputs: window, precision: .float32)
    }()

    private var pending: [Float] = []
    private let room = AlignedBuffer<Float>(count: block * 2 * notes)
    private var classes = [Double](repeating: 0, count: 12)

    mutating func append(_ samples: UnsafeBufferPointer<Float>) {
        pending.append(contentsOf: samples.lazy.map { $0.isFinite ? $0 : 0 })
        while pending.count >= Self.window + (Self.block - 1) * Self.hop { work() }
    }

    /// Nil for silence, and for what is shorter than a quarter of a second.
    mutating func finish() -> Key? {
        if pending.count >= Self.window { work() }
        guard let greatest = classes.max(), greatest > 0 else { return nil }
        let fits = (0..<12).flatMap { tonic in
            [(Self.major, Key.Mode.major), (Self.minor, .minor)].map { profile, mode in
                (key: Key(tonic: tonic, mode: mode, confidence: 0), fit: correlation(profile, (0..<12).map { classes[($0 + tonic) % 12] }))
            }
        }.sorted { $0.fit > $1.fit }
        guard fits[0].fit > 0 else { return nil }
        var key = fits[0].key
        // The runner-up is nearly always a neighbour in the circle of fifths that fits almost as well: twice the lead is a sure key.
        key.confidence = min(1, max(0, fits[0].fit * min(1, 10 * (fits[0].fit - fits[1].fit))))
        return key
    }

    private mutating func work() {
        let count = min(Self.block, 1 + (pending.count - Self.window) / Self.hop)
        let transform = Self.transform
        pending.withUnsafeBufferPointer { samples in
            guard let base = samples.baseAddress else { return }
            transform.multiply(base, rows: count, stride: Self.hop, bias: nil, activation: .identity, into: room.pointer, panels: 0..<transform.panels)
        }
        for row in 0..<count {
            for note in 0..<Self.notes {
                let (real, imaginary) = (room.pointer[row * 2 * Self.notes + note], room.pointer[row * 2 * Self.notes + Self.notes + note])
                // Magnitudes, not powers: a loud passage shall not outvote the rest of the piece.
                classes[(Self.lowest + note) % 12] += Double((real * real + imaginary * imaginary).squareRoot())
            }
        }
        pending.removeFirst(count * Self.hop)
    }
}
