import LexicalIndex
import Ranking
import TextAnalysis

/// The lexical ways of matching a request with descriptor sets that `bench descriptors` compares.
enum DescriptorScorers {
    /// How a document (tags joined by ", ") and a request become terms.
    enum Terms: Int, CaseIterable {
        /// As scikit-learn's default: runs of two or more word characters, lower case.
        case plain
        /// Snowball stems.
        case stems
        /// Lightly stemmed words, and pairs and triples of them that stand together in a tag.
        case phrases
        /// Character 3–5-grams within words.
        case characters3to5
        /// Character 4–5-grams within words.
        case characters4to5
    }

    typealias Part = (terms: Terms, scorer: Scorer, weight: Float)

    struct Method {
        var name: String
        /// Several are divided by their best score of the query, weighted and added.
        var parts: [Part]
    }

    static let lexical = SMART(document: .init(.logarithmic, .smooth, .cosine), query: .init(.logarithmic, .smooth, .cosine))

    /// Says how much of a request a document answers, comparable from request to request.
    static let stemCoverage: Part = (.stems, .coverage(exponent: 0.7), 1)

    /// The last is the one that hybrids build on.
    static let methods: [Method] = [
        Method(name: "TF-IDF, scikit-learn default", parts: [(.plain, .scikitLearn, 1)]),
        Method(name: "TF-IDF \(lexical), stems", parts: [(.stems, .tfIDF(lexical), 1)]),
        Method(name: "TF-IDF \(lexical), words and phrases", parts: [(.phrases, .tfIDF(lexical), 1)]),
        Method(name: "TF-IDF \(lexical), characters 3–5", parts: [(.characters3to5, .tfIDF(lexical), 1)]),
        Method(name: "BM25 k1 1.2 b 0.75, stems", parts: [(.stems, .bm25(k1: 1.2, b: 0.75), 1)]),
        Method(name: "coverage a 0.5, stems", parts: [(.stems, .coverage(exponent: 0.5), 1)]),
        Method(name: "coverage a 0.7, stems", parts: [stemCoverage]),
        Method(name: "coverage a 0.85, stems", parts: [(.stems, .coverage(exponent: 0.85), 1)]),
        Method(name: "coverage a 0.7, characters 4–5", parts: [(.characters4to5, .coverage(exponent: 0.7), 1)]),
        Method(
            name: "coverage of words + characters",
            parts: [stemCoverage, (.characters4to5, .coverage(exponent: 0.7), 1)]),
        Method(
            name: "coverage of words + phrases + characters",
            parts: [
                stemCoverage, (.phrases, .coverage(exponent: 0.8, idf: .standard), 0.8),
                (.characters4to5, .coverage(exponent: 0.6, idf: .standard), 1.2),
            ]),
    ]
}

/// Documents of one task indexed under every kind of terms.
struct DescriptorIndex {
    private let index: LexicalIndex
    private let stems = Analyzer(stemmer: .english)
    private let light = Analyzer(stemmer: .light)
    private let scorings: [String: FieldScoring]

    init(documents: [String]) throws {
        var builder = IndexBuilder(fields: DescriptorScorers.Terms.allCases.map { Field("\($0)", .text, scorer: .bm25(k1: 1.2, b: 0.75)) })
        for (i, document) in documents.enumerated() {
            let document = document
            for terms in DescriptorScorers.Terms.allCases {
                builder.add(
                    Self.terms(document, terms, tags: document.split(separator: ",").map(String.init), stems, light), field: terms.rawValue,
                    document: DocumentID(i))
            }
        }
        let index = try LexicalIndex(inMemory: builder)
        self.index = index
        let parts = DescriptorScorers.methods.flatMap(\.parts)
        scorings = Dictionary(
            parts.map { (Self.key($0), FieldScoring(index, field: $0.terms.rawValue, scorer: $0.scorer)) }, uniquingKeysWith: { first, _ in first })
    }

    private static func key(_ part: DescriptorScorers.Part) -> String { "\(part.terms) \(part.scorer)" }

    /// Every document's score for one query.
    struct Scores {
        /// By each of the methods asked for.
        var methods: [[Float]]
        /// By ``DescriptorScorers/stemCoverage``.
        var stemCoverage: [Float]
    }

    /// - Parameter methods: all of ``DescriptorScorers/methods``, or for hybrids the last alone.
    func scores(of query: String, _ methods: ArraySlice<DescriptorScorers.Method>) -> Scores {
        var known: [String: [Float]] = [:]
        var parsed: [DescriptorScorers.Terms: LexicalQuery] = [:]
        func scores(_ part: DescriptorScorers.Part) -> [Float] {
            let key = Self.key(part)
            if let scores = known[key] { return scores }
            let lexical = parsed[part.terms] ?? LexicalQuery(Self.terms(query, part.terms, tags: [query], stems, light), field: part.terms.rawValue)
            parsed[part.terms] = lexical
            let scores = scorings[key].map { index.scores(of: lexical, [$0]) } ?? []
            known[key] = scores
            return scores
        }
        let methods = methods.map { method in
            method.parts.count == 1 ? scores(method.parts[0]) : Fusion.maximumNormalisedSum(method.parts.map { ($0.weight, scores($0)) })
        }
        return Scores(methods: methods, stemCoverage: scores(DescriptorScorers.stemCoverage))
    }

    private static func terms(_ text: String, _ kind: DescriptorScorers.Terms, tags: [String], _ stems: Analyzer, _ light: Analyzer) -> [String] {
        switch kind {
        case .plain:
            return text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }.filter { $0.count > 1 }.map(String.init)
        case .stems: return stems.terms(text)
        case .phrases:
            return tags.flatMap { tag in
                let words = light.terms(tag)
                return (1...3).flatMap { n in words.count < n ? [] : (0...words.count - n).map { words[$0..<$0 + n].joined(separator: " ") } }
            }
        case .characters3to5: return light.tokens(text).flatMap { CharacterGrams(3...5).grams(of: $0.text) }
        case .characters4to5: return light.tokens(text).flatMap { CharacterGrams(4...5).grams(of: $0.text) }
        }
    }
}
