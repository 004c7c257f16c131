/// Terms to look for, each in a field and with a weight of its own.
public struct LexicalQuery: Hashable, Sendable {
    public struct Term: Hashable, Sendable {
        public var field: Int
        public var text: String
        /// Weight ≥ 0 in the query: for a text, how often the term occurs in it, times the field's weight.
        public var weight: Float

        public init(field: Int, text: String, weight: Float = 1) {
            self.field = field
            self.text = text
            self.weight = weight
        }
    }

    public var terms: [Term]

    public init(_ terms: [Term]) {
        self.terms = terms
    }

    /// Terms of one text in one field, counted, in order of first appearance.
    public init(_ texts: [String], field: Int) {
        var counts: [String: Int] = [:]
        for text in texts { counts[text, default: 0] += 1 }
        var seen: Set<String> = []
        terms = texts.filter { seen.insert($0).inserted }.map { Term(field: field, text: $0, weight: Float(counts[$0] ?? 1)) }
    }
}

/// A query term that occurs in the index, with everything that multiplies its document part.
struct ScoredTerm {
    var term: Int
    var scoring: FieldScoring
    /// Query weight × term factor.
    var factor: Float
}

extension LexicalIndex {
    /// Terms that occur here, with the scorers' factors. For a cosine on the query's side the whole query is needed, so it is done here.
    func resolve(_ query: LexicalQuery, _ scorings: [FieldScoring]) -> [ScoredTerm] {
        var result: [ScoredTerm] = []
        var squares: Float = 0
        for term in query.terms where term.weight > 0 {
            guard let scoring = scorings.first(where: { $0.field == term.field }), let number = self.term(term.text, field: term.field) else { continue }
            let df = documentFrequency(number)
            var queryWeight = term.weight
            switch scoring.scorer {
            case .tfIDF(let smart): queryWeight = smart.query.tf.value(term.weight) * smart.query.idf.value(df, of: documentCount)
            case .coverage: queryWeight = 1
            case .bm25, .impact: break
            }
            squares += queryWeight * queryWeight
            result.append(ScoredTerm(term: number, scoring: scoring, factor: queryWeight * scoring.termFactor(documentFrequency: df)))
        }
        if case .tfIDF(let smart)? = scorings.first?.scorer, smart.query.norm == .cosine, squares > 0 {
            for i in result.indices { result[i].factor /= squares.squareRoot() }
        }
        return result
    }
}
