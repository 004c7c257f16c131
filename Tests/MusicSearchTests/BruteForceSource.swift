import Foundation
import QueryPlanning
import Storage
import TextAnalysis
import Vocabulary

@testable import MusicSearch

/// The same questions answered by going through every track: no index, no windows, no heap. It reads a library's tracks and vocabulary and nothing else.
struct BruteForceSource: CandidateSource {
    private struct Track {
        /// Own descriptors and broader ones, in 1…255.
        var weights: [Int: UInt8]
        var words: Set<String>
        var artist: String
        var year: Int?
        var duration: Double?
        var id: String
        /// Σ idf × weight over the track's own descriptors.
        var mass: Float
    }

    /// Evidence below this does not ban.
    private static let banThreshold: Float = 0.25

    private let tracks: [Track]

    init(_ library: Library) {
        let (store, vocabulary) = (library.tracks, library.vocabulary)
        let documents = 0..<UInt32(store.count)
        var frequencies: [Int: Int] = [:]
        for document in documents {
            // A descriptor is as frequent as the tracks that have it or a narrower one.
            let had = store.links(document).flatMap { link in [Int(link.descriptor)] + vocabulary.ancestors(of: Int(link.descriptor)).map(\.index) }
            for descriptor in Set(had) { frequencies[descriptor, default: 0] += 1 }
        }
        tracks = documents.map { document in
            var weights: [Int: UInt8] = [:]
            var mass: Float = 0
            for link in store.links(document) {
                let own = Int(link.descriptor)
                mass += (logf(Float(store.count + 1) / Float((frequencies[own] ?? 0) + 1)) + 1) * Float(link.weight) / 255
                for (descriptor, steps) in [(index: own, distance: 0)] + vocabulary.ancestors(of: own) {
                    // A narrower descriptor speaks for a broader one, each step at a share of it.
                    let share = (0..<steps).reduce(1.0) { share, _ in share * GenerationBuilder.broaderShare }
                    weights[descriptor] = max(weights[descriptor] ?? 1, UInt8(max(1, (Double(link.weight) * share).rounded())))
                }
            }
            let text = [store.title(document), store.artist(document), store.album(document)].filter { !$0.isEmpty }.joined(separator: " | ")
            return Track(
                weights: weights, words: Set(vocabulary.analyzer.terms(text)), artist: store.artist(document).lowercased(), year: store.year(document),
                duration: store.duration(document), id: store.id(document), mass: mass)
        }
    }

    private func value(_ evidence: CandidateQuery.Evidence, _ track: Track) -> Float? {
        switch evidence.sign {
        case .descriptor(let index): track.weights[index].map { evidence.factor / 255 * Float($0) }
        case .word(let stem): track.words.contains(stem) ? evidence.factor : nil
        }
    }

    private func match(_ evidence: [CandidateQuery.Evidence], adds: Bool, _ track: Track) -> Float {
        let values = evidence.compactMap { value($0, track) }
        return adds ? values.reduce(0, +) : values.max() ?? 0
    }

    func parts(_ query: CandidateQuery, of documents: [UInt32]) -> [[ScorePart]] {
        documents.map { document in
            let track = tracks[Int(document)]
            var parts: [ScorePart] = []
            var mass: Float = 0
            for wish in query.wishes {
                let evidence = wish.own + wish.near
                let found = wish.found.first { $0.document == document }?.match ?? 0
                let match = match(evidence, adds: wish.adds, track) + found
                if wish.weight > 0 { mass += wish.idf * match }
                var strongest: (sign: CandidateQuery.Evidence.Sign, value: Float)?
                for item in evidence {
                    if let value = value(item, track), value > strongest?.value ?? 0 { strongest = (item.sign, value) }
                }
                parts.append(ScorePart(value: wish.weight * match, match: match, sign: strongest?.sign))
            }
            let focus = min(1, mass / max(track.mass, 1e-6))
            return parts + [ScorePart(value: CandidateQuery.focusWeight * focus, match: focus, sign: nil)]
        }
    }

    func candidates(_ query: CandidateQuery, limit: Int, collectingAll: Bool) -> CandidateSet {
        var all: [Candidate] = []
        let binding = query.wishes.filter { $0.binding != nil }
        for (document, track) in tracks.enumerated() {
            guard passes(query, track), !query.bans.contains(where: { match($0, adds: false, track) >= Self.banThreshold }) else { continue }
            let bound = binding.filter { match($0.own, adds: $0.adds, track) > 0 }
            // One wish of each facet that binds makes a candidate; all of them make it strong.
            guard Set(bound.map(\.binding)) == Set(binding.map(\.binding)) else { continue }
            let parts = parts(query, of: [UInt32(document)])[0]
            let matched = parts.dropLast().reduce(query.base) { $0 + $1.value }
            guard matched > 0, let focus = parts.last else { continue }
            let score = matched + focus.value
            guard score >= query.nearScore else { continue }
            let isStrong = bound.count == binding.count && score >= query.strongScore && !query.isIncomplete
            all.append(Candidate(document: UInt32(document), score: score, relevance: isStrong ? .strong : .near))
        }
        var set = CandidateSet()
        set.strong = all.count { $0.relevance == .strong }
        set.near = all.count - set.strong
        set.best = Array(all.sorted { $0.score != $1.score ? $0.score > $1.score : $0.document < $1.document }.prefix(limit))
        set.documents = collectingAll ? all.map(\.document) : []
        return set
    }

    private func passes(_ query: CandidateQuery, _ track: Track) -> Bool {
        if let years = query.years, track.year.map({ years.contains(Double($0)) }) != true { return false }
        if let duration = query.duration, track.duration.map({ duration.contains($0) }) != true { return false }
        if !query.artists.isEmpty, !query.artists.contains(where: { $0.lowercased() == track.artist }) { return false }
        return !query.withoutArtists.contains { $0.lowercased() == track.artist } && !query.withoutTracks.contains(track.id)
    }
}
