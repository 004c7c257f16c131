import CAudio

/// A file of sound, decoded from front to back in blocks of mono; memory does not grow with its length.
///
/// ```swift
/// let file = try AudioFile(path: "Island Sun.flac", rate: 16_000)
/// while let block = try file.read() { sum += block.reduce(0) { $0 + $1 * $1 } }
/// print(file.tags.title ?? path, file.seconds, file.loudness ?? -.infinity)
/// ```
/// Decoding is FFmpeg's: MP3, FLAC, Vorbis, Opus, AAC, ALAC, WAV, AIFF, WMA and what else its libraries know. What cannot be decoded in the middle of a file is
/// counted and passed over. Not for use by two threads at once.
public final class AudioFile {
    public struct Format: Hashable, Sendable {
        /// FFmpeg's short names: "mp3", "mov,mp4,m4a,3gp,3g2,mj2"; "flac", "aac".
        public var container: String
        public var codec: String
        /// Of the file, in samples a second.
        public var sampleRate: Int
        public var channels: Int
        /// Seconds, as the container claims them; nil where it says nothing.
        public var claimedSeconds: Double?
    }

    public let path: String
    /// Samples a second of the blocks.
    public let rate: Int
    private let file: OpaquePointer
    private var decodedSamples = 0

    /// - Throws: `AudioError` when there is no such file, or no sound in it that can be decoded.
    public init(path: String, rate: Int) throws(AudioError) {
        precondition(rate > 0, "\(rate) samples a second")
        var message = [CChar](repeating: 0, count: Self.messageLimit)
        guard let file = ca_open(path, Int32(clamping: rate), &message, message.count) else { throw AudioError(path: path, why: Self.text(message)) }
        self.path = path
        self.rate = rate
        self.file = file
    }

    deinit { ca_close(file) }

    public var format: Format {
        let format = ca_file_format(file)
        return Format(
            container: String(cString: format.container), codec: String(cString: format.codec), sampleRate: Int(format.sample_rate),
            channels: Int(format.channels), claimedSeconds: format.duration > 0 && format.duration.isFinite ? format.duration : nil)
    }

    /// The picture that the file carries, as it is stored: JPEG or PNG as a rule; nil where there is none.
    public var picture: [UInt8]? {
        var bytes: UnsafePointer<UInt8>?
        var size = 0
        guard ca_picture(file, &bytes, &size) != 0, let bytes else { return nil }
        return Array(UnsafeBufferPointer(start: bytes, count: size))
    }

    public var tags: AudioTags {
        var values: [String: String] = [:]
        var index = 0
        var key: UnsafePointer<CChar>?
        var value: UnsafePointer<CChar>?
        while ca_tag(file, index, &key, &value) != 0 {
            index += 1
            guard let key, let value else { continue }
            let name = Self.stored(key).lowercased()
            // The container's word comes first and stays.
            if values[name] == nil { values[name] = Self.stored(value) }
        }
        return AudioTags(values)
    }

    /// The next samples, valid until the next call; nil at the end. A block may be empty.
    ///
    /// - Throws: `AudioError` when the file cannot be read any further.
    public func read() throws(AudioError) -> UnsafeBufferPointer<Float>? {
        var block = ca_block()
        var message = [CChar](repeating: 0, count: Self.messageLimit)
        switch ca_read(file, &block, &message, message.count) {
        case 0: return nil
        case 1:
            decodedSamples += block.mono_count
            return UnsafeBufferPointer(start: block.mono, count: block.mono_count)
        default: throw AudioError(path: path, why: Self.text(message))
        }
    }

    /// What was decoded so far.
    public var seconds: Double { Double(decodedSamples) / Double(rate) }
    /// Packets so far that could not be decoded.
    public var damagedPackets: Int { ca_damaged(file) }
    /// Integrated loudness of what was decoded, of all channels, in LUFS; nil for silence. Source: ITU-R BS.1770-4.
    public var loudness: Double? {
        let loudness = ca_loudness(file)
        return loudness.isFinite ? loudness : nil
    }

    private static let messageLimit = 256

    private static func text(_ message: [CChar]) -> String { String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) }

    /// Text that is no UTF-8 was most likely written as Latin-1.
    private static func stored(_ text: UnsafePointer<CChar>) -> String {
        if let valid = String(validatingCString: text) { return valid }
        var scalars = String.UnicodeScalarView()
        var place = text
        while place.pointee != 0 {
            scalars.append(UnicodeScalar(UInt8(bitPattern: place.pointee)))
            place += 1
        }
        return String(scalars)
    }
}

/// A file whose sound cannot be had.
public struct AudioError: Error, Hashable, Sendable, CustomStringConvertible {
    public var path: String
    public var why: String

    public init(path: String, why: String) { (self.path, self.why) = (path, why) }

    public var description: String { "\(path): \(why)" }
}
