public import Ranking

/// A way of finding, among the documents it was made for, those that look like answers to a request.
public protocol NegativeRetriever: Sendable {
    /// For reports, such as "coverage 0.7, stems".
    var name: String { get }
    /// Equal for retrievers that find the same in the same order: two of them are one, whatever their names.
    var identity: String { get }

    /// The nearest documents of each request.
    ///
    /// - Parameter count: at most so many of each.
    /// - Throws: `MiningError.notFinite`.
    func nearest(_ requests: [String], count: Int) throws -> Retrieval
}

/// What a retriever found for some requests.
public struct Retrieval {
    /// [requests] documents, nearest first, none twice.
    public var nearest: [[Scored]]
    /// How near any document is to a request of these, on a scale that is the same for all documents of the request, found or not; nil where the retriever
    /// cannot say. Called from several threads at once.
    public var similarity: ((_ request: Int, _ document: Int) -> Float)?

    public init(nearest: [[Scored]], similarity: ((_ request: Int, _ document: Int) -> Float)? = nil) {
        self.nearest = nearest
        self.similarity = similarity
    }
}

/// Mining that cannot begin or go on.
public enum MiningError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Negatives of one retriever teach the blind spots of that retriever.
    case noRetriever
    /// Two retrievers of which one would add nothing: the same vectors, or the same scorer over the same words.
    case sameRetriever(first: String, second: String)
    /// A model that makes vectors of NaN or infinity.
    case notFinite(retriever: String, text: String)

    public var description: String {
        switch self {
        case .noRetriever: "mining takes a retriever, better two different ones; found none"
        case .sameRetriever(let first, let second):
            "\(first) and \(second) are one retriever twice: expected different ones, since the second would add no negative"
        case .notFinite(let retriever, let text): "\(retriever): expected a vector of finite numbers, found another for \"\(text.prefix(80))\""
        }
    }
}
