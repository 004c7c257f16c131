#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The document part of a scorer over one field: `part(weight, document)`, with everything that depends on the document alone computed once.
struct Weighting: Sendable {
    enum Form: Sendable {
        case impact
        /// `norms[d] = k1 (1 − b + b · length / average)`.
        case bm25(k1: Float)
        /// `norms[d]` is one over the document's norm; empty when there is none.
        case normed(SMART.TermFrequency)
    }

    let form: Form
    let norms: [Float]

    /// For scorers whose norms need document lengths at most.
    init(_ scorer: Scorer, documentCount: Int, totalLength: UInt64, lengths: some Collection<UInt32>) {
        switch scorer {
        case .impact:
            form = .impact
            norms = []
        case .bm25(let k1, let b):
            form = .bm25(k1: k1)
            let average = max(1e-9, Float(totalLength) / Float(max(1, documentCount)))
            var norms = lengths.map { k1 * (1 - b + b * Float($0) / average) }
            norms += [Float](repeating: k1 * (1 - b), count: documentCount - norms.count)
            self.norms = norms
        case .tfIDF(let smart):
            form = .normed(smart.document.tf)
            norms = []
        case .coverage:
            form = .normed(.binary)
            norms = []
        }
    }

    /// For scorers whose norms sum over a document's terms.
    init(_ scorer: Scorer, norms: [Float]) {
        switch scorer {
        case .tfIDF(let smart): form = .normed(smart.document.tf)
        default: form = .normed(.binary)
        }
        self.norms = norms
    }

    @inline(__always)
    func part(weight: Float, document: Int) -> Float {
        switch form {
        case .impact: weight * (1 / 255)
        case .bm25(let k1): weight * (k1 + 1) / (weight + norms[document])
        case .normed(let tf): tf.value(weight) * (norms.isEmpty ? 1 : norms[document])
        }
    }
}
