import LinearAlgebra

/// Builds a graph in batches, so that threads never wait for each other and their number does not show in the result.
///
/// The nodes of a batch search the graph as it was before the batch, and each other; every thread writes the links of its own nodes only. Then the links
/// back are made, grouped by the node that receives them: again each written by one thread, in the order of the nodes. Batches grow with the graph, so that
/// what a node does not see stays a small part of it.
final class GraphConstruction: @unchecked Sendable {  // parts of a batch write to disjoint places
    let m: Int
    let rows: Rows
    /// nodeCounts[l]: nodes of layer l, numbered first.
    let nodeCounts: [UInt32]
    private let efConstruction: Int
    private let team: ThreadTeam
    private let base: UnsafeMutablePointer<UInt32>
    private let upper: UnsafeMutablePointer<UInt32>
    private let counts: UnsafeMutablePointer<UInt32>
    private let baseLength: Int
    private let upperLength: Int
    private let scratches: [SearchScratch]
    private let selections: [NeighbourSelection]

    static let largestBatch = 1024
    /// Fewer pieces than this are done by the caller alone: waking the others takes longer.
    private static let leastShared = 16

    init(_ rows: Rows, nodeCounts: [UInt32], _ parameters: HNSWParameters, team: ThreadTeam) {
        m = parameters.m
        efConstruction = parameters.efConstruction
        self.rows = rows
        self.nodeCounts = nodeCounts
        self.team = team
        let nodes = Int(nodeCounts[0])
        baseLength = nodes * 2 * parameters.m
        upperLength = nodeCounts.dropFirst().reduce(0) { $0 + Int($1) } * parameters.m
        base = .allocate(capacity: baseLength)
        base.initialize(repeating: Graph.noLink, count: baseLength)
        upper = .allocate(capacity: upperLength)
        upper.initialize(repeating: Graph.noLink, count: upperLength)
        counts = .allocate(capacity: nodeCounts.count)
        counts.initialize(from: nodeCounts, count: nodeCounts.count)
        scratches = (0..<team.size).map { _ in SearchScratch(nodes: nodes, dimension: rows.dimension) }
        selections = (0..<team.size).map { _ in NeighbourSelection() }
    }

    deinit {
        base.deallocate()
        upper.deallocate()
        counts.deallocate()
        for selection in selections { selection.deallocate() }
    }

    var graph: Graph { Graph(m: m, base: UnsafePointer(base), upper: UnsafePointer(upper), nodeCounts: UnsafePointer(counts), layerCount: nodeCounts.count) }
    var baseLinks: UnsafeBufferPointer<UInt32> { UnsafeBufferPointer(start: base, count: baseLength) }
    var upperLinks: UnsafeBufferPointer<UInt32> { UnsafeBufferPointer(start: upper, count: upperLength) }

    private func links(_ node: UInt32, layer: Int) -> UnsafeMutablePointer<UInt32> { UnsafeMutablePointer(mutating: graph.links(node, layer: layer)) }

    func build() {
        let nodes = Int(nodeCounts[0])
        var start = min(nodes, 1)
        while start < nodes {
            // No batch crosses the end of a layer: its nodes all lie in the same layers.
            let layerEnd = nodeCounts.reversed().first { Int($0) > start }.map { Int($0) } ?? nodes
            let end = min(start + max(1, min(start / 16, Self.largestBatch)), layerEnd)
            insert(start..<end)
            start = end
        }
        if nodes > 0 { reachAll() }
    }

    /// Pruning may leave nodes that nothing links to: one in some hundred thousand, or a bundle of nearly equal rows that link to each other alone. A neighbour
    /// of their own that has room links back after all, or else the nearest reached node that has room.
    private func reachAll() {
        let reached = scratches[0]
        let searching = SearchScratch(nodes: Int(nodeCounts[0]), dimension: rows.dimension)
        let degree = graph.degree(0)
        var waiting: [UInt32] = []
        func spread(from node: UInt32) {
            reached.visit(node)
            waiting.append(node)
            while let next = waiting.popLast() { waiting += reached.unvisited(graph.links(next, layer: 0), degree: degree) }
        }
        func makeLink(from source: UInt32, to node: UInt32) -> Bool {
            let links = links(source, layer: 0)
            guard let free = (0..<degree).first(where: { links[$0] == Graph.noLink }) else { return false }
            links[free] = node
            spread(from: node)
            return true
        }
        spread(from: 0)
        for isSearching in [false, true] {
            for node in 0..<nodeCounts[0] where !reached.isVisited(node) {
                let own = UnsafeBufferPointer(start: graph.links(node, layer: 0), count: degree).prefix { $0 != Graph.noLink }
                if own.contains(where: { reached.isVisited($0) && makeLink(from: $0, to: node) }) || !isSearching { continue }
                search(for: node, searching)
                _ = (0..<searching.pool.count).contains { makeLink(from: searching.pool[$0].node, to: node) }
            }
        }
        reached.forgetVisited()
    }

    /// The nearest nodes that a search from the top reaches into the scratch's pool.
    private func search(for node: UInt32, _ scratch: SearchScratch) {
        let query = rows.query(row: node)
        let entry = graph.enter(rows, query, downTo: 1, scratch)
        scratch.pool.reset(capacity: efConstruction)
        scratch.pool.insert(entry)
        graph.searchLayer(rows, query, layer: 0, scratch)
        scratch.forgetVisited()
    }

    private func insert(_ batch: Range<Int>) {
        share(batch.count) { part, parts in
            for node in stride(from: batch.lowerBound + part, to: batch.upperBound, by: parts) {
                link(UInt32(node), peers: batch.lowerBound, scratches[part], selections[part])
            }
        }
        let level = nodeCounts.lastIndex { Int($0) > batch.lowerBound } ?? 0
        for layer in 0...level { linkBack(batch, layer: layer) }
    }

    private func share(_ pieces: Int, _ work: (Int, Int) -> Void) {
        if pieces < Self.leastShared { work(0, 1) } else { team.run(work) }
    }

    /// Chooses the neighbours of a node among those before the batch (from `peers` on) and those before the node in it.
    private func link(_ node: UInt32, peers: Int, _ scratch: SearchScratch, _ selection: NeighbourSelection) {
        let graph = graph
        let query = rows.query(row: node)
        let level = nodeCounts.lastIndex { $0 > node } ?? 0
        let entry = graph.enter(rows, query, downTo: level + 1, scratch)
        scratch.pool.reset(capacity: efConstruction)
        scratch.pool.insert(entry)
        for layer in stride(from: level, through: 0, by: -1) {
            graph.searchLayer(rows, query, layer: layer, scratch)
            scratch.forgetVisited()
            let nearest = scratch.pool[0]
            var first = peers
            while first < Int(node) {
                let count = min(Int(node) - first, SearchScratch.width)
                rows.similarities(query, from: first, count, scratch.similarities)
                for i in 0..<count {
                    let candidate = Candidate(scratch.similarities[i], UInt32(first + i))
                    if scratch.pool.accepts(candidate) { scratch.pool.insert(candidate) }
                }
                first += count
            }
            let chosen = links(node, layer: layer)
            _ = selection.select(scratch.pool.base, scratch.pool.count, limit: m, rows, into: chosen)
            scratch.pool.reset(capacity: efConstruction)
            scratch.pool.insert(Candidate(nearest.similarity, nearest.node))
        }
    }

    private func linkBack(_ batch: Range<Int>, layer: Int) {
        let degree = graph.degree(layer)
        // Target and source in one number: sorted, the sources of a target stand together and in order.
        var pairs: [UInt64] = []
        pairs.reserveCapacity(batch.count * m)
        for node in batch {
            let links = links(UInt32(node), layer: layer)
            for i in 0..<m {
                if links[i] == Graph.noLink { break }
                pairs.append(UInt64(links[i]) << 32 | UInt64(node))
            }
        }
        pairs.sort()
        var starts: [Int] = []
        for i in pairs.indices where i == 0 || pairs[i] >> 32 != pairs[i - 1] >> 32 { starts.append(i) }
        pairs.withUnsafeBufferPointer { pairs in
            share(starts.count) { part, parts in
                for i in stride(from: part, to: starts.count, by: parts) {
                    let end = i + 1 < starts.count ? starts[i + 1] : pairs.count
                    add(UnsafeBufferPointer(rebasing: pairs[starts[i]..<end]), layer: layer, degree: degree, scratches[part], selections[part])
                }
            }
        }
    }

    /// Adds the sources of some pairs to the links of their one target; chooses anew when there are too many.
    private func add(_ pairs: UnsafeBufferPointer<UInt64>, layer: Int, degree: Int, _ scratch: SearchScratch, _ selection: NeighbourSelection) {
        let target = UInt32(pairs[0] >> 32)
        let links = links(target, layer: layer)
        var count = 0
        while count < degree, links[count] != Graph.noLink { count += 1 }
        if count + pairs.count <= degree {
            for (i, pair) in pairs.enumerated() { links[count + i] = UInt32(truncatingIfNeeded: pair) }
            return
        }
        let query = rows.query(row: target)
        scratch.pool.reset(capacity: count + pairs.count)
        rows.similarities(query, links, count, scratch.similarities)
        for i in 0..<count { scratch.pool.insert(Candidate(scratch.similarities[i], links[i])) }
        for pair in pairs {
            var source = UInt32(truncatingIfNeeded: pair)
            rows.similarities(query, &source, 1, scratch.similarities)
            scratch.pool.insert(Candidate(scratch.similarities[0], source))
        }
        let chosen = selection.select(scratch.pool.base, scratch.pool.count, limit: degree, rows, into: links)
        for i in chosen..<degree { links[i] = Graph.noLink }
    }
}
