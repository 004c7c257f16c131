import CKernels

/// Pointers to the links of a graph: layer 0 with `2M` links a node, each layer above with M. Nodes are numbered by falling level, so layer l holds the nodes
/// 0 ..< nodeCounts[l], and node 0, which is in all, is where a search enters.
struct Graph: @unchecked Sendable {  // whoever made it keeps the memory alive
    /// Ends a list of links that is not full.
    static let noLink = UInt32.max

    /// The paper's M: links of a node in the layers above 0, which has twice as many.
    let m: Int
    let base: UnsafePointer<UInt32>
    /// The layers above 0, one after the other.
    let upper: UnsafePointer<UInt32>
    let nodeCounts: UnsafePointer<UInt32>
    let layerCount: Int

    @inline(__always) func degree(_ layer: Int) -> Int { layer == 0 ? 2 * m : m }

    @inline(__always) func links(_ node: UInt32, layer: Int) -> UnsafePointer<UInt32> {
        guard layer > 0 else { return base + Int(node) * 2 * m }
        var start = Int(node)
        for below in 1..<layer { start += Int(nodeCounts[below]) }
        return upper + start * m
    }

    /// Walks to ever nearer neighbours in a layer until there is none.
    @inline(__always)
    func descend(_ rows: Rows, _ query: Rows.Query, from start: Candidate, layer: Int, _ scratch: SearchScratch) -> Candidate {
        var best = start
        while true {
            let links = links(best.node, layer: layer)
            var count = 0
            while count < m, links[count] != Self.noLink { count += 1 }
            rows.similarities(query, links, count, scratch.similarities)
            var next = best
            for i in 0..<count { next = max(next, Candidate(scratch.similarities[i], links[i])) }
            if next == best { return best }
            best = next
        }
    }

    /// The paper's SEARCH-LAYER (algorithm 2): from the candidates in the scratch's pool to the nearest nodes of the layer, as many as the pool
    /// keeps. What was visited stays marked.
    @inline(__always)
    func searchLayer(_ rows: Rows, _ query: Rows.Query, layer: Int, _ scratch: SearchScratch) {
        var pool = scratch.pool
        let degree = degree(layer)
        for i in 0..<pool.count { scratch.visit(pool[i].node) }
        var next = 0
        while next < pool.count {
            if pool[next].isExpanded {
                next += 1
                continue
            }
            let node = pool[next].node
            pool.markExpanded(next)
            let unvisited = scratch.unvisited(links(node, layer: layer), degree: degree)
            next += 1
            guard let ids = unvisited.baseAddress, !unvisited.isEmpty else { continue }
            rows.similarities(query, ids, unvisited.count, scratch.similarities)
            for i in 0..<unvisited.count {
                let candidate = Candidate(scratch.similarities[i], ids[i])
                if pool.accepts(candidate) { next = min(next, pool.insert(candidate)) }
            }
            if next < pool.count { prefetchLinks(pool[next].node, layer: layer) }
        }
        scratch.pool = pool
    }

    @inline(__always) func prefetchLinks(_ node: UInt32, layer: Int) {
        let links = links(node, layer: layer)
        for offset in stride(from: 0, to: degree(layer), by: 16) { ck_prefetch(links + offset) }
    }

    /// From the top to layer 1: the node of layer 0 at which to begin.
    @inline(__always)
    func enter(_ rows: Rows, _ query: Rows.Query, downTo last: Int, _ scratch: SearchScratch) -> Candidate {
        var entry: UInt32 = 0
        rows.similarities(query, &entry, 1, scratch.similarities)
        var best = Candidate(scratch.similarities[0], 0)
        var layer = layerCount - 1
        while layer >= last {
            best = descend(rows, query, from: best, layer: layer, scratch)
            layer -= 1
        }
        return best
    }
}
