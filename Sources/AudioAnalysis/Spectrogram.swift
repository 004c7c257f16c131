import LinearAlgebra

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Power spectra and log-mel bands of a stream of mono, frame by frame.
///
/// ```swift
/// var spectrogram = Spectrogram()
/// spectrogram.append(samples) { frames in network.take(frames.bands, frames.count) }
/// spectrogram.finish { … }
/// ```
/// Frames lie `hop` samples apart and are centred: the first half of the first window, and the last half of the last, are zeros, as librosa has them. n samples
/// have 1 + n / hop frames. Both the windowed Fourier transform and the filters are matrix products; windows overlap in memory and are never copied.
struct Spectrogram {
    static let rate = 16_000
    static let window = 512
    static let hop = 256
    static let bins = window / 2 + 1
    static let bands = 96
    /// Frames that are worked on at a time.
    static let block = 128

    /// Some frames, valid during the call.
    struct Frames {
        var count: Int
        /// Squared magnitudes [count][bins].
        var power: UnsafePointer<Float>
        /// log10(1 + 10,000 · mel power), [count][bands].
        var bands: UnsafePointer<Float>
    }

    /// What all spectrograms share: cosines and sines under a Hann window, and the filters.
    private static let transform: PackedMatrix = {
        var weights = [Float](repeating: 0, count: 2 * bins * window)
        for n in 0..<window {
            let hann = 0.5 - 0.5 * cos(2 * Double.pi * Double(n) / Double(window))
            for bin in 0..<bins {
                let angle = 2 * Double.pi * Double(bin * n % window) / Double(window)
                weights[bin * window + n] = Float(hann * cos(angle))
                weights[(bins + bin) * window + n] = Float(hann * sin(angle))
            }
        }
        return PackedMatrix(weights, outputs: 2 * bins, inputs: window, precision: .float32)
    }()
    private static let filters = PackedMatrix(
        MelScale.filters(bands: bands, window: window, rate: rate), outputs: bands, inputs: bins, precision: .float32)

    /// Samples from the start of the next frame's window on.
    private var pending = [Float](repeating: 0, count: window / 2)
    private let spectra = AlignedBuffer<Float>(count: block * 2 * bins)
    private let power = AlignedBuffer<Float>(count: block * bins)
    private let mel = AlignedBuffer<Float>(count: block * bands)

    mutating func append(_ samples: UnsafeBufferPointer<Float>, _ body: (Frames) -> Void) {
        // What is no number would spread over everything after it.
        pending.append(contentsOf: samples.lazy.map { $0.isFinite ? $0 : 0 })
        if pending.count >= Self.window + (Self.block - 1) * Self.hop { work(body) }
    }

    /// The frames that are left.
    mutating func finish(_ body: (Frames) -> Void) {
        pending.append(contentsOf: repeatElement(0, count: Self.window / 2))
        work(body)
        pending = [Float](repeating: 0, count: Self.window / 2)
    }

    private mutating func work(_ body: (Frames) -> Void) {
        let count = pending.count < Self.window ? 0 : 1 + (pending.count - Self.window) / Self.hop
        pending.withUnsafeBufferPointer { samples in
            guard let base = samples.baseAddress else { return }
            for first in stride(from: 0, to: count, by: Self.block) {
                let frames = min(Self.block, count - first)
                analyse(base + first * Self.hop, frames)
                body(Frames(count: frames, power: power.pointer, bands: mel.pointer))
            }
        }
        pending.removeFirst(count * Self.hop)
    }

    private func analyse(_ samples: UnsafePointer<Float>, _ frames: Int) {
        let (transform, filters) = (Self.transform, Self.filters)
        transform.multiply(
            samples, rows: frames, stride: Self.hop, bias: nil, activation: .identity, into: spectra.pointer, panels: 0..<transform.panels)
        for frame in 0..<frames {
            let real = spectra.pointer + frame * 2 * Self.bins, imaginary = real + Self.bins, out = power.pointer + frame * Self.bins
            for bin in 0..<Self.bins { out[bin] = real[bin] * real[bin] + imaginary[bin] * imaginary[bin] }
        }
        filters.multiply(power.pointer, rows: frames, bias: nil, activation: .identity, into: mel.pointer, panels: 0..<filters.panels)
        for i in 0..<frames * Self.bands { mel.pointer[i] = log10(1 + 10_000 * mel.pointer[i]) }
    }
}
