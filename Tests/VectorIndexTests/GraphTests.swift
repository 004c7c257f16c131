import Foundation
import Ranking
import Storage
import TestSupport
import Testing

@testable import VectorIndex

@Suite struct GraphTests {
    private func builder(_ rows: RandomRows, _ parameters: HNSWParameters = IndexKind.parameters, format: RowFormat = .int8WithResidual, threads: Int = 1)
        throws -> HNSWBuilder
    {
        try rows.floats.withUnsafeBufferPointer {
            try HNSWBuilder(rows: $0, dimension: rows.dimension, format: format, parameters: parameters, threads: threads)
        }
    }

    @Test(arguments: RandomRows.Sort.allCases) func theSameBytesWhateverTheThreads(sort: RandomRows.Sort) throws {
        let rows = RandomRows(sort, count: 350, seed: 20)
        for format in [RowFormat.float32, .int8WithResidual] {
            let one = try builder(rows, format: format).file().content()
            for threads in [1, 2] { #expect(try builder(rows, format: format, threads: threads).file().content() == one, "\(threads) threads") }
        }
        if sort != .repeated {
            let small = RandomRows(sort, count: 100, seed: 20)
            let other = try builder(small, HNSWParameters(m: 8, efConstruction: 60, seed: 1)).file().content()
            #expect(try builder(small).file().content() != other, "another seed, other levels")
        }
    }

    @Test func levelsAreGeometric() {
        for m in [2, 16, 48] {
            let parameters = HNSWParameters(m: m, efConstruction: 64, seed: 5)
            let levels = (0..<20_000).map(parameters.level)
            for level in 1...2 {
                let expected = 20_000 / pow(Double(m), Double(level))
                let found = Double(levels.filter { $0 >= level }.count)
                #expect(abs(found - expected) < 5 * expected.squareRoot() + 1, "M \(m), level \(level)")
            }
            #expect(levels.max() ?? 0 <= 15)
        }
    }

    /// Links of every node: inside their layer, none to itself, none twice, never more than the degree, no gap before a link.
    @Test(arguments: RandomRows.Sort.allCases) func linksAreSound(sort: RandomRows.Sort) throws {
        let rows = RandomRows(sort, count: 300, seed: 21)
        let index = try HNSWIndex(inMemory: builder(rows))
        let graph = index.links.graph
        #expect(sort != .repeated || index.nodeCount == 40, "equal vectors share a node")
        #expect(graph.layerCount > 1)
        for layer in 0..<graph.layerCount {
            for node in 0..<graph.nodeCounts[layer] {
                let all = (0..<graph.degree(layer)).map { graph.links(node, layer: layer)[$0] }
                let links = all.prefix { $0 != Graph.noLink }
                #expect(all.dropFirst(links.count).allSatisfy { $0 == Graph.noLink })
                #expect(Set(links).count == links.count && !links.contains(node))
                #expect(links.allSatisfy { $0 < graph.nodeCounts[layer] })
            }
        }
    }

    /// From the entry every node can be reached: the greatest ef finds everything.
    @Test(arguments: RandomRows.Sort.allCases) func everyNodeIsReached(sort: RandomRows.Sort) throws {
        let rows = RandomRows(sort, count: 500, seed: 22)
        let index = try HNSWIndex(inMemory: builder(rows))
        let graph = index.links.graph
        var seen = Set<UInt32>([0])
        var waiting: [UInt32] = [0]
        while let node = waiting.popLast() {
            for i in 0..<graph.degree(0) {
                let link = graph.links(node, layer: 0)[i]
                if link == Graph.noLink { break }
                if seen.insert(link).inserted { waiting.append(link) }
            }
        }
        #expect(seen.count == index.nodeCount)
    }

    private func walk(_ index: HNSWIndex, _ query: [Float], k: Int, ef: Int, _ filter: DocumentBitmap? = nil) -> [Scored] {
        query.withUnsafeBufferPointer { index.search($0, k: k, ef: ef, filter: filter, plan: .walk) }
    }

    /// Share of the true ten nearest that walks find.
    private func recall(_ index: HNSWIndex, _ rows: RandomRows, ef: Int, _ filter: DocumentBitmap? = nil) -> Double {
        let queries = rows.queries(25, seed: 24)
        var found = 0
        for query in queries {
            let truth = rows.nearest(to: query, k: 10, filter: filter)
            let hits = walk(index, query, k: 10, ef: ef, filter)
            #expect(hits.count == truth.count && hits == hits.sorted(by: Scored.precedes))
            #expect(hits.allSatisfy { filter?.contains($0.document) ?? true })
            found += Set(truth.map(\.document)).intersection(hits.map(\.document)).count
        }
        return Double(found) / Double(10 * queries.count)
    }

    @Test func moreCandidatesFindMore() throws {
        let rows = RandomRows(.clustered, count: 600, dimension: 32, seed: 23)
        let index = try HNSWIndex(inMemory: builder(rows, threads: 2))
        let recalls = [10, 30, 100].map { recall(index, rows, ef: $0) }
        #expect(recalls[0] >= 0.8 && recalls[1] >= recalls[0] && recalls[2] >= 0.98, "\(recalls)")
    }

    /// By their scores: nearly equal vectors may stand for each other.
    @Test(arguments: RandomRows.Sort.allCases) func walksFindTheNearestOfEverySort(sort: RandomRows.Sort) throws {
        let rows = RandomRows(sort, count: 400, seed: 31)
        let index = try HNSWIndex(inMemory: builder(rows))
        for query in rows.queries(15, seed: 32) {
            let found = walk(index, query, k: 10, ef: 40)
            let worst = try #require(rows.nearest(to: query, k: 10).last).score
            #expect(found.filter { $0.score >= worst - 0.002 }.count >= 9)
        }
    }

    @Test func aWalkStepsOverWhatIsOutsideTheFilter() throws {
        let rows = RandomRows(.clustered, count: 600, dimension: 32, seed: 23)
        let index = try HNSWIndex(inMemory: builder(rows, threads: 2))
        for share in [0.1, 0.3, 0.7, 1.1] {
            let found = recall(index, rows, ef: 30, rows.filter(share: share, seed: 27))
            #expect(found >= 0.9, "share \(share): \(found)")
        }
    }

    /// A walk that finds fewer than there are is followed by a comparison of all.
    @Test func aWalkThatRunsDryIsMadeGood() throws {
        let rows = RandomRows(.clustered, count: 600, seed: 28)
        let index = try HNSWIndex(inMemory: builder(rows))
        for query in rows.queries(5, seed: 29) {
            let far = rows.nearest(to: query, k: 600).suffix(12).map(\.document)
            let filter = DocumentBitmap(capacity: 600, far)
            #expect(walk(index, query, k: 12, ef: 12, filter).map(\.document) == rows.nearest(to: query, k: 12, filter: filter).map(\.document))
        }
    }

    @Test func candidatesSortAsTheirSimilarities() {
        var random = SeededGenerator(seed: 25)
        let similarities = (0..<200).map { _ in Float.random(in: -1...1, using: &random) } + [0, 1, -1, .leastNonzeroMagnitude, -1e-30]
        for a in similarities {
            let candidate = Candidate(a, 7)
            #expect(candidate.similarity == a && candidate.node == 7 && !candidate.isExpanded)
            for b in similarities where a != b { #expect((Candidate(a, 1) > Candidate(b, 2)) == (a > b)) }
            #expect(Candidate(a, 1) > Candidate(a, 2), "equals by lower node")
        }
        #expect(Candidate(0.5, 0x7FFF_FFFF).node == 0x7FFF_FFFF)
    }

    @Test func aPoolKeepsTheNearest() {
        var random = SeededGenerator(seed: 26)
        var pool = CandidatePool()
        defer { pool.deallocate() }
        for capacity in [0, 1, 2, 17, 300, 5] {
            pool.reset(capacity: capacity)
            let all = (0..<400).map { Candidate(Float(Int.random(in: 0..<50, using: &random)), UInt32($0)) }
            for candidate in all { pool.offer(candidate) }
            #expect((0..<pool.count).map { pool[$0] } == Array(all.sorted(by: >).prefix(capacity)))
        }
    }

    /// By hand: ef 100 at M 16 takes as long as comparing 9600 rows; a share below 1 / 32 inside the filter is less than a link a node.
    @Test func aFilterIsScannedWhereThatIsCheaper() {
        func isExact(_ matches: Int?, of nodes: Int) -> Bool { FilterPlan(nodes: nodes, matches: matches, ef: 100, m: 16) == .compare }
        #expect(!isExact(nil, of: 9601) && isExact(nil, of: 9600))
        #expect(isExact(0, of: 10_000) && isExact(1, of: 10_000))
        #expect(isExact(9600, of: 100_000) && !isExact(9601, of: 100_000))
        #expect(isExact(31_249, of: 1_000_000) && !isExact(31_250, of: 1_000_000))
    }
}
