import CKernels
import Synchronization

/// What one search writes to: made once, used by one search after another.
final class SearchScratch: @unchecked Sendable {  // one user at a time
    var pool = CandidatePool()
    var results = CandidatePool()
    /// One bit a node.
    let visited: UnsafeMutablePointer<UInt64>
    /// Nodes whose bits are set, the latest at the end.
    private(set) var touched: UnsafeMutablePointer<UInt32>
    private(set) var touchedCount = 0
    private var touchedCapacity = 8192
    let similarities: UnsafeMutablePointer<Float>
    /// Neighbours inside and outside a filter.
    let inside: UnsafeMutablePointer<UInt32>
    let outside: UnsafeMutablePointer<UInt32>
    /// The query.
    let floats: UnsafeMutablePointer<Float>
    let codes: UnsafeMutablePointer<Int8>
    /// Similarities of one call: a block of a scan, or two of the widest neighbourhoods.
    static let width = 1024

    init(nodes: Int, dimension: Int) {
        visited = .allocate(capacity: nodes / 64 + 1)
        visited.initialize(repeating: 0, count: nodes / 64 + 1)
        touched = .allocate(capacity: touchedCapacity)
        similarities = .allocate(capacity: Self.width)
        inside = .allocate(capacity: Self.width)
        outside = .allocate(capacity: Self.width)
        floats = .allocate(capacity: Rows.stride(dimension))
        floats.initialize(repeating: 0, count: Rows.stride(dimension))
        codes = .allocate(capacity: Rows.stride(dimension))
    }

    deinit {
        pool.deallocate()
        results.deallocate()
        visited.deallocate()
        touched.deallocate()
        similarities.deallocate()
        inside.deallocate()
        outside.deallocate()
        floats.deallocate()
        codes.deallocate()
    }

    /// Of `links`, at most `degree` and up to the first empty one, those not visited before, now visited.
    @inline(__always)
    func unvisited(_ links: UnsafePointer<UInt32>, degree: Int) -> UnsafeBufferPointer<UInt32> {
        if touchedCount + degree > touchedCapacity { grow(degree) }
        let start = touched + touchedCount
        var count = 0
        for i in 0..<degree {
            let node = links[i]
            if node == Graph.noLink { break }
            let word = visited[Int(node >> 6)]
            let bit: UInt64 = 1 << UInt64(node & 63)
            visited[Int(node >> 6)] = word | bit
            start[count] = node
            count += word & bit == 0 ? 1 : 0
        }
        touchedCount += count
        return UnsafeBufferPointer(start: start, count: count)
    }

    @inline(__always) func isVisited(_ node: UInt32) -> Bool { visited[Int(node >> 6)] & (1 << UInt64(node & 63)) != 0 }

    @inline(__always) func visit(_ node: UInt32) {
        if touchedCount + 1 > touchedCapacity { grow(1) }
        visited[Int(node >> 6)] |= 1 << UInt64(node & 63)
        touched[touchedCount] = node
        touchedCount += 1
    }

    private func grow(_ more: Int) {
        touchedCapacity = 2 * (touchedCapacity + more)
        let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: touchedCapacity)
        larger.update(from: touched, count: touchedCount)
        touched.deallocate()
        touched = larger
    }

    func countVisited(_ isCounted: (UInt32) -> Bool) -> Int { (0..<touchedCount).reduce(0) { $0 + (isCounted(touched[$1]) ? 1 : 0) } }

    func forgetVisited() {
        for i in 0..<touchedCount { visited[Int(touched[i] >> 6)] = 0 }
        touchedCount = 0
    }
}

/// Scratches that wait for their next search.
final class ScratchStore: Sendable {
    private let idle = Mutex<[SearchScratch]>([])
    private let nodes: Int
    private let dimension: Int

    init(nodes: Int, dimension: Int) {
        self.nodes = nodes
        self.dimension = dimension
    }

    func with<R>(_ body: (SearchScratch) -> R) -> R {
        let scratch = idle.withLock { $0.popLast() } ?? SearchScratch(nodes: nodes, dimension: dimension)
        defer { idle.withLock { $0.append(scratch) } }
        return body(scratch)
    }
}

extension SearchScratch {
    /// A query as rows are: quantised where they are, filled up with zeros.
    func prepare(_ query: UnsafeBufferPointer<Float>, _ rows: Rows) -> Rows.Query {
        precondition(query.allSatisfy(\.isFinite), "a query with elements that are not finite numbers")
        guard let base = query.baseAddress else { return Rows.Query(codes: nil, scale: 0, floats: nil) }
        floats.update(from: base, count: query.count)
        guard rows.codes != nil else { return Rows.Query(codes: nil, scale: 1, floats: UnsafePointer(floats)) }
        let scale = ck_quantize_i8(base, query.count, codes, nil)
        return Rows.Query(codes: UnsafePointer(codes), scale: scale, floats: UnsafePointer(floats))
    }
}
