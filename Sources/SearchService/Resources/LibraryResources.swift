import MusicSearch
import TrackCatalogue
import Vocabulary

/// All that the library says of a track.
struct TrackDetail {
    struct Link {
        var descriptor: DescriptorID
        var label: String
        var weight: Double
        var provenance: String
    }

    var id: String
    var title: String
    var artist: String
    var album: String?
    var year: Int?
    var duration: Double?
    var mbid: String?
    var isrc: String?
    var file: String?
    var descriptors: [Link]
    var mood: TrackMood?
    var measured: Measured?

    init(_ document: UInt32, _ library: Library) {
        let tracks = library.tracks
        func present(_ text: String) -> String? { text.isEmpty ? nil : text }
        (id, title, artist, album) = (tracks.id(document), tracks.title(document), tracks.artist(document), present(tracks.album(document)))
        (year, duration, file) = (tracks.year(document), tracks.duration(document), present(tracks.file(document)))
        let identifiers = tracks.identifiers(document)
        (mbid, isrc) = (present(identifiers.mbid), present(identifiers.isrc))
        descriptors = tracks.links(document).map { link in
            let descriptor = library.vocabulary.descriptors[Int(link.descriptor)]
            return Link(descriptor: descriptor.id, label: descriptor.label, weight: Double(link.weight) / 255, provenance: tracks.provenance(link))
        }
        mood = library.mood(of: document)
        measured = tracks.measured(document)
    }
}

extension TrackDetail: Resource {
    static let resourceName = "Track"
    static let about = "All that the library says of a track."
    static let properties = [
        Property<TrackDetail>("id", "In this library.") { $0.id }, Property("title", "May be empty.") { $0.title },
        Property("artist", "May be empty.") { $0.artist },
        Property("album", "Where known.", optional: { $0.album }), Property("year", "Of release.", optional: { $0.year }),
        Property("duration", "Seconds.", optional: { $0.duration }), Property("mbid", "MusicBrainz recording.", optional: { $0.mbid }),
        Property("isrc", "International Standard Recording Code.", optional: { $0.isrc }),
        Property("descriptors", "What describes it, heaviest first.") { $0.descriptors },
        Property("mood", "Where the library can tell.", optional: { $0.mood }),
        Property("measured", "Where it was measured.", optional: { $0.measured }),
        Property("audio", "Where it can be heard.", optional: { TrackAddress.audio($0.id, file: $0.file) }),
        Property("artwork", "A picture of it.") { TrackAddress.artwork($0.id) },
    ]
}

extension TrackDetail.Link: Resource {
    static let resourceName = "TrackDescriptor"
    static let about = "A descriptor of a track."
    static let properties = [
        Property<TrackDetail.Link>("descriptor", "FACET:NAME.") { $0.descriptor }, Property("label", "As a person writes it.") { $0.label },
        Property("weight", "0 to 1.") { $0.weight }, Property("provenance", "editorial, listener, or what heard it, as tagger:NAME.") { $0.provenance },
    ]
}

/// A descriptor of the vocabulary, with what this library has of it.
struct DescriptorDetail {
    var descriptor: Descriptor
    /// Tracks that have it or a narrower one.
    var count: Int
}

extension DescriptorDetail: Resource {
    static let resourceName = "Descriptor"
    static let about = "A word of the controlled vocabulary."
    static let properties = [
        Property<DescriptorDetail>("descriptor", "FACET:NAME.") { $0.descriptor.id }, Property("label", "As a person writes it.") { $0.descriptor.label },
        Property("facet", "The side of music that it speaks of.") { $0.descriptor.id.facet },
        Property("count", "Tracks here that have it or a narrower one.") { $0.count },
        Property("broader", "What it is a kind of.") { $0.descriptor.broader },
        Property("valence", "Of a mood, −1 to 1.", optional: { $0.place?.valence }),
        Property("arousal", "Of a mood, −1 to 1.", optional: { $0.place?.arousal }),
    ]

    private var place: (valence: Double, arousal: Double)? {
        if case .mood(let valence, let arousal) = descriptor.attributes { (valence, arousal) } else { nil }
    }
}

struct DescriptorList {
    var descriptors: [DescriptorDetail]
    var total: Int
}

extension DescriptorList: Resource {
    static let about = "Descriptors, the most frequent here first."
    static let properties = [
        Property<DescriptorList>("descriptors", "As many as were asked for.") { $0.descriptors }, Property("total", "How many there are in all.") { $0.total },
    ]
}

/// What a library is.
struct LibraryDetail {
    struct Share {
        var facet: Facet
        var descriptors: Int
    }

    var tracks: Int
    var generation: Int
    var created: String
    var facets: [Share]
    var hasMoods: Bool
    var hasSound: Bool
    var hasAudio: Bool
    var lexicalOnly: String?

    init(_ library: Library) {
        (tracks, generation, created) = (library.tracks.count, library.manifest.generation, library.manifest.created)
        facets = Facet.allCases.map { facet in
            Share(
                facet: facet,
                descriptors: library.vocabulary.descriptors.indices.count {
                    library.vocabulary.descriptors[$0].id.facet == facet && library.documentFrequency($0) > 0
                })
        }
        hasMoods = library.hasMoods
        hasSound = library.manifest.sound != nil
        hasAudio = (0..<UInt32(library.tracks.count)).contains { AudioFormat.ending(of: library.tracks.file($0)) != nil }
        lexicalOnly = library.lexicalOnly
    }
}

extension LibraryDetail: Resource {
    static let resourceName = "Library"
    static let about = "What answers."
    static let properties = [
        Property<LibraryDetail>("tracks", "How many.") { $0.tracks }, Property("generation", "Rises with every index run.") { $0.generation },
        Property("created", "ISO 8601.") { $0.created }, Property("facets", "How many descriptors of each occur here.") { $0.facets },
        Property("hasMoods", "Whether it can tell tracks' moods and move seeds to others.") { $0.hasMoods },
        Property("hasSound", "Whether tracks were heard.") { $0.hasSound }, Property("hasAudio", "Whether there are files to play.") { $0.hasAudio },
        Property("lexicalOnly", "Why requests are answered by words alone, where they are.", optional: { $0.lexicalOnly }),
    ]
}

extension LibraryDetail.Share: Resource {
    static let resourceName = "FacetShare"
    static let about = "A facet, and how many of its descriptors occur in the library."
    static let properties = [Property<LibraryDetail.Share>("facet", "Its name.") { $0.facet }, Property("descriptors", "How many.") { $0.descriptors }]
}

/// How the service is.
struct Health: Resource {
    static let about = "How the service is."
    static let properties = [
        Property<Health>("status", "ok, or what is the matter.") { $0.status }, Property("generation", "Of the library.") { $0.generation },
        Property("notice", "What an operator should know.", optional: { $0.notice }),
    ]

    var status: String
    var generation: Int
    var notice: String?
}

struct Version: Resource {
    static let about = "What answers."
    static let properties = [
        Property<Version>("name", "The program.") { $0.name }, Property("version", "Its version.") { $0.version },
        Property("api", "Version of the API.") { $0.api },
    ]

    var name = "descant"
    var version = descantVersion
    var api = "v1"
}

/// Version of the program, and of what it says of itself.
public let descantVersion = "0.1.0"
