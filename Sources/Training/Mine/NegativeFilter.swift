import Ranking

/// Why a document that a retriever found is no negative of a request; of several reasons the first counts.
public enum DropReason: String, Codable, CodingKeyRepresentable, CaseIterable, Hashable, Sendable {
    /// The document that the request asks for.
    case own
    /// Asked for by the same words in another request.
    case asked
    /// Made from the same song as the own one: what is true of a song is an answer to every request that the song was the source of.
    case sameSong
    /// Another document with the same tags as the own one, up to inflection.
    case sameSet
    case nearDuplicate
    /// Has all tags of the own one, or only such: see `MineStage.Options.Containment`.
    case contained
    /// All of its tags are said in the request's own words: it is an answer.
    case said
    /// The guide finds it too near.
    case tooNear
}

/// Judges candidates by what is known of the documents.
struct NegativeFilter {
    let options: MineStage.Options
    let terms: DocumentTerms

    /// A request with all that its candidates are held to.
    struct Subject {
        var document: Int
        var source: TrainingRequest.Source
        /// Documents that the same words ask for.
        var asked: Set<Int>
        /// Documents of the song that the request was made from.
        var song: Set<Int>
        /// Stems of the request that documents have, rising.
        var stems: ArraySlice<Int32>
        /// How near a document is, where a guide says it.
        var similarity: ((_ document: Int) -> Float)?
    }

    /// A test of a request's candidates: nil for a negative.
    func judge(of subject: Subject) -> (_ candidate: Int) -> DropReason? {
        let limit = tooNear(subject)
        let containment = subject.source == .caption ? options.captionContainment : options.containment
        let own = terms.tags[subject.document]
        return { candidate in
            if candidate == subject.document { return .own }
            if subject.asked.contains(candidate) { return .asked }
            if subject.song.contains(candidate) { return .sameSong }
            let tags = terms.tags[candidate]
            let common = NumberSets.common(own, tags)
            if common == own.count, common == tags.count { return .sameSet }
            if common > 0, Double(common) >= options.nearDuplicate * Double(own.count + tags.count - common) { return .nearDuplicate }
            switch containment {
            case .off: break
            case .containing: if common == own.count { return .contained }
            case .either: if common == own.count || common == tags.count { return .contained }
            }
            if options.dropsSaid, terms.stems.count(candidate) > 0,
                NumberSets.common(subject.stems, terms.stems[candidate]) == terms.stems.count(candidate)
            {
                return .said
            }
            if let limit, let similarity = subject.similarity, similarity(candidate) >= limit { return .tooNear }
            return nil
        }
    }

    /// The similarity from which on a document is too near.
    private func tooNear(_ subject: Subject) -> Float? {
        guard let similarity = subject.similarity else { return nil }
        switch options.denoising {
        case .off: return nil
        case .margin: return similarity(subject.document) + options.denoisingThreshold
        case .ratio:
            let own = similarity(subject.document)
            return own > 0 ? own * options.denoisingThreshold : nil
        }
    }
}
