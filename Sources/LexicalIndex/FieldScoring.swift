import Storage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A scorer made ready for one field of one index: norms of the documents and the bound of every block.
///
/// For the scorer that the field was built with, and no norms, the bounds come from the file; any other costs one pass over the field's postings.
public struct FieldScoring: Sendable {
    public let scorer: Scorer
    public let field: Int
    let weighting: Weighting
    /// Per block of the whole index; empty means "as stored".
    private let bounds: [Float]
    private let documentCount: Int

    /// - Complexity: O(documents), or O(postings of the field) when the scorer is not the field's own.
    public init(_ index: LexicalIndex, field: Int, scorer: Scorer? = nil) {
        let scorer = scorer ?? index.fields[field].scorer
        self.scorer = scorer
        self.field = field
        documentCount = index.documentCount
        let total = index.lengths[field].reduce(into: UInt64(0)) { $0 += UInt64($1) }
        if scorer.needsNorms {
            weighting = Weighting(scorer, norms: Self.norms(index, field, scorer))
        } else {
            weighting = Weighting(scorer, documentCount: index.documentCount, totalLength: total, lengths: index.lengths[field])
        }
        bounds = scorer == index.fields[field].scorer && !scorer.needsNorms ? [] : Self.bounds(index, field, weighting)
    }

    /// What the term itself contributes on the document's side.
    func termFactor(documentFrequency: Int) -> Float { scorer.idf(documentFrequency, of: documentCount) }

    @inline(__always)
    func bound(_ block: Int, _ record: BlockRecord) -> Float { bounds.isEmpty ? record.bound : bounds[block] }

    /// 1 / norm of each document.
    private static func norms(_ index: LexicalIndex, _ field: Int, _ scorer: Scorer) -> [Float] {
        var sums = [Double](repeating: 0, count: index.documentCount)
        for term in 0..<index.termCount where Int(index.terms[term].field) == field {
            let idf = scorer.idf(index.documentFrequency(term), of: index.documentCount)
            var cursor = PostingCursor(index, term: term)
            cursor.forEach(in: 0..<UInt32(index.documentCount)) { document, weight in
                switch scorer {
                case .tfIDF(let smart):
                    let value = Double(smart.document.tf.value(Float(weight)) * idf)
                    sums[Int(document)] += value * value
                default: sums[Int(document)] += Double(idf)
                }
            }
        }
        switch scorer {
        case .coverage(let exponent, _): return sums.map { $0 > 0 ? Float(pow($0, -Double(exponent))) : 0 }
        default: return sums.map { $0 > 0 ? Float(1 / $0.squareRoot()) : 0 }
        }
    }

    private static func bounds(_ index: LexicalIndex, _ field: Int, _ weighting: Weighting) -> [Float] {
        var bounds = [Float](repeating: 0, count: index.blocks.count)
        for term in 0..<index.termCount where Int(index.terms[term].field) == field {
            let first = Int(index.terms[term].firstBlock)
            var cursor = PostingCursor(index, term: term)
            for block in 0..<cursor.blockCount {
                let record = cursor.record(block)
                var bound: Float = 0
                cursor.forEach(in: record.first..<record.last + 1) { document, weight in
                    bound = max(bound, weighting.part(weight: Float(weight), document: Int(document)))
                }
                bounds[first + block] = bound
            }
        }
        return bounds
    }
}
