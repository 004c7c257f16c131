public import LexicalIndex
public import LinearAlgebra
import Ranking
import TextAnalysis

/// Finds documents by the stems they share with the request.
public struct LexicalRetriever: NegativeRetriever {
    public let name: String
    public var identity: String { name }
    private let index: LexicalIndex
    private let scoring: FieldScoring
    private let team: ThreadTeam

    /// - Parameters:
    ///   - documents: texts of descriptor sets, by number.
    ///   - scorer: coverage at exponent 0.7 is the best single one on descriptor sets (`bench descriptors`), BM25 the usual one.
    /// - Complexity: O(Σ length of the documents).
    public init(_ documents: [DescriptorSet], scorer: Scorer, team: ThreadTeam = .shared) throws {
        let analyzer = Analyzer(stemmer: .english)
        var builder = IndexBuilder(fields: [Field("tags", .text, scorer: .bm25(k1: 1.2, b: 0.75))])
        for (i, document) in documents.enumerated() { builder.add(analyzer.terms(document.text), field: 0, document: DocumentID(i)) }
        index = try LexicalIndex(inMemory: builder)
        scoring = FieldScoring(index, field: 0, scorer: scorer)
        name = "\(scorer), stems"
        self.team = team
    }

    /// - Complexity: O(postings of the requests' terms) at worst.
    public func nearest(_ requests: [String], count: Int) -> Retrieval {
        var nearest = [[Scored]](repeating: [], count: requests.count)
        nearest.withUnsafeMutableBufferPointer { nearest in
            team.split(requests.count) { range in
                let analyzer = Analyzer(stemmer: .english)
                for i in range { nearest[i] = index.search(LexicalQuery(analyzer.terms(requests[i]), field: 0), [scoring], k: count) }
            }
        }
        return Retrieval(nearest: nearest)
    }
}
