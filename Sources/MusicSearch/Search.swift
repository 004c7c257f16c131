public import QueryPlanning
import Ranking
import Storage
import TrackCatalogue
import Vocabulary

extension Library {
    /// The way of a query, from text to answer.
    ///
    /// ```swift
    /// let library = try Library(path: "music.library")
    /// for hit in library.search("upbeat steel drum").hits { … }
    /// ```
    public func search(_ text: String, _ options: SearchOptions = SearchOptions()) -> SearchResponse {
        search(planner.plan(text), options)
    }

    /// Same plan, same library and its encoder (or none): same bytes.
    ///
    /// The plan is compiled for this library (`PlanCompiler`), every track is scored (`CandidateScan`), the best are freed of repetition (`Diversity`), and each
    /// hit's score is taken apart again into reasons.
    public func search(_ plan: QueryPlan, _ options: SearchOptions = SearchOptions()) -> SearchResponse {
        search(Conversation(plan), options)
    }

    /// The answer to the latest turn of a conversation.
    public func search(_ conversation: Conversation, _ options: SearchOptions = SearchOptions()) -> SearchResponse {
        let plan = conversation.plan
        var compiler = PlanCompiler(plan, self)
        let limit = max(1, min(options.limit ?? plan.count ?? SearchOptions.defaultLimit, SearchOptions.largestLimit))
        let offset = max(0, min(options.offset, tracks.count))
        let needed = offset + limit

        compiler.query.within = options.candidates.map(Set.init)
        var picked: [Diversity.Pick] = []
        let (query, found) = settle(&compiler) { query in
            let (found, some) = pick(query, needed, options)
            picked = some
            return found
        }
        let shown = picked.dropFirst(offset)
        let hits = hits(Array(shown), firstRank: offset + 1, plan, query, options)
        var response = SearchResponse(
            text: plan.text, state: conversation.handle, parent: conversation.parent?.handle, plan: plan, hits: hits,
            move: compiler.destination.map { change($0, plan, from: compiler.likedDocuments, to: shown.map(\.candidate.document)) },
            totals: SearchResponse.Totals(strong: found.strong, near: found.near),
            unmatched: options.candidates.map { unmatched($0, found.documents) }, facets: options.facets ? facets(found.documents) : nil,
            shortfalls: compiler.shortfalls, ignored: compiler.ignored, tracks: tracks.count, generation: manifest.generation)
        response.say = response.sentence
        return response
    }

    private func unmatched(_ asked: [DocumentID], _ found: [UInt32]) -> [String] {
        let found = Set(found)
        return asked.filter { !found.contains($0) }.map(tracks.id)
    }

    /// The query that a plan comes to in this library, with what it finds: relaxed until something is found, then listened to.
    func settle(_ compiler: inout PlanCompiler, _ find: (CandidateQuery) -> CandidateSet) -> (query: CandidateQuery, found: CandidateSet) {
        var query = compiler.query
        guard asksSomething(query) else { return (query, CandidateSet()) }
        var found = find(query)
        while found.total == 0, compiler.relax(&query) { found = find(query) }
        if found.total == 0 { compiler.noteKept() }
        if let heard = hearing(query, like: found.best, compiler.plan) {
            query = heard
            found = find(query)
        }
        return (query, found)
    }

    /// The query with one wish more: to sound like the best matches. Where nobody named a seed, they are the audio channel's start.
    private func hearing(_ query: CandidateQuery, like found: [Candidate], _ plan: QueryPlan) -> CandidateQuery? {
        guard let likeness, likeness.isSound, plan.seeds.isEmpty, query.wishes.contains(where: { $0.weight > 0 }) else { return nil }
        let best = found.lazy.filter { $0.relevance == .strong }.prefix(Self.heardMatches).map(\.document)
        guard !best.isEmpty, let start = likeness.start([(Array(best), 1)]) else { return nil }
        var query = query
        // The cuts go with the scores: who was strong without it stays strong.
        for i in query.wishes.indices { query.wishes[i].weight *= 1 - Self.heardShare }
        query.strongScore *= 1 - Self.heardShare
        query.nearScore *= 1 - Self.heardShare
        query.wishes.append(
            CandidateQuery.Wish(
                origin: .likeness("sounds like the best matches"), own: [], near: [], weight: Self.heardShare * (1 - CandidateQuery.focusWeight), idf: 0,
                found: likeness.nearest(start, target: nil, strength: 0, excluding: [])))
        return query
    }

    private static let heardMatches = 5
    /// Of the score: enough to tell tracks apart that are described alike, too little to put one first that is not.
    private static let heardShare: Float = 0.15

    /// Shuffles stretches of the ranking, so that pages of one variation fit together; what is strong stays before what is near.
    private func vary(_ ranking: inout [Candidate], by seed: UInt64) {
        func key(_ candidate: Candidate) -> UInt64 {
            var text = tracks.id(candidate.document)
            return text.withUTF8 { Checksum.xxh3(UnsafeRawBufferPointer($0)) ^ (seed &* 0x9E37_79B9_7F4A_7C15) } &* 0xD6E8_FEB8_6659_FD93 >> 11
        }
        var start = 0
        while start < ranking.count {
            let end = min(ranking.count, start + Self.variedStretch)
            let keys = Dictionary(uniqueKeysWithValues: ranking[start..<end].map { ($0.document, key($0)) })
            ranking[start..<end].sort {
                $0.relevance != $1.relevance
                    ? $0.relevance == .strong : (keys[$0.document] ?? 0, $0.document) < (keys[$1.document] ?? 0, $1.document)
            }
            start = end
        }
    }

    private static let variedStretch = 40

    func asksSomething(_ query: CandidateQuery) -> Bool {
        query.wishes.contains { $0.weight > 0 } || !query.bans.isEmpty || query.years != nil || query.duration != nil || query.key != nil
            || !query.artists.isEmpty
    }

    /// Candidates enough to fill the page after folding and capping; more are fetched only when that takes more.
    private func pick(_ query: CandidateQuery, _ needed: Int, _ options: SearchOptions) -> (found: CandidateSet, picked: [Diversity.Pick]) {
        let diversity = Diversity(self, query, options)
        var limit = needed * 4 + 40
        while true {
            var found = candidates(query, limit: limit, collectingAll: options.facets || options.candidates != nil)
            if let variation = options.variation { vary(&found.best, by: variation) }
            let picked = diversity.pick(found.best, count: needed)
            if found.best.count < limit || picked.count >= needed { return (found, picked) }
            limit *= 8
        }
    }

    // MARK: Hits

    private func hits(
        _ picked: [Diversity.Pick], firstRank: Int, _ plan: QueryPlan, _ query: CandidateQuery, _ options: SearchOptions
    ) -> [Hit] {
        let parts = parts(query, of: picked.map(\.candidate.document))
        return picked.indices.map { i in
            let candidate = picked[i].candidate
            return hit(
                candidate.document, rank: firstRank + i, score: Double(candidate.score), candidate.relevance, versions: picked[i].versions,
                reasons: reasons(candidate.document, parts[i], plan, query),
                explanation: options.explain ? explanation(candidate, parts[i], plan, query) : nil)
        }
    }

    func hit(
        _ document: UInt32, rank: Int, score: Double, _ relevance: Relevance, versions: Int, reasons: [Reason], explanation: Explanation?
    ) -> Hit {
        let identifiers = tracks.identifiers(document)
        func present(_ text: String) -> String? { text.isEmpty ? nil : text }
        return Hit(
            rank: rank, id: tracks.id(document), title: tracks.title(document), artist: tracks.artist(document), album: present(tracks.album(document)),
            year: tracks.year(document), duration: tracks.duration(document), file: present(tracks.file(document)), mbid: present(identifiers.mbid),
            isrc: present(identifiers.isrc), score: score, relevance: relevance, versions: versions, descriptors: descriptors(of: document),
            mood: likeness?.mood(of: document), measured: tracks.measured(document), reasons: reasons, explanation: explanation)
    }

    private func descriptors(of document: UInt32) -> [String: [String]] {
        var result: [String: [String]] = [:]
        for link in tracks.links(document) {
            let descriptor = vocabulary.descriptors[Int(link.descriptor)]
            result[descriptor.id.facet.rawValue, default: []].append(descriptor.label)
        }
        return result
    }

    /// Parts in words. A seed's many small parts become one reason.
    func reasons(_ document: UInt32, _ parts: [ScorePart], _ plan: QueryPlan, _ query: CandidateQuery) -> [Reason] {
        var reasons: [Reason] = []
        if query.base > 0 { reasons.append(Reason(kind: .filters, text: "within the filters", value: Double(query.base))) }
        var seeds: [Int: (value: Double, signs: [String])] = [:]
        for (wish, part) in zip(query.wishes, parts) where part.value != 0 {
            switch wish.origin {
            case .seed(let seed):
                seeds[seed, default: (0, [])].value += Double(part.value)
                seeds[seed, default: (0, [])].signs.append(label(part.sign))
            case .clauses, .tempo, .words, .meaning, .likeness, .keep:
                reasons.append(reason(document, wish, part, plan))
            }
        }
        for (seed, entry) in seeds.sorted(by: { $0.key < $1.key }) {
            reasons.append(
                Reason(
                    kind: .seed, text: "like \(plan.seeds[seed].name): \(entry.signs.prefix(5).joined(separator: ", "))", value: entry.value,
                    span: plan.seeds[seed].span))
        }
        if let focus = parts.last, focus.value > 0 { reasons.append(Reason(kind: .focus, text: "focus", value: Double(focus.value))) }
        return reasons.sorted { $0.value > $1.value }
    }

    /// The descriptors of a wish whose evidence adds up that a track has, itself or by a narrower one.
    private func labels(_ wish: CandidateQuery.Wish, _ document: UInt32) -> String {
        var held: Set<Int> = []
        for link in tracks.links(document) {
            held.insert(Int(link.descriptor))
            for ancestor in vocabulary.ancestors(of: Int(link.descriptor)) { held.insert(ancestor.index) }
        }
        return wish.own.compactMap { evidence in
            if case .descriptor(let index) = evidence.sign, held.contains(index) { vocabulary.descriptors[index].label } else { nil }
        }.joined(separator: ", ")
    }

    private func reason(_ document: UInt32, _ wish: CandidateQuery.Wish, _ part: ScorePart, _ plan: QueryPlan) -> Reason {
        let name = label(part.sign)
        let value = Double(part.value)
        switch wish.origin {
        case .clauses(let clauses) where wish.adds:
            let span = clauses.first.map { plan.clauses[$0].span }
            return Reason(kind: .near, text: "\(labels(wish, document)), near \"\(span.map(plan.source) ?? "")\"", value: value, span: span)
        case .clauses(let clauses):
            let span = clauses.first.map { plan.clauses[$0].span }
            let isOwn = wish.own.contains { $0.sign == part.sign }
            let asked = clauses.first.flatMap { vocabulary.descriptor(plan.clauses[$0].descriptor)?.label } ?? ""
            let heard = evidenceOfSound(part.sign, document)
            return isOwn || wish.weight < 0
                ? Reason(kind: .descriptor, text: name, value: value, span: span, source: heard?.source, confidence: heard?.confidence)
                : Reason(kind: .near, text: "\(name), near \(asked)", value: value, span: span, source: heard?.source, confidence: heard?.confidence)
        case .words: return Reason(kind: .words, text: "in title or caption: \(name)", value: value)
        case .meaning: return Reason(kind: .meaning, text: "meaning as a whole", value: value)
        case .tempo:
            let tempo = tracks.measured(document)?.tempo
            let text = tempo.map { "\(Int(max(0, min(9999, $0.rounded())))) bpm" } ?? (part.sign == nil ? tempoWords(document) : name)
            return Reason(
                kind: .tempo, text: text, value: value, span: plan.filters.bpm?.span, source: tempo == nil ? nil : "measured:tempo",
                confidence: tempo == nil ? nil : wish.found(document)?.confidence.map(Double.init))
        case .seed: return Reason(kind: .seed, text: name, value: value)
        case .keep(let facet): return Reason(kind: .kept, text: "same \(facet.rawValue): \(name)", value: value)
        case .likeness(let text):
            let source = likeness.flatMap { $0.isSound ? "sound:" + $0.vectors.encoder : nil }
            return Reason(kind: .likeness, text: text, value: value, source: source, confidence: wish.found(document)?.confidence.map(Double.init))
        }
    }

    /// What heard a descriptor, or one that is narrower, in a track, and how surely; nil where somebody said it.
    private func evidenceOfSound(_ sign: CandidateQuery.Evidence.Sign?, _ document: UInt32) -> (source: String, confidence: Double)? {
        guard case .descriptor(let index) = sign, tracks.links(document).contains(where: tracks.isHeard) else { return nil }
        let links = tracks.links(document).filter { vocabulary.isKind(Int($0.descriptor), of: index) }
        guard let best = links.max(by: { $0.weight < $1.weight }), links.allSatisfy(tracks.isHeard) else { return nil }
        return (tracks.provenance(best), Double(best.weight) / 255)
    }

    private func tempoWords(_ document: UInt32) -> String {
        tracks.links(document).map { vocabulary.descriptors[Int($0.descriptor)] }.filter { $0.id.facet == .tempo }.map(\.label).joined(separator: ", ")
    }

    /// What found a document where no posting list did.
    private func finder(_ wish: CandidateQuery.Wish) -> String {
        switch wish.origin {
        case .meaning: "likeness of the whole request"
        case .likeness(let text): text
        case .tempo: "tempo"
        case .clauses, .seed, .words, .keep: "vectors"
        }
    }

    private func label(_ sign: CandidateQuery.Evidence.Sign?) -> String {
        switch sign {
        case .descriptor(let index): vocabulary.descriptors[index].label
        case .word(let stem): stem
        case nil: ""
        }
    }

    func explanation(_ candidate: Candidate, _ parts: [ScorePart], _ plan: QueryPlan, _ query: CandidateQuery) -> Explanation {
        var details: [Explanation] = []
        if query.base > 0 { details.append(Explanation(Double(query.base), "passes every filter; nothing else was asked for")) }
        for (wish, part) in zip(query.wishes, parts) where part.value != 0 {
            details.append(
                Explanation(
                    Double(part.value),
                    "weight \(wish.weight) × match \(part.match) by \(part.sign == nil ? finder(wish) : label(part.sign))"
                        + (wish.weight < 0 ? " (unwanted)" : part.sign == nil || wish.own.contains { $0.sign == part.sign } ? "" : " (near)")))
        }
        if let focus = parts.last {
            details.append(
                Explanation(
                    Double(focus.value),
                    "weight \(CandidateQuery.focusWeight) × \(focus.match), the share of the track's descriptors (by idf) that was asked for"))
        }
        return Explanation(Double(candidate.score), "sum over wishes of weight × match, plus focus", parts: details)
    }

    // MARK: Facets

    private func facets(_ documents: [UInt32]) -> [String: [FacetCount]] {
        var counts = [Int](repeating: 0, count: vocabulary.count)
        for document in documents {
            for link in tracks.links(document) { counts[Int(link.descriptor)] += 1 }
        }
        var result: [String: [FacetCount]] = [:]
        for (index, count) in counts.enumerated() where count > 0 {
            let descriptor = vocabulary.descriptors[index]
            result[descriptor.id.facet.rawValue, default: []].append(FacetCount(descriptor: descriptor.id, label: descriptor.label, count: count))
        }
        return result.mapValues { counts in
            Array(counts.sorted { $0.count != $1.count ? $0.count > $1.count : $0.descriptor < $1.descriptor }.prefix(12))
        }
    }
}

extension PlanCompiler {
    /// Nothing meets all that binds: lets go of one facet's binding, the least telling first. False when nothing binds any more.
    mutating func relax(_ query: inout CandidateQuery) -> Bool {
        for facet in [Facet.texture, .tempo, .theme, .mood, .voice, .place, .era, .instrument, .genre] {
            let bound = query.wishes.indices.filter { query.wishes[$0].binding == .facet(facet) }
            guard !bound.isEmpty else { continue }
            for i in bound { query.wishes[i].binding = nil }
            query.isIncomplete = true
            noteRelaxed(facet)
            return true
        }
        return false
    }
}
