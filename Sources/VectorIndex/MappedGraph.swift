import Ranking
import Storage

/// The links of a mapped graph, checked: no search can step out of it.
struct MappedLinks: Sendable {
    let graph: Graph
    let nodes: Int
    /// Keeps the mapping alive.
    private let file: SectionFile

    /// - Throws: `FileError` when layers grow upwards, a section has another length than they say, or a link leads out of its layer.
    init(_ file: SectionFile, m: Int) throws(FileError) {
        self.file = file
        let layers: MappedArray<UInt32> = try file.array("layers")
        let base: MappedArray<UInt32> = try file.array("links")
        let upper: MappedArray<UInt32> = try file.array("upper")
        nodes = layers.first.map { Int($0) } ?? 0
        guard layers.count <= 16, nodes < Candidate.nodeLimit, zip(layers, layers.dropFirst()).allSatisfy({ $0 >= $1 }), layers.last != 0 else {
            throw file.damaged(section: "layers", expected: "at most 16 layers, none larger than the one below or empty", found: "\(Array(layers.prefix(16)))")
        }
        guard base.count == nodes * 2 * m else { throw file.damaged(section: "links", expected: "\(nodes * 2 * m) links", found: "\(base.count)") }
        let upperNodes = layers.dropFirst().reduce(0) { $0 + Int($1) }
        guard upper.count == upperNodes * m else { throw file.damaged(section: "upper", expected: "\(upperNodes * m) links", found: "\(upper.count)") }
        guard let baseAddress = base.buffer.baseAddress, let upperAddress = upper.buffer.baseAddress, let counts = layers.buffer.baseAddress else {
            throw file.damaged(section: "links", expected: "sections in memory", found: "none")
        }
        try Self.check(base.buffer, below: UInt32(nodes), file, "links")
        var start = 0
        for count in layers.dropFirst() {
            let end = start + Int(count) * m
            try Self.check(UnsafeBufferPointer(rebasing: upper.buffer[start..<end]), below: count, file, "upper")
            start = end
        }
        graph = Graph(m: m, base: baseAddress, upper: upperAddress, nodeCounts: counts, layerCount: layers.count)
    }

    private static func check(_ links: UnsafeBufferPointer<UInt32>, below limit: UInt32, _ file: SectionFile, _ name: String) throws(FileError) {
        // noLink + 1 is 0: one comparison tells a link that leads out from one that is not there.
        var isWrong = false
        for link in links { isWrong = isWrong || link &+ 1 > limit }
        if isWrong { throw file.damaged(section: name, expected: "links below \(limit)", found: "\(links.first { $0 &+ 1 > limit } ?? 0)") }
    }
}

/// Which documents have the vector of a node, and back, checked.
struct NodeDocuments: Sendable {
    private let starts: MappedArray<UInt32>
    private let documents: MappedArray<DocumentID>
    private let nodes: MappedArray<UInt32>

    /// - Throws: `FileError` when the documents are not all of 0 ..< count, each at the node that it names.
    init(_ file: SectionFile, count: Int, nodes nodeCount: Int) throws(FileError) {
        starts = try file.array("starts")
        documents = try file.array("documents")
        nodes = try file.array("nodes")
        guard documents.count == count, nodes.count == count else {
            throw file.damaged(section: "documents", expected: "\(count) documents", found: "\(documents.count) and \(nodes.count)")
        }
        guard starts.count == nodeCount + 1, starts[0] == 0, Int(starts[nodeCount]) == count else {
            throw file.damaged(section: "starts", expected: "\(nodeCount + 1) starts up to \(count)", found: "\(starts.count) others")
        }
        for node in 0..<nodeCount {
            let start = starts[node]
            let end = starts[node + 1]
            guard start < end, Int(end) <= count else {
                throw file.damaged(section: "starts", expected: "rising starts", found: "\(start), \(end) at node \(node)")
            }
            var previous = -1
            for document in documents.buffer[Int(start)..<Int(end)] {
                guard Int(document) < count, Int(document) > previous, nodes[Int(document)] == UInt32(node) else {
                    throw file.damaged(section: "documents", expected: "documents of node \(node), rising", found: "\(document)")
                }
                previous = Int(document)
            }
        }
    }

    /// The documents of a node, rising; at least one.
    @inline(__always) func of(_ node: UInt32) -> UnsafeBufferPointer<DocumentID> {
        UnsafeBufferPointer(rebasing: documents.buffer[Int(starts[Int(node)])..<Int(starts[Int(node) + 1])])
    }

    @inline(__always) func node(of document: DocumentID) -> UInt32 { nodes[Int(document)] }
}
