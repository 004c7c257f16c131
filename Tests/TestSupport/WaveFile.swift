/// 16-bit PCM in a RIFF file.
public struct WaveFile {
    public var channels: Int
    public var rate: Int
    public var samples: [Int16]

    public init(channels: Int, rate: Int, samples: [Int16]) { (self.channels, self.rate, self.samples) = (channels, rate, samples) }

    public var bytes: [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        let format = little(1, 2) + little(channels, 2) + little(rate, 4) + little(rate * channels * 2, 4) + little(channels * 2, 2) + little(16, 2)
        let data = samples.flatMap { little(Int($0), 2) }
        return Array("RIFF".utf8) + little(36 + data.count, 4) + Array("WAVEfmt ".utf8) + little(16, 4) + format + Array("data".utf8) + little(data.count, 4)
            + data
    }
}
