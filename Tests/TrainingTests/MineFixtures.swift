import Encoders
import LinearAlgebra
import Ranking
import TestSupport
import Training

enum Teams { static let all = [1, 2, 3].map { ThreadTeam(size: $0) } }

/// Finds what it was told to, for any request.
struct FixedRetriever: NegativeRetriever {
    var name: String
    var identity: String { name }
    var list: [Int]
    /// How near a document is; 0 for others.
    var similarities: [Int: Float]?

    func nearest(_ requests: [String], count: Int) -> Retrieval {
        let scored = list.prefix(count).enumerated().map { Scored(document: DocumentID($1), score: Float(1 - $0)) }
        return Retrieval(
            nearest: requests.map { _ in scored }, similarity: similarities.map { similarities in { _, document in similarities[document] ?? 0 } })
    }
}

/// Words as dimensions, by their numbers: texts that share words are near.
struct WordEncoder: TextEncoder {
    var identity = "words"
    var dimension = 40
    /// Added to every number, so that other seeds make other vectors.
    var shift = 0
    /// A word at which a vector is not a number.
    var poison: String?

    func encode(_ text: String) -> BiEncoder.Encoding {
        var vector = [Float](repeating: 0, count: dimension)
        for word in text.split(separator: " ") {
            if word == poison ?? "" { vector[0] = .nan }
            let number = word.utf8.reduce(shift) { ($0 * 31 + Int($1)) % 9973 }
            vector[number % dimension] += 1
        }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return BiEncoder.Encoding(vector: length == 0 ? vector : vector.map { $0 / length })
    }

    func encode(_ texts: [String], progress: (@Sendable (Int) -> Void)?) -> (vectors: Matrix, truncated: [Int]) {
        (Matrix(texts.map { encode($0).vector }), [])
    }
}

/// Sets of one to five of 24 tags, of songs of three sets each, and requests that name one to four tags, most of them the own document's.
struct RandomPairs {
    static let words =
        "calm sad happy dark slow fast piano guitar violin flute drums bass jazz rock folk metal ambient choir synth banjo waltz dub ska harp"
        .split(separator: " ").map(String.init)

    let documents: [DescriptorSet]
    let requests: [TrainingRequest]

    init(seed: UInt64, documents: Int, requests: Int) {
        var generator = SeededGenerator(seed: seed)
        func sample(_ count: Int) -> [String] { Array(Self.words.shuffled(using: &generator).prefix(count)) }
        let sets = (0..<documents).map { _ in DescriptorSet(tags: sample(Int.random(in: 1...5, using: &generator))) }
        self.documents = sets
        self.requests = (0..<requests).map { _ in
            let document = Int.random(in: 0..<documents, using: &generator)
            let words = sets[document].tags.prefix(2) + sample(Int.random(in: 0...2, using: &generator))
            return TrainingRequest(
                text: "some " + words.joined(separator: " "), document: document, source: Bool.random(using: &generator) ? .caption : .grammar,
                song: document / 3)
        }
    }
}
