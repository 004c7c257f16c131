/// A node with its similarity in one number that sorts as both do: nearer is greater, equals by lower node.
///
/// From the top: 32 bits of similarity mapped so that unsigned order is numeric order, 31 bits of 2^31 - 1 - node, one bit that says "expanded" and never
/// decides between two nodes.
struct Candidate: Comparable {
    var key: UInt64

    @inline(__always) init(_ similarity: Float, _ node: UInt32) {
        let bits = similarity.bitPattern
        let ordered = bits ^ (UInt32(bitPattern: Int32(bitPattern: bits) >> 31) | 0x8000_0000)
        key = UInt64(ordered) << 32 | UInt64(0x7FFF_FFFF - node) << 1
    }

    /// One more than any node's number can be.
    static let nodeLimit = 1 << 31

    @inline(__always) var node: UInt32 { 0x7FFF_FFFF - UInt32(truncatingIfNeeded: key) >> 1 }
    @inline(__always) var similarity: Float {
        let ordered = UInt32(truncatingIfNeeded: key >> 32)
        return Float(bitPattern: ordered ^ (ordered >> 31 == 1 ? 0x8000_0000 : 0xFFFF_FFFF))
    }
    @inline(__always) var isExpanded: Bool { key & 1 != 0 }
    @inline(__always) static func < (a: Candidate, b: Candidate) -> Bool { a.key < b.key }
}

/// The nearest candidates seen, nearest first, in memory that is kept from search to search. For the few hundred that a search keeps, insertion into a
/// sorted array moves less than a heap does, and both ends are at hand.
struct CandidatePool: @unchecked Sendable {  // used by one thread at a time, like the scratch that owns it
    private(set) var base: UnsafeMutablePointer<Candidate>
    private var allocated: Int
    private(set) var capacity = 0
    private(set) var count = 0

    init() {
        allocated = 256
        base = .allocate(capacity: allocated)
    }

    func deallocate() { base.deallocate() }

    /// Empties the pool, which then keeps `capacity` candidates.
    mutating func reset(capacity: Int) {
        if capacity > allocated {
            base.deallocate()
            allocated = capacity
            base = .allocate(capacity: allocated)
        }
        self.capacity = capacity
        count = 0
    }

    @inline(__always) subscript(i: Int) -> Candidate { base[i] }
    @inline(__always) var isFull: Bool { count == capacity }

    /// Whether the candidate would be kept.
    @inline(__always) func accepts(_ candidate: Candidate) -> Bool { count < capacity || (count > 0 && candidate > base[count - 1]) }

    /// Inserts a candidate that `accepts` says would be kept; returns its place.
    @inline(__always) @discardableResult mutating func insert(_ candidate: Candidate) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) >> 1
            if base[middle] > candidate { low = middle + 1 } else { high = middle }
        }
        let kept = count < capacity ? count : count - 1
        (base + low + 1).update(from: base + low, count: kept - low)
        base[low] = candidate
        count = kept + 1
        return low
    }

    @inline(__always) func markExpanded(_ i: Int) { base[i].key |= 1 }

    /// Leaves the nearest alone, not expanded: where the search of the next layer begins.
    mutating func keepNearest() {
        count = min(count, 1)
        if count > 0 { base[0].key &= ~1 }
    }
}

extension CandidatePool {
    @inline(__always) mutating func offer(_ candidate: Candidate) {
        if accepts(candidate) { insert(candidate) }
    }
}
