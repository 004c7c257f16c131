#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How a term's presence in a document becomes a number. Every scorer splits as
/// `contribution = query weight × term factor(df) × document part(weight, document)`, which is what lets one search prune them all.
public enum Scorer: Hashable, Sendable {
    /// TF-IDF by SMART letters, see `SMART`.
    case tfIDF(SMART)
    /// BM25 with Lucene's idf `ln(1 + (N − df + 0.5) / (df + 0.5))`, `k1` ≥ 0 (1.2), `b` in 0…1 (0.75). Robertson & Zaragoza 2009, doi:10.1561/1500000019.
    case bm25(k1: Float, b: Float)
    /// Σ idf(matched) / (Σ idf(document))^exponent; counts are ignored. At exponent 0 every matched term counts in full; at 1 a document is judged by the
    /// share of it that was asked for. The smooth idf keeps some worth for terms that every document has, `standard` gives them none.
    case coverage(exponent: Float, idf: SMART.InverseDocumentFrequency = .smooth)
    /// The posting's own weight / 255, no statistics.
    case impact

    /// scikit-learn's `TfidfVectorizer` defaults: raw counts, smooth idf, cosine, on both sides.
    public static let scikitLearn = Scorer.tfIDF(SMART(document: .init(.natural, .smooth, .cosine), query: .init(.natural, .smooth, .cosine)))

    /// Whether the document part needs a pass over the postings of the field (norms that depend on all terms of a document).
    var needsNorms: Bool {
        switch self {
        case .tfIDF(let smart): smart.document.norm == .cosine
        case .coverage: true
        case .bm25, .impact: false
        }
    }

    /// Inverse document frequency on the document's side.
    func idf(_ documentFrequency: Int, of count: Int) -> Float {
        switch self {
        case .tfIDF(let smart): smart.document.idf.value(documentFrequency, of: count)
        case .bm25:
            Float(log1p((Double(count) - Double(documentFrequency) + 0.5) / (Double(documentFrequency) + 0.5)))
        case .coverage(_, let idf): idf.value(documentFrequency, of: count)
        case .impact: 1
        }
    }
}

extension Scorer: LosslessStringConvertible {
    public var description: String {
        switch self {
        case .tfIDF(let smart): "tfidf \(smart)"
        case .bm25(let k1, let b): "bm25 \(k1) \(b)"
        case .coverage(let exponent, let idf): "coverage \(exponent) \(idf.rawValue)"
        case .impact: "impact"
        }
    }

    public init?(_ description: String) {
        let parts = description.split(separator: " ")
        let numbers = parts.dropFirst().compactMap { Float($0) }
        switch (parts.first, numbers.count, parts.count) {
        case ("tfidf", _, 2):
            guard let smart = SMART(String(parts[1])) else { return nil }
            self = .tfIDF(smart)
        case ("bm25", 2, 3): self = .bm25(k1: numbers[0], b: numbers[1])
        case ("coverage", 1, 3):
            guard let idf = SMART.InverseDocumentFrequency(rawValue: Character(String(parts[2].prefix(1)))), parts[2].count == 1 else { return nil }
            self = .coverage(exponent: numbers[0], idf: idf)
        case ("impact", 0, 1): self = .impact
        default: return nil
        }
    }
}
