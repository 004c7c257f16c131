import CKernels
import LinearAlgebra
public import Ranking
public import Storage

/// Compares a query with every row: exact, and the measure of what an approximate index misses.
///
/// With float32 rows, results are the true nearest. With int8 rows, the codes choose `2k + 10` candidates and all that the row has scores them.
/// - Complexity: `search` O(count · dimension), at the speed of memory; threads share the rows, and their number does not show in the result.
public final class FlatIndex: VectorIndex {
    public static let kind = "flat"
    public static let version: UInt32 = 1

    public let count: Int
    public let dimension: Int
    public let encoder: String
    public let format: RowFormat
    private let storage: MappedRows
    private let team: ThreadTeam
    private let scratches: ScratchStore

    /// - Throws: `FileError` for a file that is missing, foreign, newer, or contradicts itself anywhere.
    public convenience init(path: String, threads: Int = 1) throws(FileError) {
        try self.init(SectionFile(path: path, kind: Self.kind, version: Self.version), threads: threads)
    }

    /// An index that never goes to disk.
    public convenience init(inMemory builder: FlatBuilder, threads: Int = 1) throws(FileError) {
        try self.init(content: MappedFile(content: builder.file().content(), named: "index in memory"), threads: threads)
    }

    /// Reads content that is mapped already.
    convenience init(content: MappedFile, threads: Int = 1) throws(FileError) {
        try self.init(SectionFile(content, kind: Self.kind, version: Self.version), threads: threads)
    }

    private init(_ file: SectionFile, threads: Int) throws(FileError) {
        let shape = try IndexShape(file)
        count = shape.count
        dimension = shape.dimension
        encoder = shape.encoder
        format = shape.format
        storage = try MappedRows(file, count: count, dimension: dimension, format: format)
        team = ThreadTeam(size: min(64, threads))
        scratches = ScratchStore(nodes: 0, dimension: dimension)
    }

    public func search(_ query: UnsafeBufferPointer<Float>, k: Int, ef: Int?, filter: DocumentBitmap?) -> [Scored] {
        precondition(query.count == dimension, "a query of \(query.count) elements in an index of dimension \(dimension)")
        precondition(k >= 0, "k \(k) is negative")
        let k = min(k, filter?.count ?? count)
        guard k > 0, count > 0 else { return [] }
        return scratches.with { scratch in
            let query = scratch.prepare(query, storage.rows)
            let kept = storage.rows.isScoredAnew ? Rescoring.count(k) : k
            var parts = [[Candidate]](repeating: [], count: team.size)
            parts.withUnsafeMutableBufferPointer { parts in
                let slots = SendableSlots(parts)
                team.run { part, size in
                    slots.buffer[part] = nearest(query, kept, part * count / size..<(part + 1) * count / size, filter)
                }
            }
            let candidates = parts.joined().sorted(by: >).prefix(kept)
            for candidate in candidates { storage.rows.prefetchScoring(Int(candidate.node)) }
            var top = TopK(k)
            for candidate in candidates {
                top.insert(
                    Scored(
                        document: candidate.node,
                        score: storage.rows.isScoredAnew ? storage.rows.score(query, Int(candidate.node)) : candidate.similarity))
            }
            return top.sorted()
        }
    }

    /// The similarities of a query to all rows, as searched: of the codes where rows have codes.
    ///
    /// - Parameter out: of `count` elements.
    public func similarities(_ query: [Float], into out: UnsafeMutableBufferPointer<Float>) {
        precondition(query.count == dimension && out.count == count, "a query of \(query.count) elements, \(out.count) places for \(count) rows")
        guard count > 0, let out = out.baseAddress else { return }
        query.withUnsafeBufferPointer { query in
            scratches.with { scratch in
                let prepared = scratch.prepare(query, storage.rows)
                storage.rows.similarities(prepared, from: 0, count, out)
            }
        }
    }

    /// A row, as exactly as searching sees it.
    public func vector(_ row: Int) -> [Float] {
        precondition((0..<count).contains(row), "row \(row) of \(count)")
        return storage.rows.vector(row)
    }

    private struct SendableSlots: @unchecked Sendable {  // every part writes to its own slot
        let buffer: UnsafeMutableBufferPointer<[Candidate]>
        init(_ buffer: UnsafeMutableBufferPointer<[Candidate]>) { self.buffer = buffer }
    }

    /// The nearest of some rows, nearest first.
    private func nearest(_ query: Rows.Query, _ kept: Int, _ range: Range<Int>, _ filter: DocumentBitmap?) -> [Candidate] {
        scratches.with { scratch in
            scratch.results.reset(capacity: kept)
            if let filter, filter.count < count / 4 {
                var waiting: [UInt32] = []
                func compare() {
                    storage.rows.similarities(query, waiting, waiting.count, scratch.similarities)
                    for i in waiting.indices { scratch.results.offer(Candidate(scratch.similarities[i], waiting[i])) }
                    waiting.removeAll(keepingCapacity: true)
                }
                filter.forEach { document in
                    guard range.contains(Int(document)) else { return }
                    waiting.append(document)
                    if waiting.count == SearchScratch.width { compare() }
                }
                compare()
            } else {
                for first in stride(from: range.lowerBound, to: range.upperBound, by: SearchScratch.width) {
                    let size = min(SearchScratch.width, range.upperBound - first)
                    storage.rows.similarities(query, from: first, size, scratch.similarities)
                    for i in 0..<size {
                        let candidate = Candidate(scratch.similarities[i], UInt32(first + i))
                        if scratch.results.accepts(candidate), filter?.contains(UInt32(first + i)) ?? true { scratch.results.insert(candidate) }
                    }
                }
            }
            return (0..<scratch.results.count).map { scratch.results[$0] }
        }
    }
}

/// Builds a `FlatIndex`.
public struct FlatBuilder {
    public let count: Int
    public let dimension: Int
    public let encoder: String
    public let format: RowFormat
    private let memory: RowMemory

    /// - Parameters: as those of `HNSWBuilder`.
    /// - Throws: `VectorError` naming the first row that is not finite, zero or not of unit length.
    public init(
        rows: UnsafeBufferPointer<Float>, dimension: Int, encoder: String = "", format: RowFormat = .float32, threads: Int = 1
    ) throws(VectorError) {
        try RowMemory.check(rows, dimension: dimension)
        count = rows.count / dimension
        self.dimension = dimension
        self.encoder = encoder
        self.format = format
        memory = RowMemory(rows, dimension: dimension, format: format, team: ThreadTeam(size: min(64, threads)))
    }

    /// - Throws: `FileError` when the file cannot be written.
    public func write(to path: String) throws(FileError) { try file().write(to: path) }

    func file() -> SectionFileWriter {
        var file = SectionFileWriter(kind: FlatIndex.kind, version: FlatIndex.version)
        IndexShape(count: count, dimension: dimension, format: format, encoder: encoder).write(to: &file)
        memory.write(to: &file)
        return file
    }
}
