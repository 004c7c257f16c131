import Foundation
import TestSupport
import Testing

@testable import AudioAnalysis

@Suite struct MusicnnTests {
    static let model = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../../shared/models/musicnn"
    static var hasModel: Bool { FileManager.default.fileExists(atPath: model + "/config.json") }

    private struct Recorded: Decodable {
        var embedding: [Float]
        var tags: [Float]
    }

    /// Values recorded from the same network written in PyTorch (`conv2d` in float32), on this patch.
    @Test(.enabled(if: hasModel, "the sound model is not there")) func outputsAreThoseOfPyTorch() throws {
        let recorded = try JSONDecoder().decode(
            Recorded.self, from: Data(contentsOf: URL(fileURLWithPath: Bundle.module.bundlePath + "/Fixtures/musicnn-patch.json")))
        let network = try Musicnn(folder: Self.model)
        #expect(network.labels[0] == "rock" && network.labels[49] == "happy")
        var patch: [Float] = []
        for t in 0..<187 {
            for m in 0..<96 {
                let (time, band) = (Double(t), Double(m))
                let wave: Double = sin(0.21 * time + 0.05 * band) * cos(0.07 * band - 0.03 * time)
                patch.append(Float(1.5 + wave + (t / 12 % 4 == 0 ? 0.3 : 0)))
            }
        }
        let response = network.forward(patch, Musicnn.Room())
        for (own, expected) in zip(response.embedding, recorded.embedding) { #expect((own - expected).magnitude < 1e-4) }
        for (own, expected) in zip(response.tags, recorded.tags) { #expect((own - expected).magnitude < 1e-5) }
        #expect(response.embedding.count == recorded.embedding.count && response.tags.count == recorded.tags.count)
    }

    @Test(.enabled(if: hasModel, "the sound model is not there")) func shortFilesAreHeardAndSilenceIsNot() throws {
        let analyzer = SoundAnalyzer(try Musicnn(folder: Self.model))
        // Two seconds are less than a patch.
        let report = try analyzer.analyze(Chord.path("flac"))
        #expect(report.sound.patches == 1 && report.sound.embedding?.count == 200 && report.sound.tags.count == 50)
        #expect(abs(report.sound.seconds - 2) < 0.01 && report.tags.title == "Chörd")
        // The chord's power lies between its lowest and its highest note.
        let brightness = try #require(report.sound.brightness)
        #expect((300...450).contains(brightness), "\(brightness) Hz")
        #expect(report.sound.key?.tonic == 0 && report.sound.key?.mode == .major)

        let folder = try TemporaryFolder()
        let path = try folder.write(WaveFile(channels: 1, rate: 16_000, samples: [Int16](repeating: 0, count: 64_000)).bytes, to: "silence.wav")
        let silence = try analyzer.analyze(path).sound
        #expect(silence.embedding == nil && silence.tags.isEmpty && silence.patches == 0 && silence.loudness == nil && silence.tempo == nil)
        #expect(silence.seconds == 4)
    }

    @Test func aModelForAnotherSignalIsRefused() throws {
        let folder = try TemporaryFolder()
        func refusal(_ text: String) throws -> String {
            _ = try folder.write(text, to: "config.json")
            do {
                _ = try Musicnn(folder: folder.path)
                return "accepted"
            } catch {
                return "\(error)"
            }
        }
        let other = #"{"sample_rate": 22050, "n_fft": 512, "hop_length": 256, "n_mels": 96, "input_frames": 187, "labels": {"MSD": []}}"#
        #expect(try refusal(other).contains("expected rate, window, hop, bands and frames [16000, 512, 256, 96, 187], found [22050, 512, 256, 96, 187]"))
        #expect(try refusal("{}").contains("config.json: damaged"))
        #expect(try refusal(other.replacingOccurrences(of: "22050", with: "16000")).contains("0 labels"))
    }
}
