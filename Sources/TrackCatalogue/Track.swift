public import Vocabulary

/// A recording as a catalogue knows it.
public struct Track: Hashable, Sendable {
    /// Unique in a library; results with equal scores are ordered by it.
    public var id: String
    public var title: String
    public var artist: String
    public var album: String
    public var year: Int?
    /// Seconds.
    public var duration: Double?
    /// Seconds; a longer one is a mistake.
    public static let longestDuration = 1e7
    /// MusicBrainz recording id.
    public var mbid: String
    public var isrc: String
    /// Path of the audio file.
    public var file: String
    /// Free text about the track.
    public var caption: String
    public var descriptors: [TrackDescriptor]
    /// nil where nothing was measured.
    public var measured: Measured?

    public init(
        id: String, title: String = "", artist: String = "", album: String = "", year: Int? = nil, duration: Double? = nil, mbid: String = "",
        isrc: String = "", file: String = "", caption: String = "", descriptors: [TrackDescriptor] = [], measured: Measured? = nil
    ) {
        self.id = id
        self.title = title
        self.artist = artist
        self.album = album
        self.year = year
        self.duration = duration
        self.mbid = mbid
        self.isrc = isrc
        self.file = file
        self.caption = caption
        self.descriptors = descriptors
        self.measured = measured
    }
}

/// What was measured of a recording's sound, or said about it in numbers.
public struct Measured: Codable, Hashable, Sendable {
    /// Beats a minute.
    public var tempo: Double?
    /// In 0…1; 1 where somebody said so.
    public var tempoConfidence: Double?
    /// "E♭ minor".
    public var key: String?
    public var keyConfidence: Double?
    /// LUFS.
    public var loudness: Double?
    /// The spectrum's middle, in hertz.
    public var brightness: Double?

    public init(
        tempo: Double? = nil, tempoConfidence: Double? = nil, key: String? = nil, keyConfidence: Double? = nil, loudness: Double? = nil,
        brightness: Double? = nil
    ) {
        (self.tempo, self.tempoConfidence, self.key, self.keyConfidence) = (tempo, tempoConfidence, key, keyConfidence)
        (self.loudness, self.brightness) = (loudness, brightness)
    }

    public var isEmpty: Bool { self == Measured() }
}

/// A descriptor that somebody or something gave to a track.
public struct TrackDescriptor: Hashable, Sendable {
    public var id: DescriptorID
    /// In 0…1; an editor's word is 1.
    public var weight: Double
    /// `editorial`, `tagger:NAME` or `listener`.
    public var provenance: String

    public init(_ id: DescriptorID, weight: Double = 1, provenance: String = "editorial") {
        self.id = id
        self.weight = weight
        self.provenance = provenance
    }
}
