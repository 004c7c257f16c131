import Ranking

/// Whether to compare every document of a filter or to walk the graph.
enum FilterPlan: Hashable {
    case compare
    case walk

    /// Nodes near the query, inside the filter or not, from which a filtered walk begins.
    static let seeds = 16
    /// Of the nodes visited on the way to the seeds, this part of what the filter's size leads to expect must be inside it.
    static let leastOfExpected = 0.25

    /// The cheaper one, where both are good.
    /// - Parameter matches: documents that pass the filter; nil is no filter.
    init(nodes: Int, matches: Int?, ef: Int, m: Int) {
        // Measured: a walk takes as long as comparing some 6M rows for each candidate kept. Where a node has less than one link into the filter on
        // average, the walk begins to miss.
        let matches = min(matches ?? nodes, nodes)
        self = matches <= ef * 6 * m || matches * 2 * m < nodes ? .compare : .walk
    }
}

extension HNSWIndex {
    /// The nearest nodes inside the filter into the scratch's results; false if they cannot be trusted: where the filter spares the query's own
    /// neighbourhood, steps from there may not lead to what it holds far away.
    func walk(_ query: Rows.Query, ef: Int, _ filter: DocumentBitmap, _ scratch: SearchScratch) -> Bool {
        walk(query, ef: FilterPlan.seeds, scratch)
        let inside = scratch.countVisited { matches($0, filter) }
        let expected = Double(filter.count) / Double(count) * Double(scratch.touchedCount)
        scratch.forgetVisited()
        if Double(inside) < expected * FilterPlan.leastOfExpected { return false }
        scratch.results.reset(capacity: ef)
        let seeds = scratch.pool
        for i in 0..<seeds.count {
            scratch.visit(seeds[i].node)
            if matches(seeds[i].node, filter) { scratch.results.offer(seeds[i]) }
        }
        for i in 0..<seeds.count { _ = expand(seeds[i].node, query, filter, scratch) }
        var next = 0
        while next < scratch.results.count {
            if scratch.results[next].isExpanded {
                next += 1
                continue
            }
            scratch.results.markExpanded(next)
            next = min(next + 1, expand(scratch.results[next].node, query, filter, scratch))
        }
        scratch.forgetVisited()
        return scratch.results.count >= min(ef, filter.count)
    }

    /// Compares the neighbours of a node that are inside the filter and, through neighbours outside it, theirs: two steps at once, as in ACORN (Patel et al.
    /// 2024, doi:10.1145/3654923), so that nothing is read of the rows outside. Returns the best place a new one took.
    private func expand(_ node: UInt32, _ query: Rows.Query, _ filter: DocumentBitmap, _ scratch: SearchScratch) -> Int {
        let graph = links.graph
        let degree = graph.degree(0)
        let inside = scratch.inside
        let outside = scratch.outside
        var count = 0
        var outsideCount = 0
        for neighbour in scratch.unvisited(graph.links(node, layer: 0), degree: degree) {
            if matches(neighbour, filter) {
                inside[count] = neighbour
                count += 1
            } else {
                outside[outsideCount] = neighbour
                outsideCount += 1
                graph.prefetchLinks(neighbour, layer: 0)
            }
        }
        // Each second step adds at most one list of links: never more than two lists altogether.
        for i in 0..<outsideCount {
            if count >= degree { break }
            let links = graph.links(outside[i], layer: 0)
            for j in 0..<degree {
                let second = links[j]
                if second == Graph.noLink { break }
                if !scratch.isVisited(second), matches(second, filter) {
                    scratch.visit(second)
                    inside[count] = second
                    count += 1
                }
            }
        }
        storage.rows.similarities(query, inside, count, scratch.similarities)
        var best = Int.max
        for i in 0..<count {
            let candidate = Candidate(scratch.similarities[i], inside[i])
            if scratch.results.accepts(candidate) { best = min(best, scratch.results.insert(candidate)) }
        }
        return best
    }

    @inline(__always) private func matches(_ node: UInt32, _ filter: DocumentBitmap) -> Bool {
        for document in documents.of(node) where filter.contains(document) { return true }
        return false
    }
}
