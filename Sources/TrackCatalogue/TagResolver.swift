import Vocabulary

/// Turns the tags of a corpus into descriptors of the vocabulary, each tag once.
struct TagResolver {
    private let vocabulary: Vocabulary
    private var known: [String: [DescriptorID]] = [:]
    /// Tags that name nothing in the vocabulary, counted.
    private(set) var unresolved: [String: Int] = [:]

    init(_ vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
    }

    /// Descriptors that a tag names; several for a phrase such as "soft female vocal". Empty when none, and then counted.
    mutating func descriptors(_ tag: String) -> [DescriptorID] {
        if let ids = known[tag] {
            if ids.isEmpty { unresolved[tag, default: 0] += 1 }
            return ids
        }
        let ids: [DescriptorID]
        if let whole = vocabulary.descriptor(named: tag) {
            ids = [vocabulary.descriptors[whole].id]
        } else {
            ids = vocabulary.resolve(tag).map { vocabulary.descriptors[$0.descriptor].id }
        }
        known[tag] = ids
        if ids.isEmpty { unresolved[tag, default: 0] += 1 }
        return ids
    }

    /// Adds a tag's descriptors to a track, and the tag itself to its caption when it names none, so that it can still be searched as a word.
    mutating func apply(_ tag: String, to track: inout Track, weight: Double = 1, provenance: String = "editorial") {
        let ids = descriptors(tag)
        if ids.isEmpty {
            track.caption += (track.caption.isEmpty ? "" : "; ") + tag
        }
        for id in ids where !track.descriptors.contains(where: { $0.id == id }) {
            track.descriptors.append(TrackDescriptor(id, weight: weight, provenance: provenance))
        }
    }
}
