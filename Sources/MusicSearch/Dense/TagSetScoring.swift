#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Scores of documents that are sets of tags, from how near each tag is to a request (``TagAffinity``).
///
///     score(d) = Σ_{t∈d} i_t · z(t) / (Σ_{t∈d} i_t)^a,   i_t = ln((N + 1) / (df_t + 1))
///
/// It is the lexical index's IDF coverage with a degree in place of "occurs in the request": rare tags count more, and a document is not preferred merely for
/// having many (a < 1) nor for having few (a > 0). The empty set, and one of tags that every document has, score 0.
public struct TagSetScoring: Sendable {
    /// a; the coverage of stems has the same one.
    public let exponent: Float
    /// The tags of document d are `tags[starts[d] ..< starts[d + 1]]`, each with i_t / (Σ i)^a.
    private let starts: [Int]
    private let tags: [Int]
    private let weights: [Float]

    /// - Parameters:
    ///   - documents: tags by number, 0 or more; one that is there twice counts once.
    ///   - exponent: a, in 0...1.
    public init(_ documents: [[Int]], exponent: Float = 0.7) {
        precondition((0...1).contains(exponent), "exponent \(exponent) outside 0...1")
        self.exponent = exponent
        let sets = documents.map { Set($0).sorted() }
        var frequencies: [Int: Int] = [:]
        for tag in sets.joined() { frequencies[tag, default: 0] += 1 }
        let idf = frequencies.mapValues { logf(Float(documents.count + 1) / Float($0 + 1)) }
        var starts = [0], tags: [Int] = [], weights: [Float] = []
        for set in sets {
            let masses = set.map { idf[$0] ?? 0 }
            let total = masses.reduce(0, +)
            tags += set
            weights += masses.map { total > 0 ? $0 / powf(total, exponent) : 0 }
            starts.append(tags.count)
        }
        (self.starts, self.tags, self.weights) = (starts, tags, weights)
    }

    /// Every document's score for one request, 0 or more.
    ///
    /// - Parameter affinities: z by tag.
    /// - Complexity: O(Σ tags of the documents).
    public func scores(_ affinities: [Float]) -> [Float] {
        var scores = [Float](repeating: 0, count: starts.count - 1)
        for document in scores.indices {
            for i in starts[document]..<starts[document + 1] { scores[document] += weights[i] * affinities[tags[i]] }
        }
        return scores
    }
}
