import Encoders
import LexicalIndex
import QueryPlanning
import Storage
import TextAnalysis
import Vocabulary

#if canImport(Glibc)
    import Glibc
#endif

/// What a plan asks that a library cannot honour, or only in part.
public struct Shortfall: Hashable, Sendable, Codable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// No track here has the descriptor.
        case missing
        /// The library has no data to decide it by.
        case noEvidence
        /// Nothing meets all that binds, so a wish was let go.
        case relaxed
        /// A seed that the library does not have.
        case unknownSeed
    }

    public var kind: Kind
    public var text: String
    /// What the library has instead.
    public var instead: [String] = []
}

/// Compiles a plan for one library: wishes, bans, filters, and what falls short.
struct PlanCompiler {
    let library: Library
    let plan: QueryPlan
    /// Of each seed: an artist's take a look at every track, so they are found once.
    let seedDocuments: [[UInt32]]
    var vocabulary: Vocabulary { library.vocabulary }
    var query = CandidateQuery()
    var shortfalls: [Shortfall] = []
    /// Ignored words that occur in no title or caption.
    private(set) var ignored: [Ignored] = []
    /// Weight of the wishes that come from seeds, before scaling.
    var seedWeight: Float = 0
    /// The seeds' way to another mood, where the plan has one and the library can go it.
    var destination: MoodDestination?

    init(_ plan: QueryPlan, _ library: Library) {
        self.plan = plan
        self.library = library
        seedDocuments = plan.seeds.map(library.documents)
        addClauses()
        addTempo()
        let start = readMove()
        addSeeds()
        addLikeness(from: start)
        addKept()
        addWords()
        addMeaning()
        addFilters()
        scaleWeights()
    }

    // MARK: Clauses

    private mutating func addClauses() {
        let contradicted = Set(plan.conflicts.flatMap(\.clauses))
        var groups: [Int: Int] = [:]
        var missing: [(clause: Int, descriptor: Int)] = []
        for (i, clause) in plan.clauses.enumerated() {
            guard let descriptor = vocabulary.index(of: clause.descriptor) else {
                shortfalls.append(Shortfall(kind: .missing, text: clause.descriptor.description))
                continue
            }
            if isReadByMeaning(clause, descriptor) {
                missing.append((i, descriptor))
            } else if clause.polarity == .avoid {
                addAvoid(clause, i, descriptor, isContradicted: contradicted.contains(i))
            } else if let group = clause.alternatives, let wish = groups[group] {
                join(clause, descriptor, i, to: wish)
            } else {
                if let group = clause.alternatives { groups[group] = query.wishes.count }
                addReadings(clause, i, descriptor)
            }
        }
        // Of alternatives, some may be missing as long as one is there.
        for i in query.wishes.indices { reportMissing(i) }
        for (i, descriptor) in missing { addNeighbours(i, descriptor) }
        for i in query.wishes.indices where query.wishes[i].adds { weighMeanings(i) }
    }

    /// Brings what a phrase may mean to shares: each descriptor once, without half of what its broader ones say for it already, adding up to at most 1.
    private mutating func weighMeanings(_ wish: Int) {
        var factors: [Int: Float] = [:]
        for evidence in query.wishes[wish].own {
            if case .descriptor(let index) = evidence.sign { factors[index, default: 0] += evidence.factor }
        }
        let own = factors.map { index, factor in
            // A track with the narrower one is indexed under the broader one as well, at a share of its weight; half of that is taken off, or narrow
            // ones would always come first.
            let told = vocabulary.ancestors(of: index).reduce(Float(0)) { most, ancestor in
                max(most, (factors[ancestor.index] ?? 0) * powf(Float(GenerationBuilder.broaderShare), Float(ancestor.distance)))
            }
            return CandidateQuery.Evidence(.descriptor(index), factor: max(0, factor - told / 2))
        }
        // In a fixed order: a sum of floats depends on it, and a dictionary has none.
        let total = factors.sorted { $0.key < $1.key }.reduce(Float(0)) { $0 + $1.value }
        query.wishes[wish].own = own.sorted { $0.factor != $1.factor ? $0.factor > $1.factor : $0.descriptor < $1.descriptor }.map {
            .init($0.sign, factor: $0.factor / max(total, .leastNormalMagnitude))
        }
    }

    /// Whether the library lacks what a clause names, and the words around it were read by their meaning.
    private func isReadByMeaning(_ clause: Clause, _ descriptor: Int) -> Bool {
        clause.semantic == nil && clause.polarity == .want && library.documentFrequency(descriptor) == 0
            && plan.clauses.contains { $0.semantic != nil && $0.span.start <= clause.span.start && clause.span.end <= $0.span.end }
    }

    /// What is near a descriptor that the library lacks speaks for the meaning of its words, too.
    private mutating func addNeighbours(_ i: Int, _ descriptor: Int) {
        let span = plan.clauses[i].span
        let wish = query.wishes.firstIndex { wish in
            guard wish.adds, case .clauses(let clauses) = wish.origin, let first = clauses.first else { return false }
            return plan.clauses[first].semantic != nil && plan.clauses[first].span.start <= span.start && span.end <= plan.clauses[first].span.end
        }
        guard let wish else {
            shortfalls.append(Shortfall(kind: .missing, text: vocabulary.descriptors[descriptor].label))
            return
        }
        let near = Neighbourhood.evidence(of: descriptor, in: library)
        for evidence in near {
            query.wishes[wish].own.append(.init(evidence.sign, factor: evidence.factor * Self.neighbourShare))
        }
        query.isIncomplete = query.isIncomplete || plan.clauses[i].hard
        let labels = query.wishes[wish].own.sorted { $0.factor > $1.factor }.compactMap { evidence -> String? in
            if case .descriptor(let index) = evidence.sign { vocabulary.descriptors[index].label } else { nil }
        }
        var distinct: [String] = []
        for label in labels where !distinct.contains(label) { distinct.append(label) }
        shortfalls.append(Shortfall(kind: .missing, text: vocabulary.descriptors[descriptor].label, instead: Array(distinct.prefix(3))))
    }

    private static let neighbourShare: Float = 0.4

    /// The whole, its parts, or both: parts alone where the library lacks the whole; both, half each, where it has them all.
    private mutating func addReadings(_ clause: Clause, _ i: Int, _ descriptor: Int) {
        if let share = clause.semantic {
            // One of several meanings is right: a track is worth the chance that it has the right one, so shares add up.
            query.wishes.append(
                CandidateQuery.Wish(
                    origin: .clauses([i]), own: [.init(.descriptor(descriptor), factor: Float(share))], near: [], weight: Float(clause.strength),
                    idf: library.idf(descriptor), adds: true))
            return
        }
        let parts = clause.parts.compactMap { vocabulary.index(of: $0) }
        guard !parts.isEmpty, parts.allSatisfy({ library.documentFrequency($0) > 0 }) else {
            addWish(clause, i, descriptor, share: 1, isBinding: clause.hard)
            return
        }
        let hasWhole = library.documentFrequency(descriptor) > 0
        // Each part is worth a wish of its own: said apart they would be.
        let share = hasWhole ? 0.5 : 1
        if hasWhole { addWish(clause, i, descriptor, share: Float(parts.count) * 0.5, isBinding: false) }
        for part in parts { addWish(clause, i, part, share: Float(share), isBinding: clause.hard && !hasWhole) }
    }

    private mutating func addWish(_ clause: Clause, _ i: Int, _ descriptor: Int, share: Float, isBinding: Bool) {
        let facet = vocabulary.descriptors[descriptor].id.facet
        let binding: CandidateQuery.Binding? = isBinding ? .facet(facet) : nil
        // What binds and is plentiful needs no neighbours: they could not stand in for it.
        let isPlentiful = binding != nil && library.documentFrequency(descriptor) >= Neighbourhood.plenty
        query.wishes.append(
            CandidateQuery.Wish(
                origin: .clauses([i]), own: [.init(.descriptor(descriptor))], near: isPlentiful ? [] : Neighbourhood.evidence(of: descriptor, in: library),
                weight: Float(clause.strength) * share, idf: library.idf(descriptor), binding: binding))
    }

    private mutating func join(_ clause: Clause, _ descriptor: Int, _ i: Int, to wish: Int) {
        guard case .clauses(let clauses) = query.wishes[wish].origin else { return }
        query.wishes[wish].origin = .clauses(clauses + [i])
        if let share = clause.semantic {
            query.wishes[wish].own.append(.init(.descriptor(descriptor), factor: Float(share)))
            return
        }
        query.wishes[wish].own.append(.init(.descriptor(descriptor)))
        query.wishes[wish].near += Neighbourhood.evidence(of: descriptor, in: library)
    }

    private mutating func reportMissing(_ wish: Int) {
        let descriptors = query.wishes[wish].own.compactMap { evidence -> Int? in
            if case .descriptor(let index) = evidence.sign { index } else { nil }
        }
        guard descriptors.allSatisfy({ library.documentFrequency($0) == 0 }) else { return }
        let instead = query.wishes[wish].near.filter { evidence in
            if case .descriptor(let index) = evidence.sign { library.documentFrequency(index) > 0 } else { false }
        }
        // What is near is all there is: let it count for more.
        for i in query.wishes[wish].near.indices { query.wishes[wish].near[i].factor = min(0.85, query.wishes[wish].near[i].factor * 1.5) }
        if query.wishes[wish].binding != nil {
            query.wishes[wish].binding = nil
            query.isIncomplete = true
        }
        let labels = instead.sorted { $0.factor > $1.factor }.prefix(3).compactMap { evidence -> String? in
            if case .descriptor(let index) = evidence.sign { vocabulary.descriptors[index].label } else { nil }
        }
        shortfalls.append(
            Shortfall(kind: .missing, text: descriptors.map { vocabulary.descriptors[$0].label }.joined(separator: " or "), instead: labels))
    }

    private mutating func addAvoid(_ clause: Clause, _ i: Int, _ descriptor: Int, isContradicted: Bool) {
        if library.documentFrequency(descriptor) == 0 {
            shortfalls.append(
                Shortfall(kind: .noEvidence, text: "no track here is marked as \(vocabulary.descriptors[descriptor].label), so none was left out for it"))
        }
        if clause.hard, !isContradicted {
            query.bans.append([.init(.descriptor(descriptor))])
        } else {
            query.wishes.append(
                CandidateQuery.Wish(
                    origin: .clauses([i]), own: [.init(.descriptor(descriptor))], near: [], weight: -0.6 * Float(clause.strength),
                    idf: library.idf(descriptor)))
        }
        // "No vocals" asks for what is marked instrumental; a track without any mark is unknown, not proven.
        if clause.descriptor == DescriptorID(.voice, "vocals"), let instrumental = vocabulary.index(of: DescriptorID(.voice, "instrumental")) {
            query.wishes.append(
                CandidateQuery.Wish(
                    origin: .clauses([i]), own: [.init(.descriptor(instrumental))], near: [], weight: 0.3, idf: library.idf(instrumental)))
        }
    }

    /// Tempo in beats per minute: as it was measured, else by the tempo words whose range meets it.
    private mutating func addTempo() {
        guard let bpm = plan.filters.bpm else { return }
        let words = vocabulary.descriptors.enumerated().compactMap { index, descriptor -> CandidateQuery.Evidence? in
            guard case .tempo(let range) = descriptor.attributes, library.documentFrequency(index) > 0 else { return nil }
            let low = max(range.lowerBound, bpm.low ?? 0)
            let high = min(range.upperBound, bpm.high ?? 1000)
            guard low <= high else { return nil }
            // A wide word ("variable") says little about one tempo.
            return .init(.descriptor(index), factor: Float(min(1, 60 / max(range.upperBound - range.lowerBound, 1))))
        }
        // Half and double time are no mistake where one tempo is meant.
        let isOne = bpm.low != nil && bpm.high != nil
        let factors = Dictionary(words.map { ($0.descriptor, $0.factor) }, uniquingKeysWith: max)
        let measured = library.tracks.measures.enumerated().compactMap { number, measure -> CandidateQuery.Found? in
            let document = UInt32(number)
            guard !measure.tempo.isNaN else {
                let match = library.tracks.links(document).reduce(Float(0)) { max($0, Float($1.weight) / 255 * (factors[Int($1.descriptor)] ?? 0)) }
                return match > 0 ? .init(document: document, match: match) : nil
            }
            let confidence = measure.tempoConfidence.isNaN ? 1 : measure.tempoConfidence
            let isOctave = isOne && (bpm.contains(Double(measure.tempo) * 2) || bpm.contains(Double(measure.tempo) / 2))
            let share: Float = bpm.contains(Double(measure.tempo)) ? 1 : isOctave ? Self.octaveShare : 0
            return share > 0 ? .init(document: document, match: share * (1 + confidence) / 2, confidence: share * confidence) : nil
        }
        if words.isEmpty, measured.isEmpty {
            shortfalls.append(
                Shortfall(kind: .noEvidence, text: library.tracks.measures.isEmpty ? "no track here has a tempo" : "no track here has such a tempo"))
        } else {
            query.wishes.append(
                CandidateQuery.Wish(
                    origin: .tempo, own: measured.isEmpty ? words : [], near: [], weight: Float(Strength.plain), idf: measured.isEmpty ? 1 : 0,
                    found: measured))
        }
    }

    private static let octaveShare: Float = 0.5

    // MARK: Words and filters

    private mutating func addWords() {
        var evidence: [CandidateQuery.Evidence] = []
        // What stands at the end of the request is a remark on it ("so many bytes after …"), not a word of it.
        let end = plan.text.utf8.count
        for word in plan.ignored {
            if end > 0, word.span.start == end {
                ignored.append(word)
                continue
            }
            // What is not wanted is not looked for.
            let stems = word.negated == true ? [] : vocabulary.analyzer.terms(word.text)
            let found = stems.filter { library.index.term($0, field: Library.IndexField.text) != nil }
            if found.isEmpty { ignored.append(word) }
            evidence += found.map { .init(.word($0)) }
        }
        guard !evidence.isEmpty else { return }
        let idf = evidence.map { item -> Float in
            guard case .word(let stem) = item.sign, let term = library.index.term(stem, field: Library.IndexField.text) else { return 0 }
            return Library.idf(library.index.documentFrequency(term), of: library.tracks.count)
        }
        let total = idf.reduce(0, +)
        for i in evidence.indices { evidence[i].factor = idf[i] / max(total, 1e-6) }
        query.wishes.append(
            CandidateQuery.Wish(
                origin: .words, own: evidence, near: [], weight: query.wishes.isEmpty ? 1 : 0.3, idf: 0, adds: true))
    }

    /// The request as a whole, by its vector: what is wanted in the listener's own words, without what is not.
    private mutating func addMeaning() {
        guard let dense = library.dense else { return }
        let wanted = plan.clauses.filter { $0.polarity == .want }.map(\.span) + ignored.filter { $0.negated != true }.map(\.span)
        var words: [String] = []
        var end = 0
        for span in wanted.sorted(by: { ($0.start, $1.end) < ($1.start, $0.end) })
        where span.start >= end && span.end > span.start && span.end <= plan.text.utf8.count {
            words.append(plan.source(span))
            end = span.end
        }
        guard !words.isEmpty else { return }
        let isAlone = !query.wishes.contains { $0.weight > 0 }
        query.wishes.append(
            CandidateQuery.Wish(
                origin: .meaning, own: [], near: [], weight: isAlone ? 1 : 0, idf: 0,
                found: dense.tracks(near: words.joined(separator: " ")).map { CandidateQuery.Found(document: $0.document, match: $0.match) }))
    }

    private mutating func addFilters() {
        let filters = plan.filters
        if let years = filters.years {
            if library.hasYears { query.years = years } else { shortfalls.append(Shortfall(kind: .noEvidence, text: "no track here has a year")) }
        }
        if let duration = filters.duration {
            if library.hasDurations { query.duration = duration } else { shortfalls.append(Shortfall(kind: .noEvidence, text: "no track here has a duration")) }
        }
        for artist in filters.artists {
            if library.tracks.artistNumber(artist.name) == nil { shortfalls.append(Shortfall(kind: .missing, text: "an artist called \(artist.name)")) }
        }
        query.artists = filters.artists.map(\.name)
        query.withoutArtists += filters.withoutArtists.map(\.name)
        query.withoutTracks += filters.withoutTracks ?? []
        if let text = filters.key {
            if !library.tracks.measures.contains(where: { $0.key >= 0 }) {
                shortfalls.append(Shortfall(kind: .noEvidence, text: "no track here has its key measured (\(text))"))
            } else if let key = MusicalKey(text) {
                query.key = key.number
            } else {
                shortfalls.append(Shortfall(kind: .noEvidence, text: "'\(text)' is no key"))
            }
        }
        if let metre = filters.metre, !plan.clauses.contains(where: { $0.descriptor.facet == .texture }) {
            shortfalls.append(Shortfall(kind: .noEvidence, text: "no track here has its metre measured (\(metre))"))
        }
    }

    mutating func noteRelaxed(_ facet: Facet) {
        shortfalls.append(Shortfall(kind: .relaxed, text: "nothing here has all of it, so the \(facet.rawValue) is not held to"))
    }

    /// Positive weights are brought to a sum of 1 less the focus, so that a score says how much of the request is met.
    private mutating func scaleWeights() {
        let total = query.wishes.reduce(Float(0)) { $0 + max(0, $1.weight) }
        guard total > 0 else { return }
        // No track shares all of a seed's descriptors: that part of a score counts as full from about half on.
        let seedShare = min(1, seedWeight / total)
        query.strongScore = Relevance.strongScore * (1 - seedShare) + Relevance.strongSeedScore * seedShare
        query.nearScore = Relevance.nearScore * (1 - seedShare) + Relevance.nearSeedScore * seedShare
        // Few tracks are what a moved seed asks for; the nearest there are will do.
        if destination != nil { query.nearScore /= 2 }
        let meaning = query.wishes.firstIndex { $0.origin == .meaning && $0.weight == 0 }
        let meaningWeight = meaning == nil ? 0 : Float(library.dense?.fusion.likeness.weight ?? 0)
        let rest = 1 - CandidateQuery.focusWeight - meaningWeight
        for i in query.wishes.indices { query.wishes[i].weight *= rest / total }
        if let meaning { query.wishes[meaning].weight = meaningWeight }
    }
}

extension Library {
    /// Documents that a seed stands for.
    func documents(of seed: Seed) -> [UInt32] {
        if let track = seed.track { return tracks.document(id: track).map { [$0] } ?? [] }
        guard seed.kind == .artist, let number = tracks.artistNumber(seed.name) else { return [] }
        return (0..<UInt32(tracks.count)).filter { tracks.records[Int($0)].artist == number }
    }

    var hasYears: Bool { tracks.records.contains { $0.year != .min } }
    var hasDurations: Bool { tracks.records.contains { $0.duration >= 0 } }
}

extension CandidateQuery.Evidence {
    fileprivate var descriptor: Int { if case .descriptor(let index) = sign { index } else { -1 } }
}
