/// What a file says of itself, whatever its format calls it.
public struct AudioTags: Hashable, Sendable {
    /// By name in lower case, as FFmpeg has it: "title", "album_artist", "musicbrainz track id".
    public let values: [String: String]

    /// - Parameter values: by name in lower case.
    public init(_ values: [String: String]) { self.values = values }

    public var title: String? { first("title") }
    public var artist: String? { first("artist", "album_artist", "album artist") }
    public var album: String? { first("album") }

    public var year: Int? {
        first("originaldate", "originalyear", "date", "year", "tyer").flatMap { text in
            text.split { !$0.isASCII || !$0.isNumber }.first { $0.count == 4 }.flatMap { Int($0) }
        }
    }

    /// Genres, and moods where a file has them: several may stand in one tag.
    public var genres: [String] { all("genre") }
    public var moods: [String] { all("mood", "tmoo", "itunes_mood") }

    /// MusicBrainz recording id: what taggers call the track's.
    public var mbid: String? { first("musicbrainz_trackid", "musicbrainz track id", "musicbrainz recording id") }
    public var isrc: String? { first("isrc", "tsrc") }

    /// Decibels that a player adds to bring the track to the reference level.
    public var replayGain: Double? {
        first("replaygain_track_gain").flatMap { text in
            Double(text.prefix { $0.isNumber || "+-.".contains($0) }.drop { $0 == "+" })
        }
    }

    private func first(_ names: String...) -> String? {
        names.lazy.compactMap { values[$0] }.map(Self.trimmed).first { !$0.isEmpty }
    }

    private func all(_ names: String...) -> [String] {
        names.flatMap { (values[$0] ?? "").split { ";,/\0\n|".contains($0) }.map(Self.trimmed) }.filter { !$0.isEmpty }
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let isSpace = { (c: Character) in c.isWhitespace || c == "\0" }
        return String(text.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
