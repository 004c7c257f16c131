import Foundation
import Ranking
import TestSupport

@testable import LexicalIndex

/// A corpus that is kept as plain dictionaries beside its index, so that every number of the index can be computed again from the definition.
struct RandomCorpus {
    static let fields = [
        Field("title", .text, scorer: .scikitLearn), Field("caption", .text, scorer: .bm25(k1: 1.2, b: 0.75)), Field("tags", .weighted, scorer: .impact),
    ]

    let index: LexicalIndex
    /// Per field and document: term → count or weight.
    let weights: [[[String: Int]]]
    let documentFrequencies: [[String: Int]]
    var count: Int { weights[0].count }

    init(documents: Int, terms: Int = 40, seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var builder = IndexBuilder(fields: Self.fields)
        var weights: [[[String: Int]]] = Array(repeating: [], count: 3)
        for document in 0..<UInt32(documents) {
            for field in 0..<2 {
                let length = Int.random(in: 0...(field == 0 ? 4 : 12), using: &random)
                let text = (0..<length).map { _ in Self.term(&random, of: terms, near: Int(document) / 500) }
                weights[field].append(text.reduce(into: [:]) { $0[$1, default: 0] += 1 })
                builder.add(text, field: field, document: document)
            }
            var tags: [String: Int] = [:]
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let term = Self.term(&random, of: terms, near: 0)
                let weight = Int.random(in: 1...255, using: &random)
                tags[term] = max(weight, tags[term] ?? 0)
                let number = builder.term(term, field: 2)
                builder.add(term: number, document: document, weight: UInt8(weight))
            }
            weights[2].append(tags)
            builder.reserve(document: document)
        }
        self.weights = weights
        documentFrequencies = weights.map { $0.reduce(into: [:]) { for term in $1.keys { $0[term, default: 0] += 1 } } }
        index = try LexicalIndex(inMemory: builder)
    }

    /// A few terms in every second document and many in few, and a topic that drifts, so that blocks differ in their best.
    static func term(_ random: inout SeededGenerator, of count: Int, near topic: Int) -> String {
        let u = Double.random(in: 0..<1, using: &random)
        return "t\((Int(u * u * u * Double(count)) + (Int.random(in: 0..<4, using: &random) == 0 ? topic : 0)) % count)"
    }

    static func query(_ random: inout SeededGenerator, terms: Int = 40) -> LexicalQuery {
        LexicalQuery(
            (0..<Int.random(in: 1...8, using: &random)).map { _ in
                .init(
                    field: Int.random(in: 0..<3, using: &random), text: term(&random, of: terms + 3, near: 0),
                    weight: Float(Int.random(in: 0...6, using: &random)) / 2)
            })
    }

    // MARK: By definition

    /// Scores of every document in double precision, from the formulas and nothing else.
    func scores(of query: LexicalQuery, _ scorers: [Scorer]) -> [Double] {
        var total = [Double](repeating: 0, count: count)
        var squares = 0.0
        for term in query.terms where term.weight > 0 {
            guard let df = documentFrequencies[term.field][term.text] else { continue }
            let scorer = scorers[term.field]
            let queryWeight: Double =
                switch scorer {
                case .tfIDF(let smart): frequency(smart.query.tf, Double(term.weight)) * idf(smart.query.idf, df)
                case .coverage: 1
                case .bm25, .impact: Double(term.weight)
                }
            squares += queryWeight * queryWeight
            for document in 0..<count {
                guard let weight = weights[term.field][document][term.text] else { continue }
                total[document] += queryWeight * contribution(scorer, term.field, weight, df, document)
            }
        }
        // The norm of the query belongs to the query as a whole; the first scorer decides it.
        if case .tfIDF(let smart) = scorers[0], smart.query.norm == .cosine, squares > 0 { total = total.map { $0 / squares.squareRoot() } }
        return total
    }

    private func contribution(_ scorer: Scorer, _ field: Int, _ weight: Int, _ df: Int, _ document: Int) -> Double {
        let w = Double(weight)
        let n = Double(count)
        switch scorer {
        case .impact: return w / 255
        case .bm25(let k1, let b):
            let k1 = Double(k1), b = Double(b)
            let lengths = weights[field].map { Double($0.values.reduce(0, +)) }
            let isText = Self.fields[field].content == .text
            let average = max(1e-9, isText ? lengths.reduce(0, +) / n : 0)
            let length = isText ? lengths[document] : 0
            return log(1 + (n - Double(df) + 0.5) / (Double(df) + 0.5)) * w * (k1 + 1) / (w + k1 * (1 - b + b * length / average))
        case .coverage(let exponent, let letter):
            let all: Double = weights[field][document].keys.map { idf(letter, documentFrequencies[field][$0] ?? 0) }.sorted().reduce(0, +)
            return all > 0 ? idf(letter, df) / pow(all, Double(exponent)) : 0
        case .tfIDF(let smart):
            let value = frequency(smart.document.tf, w) * idf(smart.document.idf, df)
            guard smart.document.norm == .cosine else { return value }
            let norm = weights[field][document].map { term, count -> Double in
                let part = frequency(smart.document.tf, Double(count)) * idf(smart.document.idf, documentFrequencies[field][term] ?? 0)
                return part * part
            }.sorted().reduce(0, +).squareRoot()
            return norm > 0 ? value / norm : 0
        }
    }

    private func frequency(_ tf: SMART.TermFrequency, _ count: Double) -> Double {
        switch tf {
        case .natural: count
        case .logarithmic: count > 0 ? 1 + log(count) : 0
        case .binary: count > 0 ? 1 : 0
        }
    }

    private func idf(_ letter: SMART.InverseDocumentFrequency, _ df: Int) -> Double {
        let n = Double(count)
        let df = Double(df)
        return switch letter {
        case .none: 1
        case .standard: log(n / df)
        case .probabilistic: max(0, log((n - df) / df))
        case .smooth: log((1 + n) / (1 + df)) + 1
        }
    }
}
