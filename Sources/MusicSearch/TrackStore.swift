public import Ranking
public import Storage
import TextAnalysis
public import TrackCatalogue
import Vocabulary

/// What a search says about tracks, by document number, mapped into memory: names, dates and each track's own descriptors.
public struct TrackStore: Sendable {
    public static let kind = "tracks"
    public static let version: UInt32 = 2

    /// A descriptor of a track, with its weight and where it comes from.
    public struct Link: BitwiseCopyable, Hashable, Sendable {
        public var descriptor: UInt32
        /// 1…255 for weights up to 1.
        public var weight: UInt8
        var provenance: UInt8
        var unused: UInt16 = 0

        init(descriptor: Int, weight: UInt8, provenance: UInt8) {
            self.descriptor = UInt32(descriptor)
            self.weight = weight
            self.provenance = provenance
        }
    }

    struct Record: BitwiseCopyable, Sendable {
        /// `Int32.min` when unknown.
        var year: Int32
        /// Seconds; negative when unknown.
        var duration: Float
        var linksEnd: UInt32
        /// Number of the artist among all artists; tracks without one have `UInt32.max`.
        var artist: UInt32
        /// Number of the recording: versions of one recording share it.
        var recording: UInt32
        /// Σ idf of the track's descriptors, for how much of the track was asked for.
        var descriptorMass: Float
    }

    /// What was measured; NaN and −1 for what was not.
    struct Measure: BitwiseCopyable, Sendable {
        var tempo: Float
        var tempoConfidence: Float
        var loudness: Float
        var brightness: Float
        /// A number of `MusicalKey`.
        var key: Int32
        var keyConfidence: Float

        init(_ measured: Measured?) {
            func float(_ value: Double?) -> Float { value.map { Float($0) } ?? .nan }
            tempo = float(measured?.tempo)
            tempoConfidence = float(measured?.tempoConfidence)
            loudness = float(measured?.loudness)
            brightness = float(measured?.brightness)
            key = measured?.key.flatMap { MusicalKey($0) }.map { Int32($0.number) } ?? -1
            keyConfidence = float(measured?.keyConfidence)
        }
    }

    let records: MappedArray<Record>
    let measures: MappedArray<Measure>
    private let links: MappedArray<Link>
    private let ids: StringTable
    private let titles: StringTable
    private let artists: StringTable
    private let albums: StringTable
    private let files: StringTable
    private let identifiers: StringTable
    private let provenances: StringTable
    private let artistKeys: PhraseTable
    /// Of each provenance, whether it is an ear's or a meter's rather than somebody's word.
    private let isHeard: [Bool]

    public var count: Int { records.count }

    /// - Throws: `FileError` when the content contradicts itself.
    public init(_ file: SectionFile, descriptorCount: Int) throws(FileError) {
        records = try file.array("records")
        measures = try file.array("measured")
        links = try file.array("links")
        ids = try StringTable(file, "ids")
        titles = try StringTable(file, "titles")
        artists = try StringTable(file, "artists")
        albums = try StringTable(file, "albums")
        files = try StringTable(file, "files")
        identifiers = try StringTable(file, "identity")
        provenances = try StringTable(file, "sources")
        artistKeys = try PhraseTable(file, "artist")
        let provenances = provenances
        isHeard = (0..<provenances.count).map { provenances[$0].hasPrefix("tagger:") || provenances[$0].hasPrefix("measured:") }
        for table in [ids, titles, artists, albums, files, identifiers] where table.count != records.count {
            throw file.damaged(section: "ids.at", expected: "\(records.count) strings", found: "\(table.count)")
        }
        // A library in which nothing was measured has none.
        guard measures.isEmpty || measures.count == records.count else {
            throw file.damaged(section: "measured", expected: "\(records.count) records or none", found: "\(measures.count)")
        }
        var last: UInt32 = 0
        for record in records {
            guard record.linksEnd >= last, Int(record.linksEnd) <= links.count else {
                throw file.damaged(section: "records", expected: "links up to \(links.count)", found: "\(record.linksEnd)")
            }
            last = record.linksEnd
        }
        guard links.allSatisfy({ Int($0.descriptor) < descriptorCount && Int($0.provenance) < provenances.count }) else {
            throw file.damaged(section: "links", expected: "links to \(descriptorCount) descriptors", found: "a link beyond")
        }
    }

    public func id(_ document: DocumentID) -> String { ids[Int(document)] }
    public func title(_ document: DocumentID) -> String { titles[Int(document)] }
    public func artist(_ document: DocumentID) -> String { artists[Int(document)] }
    public func album(_ document: DocumentID) -> String { albums[Int(document)] }
    public func file(_ document: DocumentID) -> String { files[Int(document)] }
    /// Recording MBID and ISRC.
    public func identifiers(_ document: DocumentID) -> (mbid: String, isrc: String) {
        let parts = identifiers[Int(document)].split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : "")
    }

    public func year(_ document: DocumentID) -> Int? {
        let year = records[Int(document)].year
        return year == .min ? nil : Int(year)
    }

    public func duration(_ document: DocumentID) -> Double? {
        let duration = records[Int(document)].duration
        return (0...Float(Track.longestDuration)).contains(duration) ? Double(duration) : nil
    }

    /// nil where nothing was measured.
    public func measured(_ document: DocumentID) -> Measured? {
        guard !measures.isEmpty else { return nil }
        let measure = measures[Int(document)]
        func double(_ value: Float) -> Double? { value.isFinite ? Double(value) : nil }
        let measured = Measured(
            tempo: double(measure.tempo), tempoConfidence: double(measure.tempoConfidence), key: MusicalKey(number: Int(measure.key))?.description,
            keyConfidence: double(measure.keyConfidence), loudness: double(measure.loudness), brightness: double(measure.brightness))
        return measured.isEmpty ? nil : measured
    }

    /// The number of an artist, by any spelling that `RecordingIdentity.artist` folds alike.
    func artistNumber(_ name: String) -> UInt32? { artistKeys.values(of: RecordingIdentity.artist(name)).first }

    public func provenance(_ link: Link) -> String { provenances[Int(link.provenance)] }

    /// Whether a link was heard or measured, and said by nobody.
    func isHeard(_ link: Link) -> Bool { isHeard[Int(link.provenance)] }

    /// The track's own descriptors, heaviest first as they were given.
    public func links(_ document: DocumentID) -> UnsafeBufferPointer<Link> {
        let start = document == 0 ? 0 : Int(records[Int(document) - 1].linksEnd)
        return UnsafeBufferPointer(rebasing: links.buffer[start..<Int(records[Int(document)].linksEnd)])
    }

    /// The document with an id.
    /// - Complexity: O(log tracks): documents are numbered in the order of their ids.
    public func document(id: String) -> DocumentID? {
        var low = 0
        var high = count
        var id = id
        return id.withUTF8 { key in
            while low < high {
                let middle = (low + high) / 2
                if ids.utf8(middle).lexicographicallyPrecedes(key) { low = middle + 1 } else { high = middle }
            }
            return low < count && ids.utf8(low).elementsEqual(key) ? DocumentID(low) : nil
        }
    }
}

/// Collects tracks for a `TrackStore`, in the order of documents.
struct TrackStoreBuilder {
    private var records: [TrackStore.Record] = []
    private var links: [TrackStore.Link] = []
    private var measures: [TrackStore.Measure] = []
    private var isMeasured = false
    private var ids = StringTableBuilder()
    private var titles = StringTableBuilder()
    private var artists = StringTableBuilder()
    private var albums = StringTableBuilder()
    private var files = StringTableBuilder()
    private var identifiers = StringTableBuilder()
    private var provenances: [String: UInt8] = [:]
    private var provenanceNames = StringTableBuilder()
    private var artistNumbers: [String: UInt32] = [:]
    private var recordingNumbers: [String: UInt32] = [:]

    /// - Parameter descriptors: indices with weights in 1…255, without repetition.
    mutating func add(_ track: Track, descriptors: [(index: Int, weight: UInt8, provenance: String)]) {
        for (index, weight, provenance) in descriptors {
            links.append(TrackStore.Link(descriptor: index, weight: weight, provenance: number(of: provenance)))
        }
        let artist = RecordingIdentity.artist(track.artist)
        let artistNumber = artist.isEmpty ? UInt32.max : artistNumbers[artist] ?? UInt32(artistNumbers.count)
        if !artist.isEmpty { artistNumbers[artist] = artistNumber }
        let recording = RecordingIdentity.recording(title: track.title, artist: artist, isrc: track.isrc) ?? "\u{0}" + track.id
        let recordingNumber = recordingNumbers[recording] ?? UInt32(recordingNumbers.count)
        recordingNumbers[recording] = recordingNumber
        records.append(
            TrackStore.Record(
                year: track.year.flatMap(Int32.init(exactly:)) ?? .min, duration: track.duration.map(Float.init) ?? -1, linksEnd: UInt32(links.count),
                artist: artistNumber, recording: recordingNumber, descriptorMass: 0))
        measures.append(TrackStore.Measure(track.measured))
        isMeasured = isMeasured || track.measured != nil
        ids.append(track.id)
        titles.append(track.title)
        artists.append(track.artist)
        albums.append(track.album)
        files.append(track.file)
        identifiers.append(track.mbid.isEmpty && track.isrc.isEmpty ? "" : track.mbid + "\t" + track.isrc)
    }

    /// There are few provenances; the 255th and later share one number.
    private mutating func number(of provenance: String) -> UInt8 {
        if let known = provenances[provenance] { return known }
        let number = UInt8(min(provenances.count, 254))
        provenances[provenance] = number
        if provenanceNames.count <= Int(number) { provenanceNames.append(provenance) }
        return number
    }

    /// - Parameter idf: per descriptor.
    /// - Throws: `FileError` when the file cannot be written.
    mutating func write(to path: String, idf: [Float]) throws(FileError) {
        var start = 0
        for i in records.indices {
            let end = Int(records[i].linksEnd)
            records[i].descriptorMass = links[start..<end].reduce(0) { $0 + idf[Int($1.descriptor)] * Float($1.weight) / 255 }
            start = end
        }
        var file = SectionFileWriter(kind: TrackStore.kind, version: TrackStore.version)
        file.add("records", records)
        file.add("links", links)
        file.add("measured", isMeasured ? measures : [])
        ids.write("ids", to: &file)
        titles.write("titles", to: &file)
        artists.write("artists", to: &file)
        albums.write("albums", to: &file)
        files.write("files", to: &file)
        identifiers.write("identity", to: &file)
        provenanceNames.write("sources", to: &file)
        var artistKeys = PhraseTableBuilder()
        for (key, number) in artistNumbers { artistKeys.add(key, number) }
        artistKeys.write("artist", to: &file)
        try file.write(to: path)
    }
}
