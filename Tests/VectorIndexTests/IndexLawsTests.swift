import Ranking
import TestSupport
import Testing
import VectorIndex

/// What every index obeys, on random rows; the oracle is a scan in double precision.
@Suite struct IndexLawsTests {
    /// Results are in order, without repetition, inside the filter, with scores that are the true ones.
    private func expectSound(_ found: [Scored], _ kind: IndexKind, _ rows: RandomRows, _ query: [Float], _ filter: DocumentBitmap? = nil) {
        #expect(found == found.sorted(by: Scored.precedes))
        #expect(Set(found.map(\.document)).count == found.count)
        for hit in found {
            #expect(filter?.contains(hit.document) ?? true)
            guard Int(hit.document) < rows.count else {
                Issue.record("document \(hit.document) of \(rows.count)")
                continue
            }
            let score = zip(query, rows.row(Int(hit.document))).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            #expect(abs(Double(hit.score) - score) <= Double(kind.tolerance), "document \(hit.document)")
        }
    }

    /// Scores found, place by place, against the true ones: equal vectors may stand for each other.
    private func recall(_ found: [Scored], _ truth: [Scored], _ kind: IndexKind) -> Double {
        guard let worst = truth.last else { return 1 }
        return Double(found.filter { $0.score >= worst.score - kind.tolerance }.count) / Double(truth.count)
    }

    @Test(arguments: IndexKind.allCases, RandomRows.Sort.allCases) func theNearestAreFound(kind: IndexKind, sort: RandomRows.Sort) throws {
        let rows = RandomRows(sort, count: 350, seed: 1)
        let index = try kind.index(rows)
        #expect(index.count == 350 && index.dimension == 24 && index.encoder == "test 1")
        var total = 0.0
        for query in rows.queries(12, seed: 2) {
            let found = index.search(query, k: 10, ef: 60)
            #expect(found.count == 10)
            expectSound(found, kind, rows, query)
            let truth = rows.nearest(to: query, k: 10)
            total += recall(found, truth, kind)
            if kind == .flatFloat32 || kind == .flatTwoThreads, sort == .scattered || sort == .clustered {
                #expect(found.map(\.document) == truth.map(\.document))
            }
        }
        #expect(total / 12 >= 0.98)
    }

    @Test(arguments: IndexKind.allCases) func equalVectorsAreOrderedByDocument(kind: IndexKind) throws {
        let rows = RandomRows(.repeated, count: 400, seed: 3)
        let index = try kind.index(rows)
        for document in [0, 7, 200] {
            let query = rows.row(document)
            let equals = (0..<rows.count).filter { rows.row($0) == query }.map(UInt32.init)
            #expect(equals.count > 2)
            #expect(index.search(query, k: equals.count, ef: 10).map(\.document) == equals)
            #expect(index.search(query, k: 2, ef: 10).map(\.document) == Array(equals.prefix(2)))
        }
    }

    @Test(arguments: IndexKind.allCases) func kMayBeAnything(kind: IndexKind) throws {
        for (sort, count) in [(RandomRows.Sort.clustered, 150), (.repeated, 90), (.scattered, 1), (.scattered, 2)] {
            let rows = RandomRows(sort, count: count, seed: 4)
            let index = try kind.index(rows)
            let query = rows.queries(1, seed: 5)[0]
            #expect(index.search(query, k: 0).isEmpty)
            for k in [1, count - 1, count, count + 1, 10 * count] where k > 0 {
                let found = index.search(query, k: k, ef: 1)
                #expect(found.count == min(k, count))
                expectSound(found, kind, rows, query)
            }
            for ef in [Int.min, 0, Int.max] { #expect(index.search(query, k: 1, ef: ef).count == 1) }
            #expect(index.search(query, k: .max).count == count)
            #expect(Set(index.search(query, k: count).map(\.document)) == Set(0..<UInt32(count)))
        }
    }

    @Test(arguments: IndexKind.allCases) func anEmptyIndexFindsNothing(kind: IndexKind) throws {
        let rows = RandomRows(.scattered, count: 0, seed: 6)
        let index = try kind.index(rows)
        #expect(index.count == 0)
        #expect(index.search([Float](repeating: 1, count: 24), k: 5).isEmpty)
        #expect(index.search([Float](repeating: 1, count: 24), k: 5, filter: DocumentBitmap(capacity: 0)).isEmpty)
    }

    @Test(arguments: IndexKind.allCases, [RandomRows.Sort.clustered, .repeated]) func onlyDocumentsInTheFilterAreFound(
        kind: IndexKind, sort: RandomRows.Sort
    ) throws {
        let rows = RandomRows(sort, count: 300, seed: 7)
        let index = try kind.index(rows)
        let filters =
            [DocumentBitmap(capacity: 300), DocumentBitmap(capacity: 300, [299]), DocumentBitmap(capacity: 100, [3, 50, 99])]
            + [0.05, 0.3, 0.5, 0.9, 1.1].map { rows.filter(share: $0, seed: 8) }
        for filter in filters {
            var total = 0.0
            for query in rows.queries(8, seed: 9) {
                let found = index.search(query, k: 10, ef: 16, filter: filter)
                #expect(found.count == min(10, filter.count), "\(filter.count) in the filter")
                expectSound(found, kind, rows, query, filter)
                total += recall(found, rows.nearest(to: query, k: 10, filter: filter), kind)
            }
            #expect(total / 8 >= 0.9, "\(filter.count) in the filter")
        }
    }

    /// All that match are far from the query: a walk alone would see nothing but documents outside the filter.
    @Test(arguments: IndexKind.allCases) func aFilterFarFromTheQueryIsAnswered(kind: IndexKind) throws {
        let rows = RandomRows(.clustered, count: 600, seed: 10)
        let index = try kind.index(rows)
        for query in rows.queries(5, seed: 11) {
            let far = rows.nearest(to: query, k: 600).suffix(250).map(\.document)
            let filter = DocumentBitmap(capacity: 600, far)
            let found = index.search(query, k: 5, ef: 5, filter: filter)
            #expect(found.count == 5)
            expectSound(found, kind, rows, query, filter)
            #expect(recall(found, rows.nearest(to: query, k: 5, filter: filter), kind) >= 0.6)
        }
    }

    @Test(arguments: IndexKind.allCases) func aQueryChangesNothing(kind: IndexKind) throws {
        let rows = RandomRows(.clustered, count: 300, seed: 12)
        let index = try kind.index(rows)
        let queries = rows.queries(10, seed: 13)
        let first = queries.map { index.search($0, k: 7, ef: 20) }
        #expect(queries.reversed().map { index.search($0, k: 7, ef: 20) } == first.reversed())
        #expect(index.search([Float](repeating: 0, count: 24), k: 3).map(\.score) == [0, 0, 0])
    }

    @Test(arguments: IndexKind.allCases) func searchesMayRunAtOnce(kind: IndexKind) async throws {
        let rows = RandomRows(.clustered, count: 300, seed: 14)
        let index = try kind.index(rows)
        let queries = rows.queries(12, seed: 15)
        let expected = queries.map { index.search($0, k: 7) }
        let found = await withTaskGroup(of: (Int, [Scored]).self) { group in
            for (i, query) in queries.enumerated() { group.addTask { (i, index.search(query, k: 7)) } }
            return await group.reduce(into: [Int: [Scored]]()) { $0[$1.0] = $1.1 }
        }
        for i in queries.indices { #expect(found[i] == expected[i]) }
    }

    @Test func dimensionsThatAreNoMultipleOfAnything() throws {
        for dimension in [1, 2, 3, 63, 64, 65, 100, 130] {
            let rows = RandomRows(.scattered, count: 60, dimension: dimension, seed: UInt64(dimension))
            for kind in IndexKind.allCases {
                let index = try kind.index(rows)
                for query in rows.queries(2, seed: 16) {
                    let found = index.search(query, k: 60)
                    #expect(found.count == 60)
                    expectSound(found, kind, rows, query)
                }
            }
        }
    }

    @Test func documentBitmaps() {
        var random = SeededGenerator(seed: 17)
        for capacity in [0, 1, 63, 64, 65, 500] {
            let members = Set((0..<capacity / 2).map { _ in UInt32.random(in: 0..<UInt32(capacity), using: &random) })
            let bitmap = DocumentBitmap(capacity: capacity, members)
            #expect(bitmap.count == members.count)
            for document in 0..<UInt32(capacity + 100) { #expect(bitmap.contains(document) == members.contains(document)) }
            var listed: [UInt32] = []
            bitmap.forEach { listed.append($0) }
            #expect(listed == members.sorted())
        }
    }

    @Test func rowsThatAreNoDirectionsAreRefused() throws {
        let rows = RandomRows(.scattered, count: 20, seed: 18)
        let cases: [(Int, [Float], VectorError.Reason)] = [
            (3, [.nan] + [Float](repeating: 0, count: 23), .notFinite(column: 0)),
            (0, [Float](repeating: 0, count: 23) + [.infinity], .notFinite(column: 23)),
            (19, [Float](repeating: 0, count: 24), .zero),
            (7, [2] + [Float](repeating: 0, count: 23), .notUnit(length: 2)),
            (7, [3e38] + [Float](repeating: 0, count: 23), .notUnit(length: .infinity)),
        ]
        for (row, vector, reason) in cases {
            var floats = rows.floats
            floats.replaceSubrange(row * 24..<(row + 1) * 24, with: vector)
            floats.withUnsafeBufferPointer { floats in
                #expect(throws: VectorError(row: row, reason: reason)) { try FlatBuilder(rows: floats, dimension: 24) }
                #expect(throws: VectorError(row: row, reason: reason)) { try HNSWBuilder(rows: floats, dimension: 24) }
            }
            #expect(VectorError(row: row, reason: reason).description.hasPrefix("vector \(row)"))
        }
    }
}
