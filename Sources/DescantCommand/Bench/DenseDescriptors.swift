import Encoders
import Evaluation
import LinearAlgebra
import MusicSearch
import Ranking

/// The ways of matching a request with descriptor sets by meaning, alone and beside the best lexical one, that `bench descriptors` compares.
struct DenseMethod: Hashable {
    enum Kind: Hashable {
        /// Cosine of request and document, the tags joined by the separator of this number.
        case cosine(Int)
        /// ``TagSetScoring`` over ``TagAffinity``, by numbers of reading and exponent.
        case tags(reading: Int, exponent: Int)
        /// (1 − α) of the words and α of the cosine.
        case convex(alpha: Float)
        case reciprocalRank
        /// Words, and `weight` of the calibrated tags.
        case hybrid(reading: Int, weight: Float)
        /// The same, and the empty set scores the more the less the best document covers of the request.
        case hybridWithEmptySet(reading: Int, weight: Float)
        /// Words, cosine and calibrated tags with the weights that are kept with the model.
        case learned
    }

    var kind: Kind

    init(_ kind: Kind) { self.kind = kind }

    static let separators = [" ", ", "]
    static let exponents: [Float] = [0.7, 0.5]
    /// Stem coverage up to which a request's best document is no better than none.
    static let emptyCoverage: Float = 1.5

    /// The bi-encoder alone, as it was trained to be used.
    static let alone = DenseMethod(.cosine(0))
    /// What a model whose weights nobody has learnt is used with.
    static let usual = DenseMethod(.hybrid(reading: 1, weight: 0.6))

    static let all: [DenseMethod] =
        [alone]
        + [
            .cosine(1), .tags(reading: 0, exponent: 0), .tags(reading: 0, exponent: 1), .tags(reading: 1, exponent: 0), .tags(reading: 1, exponent: 1),
            .convex(alpha: 0.2), .reciprocalRank, .hybrid(reading: 0, weight: 0.4),
        ].map(DenseMethod.init) + [usual, DenseMethod(.hybridWithEmptySet(reading: 1, weight: 0.6))]

    var name: String {
        switch kind {
        case .cosine(let separator): "cosine, tags joined by " + ["a space", "\", \""][separator]
        case .tags(let reading, let exponent):
            exponent > 0
                ? "\(Self.letters[reading]), a \(Self.exponents[exponent])"
                : "\(Self.letters[reading]): calibrated tags, \(["whole request", "windows of 1–3 words"][reading]), a \(Self.exponents[exponent])"
        case .convex(let alpha): "words + cosine, convex, α \(alpha)"
        case .reciprocalRank: "words + cosine, reciprocal rank, k 60"
        case .hybrid(let reading, let weight): "words + \(weight) \(Self.letters[reading])"
        case .learned: "words + cosine + tags, weights learnt"
        case .hybridWithEmptySet(let reading, let weight): "words + \(weight) \(Self.letters[reading]), with an absolute score for the empty set"
        }
    }

    /// Of readings.
    private static let letters = ["A", "B"]
}

/// Documents of one task, encoded.
struct DenseDescriptors {
    private let vectors: DescriptorVectors
    private let methods: [DenseMethod]
    /// By separator.
    private let columns: [Matrix]
    /// By exponent.
    private let scorings: [TagSetScoring]
    private let emptyDocument: Int?
    private let weights: FusionParameters.DescriptorWeights?

    /// - Parameter weights: needed where `methods` has the learnt one.
    init(_ task: MatchingTask, _ vectors: DescriptorVectors, _ methods: [DenseMethod], weights: FusionParameters.DescriptorWeights? = nil) {
        self.vectors = vectors
        self.methods = methods
        columns = DenseMethod.separators.map { separator in vectors.columns(task.documentTags.map { $0.joined(separator: separator) }) }
        let numbers = task.documentTags.map { vectors.numbers(of: $0) }
        scorings = DenseMethod.exponents.map { TagSetScoring(numbers, exponent: $0) }
        emptyDocument = task.documents.firstIndex(of: "")
        self.weights = weights
    }

    /// What the learnt weights weigh.
    func features(of query: String, _ lexical: DescriptorIndex.Scores) -> DescriptorFeatures {
        let tags = vectors.deviations(of: query).map { scorings[0].scores($0) }
        return DescriptorFeatures(
            request: query, words: lexical.methods[lexical.methods.count - 1], coverage: lexical.stemCoverage,
            cosines: Matrix([vectors.vector(of: query)]).product(columns[0]).values, tags: tags[0], windows: tags[1], empty: emptyDocument)
    }

    /// Every document's score by each method.
    ///
    /// - Parameter lexical: of which the last method's are the words'.
    func scores(of query: String, _ lexical: DescriptorIndex.Scores) -> [[Float]] {
        let words = lexical.methods[lexical.methods.count - 1]
        let request = Matrix([vectors.vector(of: query)])
        // In 0…1, so that an opposite is not taken for a document that was not found.
        let cosines = columns.map { request.product($0).values.map { (1 + $0) / 2 } }
        let deviations = vectors.deviations(of: query)
        let tags = deviations.map { z in scorings.map { $0.scores(z) } }
        func hybrid(_ reading: Int, _ weight: Float) -> [Float] { Fusion.maximumNormalisedSum([(1, words), (weight, tags[reading][0])]) }
        return methods.map { method in
            switch method.kind {
            case .cosine(let separator): return cosines[separator]
            case .tags(let reading, let exponent): return tags[reading][exponent]
            case .convex(let alpha): return Fusion.rangeNormalisedSum([(1 - alpha, words), (alpha, cosines[0])])
            case .reciprocalRank: return Fusion.reciprocalRank([(1, words), (1, cosines[0])])
            case .hybrid(let reading, let weight): return hybrid(reading, weight)
            case .hybridWithEmptySet(let reading, let weight):
                var scores = hybrid(reading, weight)
                if let emptyDocument, let best = scores.max(), let coverage = lexical.stemCoverage.max() {
                    scores[emptyDocument] = best * min(1, DenseMethod.emptyCoverage / coverage)
                }
                return scores
            case .learned:
                guard let weights else { preconditionFailure("learnt weights of a model that has none") }
                return features(of: query, lexical).scores(weights)
            }
        }
    }
}
