/// A document by its position in an index: documents are numbered in the order of their ids, so that comparing numbers compares ids.
public typealias DocumentID = UInt32

/// A document with its score; larger is nearer.
public struct Scored: Hashable, Sendable {
    public var document: DocumentID
    public var score: Float

    public init(document: DocumentID, score: Float) {
        self.document = document
        self.score = score
    }

    /// The one order of results: by falling score, equal scores by rising document.
    @inlinable public static func precedes(_ a: Scored, _ b: Scored) -> Bool {
        a.score != b.score ? a.score > b.score : a.document < b.document
    }
}

/// Keeps the best k of the documents it is shown, ties by document.
///
/// - Complexity: `insert` O(log k), and O(1) for a document that does not make it.
public struct TopK: Sendable {
    public let capacity: Int
    /// A heap with the worst kept document at the root.
    private var heap: [Scored] = []

    public init(_ capacity: Int) {
        precondition(capacity >= 0, "capacity \(capacity) is negative")
        self.capacity = capacity
        heap.reserveCapacity(min(capacity, 4096))
    }

    public var isFull: Bool { heap.count == capacity }

    /// The score to beat: the worst one kept, or −∞ while there is room. A later document with this very score loses the tie.
    @inline(__always) public var threshold: Float { isFull ? heap.first?.score ?? .infinity : -.infinity }

    public mutating func insert(_ candidate: Scored) {
        if heap.count < capacity {
            heap.append(candidate)
            siftUp(heap.count - 1)
        } else if let worst = heap.first, Scored.precedes(candidate, worst) {
            heap[0] = candidate
            siftDown(0)
        }
    }

    /// Best first.
    public func sorted() -> [Scored] { heap.sorted(by: Scored.precedes) }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard Scored.precedes(heap[parent], heap[child]) else { return }
            heap.swapAt(parent, child)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var worst = parent
            let left = 2 * parent + 1
            if left < heap.count, Scored.precedes(heap[worst], heap[left]) { worst = left }
            if left + 1 < heap.count, Scored.precedes(heap[worst], heap[left + 1]) { worst = left + 1 }
            if worst == parent { return }
            heap.swapAt(parent, worst)
            parent = worst
        }
    }
}
