import LinearAlgebra
import Ranking
public import Storage

/// Builds an `HNSWIndex`.
///
/// The same rows and parameters give the same bytes, with any number of threads.
/// - Complexity: O(count · log count) similarities, some thousand for each row.
public struct HNSWBuilder {
    public let count: Int
    public let dimension: Int
    public let encoder: String
    public let format: RowFormat
    public let parameters: HNSWParameters
    private let memory: RowMemory
    private let graph: GraphConstruction?
    private let nodeOfDocument: [UInt32]
    private let nodes: Int

    /// - Parameters:
    ///   - rows: count · `dimension` floats, one row after the other, each of unit length (within 0.001).
    ///   - dimension: 1 ... 65,536.
    ///   - encoder: what made the vectors; kept in the file, compared by the caller.
    ///   - format: what is kept of a row beside its links.
    ///   - threads: at most so many work at once.
    /// - Throws: `VectorError` naming the first row that is not finite, zero or not of unit length.
    public init(
        rows: UnsafeBufferPointer<Float>, dimension: Int, encoder: String = "", format: RowFormat = .int8WithResidual,
        parameters: HNSWParameters = HNSWParameters(), threads: Int = 1
    ) throws(VectorError) {
        try RowMemory.check(rows, dimension: dimension)
        count = rows.count / dimension
        self.dimension = dimension
        self.encoder = encoder
        self.format = format
        self.parameters = parameters

        let distinct = DistinctRows(rows, dimension: dimension)
        nodes = distinct.firsts.count
        let levels = (0..<nodes).map(parameters.level)
        // By falling level, then by document.
        let highest = levels.max() ?? 0
        var order: [UInt32] = []
        order.reserveCapacity(nodes)
        var nodeCounts: [UInt32] = []
        for level in stride(from: highest, through: 0, by: -1) {
            for i in 0..<nodes where levels[i] == level { order.append(UInt32(i)) }
            nodeCounts.insert(UInt32(order.count), at: 0)
        }
        var nodeOfGroup = [UInt32](repeating: 0, count: nodes)
        for (node, group) in order.enumerated() { nodeOfGroup[Int(group)] = UInt32(node) }
        nodeOfDocument = distinct.groups.map { nodeOfGroup[Int($0)] }

        let team = ThreadTeam(size: min(64, threads))
        memory = RowMemory(rows, dimension: dimension, format: format, order: order.map { distinct.firsts[Int($0)] }, team: team)
        graph = nodes > 0 ? GraphConstruction(memory.rows, nodeCounts: nodeCounts, parameters, team: team) : nil
        graph?.build()
    }

    /// - Throws: `FileError` when the file cannot be written.
    public func write(to path: String) throws(FileError) { try file().write(to: path) }

    func file() -> SectionFileWriter {
        var file = SectionFileWriter(kind: HNSWIndex.kind, version: HNSWIndex.version)
        IndexShape(count: count, dimension: dimension, format: format, encoder: encoder).write(to: &file)
        file.add("graph", [UInt64(parameters.m), UInt64(parameters.efConstruction), parameters.seed])
        memory.write(to: &file)
        file.add("layers", graph?.nodeCounts ?? [])
        file.add("links", graph.map { Array($0.baseLinks) } ?? [])
        file.add("upper", graph.map { Array($0.upperLinks) } ?? [])
        var starts = [UInt32](repeating: 0, count: nodes + 1)
        for node in nodeOfDocument { starts[Int(node) + 1] += 1 }
        for node in 0..<nodes { starts[node + 1] += starts[node] }
        var documents = [DocumentID](repeating: 0, count: count)
        var next = starts
        for (document, node) in nodeOfDocument.enumerated() {
            documents[Int(next[Int(node)])] = DocumentID(document)
            next[Int(node)] += 1
        }
        file.add("starts", starts)
        file.add("documents", documents)
        file.add("nodes", nodeOfDocument)
        return file
    }
}
