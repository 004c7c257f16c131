public import Encoders
public import LinearAlgebra
import Ranking
import Storage

/// Finds documents by the cosine of their vector and the request's, exactly: every document is compared.
public struct DenseRetriever: NegativeRetriever {
    public let name: String
    public let identity: String
    private let encoder: any TextEncoder
    /// [documents][dimension], and as the products want them.
    private let documents: Matrix
    private let transposed: Matrix
    private let team: ThreadTeam

    /// Requests of one product: 256 rows of 15,000 similarities are 15 MB.
    private static let requestsAtOnce = 256

    /// - Parameter documents: written out as `DescriptorSet.text`.
    /// - Complexity: one encoding a document.
    /// - Throws: `MiningError.notFinite`.
    public init(_ documents: [DescriptorSet], encoder: any TextEncoder, team: ThreadTeam = .shared) throws {
        name = encoder.identity
        self.encoder = encoder
        self.team = team
        let texts = documents.map(\.text)
        self.documents = encoder.encode(texts, progress: nil).vectors
        try Self.check(self.documents, texts, encoder.identity)
        transposed = self.documents.transposed
        // Not the name: a model may be given under two of them.
        identity = "vectors \(self.documents.values.withUnsafeBytes { Checksum.sha256($0) })"
    }

    /// - Complexity: one encoding a request and O(requests · documents · dimension), in products.
    public func nearest(_ requests: [String], count: Int) throws -> Retrieval {
        let vectors = encoder.encode(requests, progress: nil).vectors
        try Self.check(vectors, requests, name)
        var nearest = [[Scored]](repeating: [], count: requests.count)
        for first in stride(from: 0, to: requests.count, by: Self.requestsAtOnce) {
            let rows = min(Self.requestsAtOnce, requests.count - first)
            let width = vectors.columns
            let part = Matrix(rows: rows, columns: width, values: Array(vectors.values[first * width..<(first + rows) * width]))
            let similarities = part.product(transposed, team: team)
            nearest.withUnsafeMutableBufferPointer { nearest in
                similarities.values.withUnsafeBufferPointer { similarities in
                    team.split(rows) { range in
                        for row in range {
                            nearest[first + row] = Self.greatest(similarities[row * documents.rows..<(row + 1) * documents.rows], count: count)
                        }
                    }
                }
            }
        }
        return Retrieval(nearest: nearest, similarity: { [documents] in Self.dot(vectors, $0, documents, $1) })
    }

    private static func greatest(_ scores: Slice<UnsafeBufferPointer<Float>>, count: Int) -> [Scored] {
        var top = TopK(min(count, scores.count))
        let scores = UnsafeBufferPointer(rebasing: scores)
        for i in scores.indices where scores[i] > top.threshold { top.insert(Scored(document: DocumentID(i), score: scores[i])) }
        return top.sorted()
    }

    private static func dot(_ a: Matrix, _ rowA: Int, _ b: Matrix, _ rowB: Int) -> Float {
        let width = a.columns
        return a.values.withUnsafeBufferPointer { x in
            b.values.withUnsafeBufferPointer { y in
                // Sixteen sums side by side, in the same order everywhere.
                var sums = SIMD16<Float>.zero
                var i = 0
                while i + 16 <= width {
                    for lane in 0..<16 { sums[lane] += x[rowA * width + i + lane] * y[rowB * width + i + lane] }
                    i += 16
                }
                var sum = sums.sum()
                while i < width {
                    sum += x[rowA * width + i] * y[rowB * width + i]
                    i += 1
                }
                return sum
            }
        }
    }

    private static func check(_ vectors: Matrix, _ texts: [String], _ name: String) throws(MiningError) {
        guard let place = vectors.values.firstIndex(where: { !$0.isFinite }) else { return }
        throw .notFinite(retriever: name, text: texts[place / vectors.columns])
    }
}
