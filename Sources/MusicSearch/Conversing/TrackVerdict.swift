public import QueryPlanning
public import Ranking
import Storage
import TextAnalysis
import TrackCatalogue
import Vocabulary

/// Why a track is among the answers to a plan, or is not.
public struct TrackVerdict: Codable, Hashable, Sendable {
    public var id: String
    public var title: String
    public var artist: String
    /// Whether it is in the candidate set and stands for itself there.
    public var isFound: Bool
    /// Its place among the hits.
    public var rank: Int?
    public var score: Double
    public var relevance: Relevance
    /// Scores from which on a track is strong, or comes near.
    public var strongScore: Double
    public var nearScore: Double
    /// What keeps it out, each in words.
    public var obstacles: [String]
    public var reasons: [Reason]
    /// What was asked for and it has nothing of.
    public var unmet: [String]
    public var explanation: Explanation
    /// All that in one sentence.
    public var say: String
}

extension Library {
    /// Holds one track to a plan.
    public func verdict(_ document: DocumentID, _ plan: QueryPlan, _ options: SearchOptions = SearchOptions()) -> TrackVerdict {
        var compiler = PlanCompiler(plan, self)
        let (query, found) = settle(&compiler) { candidates($0, limit: tracks.count, collectingAll: false) }
        let parts = parts(query, of: [document])[0]
        let place = found.best.firstIndex { $0.document == document }
        let score = place.map { found.best[$0].score } ?? (query.base + parts.reduce(0) { $0 + $1.value })
        let relevance = place.map { found.best[$0].relevance } ?? .none
        let candidate = Candidate(document: document, score: score, relevance: relevance)

        var rank: Int?
        var obstacles: [String] = []
        if let place {
            let picked = Diversity(self, query, options).pick(Array(found.best[...place]), count: place + 1)
            if let position = picked.firstIndex(where: { $0.candidate.document == document }) {
                rank = position + 1
            } else if let twin = picked.first(where: { tracks.records[Int($0.candidate.document)].recording == tracks.records[Int(document)].recording }) {
                obstacles.append("it is a version of “\(tracks.title(twin.candidate.document))”, which is shown for it")
            } else {
                obstacles.append("\(options.perArtist ?? 0) tracks by \(tracks.artist(document)) come before it, and no artist has more")
            }
        } else {
            obstacles = self.obstacles(document, plan, query, score)
        }
        let unmet = zip(query.wishes, parts).filter { $0.weight > 0 && $1.match == 0 }.compactMap { wish, _ in words(of: wish, plan) }
        var verdict = TrackVerdict(
            id: tracks.id(document), title: tracks.title(document), artist: tracks.artist(document), isFound: rank != nil, rank: rank, score: Double(score),
            relevance: relevance, strongScore: Double(query.strongScore), nearScore: Double(query.nearScore), obstacles: obstacles,
            reasons: reasons(document, parts, plan, query), unmet: unmet.reduce(into: []) { if !$0.contains($1) { $0.append($1) } },
            explanation: explanation(candidate, parts, plan, query), say: "")
        verdict.say = verdict.sentence
        return verdict
    }

    private func obstacles(_ document: DocumentID, _ plan: QueryPlan, _ query: CandidateQuery, _ score: Float) -> [String] {
        var obstacles: [String] = []
        let record = tracks.records[Int(document)]
        if let years = query.years {
            if record.year == .min {
                obstacles.append("its year is not known, and years are asked for")
            } else if !years.contains(Double(record.year)) {
                obstacles.append("it is of \(record.year)")
            }
        }
        if let duration = query.duration, record.duration < 0 || !duration.contains(Double(record.duration)) {
            obstacles.append(record.duration < 0 ? "its length is not known" : "it lasts \(Int(record.duration.rounded())) seconds")
        }
        if let key = query.key, tracks.measured(document)?.key != MusicalKey(number: key)?.description {
            obstacles.append(tracks.measured(document)?.key.map { "it is in \($0)" } ?? "its key is not known")
        }
        func isBy(_ names: [String]) -> Bool { names.contains { tracks.artistNumber($0) == record.artist } }
        if !query.artists.isEmpty, !isBy(query.artists) { obstacles.append("it is by \(tracks.artist(document))") }
        if isBy(query.withoutArtists) { obstacles.append("tracks by \(tracks.artist(document)) are left out") }
        if query.withoutTracks.contains(tracks.id(document)) { obstacles.append("it is the seed itself, and others are asked for") }
        for ban in query.bans {
            for evidence in ban {
                guard case .descriptor(let index) = evidence.sign, has(document, index) else { continue }
                obstacles.append("it has \(vocabulary.descriptors[index].label), which is to be left out")
            }
        }
        let bindings = Set(query.wishes.compactMap(\.binding))
        for binding in bindings.sorted(by: { "\($0)" < "\($1)" }) {
            // What comes near is no substitute for what binds.
            let bound = query.wishes.filter { $0.binding == binding }
            let isMet = bound.contains { wish in
                wish.own.contains { if case .descriptor(let index) = $0.sign { has(document, index) } else { false } }
            }
            guard !isMet else { continue }
            let names = bound.compactMap { words(of: $0, plan) }
            obstacles.append("it is not marked as \(names.joined(separator: " or ")), which is held to")
        }
        if !asksSomething(query) { return ["nothing is asked for"] }
        if obstacles.isEmpty, score < query.nearScore {
            obstacles.append("its score \(rounded(score)) is below \(rounded(query.nearScore)), from which on tracks come near")
        }
        return obstacles
    }

    /// Whether a track has a descriptor, itself or by a narrower one.
    private func has(_ document: DocumentID, _ descriptor: Int) -> Bool {
        tracks.links(document).contains { vocabulary.isKind(Int($0.descriptor), of: descriptor) }
    }

    private func words(of wish: CandidateQuery.Wish, _ plan: QueryPlan) -> String? {
        switch wish.origin {
        case .clauses(let clauses): clauses.first.map { vocabulary.descriptor(plan.clauses[$0].descriptor)?.label ?? plan.clauses[$0].descriptor.slug }
        case .tempo: "the tempo"
        case .words: "the words in its title or caption"
        case .keep(let facet): "the seed's \(facet.rawValue)"
        case .likeness(let text): text
        case .seed(let seed): "what \(plan.seeds[seed].name) has"
        case .meaning: nil
        }
    }

    private func rounded(_ score: Float) -> Double { (Double(score) * 100).rounded() / 100 }
}

extension TrackVerdict {
    fileprivate var sentence: String {
        let name = "“\(title)”" + (artist.isEmpty ? "" : " by \(artist)")
        let best = reasons.filter { $0.kind != .focus && $0.value > 0 }.prefix(3).map(\.text).joined(separator: ", ")
        if let rank { return "\(name) is number \(rank)\(best.isEmpty ? "" : ": \(best)")." }
        let lacks = unmet.isEmpty || !obstacles.contains { $0.hasPrefix("its score") } ? "" : "; it has nothing of \(unmet.joined(separator: ", "))"
        return "\(name) is not among the answers: \(obstacles.joined(separator: "; "))\(lacks)."
    }
}
