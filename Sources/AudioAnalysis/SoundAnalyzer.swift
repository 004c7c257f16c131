import LinearAlgebra

/// What can be said of a track from its sound alone.
public struct SoundAnalysis: Hashable, Sendable {
    /// Mean over the patches that are not silent; nil for a file without a sound in it.
    public var embedding: [Float]?
    /// Activations of the network's tags in 0…1, in its order; as many as there is an embedding.
    public var tags: [Float]
    /// Patches of three seconds that were heard.
    public var patches: Int
    public var seconds: Double
    /// LUFS.
    public var loudness: Double?
    public var tempo: Tempo?
    public var key: Key?
    /// The centre of the power spectrum, in hertz.
    public var brightness: Double?
    /// Packets that could not be decoded.
    public var damagedPackets: Int
}

/// Decodes files and hears them: one pass, in memory that does not grow with their length.
///
/// ```swift
/// let analyzer = SoundAnalyzer(network)
/// let sound = try analyzer.analyze("Island Sun.mp3").sound
/// print(sound.tempo?.bpm ?? 0, sound.key?.description ?? "no key")
/// ```
/// One for each thread; the network may be shared.
public final class SoundAnalyzer {
    /// Mean power of a patch's samples below which it is silence: −70 dB of full scale, the absolute gate of ITU-R BS.1770-4.
    private static let silence: Float = 1e-7

    private let network: Musicnn
    private let room = Musicnn.Room()

    public init(_ network: Musicnn) { self.network = network }

    /// What one file holds.
    public struct Report: Hashable, Sendable {
        public var sound: SoundAnalysis
        public var tags: AudioTags
        public var format: AudioFile.Format
    }

    /// - Throws: `AudioError` when there is no sound in the file that can be decoded.
    public func analyze(_ path: String) throws(AudioError) -> Report {
        let file = try AudioFile(path: path, rate: Spectrogram.rate)
        var hearing = Hearing(network, room)
        while let samples = try file.read() { hearing.append(samples) }
        guard file.seconds > 0 else { throw AudioError(path: path, why: "no sample of its sound could be decoded") }
        var sound = hearing.finish()
        sound.seconds = file.seconds
        sound.loudness = file.loudness
        sound.damagedPackets = file.damagedPackets
        return Report(sound: sound, tags: file.tags, format: file.format)
    }

    /// One pass over one file.
    private struct Hearing {
        let network: Musicnn
        let room: Musicnn.Room
        var spectrogram = Spectrogram()
        var tempo = TempoMeter()
        var key = KeyMeter()
        /// Log-mel bands of frames that fill no patch yet, and the power of each frame.
        var bands: [Float] = []
        var powers: [Float] = []
        var embedding = [Double](repeating: 0, count: Musicnn.embeddingWidth)
        var tags = [Double](repeating: 0, count: Musicnn.tagCount)
        var patches = 0
        var centroid = 0.0
        var power = 0.0

        init(_ network: Musicnn, _ room: Musicnn.Room) { (self.network, self.room) = (network, room) }

        mutating func append(_ samples: UnsafeBufferPointer<Float>) {
            key.append(samples)
            // `self` cannot be changed inside a call on one of its parts.
            var spectrogram = spectrogram
            spectrogram.append(samples) { take($0) }
            self.spectrogram = spectrogram
        }

        mutating func finish() -> SoundAnalysis {
            var spectrogram = spectrogram
            spectrogram.finish { take($0) }
            // A file that is shorter than a patch is heard over and over.
            if patches == 0, !powers.isEmpty {
                let (own, count) = (bands, powers.count)
                while powers.count < Musicnn.frames {
                    bands += own
                    powers += powers.prefix(count)
                }
                hear()
            }
            let count = Double(max(1, patches))
            return SoundAnalysis(
                embedding: patches > 0 ? embedding.map { Float($0 / count) } : nil, tags: patches > 0 ? tags.map { Float($0 / count) } : [], patches: patches,
                seconds: 0, loudness: nil, tempo: tempo.finish(), key: key.finish(), brightness: power > 0 ? centroid / power : nil, damagedPackets: 0)
        }

        private mutating func take(_ frames: Spectrogram.Frames) {
            tempo.append(frames)
            for frame in 0..<frames.count {
                let spectrum = frames.power + frame * Spectrogram.bins
                var sum: Float = 0, moment: Float = 0
                for bin in 0..<Spectrogram.bins {
                    sum += spectrum[bin]
                    moment += spectrum[bin] * Float(bin)
                }
                power += Double(sum)
                centroid += Double(moment) * Double(Spectrogram.rate) / Double(Spectrogram.window)
                // Of the window's samples, by Parseval: both halves of the spectrum, and a Hann window that passes 3/8 of the power.
                powers.append(2 * sum / (0.375 * Float(Spectrogram.window * Spectrogram.window)))
            }
            bands.append(contentsOf: UnsafeBufferPointer(start: frames.bands, count: frames.count * Spectrogram.bands))
            while powers.count >= Musicnn.frames { hear() }
        }

        /// The first patch of what waits.
        private mutating func hear() {
            if powers.prefix(Musicnn.frames).reduce(0, +) / Float(Musicnn.frames) > SoundAnalyzer.silence {
                let response = bands.withUnsafeBufferPointer { bands in
                    guard let base = bands.baseAddress else { preconditionFailure("a patch without bands") }
                    return network.forward(base, room)
                }
                for i in embedding.indices { embedding[i] += Double(response.embedding[i]) }
                for i in tags.indices { tags[i] += Double(response.tags[i]) }
                patches += 1
            }
            bands.removeFirst(Musicnn.frames * Musicnn.bands)
            powers.removeFirst(Musicnn.frames)
        }
    }
}
