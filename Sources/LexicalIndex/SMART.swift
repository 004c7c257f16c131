#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A TF-IDF variant in SMART notation `ddd.qqq`: term frequency, inverse document frequency and norm for documents and for queries
/// (Salton & Buckley 1988, doi:10.1016/0306-4573(88)90021-0).
///
/// Letters: tf `n` natural, `l` 1 + ln tf, `b` binary · idf `n` none, `t` ln(N/df), `p` max(0, ln((N−df)/df)), `s` scikit-learn's ln((1+N)/(1+df)) + 1 ·
/// norm `n` none, `c` cosine.
public struct SMART: Hashable, Sendable, LosslessStringConvertible {
    public enum TermFrequency: Character, CaseIterable, Sendable {
        case natural = "n", logarithmic = "l", binary = "b"

        func value(_ count: Float) -> Float {
            switch self {
            case .natural: count
            case .logarithmic: count > 0 ? 1 + logf(count) : 0
            case .binary: count > 0 ? 1 : 0
            }
        }
    }

    public enum InverseDocumentFrequency: Character, CaseIterable, Sendable {
        case none = "n", standard = "t", probabilistic = "p", smooth = "s"

        func value(_ documentFrequency: Int, of count: Int) -> Float {
            let df = Double(documentFrequency)
            let n = Double(count)
            return switch self {
            case .none: 1
            case .standard: Float(log(n / max(df, 1)))
            case .probabilistic: Float(max(0, log((n - df) / max(df, 1))))
            case .smooth: Float(log((1 + n) / (1 + df)) + 1)
            }
        }
    }

    public enum Norm: Character, CaseIterable, Sendable {
        case none = "n", cosine = "c"
    }

    public struct Side: Hashable, Sendable {
        public var tf: TermFrequency
        public var idf: InverseDocumentFrequency
        public var norm: Norm

        public init(_ tf: TermFrequency, _ idf: InverseDocumentFrequency, _ norm: Norm) {
            self.tf = tf
            self.idf = idf
            self.norm = norm
        }
    }

    public var document: Side
    public var query: Side

    public init(document: Side, query: Side) {
        self.document = document
        self.query = query
    }

    public init?(_ description: String) {
        let sides = description.split(separator: ".", omittingEmptySubsequences: false).map { side -> Side? in
            let letters = Array(side)
            guard letters.count == 3, let tf = TermFrequency(rawValue: letters[0]), let idf = InverseDocumentFrequency(rawValue: letters[1]),
                let norm = Norm(rawValue: letters[2])
            else { return nil }
            return Side(tf, idf, norm)
        }
        guard sides.count == 2, let document = sides[0], let query = sides[1] else { return nil }
        self.init(document: document, query: query)
    }

    public var description: String {
        func letters(_ side: Side) -> String { String([side.tf.rawValue, side.idf.rawValue, side.norm.rawValue]) }
        return letters(document) + "." + letters(query)
    }
}
