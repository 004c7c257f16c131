public import Ranking

extension LexicalIndex {
    /// The formula behind one document's score with its numbers; its value is the score, its parts are the terms that matched.
    public func explain(_ query: LexicalQuery, _ scorings: [FieldScoring], document: DocumentID) -> Explanation {
        precondition(Int(document) < documentCount, "document \(document) of \(documentCount)")
        var parts: [Explanation] = []
        var sum = 0.0
        for term in resolve(query, scorings) {
            var cursor = PostingCursor(self, term: term.term)
            let weight = cursor.weight(of: document)
            guard weight > 0 else { continue }
            let part = term.scoring.weighting.part(weight: Float(weight), document: Int(document))
            let value = Double(term.factor * part)
            sum += value
            let name = "'\(termText(term.term))' in \(fields[term.scoring.field].name)"
            parts.append(
                Explanation(
                    value,
                    "\(name): factor \(term.factor) × document part \(part) (weight \(weight)); idf \(term.scoring.scorer.idf(documentFrequency(term.term), of: documentCount)), in \(documentFrequency(term.term)) of \(documentCount) documents"
                ))
        }
        let formulas = Set(scorings.map { $0.scorer.formula }).sorted().joined(separator: "; ")
        return Explanation(Double(Float(sum)), "sum over matched terms of \(formulas)", parts: parts)
    }
}

extension Scorer {
    /// The scorer as a formula, for people.
    public var formula: String {
        switch self {
        case .tfIDF(let smart): "tf × idf by SMART \(smart)"
        case .bm25(let k1, let b): "idf · tf (k1 + 1) / (tf + k1 (1 − b + b · length / average)), k1 = \(k1), b = \(b)"
        case .coverage(let exponent, _): "idf / (Σ idf of the document)^\(exponent)"
        case .impact: "weight / 255"
        }
    }
}
