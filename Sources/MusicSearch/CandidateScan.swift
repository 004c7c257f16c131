import LexicalIndex
import QueryPlanning
import Ranking
import Storage
import Vocabulary

extension Library: CandidateSource {
    public func candidates(_ query: CandidateQuery, limit: Int, collectingAll: Bool) -> CandidateSet {
        var scan = CandidateScan(self, query, limit: limit, collectingAll: collectingAll)
        return scan.run()
    }

    public func parts(_ query: CandidateQuery, of documents: [UInt32]) -> [[ScorePart]] {
        var cursors = query.wishes.map { wish in
            (signs: (wish.own + wish.near).map(\.sign), cursor: cursor(wish.own + wish.near, adds: wish.adds))
        }
        // Cursors go forward only.
        let order = documents.indices.sorted { documents[$0] < documents[$1] }
        var result = [[ScorePart]](repeating: [], count: documents.count)
        for position in order {
            let document = documents[position]
            var mass: Float = 0
            for (i, wish) in query.wishes.enumerated() {
                let (match, strongest) = cursors[i].cursor.cursor.match(of: document)
                if wish.weight > 0 { mass += wish.idf * match }
                let sign = strongest.map { cursors[i].cursor.evidence[$0].sign }
                result[position].append(ScorePart(value: wish.weight * match, match: match, sign: sign))
            }
            let focus = focus(mass, document)
            result[position].append(ScorePart(value: CandidateQuery.focusWeight * focus, match: focus, sign: nil))
        }
        return result
    }

    /// The share of what a track is described by that was asked for, in 0…1.
    @inline(__always)
    fileprivate func focus(_ mass: Float, _ document: UInt32) -> Float {
        min(1, mass / max(tracks.records[Int(document)].descriptorMass, 1e-6))
    }

    /// Evidence that occurs here, and a cursor over it.
    fileprivate func cursor(_ evidence: [CandidateQuery.Evidence], adds: Bool) -> (evidence: [CandidateQuery.Evidence], cursor: EvidenceCursor) {
        var present: [CandidateQuery.Evidence] = []
        var terms: [(Int, Float)] = []
        for item in evidence where item.factor > 0 {
            let term: Int?
            switch item.sign {
            case .descriptor(let index): term = self.terms[index] < 0 ? nil : Int(self.terms[index])
            case .word(let stem): term = index.term(stem, field: IndexField.text)
            }
            guard let term else { continue }
            present.append(item)
            terms.append((term, item.factor))
        }
        return (present, EvidenceCursor(index, terms, adds ? .sum : .strongest))
    }
}

/// Scores all documents, a window at a time, and keeps the counts and the best.
private struct CandidateScan {
    private static let windowSize = 4096

    private struct WishState {
        var own: EvidenceCursor
        var near: EvidenceCursor
        var weight: Float
        var idf: Float
        /// Bit of the facet that binds; 0 for none.
        var bit: UInt8
    }

    private let library: Library
    private let query: CandidateQuery
    private let collectingAll: Bool
    private var wishes: [WishState]
    private var bans: [EvidenceCursor]
    /// Facet bits that a candidate must have.
    private let required: UInt8
    private let bindingCount: UInt8
    private let artists: Set<UInt32>?
    private let withoutArtists: Set<UInt32>
    private let withoutTracks: Set<UInt32>
    private var top: TopK
    private var result = CandidateSet()
    /// Which of the documents offered to `top` are strong.
    private var strongOnes: Set<UInt32> = []

    private var matches = [Float](repeating: 0, count: windowSize)
    private var scores = [Float](repeating: 0, count: windowSize)
    private var masses = [Float](repeating: 0, count: windowSize)
    private var bits = [UInt8](repeating: 0, count: windowSize)
    private var bound = [UInt8](repeating: 0, count: windowSize)

    private static let banned: UInt8 = 0x80

    init(_ library: Library, _ query: CandidateQuery, limit: Int, collectingAll: Bool) {
        self.library = library
        self.query = query
        self.collectingAll = collectingAll
        var facets: [Facet] = []
        wishes = query.wishes.map { wish in
            var bit: UInt8 = 0
            if let facet = wish.binding {
                let position = facets.firstIndex(of: facet) ?? facets.count
                if position == facets.count { facets.append(facet) }
                bit = 1 << UInt8(min(position, 6))
            }
            return WishState(
                own: library.cursor(wish.own, adds: wish.adds).cursor, near: library.cursor(wish.near, adds: wish.adds).cursor, weight: wish.weight,
                idf: wish.weight > 0 ? wish.idf : 0, bit: bit)
        }
        required = wishes.reduce(0) { $0 | $1.bit }
        bindingCount = UInt8(min(255, wishes.count { $0.bit != 0 }))
        bans = query.bans.map { library.cursor($0, adds: false).cursor }
        artists = query.artists.isEmpty ? nil : Set(query.artists.compactMap(library.tracks.artistNumber))
        withoutArtists = query.withoutArtists.isEmpty ? [] : Set(query.withoutArtists.compactMap(library.tracks.artistNumber))
        withoutTracks = Set(query.withoutTracks.compactMap { library.tracks.document(id: $0) })
        top = TopK(limit)
    }

    mutating func run() -> CandidateSet {
        var start = 0
        while start < library.tracks.count {
            let end = min(library.tracks.count, start + Self.windowSize)
            scan(UInt32(start)..<UInt32(end))
            start = end
        }
        result.best = top.sorted().map { scored in
            Candidate(document: scored.document, score: scored.score, relevance: strongOnes.contains(scored.document) ? .strong : .near)
        }
        return result
    }

    private mutating func scan(_ window: Range<UInt32>) {
        let count = window.count
        for i in 0..<count {
            scores[i] = query.base
            masses[i] = 0
            bits[i] = 0
            bound[i] = 0
        }
        for w in wishes.indices {
            matches.withUnsafeMutableBufferPointer { matches in
                scores.withUnsafeMutableBufferPointer { scores in
                    masses.withUnsafeMutableBufferPointer { masses in
                        guard let base = matches.baseAddress else { return }
                        base.update(repeating: 0, count: count)
                        wishes[w].own.merge(window, into: base)
                        let bit = wishes[w].bit
                        if bit != 0 {
                            bits.withUnsafeMutableBufferPointer { bits in
                                bound.withUnsafeMutableBufferPointer { bound in
                                    for i in 0..<count where base[i] > 0 {
                                        bits[i] |= bit
                                        bound[i] &+= 1
                                    }
                                }
                            }
                        }
                        if !wishes[w].near.isEmpty { wishes[w].near.merge(window, into: base) }
                        let weight = wishes[w].weight
                        let idf = wishes[w].idf
                        for i in 0..<count {
                            scores[i] += weight * base[i]
                            masses[i] += idf * base[i]
                        }
                    }
                }
            }
        }
        for b in bans.indices {
            matches.withUnsafeMutableBufferPointer { matches in
                guard let base = matches.baseAddress else { return }
                base.update(repeating: 0, count: count)
                bans[b].merge(window, into: base)
                for i in 0..<count where base[i] >= Self.banThreshold { bits[i] |= Self.banned }
            }
        }
        collect(window)
    }

    /// A tagger's faint doubt does not ban a track.
    private static let banThreshold: Float = 0.25

    private mutating func collect(_ window: Range<UInt32>) {
        for i in 0..<window.count where bits[i] == required && scores[i] > 0 {
            let document = window.lowerBound + UInt32(i)
            let score = scores[i] + CandidateQuery.focusWeight * library.focus(masses[i], document)
            guard score >= query.nearScore, passes(document) else { continue }
            let isStrong = bound[i] >= bindingCount && score >= query.strongScore && !query.isIncomplete
            if isStrong { result.strong += 1 } else { result.near += 1 }
            if score > top.threshold {
                top.insert(Scored(document: document, score: score))
                if isStrong { strongOnes.insert(document) }
            }
            if collectingAll { result.documents.append(document) }
        }
    }

    private func passes(_ document: UInt32) -> Bool {
        let record = library.tracks.records[Int(document)]
        if let years = query.years, record.year == .min || !years.contains(Double(record.year)) { return false }
        if let duration = query.duration, record.duration < 0 || !duration.contains(Double(record.duration)) { return false }
        if let artists, !artists.contains(record.artist) { return false }
        return !withoutArtists.contains(record.artist) && !withoutTracks.contains(document)
    }
}
