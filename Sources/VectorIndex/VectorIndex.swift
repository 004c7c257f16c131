public import Ranking

/// Vectors in which the nearest to a query are found. Nearness is the dot product: of unit vectors, the cosine of their angle. Larger = nearer, equal
/// similarities by rising document. Documents are the rows 0 ..< count that the index was built from.
///
/// ```swift
/// let index = try HNSWIndex(inMemory: HNSWBuilder(rows: vectors, dimension: 384))
/// let nearest = index.search(query, k: 10, ef: 64)
/// ```
public protocol VectorIndex: Sendable {
    var count: Int { get }
    var dimension: Int { get }
    /// What made the vectors, in the builder's own words: a model's name and version. Vectors of different encoders do not compare.
    var encoder: String { get }

    /// The k nearest documents, nearest first; fewer where fewer are there.
    ///
    /// - Parameters:
    ///   - query: `dimension` finite floats; need not be of unit length, but scores are cosines only if it is.
    ///   - ef: how many candidates a graph keeps while it searches (Malkov & Yashunin's `ef`): more find more of the true neighbours and take longer. At
    ///     least k are kept; nil is `defaultEf`. Exact indexes take no notice.
    ///   - filter: only documents in it are found; nil is all.
    func search(_ query: UnsafeBufferPointer<Float>, k: Int, ef: Int?, filter: DocumentBitmap?) -> [Scored]
}

extension VectorIndex {
    /// `ef` where the caller names none.
    public static var defaultEf: Int { 64 }

    public func search(_ query: [Float], k: Int, ef: Int? = nil, filter: DocumentBitmap? = nil) -> [Scored] {
        query.withUnsafeBufferPointer { search($0, k: k, ef: ef, filter: filter) }
    }
}

/// A row that no index takes.
public struct VectorError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        /// The element at `column` is NaN or infinite.
        case notFinite(column: Int)
        case zero
        /// The length is further than 0.001 from 1.
        case notUnit(length: Float)
    }

    public var row: Int
    public var reason: Reason

    public init(row: Int, reason: Reason) {
        self.row = row
        self.reason = reason
    }

    public var description: String {
        switch reason {
        case .notFinite(let column): "vector \(row): element \(column) is not a finite number"
        case .zero: "vector \(row) is zero: it has no direction to compare"
        case .notUnit(let length): "vector \(row) has length \(length), not 1"
        }
    }
}
