public import Ranking

/// A set of documents 0 ..< capacity, one bit each.
public struct DocumentBitmap: Hashable, Sendable {
    public let capacity: Int
    /// How many documents are in the set.
    public private(set) var count = 0
    private(set) var words: [UInt64]

    public init(capacity: Int) {
        precondition(capacity >= 0, "capacity \(capacity) is negative")
        self.capacity = capacity
        words = [UInt64](repeating: 0, count: (capacity + 63) / 64)
    }

    public init(capacity: Int, _ documents: some Sequence<DocumentID>) {
        self.init(capacity: capacity)
        for document in documents { insert(document) }
    }

    public mutating func insert(_ document: DocumentID) {
        precondition(Int(document) < capacity, "document \(document) in a set of \(capacity)")
        let bit: UInt64 = 1 << UInt64(document & 63)
        if words[Int(document >> 6)] & bit == 0 { count += 1 }
        words[Int(document >> 6)] |= bit
    }

    /// A document beyond the capacity is not in the set.
    public func contains(_ document: DocumentID) -> Bool {
        Int(document) < capacity && words[Int(document >> 6)] & (1 << UInt64(document & 63)) != 0
    }

    /// In rising order.
    public func forEach(_ body: (DocumentID) -> Void) {
        for (i, word) in words.enumerated() {
            var left = word
            while left != 0 {
                body(DocumentID(i * 64 + left.trailingZeroBitCount))
                left &= left - 1
            }
        }
    }
}
