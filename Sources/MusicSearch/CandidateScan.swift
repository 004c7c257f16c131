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
                var (match, strongest) = cursors[i].cursor.cursor.match(of: document)
                if let found = wish.found(document) { match += found.match }
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

extension CandidateQuery.Wish {
    /// What a vector index found for a document; nil when it did not find it.
    func found(_ document: UInt32) -> CandidateQuery.Found? {
        var low = 0, high = found.count
        while low < high {
            let middle = (low + high) / 2
            if found[middle].document < document { low = middle + 1 } else { high = middle }
        }
        return low < found.count && found[low].document == document ? found[low] : nil
    }
}

/// Scores all documents, a window at a time, and keeps the counts and the best.
private struct CandidateScan {
    /// Small enough that all of a window's numbers stay in the first-level cache.
    private static let windowSize = 2048

    private struct WishState {
        var own: EvidenceCursor
        var near: EvidenceCursor
        var weight: Float
        var idf: Float
        /// Bit of the facet that binds; 0 for none.
        var bit: UInt8
        let found: [CandidateQuery.Found]
        var position = 0
        let matches = Matches(windowSize)

        /// Calls `body` with place in the window and match of every document found; windows must rise.
        mutating func forEachFound(in range: Range<UInt32>, _ body: (Int, Float) -> Void) {
            while position < found.count, found[position].document < range.upperBound {
                if found[position].document >= range.lowerBound { body(Int(found[position].document - range.lowerBound), found[position].match) }
                position += 1
            }
        }
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
    private let hasFilters: Bool
    private var top: TopK
    private var result = CandidateSet()
    /// Which of the documents offered to `top` are strong.
    private var strongOnes: Set<UInt32> = []

    private let window = ScanWindow(windowSize)
    private let unwanted = Matches(windowSize)

    private static let banned: UInt8 = 0x80

    init(_ library: Library, _ query: CandidateQuery, limit: Int, collectingAll: Bool) {
        self.library = library
        self.query = query
        self.collectingAll = collectingAll
        var bindings: [CandidateQuery.Binding] = []
        wishes = query.wishes.map { wish in
            var bit: UInt8 = 0
            if let binding = wish.binding {
                let position = bindings.firstIndex(of: binding) ?? bindings.count
                if position == bindings.count { bindings.append(binding) }
                bit = 1 << UInt8(min(position, 6))
            }
            return WishState(
                own: library.cursor(wish.own, adds: wish.adds).cursor, near: library.cursor(wish.near, adds: wish.adds).cursor, weight: wish.weight,
                idf: wish.weight > 0 ? wish.idf : 0, bit: bit, found: wish.found)
        }
        required = wishes.reduce(0) { $0 | $1.bit }
        bindingCount = UInt8(min(255, wishes.count { $0.bit != 0 }))
        bans = query.bans.map { library.cursor($0, adds: false).cursor }
        artists = query.artists.isEmpty ? nil : Set(query.artists.compactMap(library.tracks.artistNumber))
        withoutArtists = query.withoutArtists.isEmpty ? [] : Set(query.withoutArtists.compactMap(library.tracks.artistNumber))
        withoutTracks = Set(query.withoutTracks.compactMap { library.tracks.document(id: $0) })
        hasFilters =
            query.years != nil || query.duration != nil || query.key != nil || artists != nil || !withoutArtists.isEmpty || !withoutTracks.isEmpty
            || query.within != nil
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

    private mutating func scan(_ range: Range<UInt32>) {
        let count = range.count
        window.clear(count, score: query.base)
        // What binds first: a window without it has no candidates.
        for w in wishes.indices where wishes[w].bit != 0 {
            let matches = wishes[w].matches.clear(count)
            wishes[w].own.merge(range, into: matches)
            window.mark(count, matches, wishes[w].bit)
        }
        if required != 0, !window.holds(count, required) { return }
        for w in wishes.indices {
            if wishes[w].own.isEmpty, wishes[w].near.isEmpty, wishes[w].idf == 0 {
                // Only what a vector index found: a few documents, not a window of them.
                let (scores, weight) = (window.scores, wishes[w].weight)
                wishes[w].forEachFound(in: range) { scores[$0] += weight * $1 }
                continue
            }
            let matches = wishes[w].matches.values
            if wishes[w].bit == 0 {
                wishes[w].matches.clear(count)
                wishes[w].own.merge(range, into: matches)
            }
            if !wishes[w].near.isEmpty { wishes[w].near.merge(range, into: matches) }
            wishes[w].forEachFound(in: range) { matches[$0] += $1 }
            window.accumulate(count, matches, weight: wishes[w].weight, idf: wishes[w].idf)
        }
        for b in bans.indices {
            let matches = unwanted.clear(count)
            bans[b].merge(range, into: matches)
            for i in 0..<count where matches[i] >= Self.banThreshold { window.bits[i] |= Self.banned }
        }
        collect(range)
    }

    /// A tagger's faint doubt does not ban a track.
    private static let banThreshold: Float = 0.25

    private mutating func collect(_ range: Range<UInt32>) {
        // Eight documents at a time: most windows hold few that have all that binds.
        for start in stride(from: 0, to: range.count, by: 8) where window.mayHold(start, required) {
            for i in start..<min(start + 8, range.count) where window.bits[i] == required && window.scores[i] > 0 { offer(i, range) }
        }
    }

    @inline(__always)
    private mutating func offer(_ i: Int, _ range: Range<UInt32>) {
        let document = range.lowerBound + UInt32(i)
        // Between these the score lies, whatever the track's focus, which takes a look at its record.
        let least = window.scores[i], most = least + CandidateQuery.focusWeight
        guard most >= query.nearScore else { return }
        let mayBeStrong = window.bound[i] >= bindingCount && !query.isIncomplete
        if least >= query.nearScore, most <= top.threshold, !mayBeStrong || least >= query.strongScore || most < query.strongScore {
            guard passes(document) else { return }
            if mayBeStrong, least >= query.strongScore { result.strong += 1 } else { result.near += 1 }
            if collectingAll { result.documents.append(document) }
            return
        }
        let score = least + CandidateQuery.focusWeight * library.focus(window.masses[i], document)
        guard score >= query.nearScore, passes(document) else { return }
        let isStrong = mayBeStrong && score >= query.strongScore
        if isStrong { result.strong += 1 } else { result.near += 1 }
        if score > top.threshold {
            top.insert(Scored(document: document, score: score))
            if isStrong { strongOnes.insert(document) }
        }
        if collectingAll { result.documents.append(document) }
    }

    private func passes(_ document: UInt32) -> Bool {
        guard hasFilters else { return true }
        if let within = query.within, !within.contains(document) { return false }
        let record = library.tracks.records[Int(document)]
        if let years = query.years, record.year == .min || !years.contains(Double(record.year)) { return false }
        if let duration = query.duration, record.duration < 0 || !duration.contains(Double(record.duration)) { return false }
        if let key = query.key, library.tracks.measures.isEmpty || library.tracks.measures[Int(document)].key != Int32(key) { return false }
        if let artists, !artists.contains(record.artist) { return false }
        return !withoutArtists.contains(record.artist) && !withoutTracks.contains(document)
    }
}

/// How well each document of a window meets one wish.
private final class Matches {
    let values: UnsafeMutablePointer<Float>

    init(_ size: Int) { values = .allocate(capacity: size) }
    deinit { values.deallocate() }

    @discardableResult func clear(_ count: Int) -> UnsafeMutablePointer<Float> {
        values.update(repeating: 0, count: count)
        return values
    }
}

/// The numbers of one window of documents. Plain memory and plain loops, which the compiler turns into vector instructions.
private final class ScanWindow {
    let scores: UnsafeMutablePointer<Float>
    let masses: UnsafeMutablePointer<Float>
    /// Facets that bind and are met, a bit each.
    let bits: UnsafeMutablePointer<UInt8>
    /// Wishes that bind and are met.
    let bound: UnsafeMutablePointer<UInt8>

    init(_ size: Int) {
        scores = .allocate(capacity: size)
        masses = .allocate(capacity: size)
        bits = .allocate(capacity: size + 8)
        bits.initialize(repeating: 0, count: size + 8)
        bound = .allocate(capacity: size)
    }

    deinit {
        scores.deallocate()
        masses.deallocate()
        bits.deallocate()
        bound.deallocate()
    }

    func clear(_ count: Int, score: Float) {
        scores.update(repeating: score, count: count)
        masses.update(repeating: 0, count: count)
        bits.update(repeating: 0, count: count)
        bound.update(repeating: 0, count: count)
    }

    /// Notes which documents match a wish that binds.
    func mark(_ count: Int, _ matches: UnsafePointer<Float>, _ bit: UInt8) {
        let (bits, bound) = (bits, bound)
        for i in 0..<count {
            let isMet: UInt8 = matches[i] > 0 ? 1 : 0
            bits[i] |= bit &* isMet
            bound[i] &+= isMet
        }
    }

    /// Whether one of the eight documents from `start` on has just these bits: a byte of their difference is then zero.
    @inline(__always)
    func mayHold(_ start: Int, _ required: UInt8) -> Bool {
        let word = UnsafeRawPointer(bits + start).loadUnaligned(as: UInt64.self) ^ (0x0101_0101_0101_0101 &* UInt64(required))
        return (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0
    }

    func holds(_ count: Int, _ required: UInt8) -> Bool {
        for start in stride(from: 0, to: count, by: 8) where mayHold(start, required) { return true }
        return false
    }

    func accumulate(_ count: Int, _ matches: UnsafePointer<Float>, weight: Float, idf: Float) {
        let (scores, masses) = (scores, masses)
        for i in 0..<count {
            scores[i] += weight * matches[i]
            masses[i] += idf * matches[i]
        }
    }
}
