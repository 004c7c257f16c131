import CKernels
import Synchronization

/// What one search writes to: made once, used by one search after another.
final class SearchScratch: @unchecked Sendable {  // one user at a time
    var pool = CandidatePool()
    var results = CandidatePool()
    private(set) var frontier: [Candidate] = []
    /// One bit a node.
    let visited: UnsafeMutablePointer<UInt64>
    /// Nodes whose bits are set, the latest at the end.
    private(set) var touched: UnsafeMutablePointer<UInt32>
    private(set) var touchedCount = 0
    private var touchedCapacity = 8192
    let similarities: UnsafeMutablePointer<Float>
    let floats: UnsafeMutablePointer<Float>
    let codes: UnsafeMutablePointer<Int8>
    /// Similarities of one call; at least the widest neighbourhood and a block of a scan.
    static let width = 1024

    init(nodes: Int, dimension: Int) {
        visited = .allocate(capacity: nodes / 64 + 1)
        visited.initialize(repeating: 0, count: nodes / 64 + 1)
        touched = .allocate(capacity: touchedCapacity)
        similarities = .allocate(capacity: Self.width)
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

    func forgetVisited() {
        for i in 0..<touchedCount { visited[Int(touched[i] >> 6)] = 0 }
        touchedCount = 0
    }

    // MARK: Frontier: a heap with the nearest at the root

    func clearFrontier() { frontier.removeAll(keepingCapacity: true) }

    func pushFrontier(_ candidate: Candidate) {
        frontier.append(candidate)
        var child = frontier.count - 1
        while child > 0, frontier[(child - 1) / 2] < frontier[child] {
            frontier.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    func popFrontier() -> Candidate? {
        guard let first = frontier.first, let last = frontier.popLast() else { return nil }
        guard !frontier.isEmpty else { return first }
        var parent = 0
        while true {
            var child = 2 * parent + 1
            if child >= frontier.count { break }
            if child + 1 < frontier.count, frontier[child] < frontier[child + 1] { child += 1 }
            if frontier[child] < last { break }
            frontier[parent] = frontier[child]
            parent = child
        }
        frontier[parent] = last
        return first
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
