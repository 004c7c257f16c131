import CKernels
public import Ranking
public import Storage

/// A hierarchical navigable small world graph (Malkov & Yashunin 2018, doi:10.1109/TPAMI.2018.2889473), mapped into memory.
///
/// A search walks from neighbour to neighbour towards the query and looks at a few thousand rows, not at all. It may miss some of the true nearest: `ef`
/// trades that for time. It compares int8 codes (unless the format has none) and scores the last candidates by all the row has. Documents with the very same
/// vector share a node. A filter that few documents pass is answered exactly, by comparing those; a filter that many pass, by a walk that steps over
/// documents outside it and keeps those inside; which of the two is cheaper is estimated, and a walk that runs dry is followed by a comparison.
/// - Complexity: `search` O(ef · M · log count) similarities, expected.
public final class HNSWIndex: VectorIndex {
    public static let kind = "hnsw"
    public static let version: UInt32 = 1

    public let count: Int
    public let dimension: Int
    public let encoder: String
    public let format: RowFormat
    public let parameters: HNSWParameters
    let storage: MappedRows
    let links: MappedLinks
    let documents: NodeDocuments
    let scratches: ScratchStore

    /// - Throws: `FileError` for a file that is missing, foreign, newer, or contradicts itself anywhere.
    public convenience init(path: String) throws(FileError) {
        try self.init(SectionFile(path: path, kind: Self.kind, version: Self.version))
    }

    /// An index that never goes to disk.
    public convenience init(inMemory builder: HNSWBuilder) throws(FileError) {
        try self.init(content: MappedFile(content: builder.file().content(), named: "index in memory"))
    }

    /// Reads content that is mapped already.
    convenience init(content: MappedFile) throws(FileError) {
        try self.init(SectionFile(content, kind: Self.kind, version: Self.version))
    }

    private init(_ file: SectionFile) throws(FileError) {
        let shape = try IndexShape(file)
        count = shape.count
        dimension = shape.dimension
        encoder = shape.encoder
        format = shape.format
        let graph: MappedArray<UInt64> = try file.array("graph")
        guard graph.count == 3, (2...256).contains(graph[0]), (graph[0]...UInt64(Int32.max)).contains(graph[1]) else {
            throw file.damaged(section: "graph", expected: "M, efConstruction and seed", found: "\(Array(graph.prefix(3)))")
        }
        parameters = HNSWParameters(m: Int(graph[0]), efConstruction: Int(graph[1]), seed: graph[2])
        links = try MappedLinks(file, m: parameters.m)
        documents = try NodeDocuments(file, count: count, nodes: links.nodes)
        storage = try MappedRows(file, count: links.nodes, dimension: dimension, format: format)
        scratches = ScratchStore(nodes: links.nodes, dimension: dimension)
    }

    /// Distinct vectors.
    public var nodeCount: Int { links.nodes }

    public func search(_ query: UnsafeBufferPointer<Float>, k: Int, ef: Int?, filter: DocumentBitmap?) -> [Scored] {
        search(query, k: k, ef: ef, filter: filter, plan: nil)
    }

    /// - Parameter plan: nil is the one that is estimated to be cheaper.
    func search(_ query: UnsafeBufferPointer<Float>, k: Int, ef: Int?, filter: DocumentBitmap?, plan: FilterPlan?) -> [Scored] {
        precondition(query.count == dimension, "a query of \(query.count) elements in an index of dimension \(dimension)")
        precondition(k >= 0, "k \(k) is negative")
        let k = min(k, filter?.count ?? count)
        guard k > 0, links.nodes > 0 else { return [] }
        let ef = min(max(ef ?? Self.defaultEf, k, 1), links.nodes)
        return scratches.with { scratch in
            let query = scratch.prepare(query, storage.rows)
            switch plan ?? FilterPlan(nodes: links.nodes, matches: filter?.count, ef: ef, m: parameters.m) {
            case .compare: break
            case .walk:
                let found: [Scored]
                if let filter {
                    let isFull = walk(query, ef: ef, filter, scratch)
                    found = isFull ? best(of: scratch.results, query, k: k, filter) : []
                } else {
                    walk(query, ef: ef, scratch)
                    scratch.forgetVisited()
                    found = best(of: scratch.pool, query, k: k, nil)
                }
                if found.count == k { return found }
            }
            return compareAll(query, k: k, filter, scratch)
        }
    }

    func walk(_ query: Rows.Query, ef: Int, _ scratch: SearchScratch) {
        let graph = links.graph
        let entry = graph.enter(storage.rows, query, downTo: 1, scratch)
        scratch.pool.reset(capacity: ef)
        scratch.pool.insert(entry)
        graph.searchLayer(storage.rows, query, layer: 0, scratch)
    }

    /// The k best documents of the nearest nodes, by their scores.
    private func best(of pool: CandidatePool, _ query: Rows.Query, k: Int, _ filter: DocumentBitmap?) -> [Scored] {
        // Codes may have swapped neighbours: twice as many nodes as are wanted are scored anew.
        let nodes = min(pool.count, storage.rows.isScoredAnew ? Rescoring.count(k) : k)
        for i in 0..<nodes { storage.rows.prefetchScoring(Int(pool[i].node)) }
        var top = TopK(k)
        for i in 0..<nodes {
            let node = pool[i].node
            let score = storage.rows.isScoredAnew ? storage.rows.score(query, Int(node)) : pool[i].similarity
            for document in documents.of(node) where filter?.contains(document) ?? true { top.insert(Scored(document: document, score: score)) }
        }
        return top.sorted()
    }

    /// All documents of the filter, compared one by one.
    private func compareAll(_ query: Rows.Query, k: Int, _ filter: DocumentBitmap?, _ scratch: SearchScratch) -> [Scored] {
        scratch.results.reset(capacity: storage.rows.isScoredAnew ? Rescoring.count(k) : k)
        guard let filter else {
            for first in stride(from: 0, to: links.nodes, by: SearchScratch.width) {
                let size = min(SearchScratch.width, links.nodes - first)
                storage.rows.similarities(query, from: first, size, scratch.similarities)
                for i in 0..<size { scratch.results.offer(Candidate(scratch.similarities[i], UInt32(first + i))) }
            }
            return best(of: scratch.results, query, k: k, nil)
        }
        var waiting: [UInt32] = []
        waiting.reserveCapacity(SearchScratch.width)
        func compare() {
            storage.rows.similarities(query, waiting, waiting.count, scratch.similarities)
            for i in waiting.indices { scratch.results.offer(Candidate(scratch.similarities[i], waiting[i])) }
            waiting.removeAll(keepingCapacity: true)
        }
        filter.forEach { document in
            guard Int(document) < count else { return }
            let node = documents.node(of: document)
            // Of equal vectors, the first document in the filter stands for all.
            let others = documents.of(node)
            guard others.count == 1 || others.first(where: filter.contains) == document else { return }
            waiting.append(node)
            if waiting.count == SearchScratch.width { compare() }
        }
        compare()
        return best(of: scratch.results, query, k: k, filter)
    }
}

/// How many nodes are scored anew for k documents.
enum Rescoring {
    static func count(_ k: Int) -> Int { 2 * k + 10 }
}
