public import Ranking
import Storage

extension LexicalIndex {
    /// The best `k` documents with a positive score, exactly as `scores(of:)` ranks them.
    ///
    /// Block-max MaxScore over windows of documents: in each window the terms whose block bounds together cannot lift a document above the worst one kept
    /// are not walked, only looked up for documents that the other terms brought in; a window whose bounds add up to too little is skipped whole.
    /// (Turtle & Flood 1995, doi:10.1016/0306-4573(95)00020-H; Ding & Suel 2011, doi:10.1145/2009916.2010048.)
    ///
    /// - Parameter scorings: one per field that the query names; terms of other fields are ignored.
    /// - Complexity: O(postings of the query's terms) at worst.
    public func search(_ query: LexicalQuery, _ scorings: [FieldScoring], k: Int) -> [Scored] {
        guard k > 0 else { return [] }
        var search = TopKSearch(self, resolve(query, scorings), k: min(k, documentCount))
        search.run()
        return search.top.sorted()
    }

    /// Every document's score, zero for those without a term of the query. The reference for `search`.
    /// - Complexity: O(documents + postings of the query's terms).
    public func scores(of query: LexicalQuery, _ scorings: [FieldScoring]) -> [Float] {
        var sums = [Double](repeating: 0, count: documentCount)
        for term in resolve(query, scorings) {
            var cursor = PostingCursor(self, term: term.term)
            let weighting = term.scoring.weighting
            sums.withUnsafeMutableBufferPointer { sums in
                cursor.forEach(in: 0..<UInt32(documentCount)) { document, weight in
                    sums[Int(document)] += Double(term.factor * weighting.part(weight: Float(weight), document: Int(document)))
                }
            }
        }
        return sums.map { Float($0) }
    }
}

/// The state of one search.
///
/// Contributions are single precision and their sum double: sums of a query's few dozen contributions are then exact, so the order in which terms are
/// added, which pruning changes from window to window, cannot change a score.
private struct TopKSearch {
    private static let windowSize: UInt32 = 4096

    private let index: LexicalIndex
    private var terms: [ScoredTerm]
    private var cursors: [PostingCursor]
    var top: TopK
    private var sums: [Double]
    /// One bit per document of the window that some walked term holds.
    private var touched: [UInt64]
    /// Bound of each term inside the current window.
    private var bounds: [Double]

    init(_ index: LexicalIndex, _ terms: [ScoredTerm], k: Int) {
        self.index = index
        self.terms = terms
        cursors = terms.map { PostingCursor(index, term: $0.term) }
        top = TopK(k)
        sums = [Double](repeating: 0, count: Int(Self.windowSize))
        touched = [UInt64](repeating: 0, count: Int(Self.windowSize) / 64)
        bounds = [Double](repeating: 0, count: terms.count)
    }

    mutating func run() {
        var start: UInt32 = 0
        let end = UInt32(index.documentCount)
        while start < end {
            // Jump over stretches where no term has a posting.
            var next = end
            for i in terms.indices {
                cursors[i].seek(start)
                if !cursors[i].isAtEnd { next = min(next, max(start, cursors[i].record(cursors[i].block).first)) }
            }
            start = next
            guard start < end else { return }
            let window = start..<min(end, start + Self.windowSize)
            search(window)
            start = window.upperBound
        }
    }

    private mutating func search(_ window: Range<UInt32>) {
        var total = 0.0
        for i in terms.indices {
            bounds[i] = bound(i, in: window)
            total += bounds[i]
        }
        let threshold = Double(top.threshold)
        if cannotBeat(total, threshold) { return }
        // The weakest terms that together cannot beat the threshold need not be walked.
        let order = terms.indices.filter { bounds[$0] > 0 }.sorted { bounds[$0] < bounds[$1] }
        var skipped = 0
        var skippedBound = 0.0
        while skipped < order.count, cannotBeat(skippedBound + bounds[order[skipped]], threshold) {
            skippedBound += bounds[order[skipped]]
            skipped += 1
        }
        for i in order[skipped...] { walk(i, window) }
        collect(window, lookUp: Array(order[..<skipped].reversed()), bound: skippedBound)
    }

    /// Whether a sum of at most `bound` loses to a full heap: later documents lose ties, and scores are compared as single precision.
    private func cannotBeat(_ bound: Double, _ threshold: Double) -> Bool {
        Float(bound) <= Float(threshold)
    }

    private func bound(_ i: Int, in window: Range<UInt32>) -> Double {
        let first = Int(index.terms[terms[i].term].firstBlock)
        var block = cursors[i].block
        var bound: Float = 0
        while block < cursors[i].blockCount {
            let record = cursors[i].record(block)
            if record.first >= window.upperBound { break }
            bound = max(bound, terms[i].scoring.bound(first + block, record))
            block += 1
        }
        return Double(terms[i].factor * bound)
    }

    private mutating func walk(_ i: Int, _ window: Range<UInt32>) {
        let factor = terms[i].factor
        let weighting = terms[i].scoring.weighting
        sums.withUnsafeMutableBufferPointer { sums in
            touched.withUnsafeMutableBufferPointer { touched in
                cursors[i].forEach(in: window) { document, weight in
                    let offset = Int(document &- window.lowerBound)
                    sums[offset] += Double(factor * weighting.part(weight: Float(weight), document: Int(document)))
                    touched[offset >> 6] |= 1 << UInt64(offset & 63)
                }
            }
        }
    }

    /// Offers every touched document, after looking up the terms that were not walked, best bound first, as long as it can still make it.
    private mutating func collect(_ window: Range<UInt32>, lookUp: [Int], bound: Double) {
        for word in touched.indices where touched[word] != 0 {
            var bits = touched[word]
            touched[word] = 0
            while bits != 0 {
                let offset = word * 64 + bits.trailingZeroBitCount
                bits &= bits - 1
                var score = sums[offset]
                sums[offset] = 0
                let document = window.lowerBound + UInt32(offset)
                var rest = bound
                for i in lookUp {
                    if cannotBeat(score + rest, Double(top.threshold)) { break }
                    rest -= bounds[i]
                    let weight = cursors[i].weight(of: document)
                    if weight > 0 {
                        score += Double(terms[i].factor * terms[i].scoring.weighting.part(weight: Float(weight), document: Int(document)))
                    }
                }
                let final = Float(score)
                if final > top.threshold, final > 0 { top.insert(Scored(document: document, score: final)) }
            }
        }
    }
}
