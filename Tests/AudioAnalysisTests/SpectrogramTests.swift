import Foundation
import TestSupport
import Testing

@testable import AudioAnalysis

@Suite struct SpectrogramTests {
    private func frames(_ samples: [Float], blocks: Int) -> (power: [[Float]], bands: [[Float]]) {
        var spectrogram = Spectrogram()
        var result: (power: [[Float]], bands: [[Float]]) = ([], [])
        func take(_ frames: Spectrogram.Frames) {
            for i in 0..<frames.count {
                result.power.append(Array(UnsafeBufferPointer(start: frames.power + i * Spectrogram.bins, count: Spectrogram.bins)))
                result.bands.append(Array(UnsafeBufferPointer(start: frames.bands + i * Spectrogram.bands, count: Spectrogram.bands)))
            }
        }
        for first in stride(from: 0, to: samples.count, by: blocks) {
            Array(samples[first..<min(samples.count, first + blocks)]).withUnsafeBufferPointer { spectrogram.append($0, take) }
        }
        spectrogram.finish(take)
        return result
    }

    @Test func theTransformIsTheDefinition() {
        var random = SeededGenerator(seed: 1)
        let samples = (0..<2000).map { _ in Float(random.integer(in: -1000...1000)) / 1000 }
        let power = frames(samples, blocks: 700).power
        #expect(power.count == 1 + 2000 / 256)
        for (frame, bin) in [(0, 3), (2, 0), (3, 17), (5, 256), (7, 100)] {
            // Σ w[n] x[n] e^(−2πi kn / N), with zeros outside of the signal.
            var (real, imaginary) = (0.0, 0.0)
            for n in 0..<512 {
                let place = frame * 256 + n - 256
                let x = samples.indices.contains(place) ? Double(samples[place]) : 0
                let w = 0.5 - 0.5 * cos(2 * Double.pi * Double(n) / 512)
                real += w * x * cos(2 * Double.pi * Double(bin * n) / 512)
                imaginary += w * x * sin(2 * Double.pi * Double(bin * n) / 512)
            }
            let expected = real * real + imaginary * imaginary
            #expect(abs(Double(power[frame][bin]) - expected) < 1e-3 * max(1, expected), "frame \(frame), bin \(bin)")
        }
    }

    @Test func blocksDoNotMatter() {
        var random = SeededGenerator(seed: 2)
        let samples = (0..<60_000).map { _ in Float(random.integer(in: -1000...1000)) / 1000 }
        let whole = frames(samples, blocks: samples.count)
        for blocks in [255, 1152, 50_000] {
            let parts = frames(samples, blocks: blocks)
            #expect(parts.bands == whole.bands && parts.power == whole.power, "\(blocks) samples at a time")
        }
    }

    @Test func filtersHaveAreaOneAndFollowTheScale() {
        // 1 kHz is mel 15; 6.4 kHz is 27 steps above.
        #expect(abs(MelScale.mel(1000) - 15) < 1e-9 && abs(MelScale.mel(6400) - 42) < 1e-9)
        for frequency in [0.0, 60, 999, 1001, 7999] { #expect(abs(MelScale.frequency(MelScale.mel(frequency)) - frequency) < 1e-6) }
        let weights = MelScale.filters(bands: 96, window: 512, rate: 16_000)
        // Wide filters: the sum over bins of 31.25 Hz is near the integral.
        for band in 60..<95 {
            let area = weights[band * 257..<(band + 1) * 257].reduce(0) { $0 + Double($1) * 31.25 }
            #expect(abs(area - 1) < 0.05, "band \(band): \(area)")
        }
    }

    @Test func whatIsNoNumberStaysWithItself() {
        var samples = [Float](repeating: 0.1, count: 4000)
        samples[1000] = .nan
        samples[1001] = .infinity
        #expect(frames(samples, blocks: 4000).bands.allSatisfy { $0.allSatisfy(\.isFinite) })
    }

    @Test(arguments: [60.0, 90, 120, 150, 174]) func clicksHaveTheirTempo(bpm: Double) throws {
        var samples = [Float](repeating: 0, count: 20 * 16_000)
        var random = SeededGenerator(seed: 3)
        var beat = 0.0
        while Int(beat) + 400 < samples.count {
            for i in 0..<400 { samples[Int(beat) + i] = Float(random.integer(in: -1000...1000)) / 1000 * (1 - Float(i) / 400) }
            beat += 60 / bpm * 16_000
        }
        var spectrogram = Spectrogram()
        var meter = TempoMeter()
        samples.withUnsafeBufferPointer { spectrogram.append($0) { meter.append($0) } }
        spectrogram.finish { meter.append($0) }
        let found = meter.finish()
        let tempo = try #require(found)
        // Every second click is a tempo too, and near 120 the likelier one.
        let octaves = log2(tempo.bpm / bpm)
        #expect(abs(octaves - octaves.rounded()) < 0.01 && abs(octaves) < 1.1, "\(tempo) for \(bpm)")
        #expect(tempo.confidence > 0.5)
    }

    @Test func silenceAndNoiseHaveNoSureTempo() {
        var meter = TempoMeter()
        let nothing = meter.finish()
        #expect(nothing == nil)
        var random = SeededGenerator(seed: 4)
        let samples = (0..<320_000).map { _ in Float(random.integer(in: -1000...1000)) / 1000 }
        var spectrogram = Spectrogram()
        samples.withUnsafeBufferPointer { spectrogram.append($0) { meter.append($0) } }
        let noise = meter.finish()
        #expect((noise?.confidence ?? 0) < 0.2)
    }

    /// Tonic, third and fifth over two octaves, as sinusoids with two overtones.
    @Test(arguments: [(0, Key.Mode.major), (9, .minor), (2, .major), (7, .minor), (6, .major)]) func aCadenceHasItsKey(tonic: Int, mode: Key.Mode) throws {
        let third = mode == .major ? 4 : 3
        // I – IV – V – I; in minor i – iv – V – i.
        let chords = [[0, third, 7], [5, 5 + third, 12], [7, 11, 14], [0, third, 7]]
        var meter = KeyMeter()
        for chord in chords {
            var samples = [Float](repeating: 0, count: 16_000)
            for note in chord {
                let frequency = 261.63 * exp2(Double(tonic + note) / 12)
                for (overtone, amplitude) in [(1.0, 0.2), (2, 0.1), (3, 0.05)] {
                    for n in samples.indices { samples[n] += Float(amplitude * sin(2 * Double.pi * frequency * overtone * Double(n) / 16_000)) }
                }
            }
            samples.withUnsafeBufferPointer { meter.append($0) }
        }
        let found = meter.finish()
        let key = try #require(found)
        #expect(key.tonic == tonic && key.mode == mode, "\(key)")
    }
}
