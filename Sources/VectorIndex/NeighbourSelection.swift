/// The paper's heuristic (algorithm 4): of candidates, nearest first, those that are nearer to the node than to any neighbour chosen already. Neighbours then
/// point in different directions, and a cluster does not use up all links.
struct NeighbourSelection: @unchecked Sendable {  // used by one thread at a time
    private let similarities: UnsafeMutablePointer<Float> = .allocate(capacity: Self.block)
    /// Compared at once: one call of the kernel, yet little is computed after the first that refuses.
    private static let block = 8

    func deallocate() { similarities.deallocate() }

    /// Writes at most `limit` of the candidates to `chosen`; returns how many.
    func select(
        _ candidates: UnsafePointer<Candidate>, _ count: Int, limit: Int, _ rows: Rows, into chosen: UnsafeMutablePointer<UInt32>
    ) -> Int {
        var selected = 0
        for i in 0..<count {
            if selected == limit { break }
            let candidate = candidates[i]
            let similarity = candidate.similarity
            let query = rows.query(row: candidate.node)
            var isCovered = false
            var first = 0
            while first < selected, !isCovered {
                let size = min(Self.block, selected - first)
                rows.similarities(query, chosen + first, size, similarities)
                for j in 0..<size where similarities[j] >= similarity { isCovered = true }
                first += size
            }
            if isCovered { continue }
            chosen[selected] = candidate.node
            selected += 1
        }
        return selected
    }
}
