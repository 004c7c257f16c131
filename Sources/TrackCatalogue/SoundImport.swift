public import Vocabulary

/// Makes tracks of files that were heard: what their own tags say, and beside it what the tagger hears, each with its provenance and weight.
public struct SoundImporter {
    /// A tag that is less sure than this is left out.
    private static let leastConfidence = 0.2
    /// A tempo surer than this is worth a descriptor.
    private static let leastTempoConfidence = 0.35
    static let tempoProvenance = "measured:tempo"

    private let vocabulary: Vocabulary
    private let taggers: [String: [TaggerTag]]
    private var tags: TagResolver

    /// - Parameter taggers: what the tags of each tagger stand for.
    public init(_ vocabulary: Vocabulary, taggers: [String: [TaggerTag]]) {
        self.vocabulary = vocabulary
        self.taggers = taggers
        tags = TagResolver(vocabulary)
    }

    /// Tags of files that name nothing in the vocabulary, with how often.
    public var unresolvedTags: [String: Int] { tags.unresolved }

    /// The id of a file's track: its path below the folder, after the folder's own name.
    public static func id(file: String, root: String) -> String {
        let name = root.split(separator: "/").last.map(String.init) ?? ""
        return name + "/" + file.dropFirst(root.count).drop { $0 == "/" }
    }

    public mutating func track(_ sound: SoundRecord) -> Track {
        let details = sound.details
        var track = Track(
            id: Self.id(file: sound.file, root: sound.root), title: details.title ?? Self.title(of: sound.file), artist: details.artist ?? "",
            album: details.album ?? "", year: details.year, duration: details.seconds, mbid: details.mbid ?? "", isrc: details.isrc ?? "", file: sound.file)
        let measured = Measured(
            tempo: details.tempo, tempoConfidence: details.tempoConfidence, key: details.key, keyConfidence: details.keyConfidence, loudness: details.loudness,
            brightness: details.brightness)
        track.measured = measured.isEmpty ? nil : measured
        for tag in details.tags { tags.apply(tag, to: &track) }
        let heard = (taggers[sound.model] ?? []).map { (tag: $0, confidence: $0.confidence(Double(details.activations[$0.tag] ?? 0))) }
        // Strongest first: of two tags for one descriptor the stronger counts.
        for (tag, confidence) in heard.sorted(by: { ($0.confidence, $1.tag.tag) > ($1.confidence, $0.tag.tag) }) where confidence >= Self.leastConfidence {
            add(tag.descriptor, weight: confidence, provenance: "tagger:" + sound.model, to: &track)
        }
        if let tempo = details.tempo, let confidence = details.tempoConfidence, confidence >= Self.leastTempoConfidence, let descriptor = self.tempo(tempo) {
            add(descriptor, weight: confidence, provenance: Self.tempoProvenance, to: &track)
        }
        return track
    }

    private func add(_ id: DescriptorID, weight: Double, provenance: String, to track: inout Track) {
        guard !track.descriptors.contains(where: { $0.id == id }) else { return }
        track.descriptors.append(TrackDescriptor(id, weight: min(1, weight), provenance: provenance))
    }

    /// The plain words for tempi; Italian and dancers' ones say more than beats a minute do.
    private static let tempi = ["very-slow", "slow", "mid-tempo", "uptempo", "fast", "very-fast"].map { DescriptorID(.tempo, $0) }

    /// The tempo whose middle is nearest: the ranges overlap.
    private func tempo(_ bpm: Double) -> DescriptorID? {
        let distances: [(id: DescriptorID, distance: Double)] = Self.tempi.compactMap { id in
            guard let index = vocabulary.index(of: id), case .tempo(let range) = vocabulary.descriptors[index].attributes else { return nil }
            return (id, ((range.lowerBound + range.upperBound) / 2 - bpm).magnitude)
        }
        return distances.min { $0.distance < $1.distance }?.id
    }

    /// A file's name without its number and extension: "03 - Island Sun.mp3" is "Island Sun".
    static func title(of file: String) -> String {
        var name = file.split(separator: "/").last.map(String.init) ?? file
        if let point = name.lastIndex(of: "."), point > name.startIndex { name = String(name[..<point]) }
        let digits = name.prefix { $0.isASCII && $0.isNumber }
        let rest = name.dropFirst(digits.count)
        guard (1...3).contains(digits.count), let first = rest.first, " .-_".contains(first) else { return name }
        let title = rest.drop { " .-_".contains($0) }
        return title.isEmpty ? name : String(title)
    }
}
