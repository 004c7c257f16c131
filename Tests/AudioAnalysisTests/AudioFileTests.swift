import Foundation
import TestSupport
import Testing

@testable import AudioAnalysis

/// The same C major chord with tags, two seconds (AIFF: one) at 16 kHz, in every format that people keep music in.
enum Chord {
    static let formats = ["mp3", "flac", "ogg", "opus", "m4a", "aiff", "wma"]
    static let frequencies: [Double] = [261.63, 329.63, 392.0, 523.25]

    static func path(_ format: String) -> String {
        Bundle.module.bundlePath + "/Fixtures/tone." + format
    }
}

@Suite struct AudioFileTests {
    private func samples(_ path: String, rate: Int = 16_000) throws -> (samples: [Float], file: AudioFile) {
        let file = try AudioFile(path: path, rate: rate)
        var samples: [Float] = []
        while let block = try file.read() { samples += block }
        return (samples, file)
    }

    /// Amplitude of a frequency, by its correlation with a sinusoid.
    private func amplitude(_ samples: [Float], _ frequency: Double, rate: Double) -> Double {
        var (real, imaginary) = (0.0, 0.0)
        for (n, sample) in samples.enumerated() {
            let angle = 2 * Double.pi * frequency * Double(n) / rate
            real += Double(sample) * cos(angle)
            imaginary += Double(sample) * sin(angle)
        }
        return 2 * (real * real + imaginary * imaginary).squareRoot() / Double(max(1, samples.count))
    }

    @Test(arguments: Chord.formats) func everyFormatIsDecodedToTheSameSound(format: String) throws {
        let (samples, file) = try samples(Chord.path(format))
        let seconds = format == "aiff" ? 1.0 : 2.0
        // Codecs of fixed frames begin and end with some silence.
        #expect(abs(file.seconds - seconds) < 0.15, "\(file.seconds) s")
        #expect(file.damagedPackets == 0)
        // The chord's notes were written at 20,000 / 32,768 of 0.2, 0.15, 0.15 and 0.1.
        for (frequency, expected) in zip(Chord.frequencies, [0.122, 0.092, 0.092, 0.061]) {
            #expect(abs(amplitude(samples, frequency, rate: 16_000) - expected) < 0.2 * expected, "\(frequency) Hz")
        }
        #expect(amplitude(samples, 300, rate: 16_000) < 0.01)
        // K-weighting hardly changes these frequencies: the mean square of a sinusoid of amplitude a is a² / 2, and LUFS are 0.691 below its decibels.
        let power = [0.122, 0.092, 0.092, 0.061].reduce(0) { $0 + $1 * $1 / 2 }
        #expect(abs((try #require(file.loudness)) - (10 * log10(power) - 0.691)) < 1.5)
    }

    @Test(arguments: Chord.formats.filter { $0 != "aiff" }) func tagsAreReadWhateverAFormatCallsThem(format: String) throws {
        let tags = try AudioFile(path: Chord.path(format), rate: 16_000).tags
        #expect(tags.title == "Chörd" && tags.artist == "Ann & Co" && tags.album == "Tests" && tags.year == 1999, "\(tags)")
        #expect(tags.genres == ["Jazz", "Ambient"])
        if format != "m4a" { #expect(tags.replayGain == -6.5 && tags.isrc == "QZES61900001", "\(tags)") }
    }

    @Test func aRateIsAResampling() throws {
        let (samples, _) = try samples(Chord.path("flac"), rate: 8_000)
        #expect(abs(samples.count - 16_000) < 64)
        #expect(abs(amplitude(samples, 261.63, rate: 8_000) - 0.122) < 0.01)
    }

    @Test func channelsAreAveraged() throws {
        let folder = try TemporaryFolder()
        // Left 0.5, right −0.25: mono is 0.125.
        let path = try folder.write(WaveFile(channels: 2, rate: 16_000, samples: (0..<16_000).flatMap { _ in [Int16(16_384), -8_192] }).bytes, to: "a.wav")
        let (samples, file) = try samples(path)
        #expect(file.format.channels == 2 && file.format.codec == "pcm_s16le")
        #expect(samples.count == 16_000 && samples.allSatisfy { abs($0 - 0.125) < 1e-4 })
    }

    @Test func highRatesAndManyChannelsAreRead() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(WaveFile(channels: 8, rate: 192_000, samples: [Int16](repeating: 1000, count: 8 * 19_200)).bytes, to: "a.wav")
        let (samples, file) = try samples(path)
        #expect(file.format.sampleRate == 192_000 && file.format.channels == 8)
        #expect(abs(file.seconds - 0.1) < 0.001 && !samples.isEmpty)
    }

    @Test func whatIsNoSoundIsRefusedWithAReason() throws {
        let folder = try TemporaryFolder()
        let cases: [(String, [UInt8], String)] = [
            ("empty.mp3", [], "not an audio file"), ("text.mp3", Array("This is a letter, not a song.\n".utf8), "audio"),
            ("picture.flac", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + [UInt8](repeating: 0, count: 200), "audio"),
            ("none.wav", WaveFile(channels: 0, rate: 16_000, samples: []).bytes, "audio"),
        ]
        for (name, bytes, reason) in cases {
            let path = try folder.write(bytes, to: name)
            #expect {
                let (_, file) = try samples(path)
                if file.seconds == 0 { throw AudioError(path: path, why: "not an audio file: no samples") }
            } throws: { error in
                "\(error)".hasPrefix("\(path): ") && "\(error)".contains(reason)
            }
        }
        #expect(throws: AudioError(path: folder.path + "/no.mp3", why: "not an audio file that can be read: No such file or directory")) {
            try AudioFile(path: folder.path + "/no.mp3", rate: 16_000)
        }
    }

    /// The box of the sound's format renamed, as Apple's shop did.
    @Test func protectedFilesAreSaidToBe() throws {
        let folder = try TemporaryFolder()
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: Chord.path("m4a"))))
        let place = try #require(bytes.firstRange(of: Array("mp4a".utf8)))
        bytes.replaceSubrange(place, with: Array("drms".utf8))
        let path = try folder.write(bytes, to: "shop.m4p")
        #expect(throws: AudioError(path: path, why: "its audio is protected against copying (DRM)")) { try AudioFile(path: path, rate: 16_000) }
    }

    @Test func aPathIsNeverAnAddress() throws {
        let folder = try TemporaryFolder()
        let sound = try folder.write([UInt8](Data(contentsOf: URL(fileURLWithPath: Chord.path("flac")))), to: "http:a?b#c%20.flac")
        #expect(abs(try samples(sound).file.seconds - 2) < 0.01)
        // A playlist in disguise leads nowhere: neither to the network nor to another file.
        let list = try folder.write(Array("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n".utf8), to: "a.m3u8")
        #expect(throws: AudioError.self) {
            let (_, file) = try samples(list)
            if file.seconds == 0 { throw AudioError(path: list, why: "nothing") }
        }
    }

    @Test(arguments: Chord.formats) func flippedAndMissingBytesEndInSoundOrInAnError(format: String) throws {
        let folder = try TemporaryFolder()
        let original = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Chord.path(format))))
        for seed in 0..<30 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            var bytes = original
            if seed % 3 == 0 { bytes.removeLast(random.integer(in: 1...bytes.count)) }
            for _ in 0..<random.integer(in: 1...40) where !bytes.isEmpty {
                // Headers twice as often as their share: that is where lengths are.
                let limit = random.integer(in: 0...1) == 0 ? min(256, bytes.count) : bytes.count
                bytes[random.integer(in: 0...limit - 1)] = UInt8(random.integer(in: 0...255))
            }
            let path = try folder.write(bytes, to: "flipped.\(format)")
            do {
                let (samples, file) = try samples(path)
                #expect(samples.count == Int((file.seconds * 16_000).rounded()), "seed \(seed)")
            } catch let error as AudioError {
                #expect(error.path == path && !error.why.isEmpty, "seed \(seed)")
            }
        }
    }

    @Test func tagsOfOldEncodingsAndOddFormsAreRead() {
        #expect(AudioTags(["date": "4 May 1987"]).year == 1987)
        #expect(AudioTags(["date": "19870504"]).year == nil)
        #expect(AudioTags(["replaygain_track_gain": "+3.2 dB"]).replayGain == 3.2)
        #expect(AudioTags(["album_artist": " Ann \0"]).artist == "Ann")
        #expect(AudioTags(["genre": "Rock/Pop;; Jazz"]).genres == ["Rock", "Pop", "Jazz"])
        #expect(AudioTags([:]).title == nil)
    }

    // MARK: Pictures

    /// An ID3v2.3 tag with one APIC frame, before the sound.
    private static func tagged(_ picture: [UInt8], _ sound: [UInt8]) -> [UInt8] {
        func big(_ value: Int, bits: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (bits * (3 - $0)) & (1 << bits - 1)) } }
        let content = [0] + Array("image/png\0".utf8) + [3, 0] + picture
        let frame = Array("APIC".utf8) + big(content.count, bits: 8) + [0, 0] + content
        return Array("ID3".utf8) + [3, 0, 0] + big(frame.count, bits: 7) + frame + sound
    }

    @Test func aFilesPictureIsGivenAsItIsStored() throws {
        let folder = try TemporaryFolder()
        let tone = try #require(Bundle.module.url(forResource: "Fixtures/tone", withExtension: "mp3"))
        var sound = Array(try Data(contentsOf: tone))
        // The tone's own tag goes.
        if sound.starts(with: Array("ID3".utf8)) { sound.removeFirst(10 + sound[6..<10].reduce(0) { $0 << 7 | Int($1) }) }
        // The smallest PNG: one pixel.
        let png = try #require(Data(base64Encoded: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="))
        let path = try folder.write(Self.tagged(Array(png), sound), to: "pictured.mp3")
        #expect(try AudioFile(path: path, rate: 16_000).picture == Array(png))
        #expect(try AudioFile(path: tone.path, rate: 16_000).picture == nil)
    }
}
