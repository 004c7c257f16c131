import Foundation
import Ranking
import Storage
import TestSupport
import Testing

@testable import VectorIndex

/// Indexes on disk: they answer as those in memory do, and a damaged one is an error, never a trap.
@Suite struct IndexFileTests {
    private func temporaryPath() -> String { FileManager.default.temporaryDirectory.appendingPathComponent("descant-vectors-\(UUID().uuidString)").path }

    private func flat(_ rows: RandomRows, _ format: RowFormat) throws -> FlatBuilder {
        try rows.floats.withUnsafeBufferPointer { try FlatBuilder(rows: $0, dimension: rows.dimension, encoder: "model α", format: format) }
    }

    private func graph(_ rows: RandomRows, _ format: RowFormat) throws -> HNSWBuilder {
        try rows.floats.withUnsafeBufferPointer {
            try HNSWBuilder(rows: $0, dimension: rows.dimension, encoder: "model α", format: format, parameters: HNSWParameters(m: 3, efConstruction: 8))
        }
    }

    @Test(arguments: RowFormat.allCases) func theIndexOnDiskIsTheIndexInMemory(format: RowFormat) throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let rows = RandomRows(.clustered, count: 120, seed: 30)
        let filter = rows.filter(share: 0.5, seed: 31)
        func expectSame(_ a: some VectorIndex, _ b: some VectorIndex) {
            #expect(b.count == 120 && b.dimension == 24 && b.encoder == "model α")
            for query in rows.queries(5, seed: 32) {
                #expect(a.search(query, k: 9) == b.search(query, k: 9))
                #expect(a.search(query, k: 9, filter: filter) == b.search(query, k: 9, filter: filter))
            }
        }
        let flat = try flat(rows, format)
        try flat.write(to: path)
        expectSame(try FlatIndex(inMemory: flat), try FlatIndex(path: path))
        #expect(throws: FileError.self) { try HNSWIndex(path: path) }
        let graph = try graph(rows, format)
        try graph.write(to: path)
        let opened = try HNSWIndex(path: path)
        expectSame(try HNSWIndex(inMemory: graph), opened)
        #expect(opened.format == format && opened.parameters == HNSWParameters(m: 3, efConstruction: 8))
        #expect(throws: FileError.self) { try FlatIndex(path: path) }
    }

    @Test func aChangedByteAnywhereIsAnError() throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try graph(RandomRows(.scattered, count: 6, dimension: 3, seed: 33), .int8WithResidual).write(to: path)
        let content = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        #expect(try HNSWIndex(path: path).count == 6)
        var random = SeededGenerator(seed: 34)
        for position in content.indices {
            var damaged = content
            damaged[position] ^= UInt8.random(in: 1...255, using: &random)
            try Data(damaged).write(to: URL(fileURLWithPath: path))
            #expect(throws: FileError.self, "byte \(position)") { try HNSWIndex(path: path) }
        }
        for length in stride(from: 0, to: content.count, by: 41) {
            try Data(content.prefix(length)).write(to: URL(fileURLWithPath: path))
            #expect(throws: FileError.self, "first \(length) bytes") { try HNSWIndex(path: path) }
        }
    }

    /// Bytes changed by someone who mends the checksum: an error, or an index that answers something without a trap.
    @Test(arguments: RowFormat.allCases) func aForgedFileNeverTraps(format: RowFormat) throws {
        let rows = RandomRows(.clustered, count: 30, dimension: 5, seed: 35)
        let doubled = RandomRows(.repeated, count: 60, dimension: 5, seed: 36)
        let query = rows.queries(1, seed: 37)[0]
        let filter = rows.filter(share: 0.6, seed: 38)
        func expectNoTrap(_ content: [UInt8]) -> Bool {
            let file = MappedFile(content: content, named: "forged")
            do {
                let index: any VectorIndex =
                    content[8] == UInt8(ascii: "h") ? try HNSWIndex(content: file) : try FlatIndex(content: file)
                guard index.dimension == 5 else { return true }
                for filter in [nil, filter] {
                    for k in [1, 10, 100] { #expect(index.search(query, k: k, ef: 4, filter: filter).count <= k) }
                }
                return true
            } catch {
                // A `FileError`: the compiler knows of no other.
                return false
            }
        }
        for content in [try graph(rows, format).file().content(), try graph(doubled, format).file().content(), try flat(rows, format).file().content()] {
            #expect(expectNoTrap(content))
            var random = SeededGenerator(seed: 39)
            var refused = 0
            for position in stride(from: 40, to: content.count, by: 7) {
                var forged = content
                let words = [UInt8.random(in: 1...255, using: &random), 0xFF, 0x80]
                forged[position] ^= words[position % 3]
                // Now and then a whole word, so that lengths and links become huge.
                if position % 5 == 0, position + 8 <= forged.count { for i in 0..<8 { forged[position + i] = 0xFF } }
                let checksum = forged.withUnsafeBytes { Checksum.xxh3(UnsafeRawBufferPointer(rebasing: $0[40...])) }
                withUnsafeBytes(of: checksum.littleEndian) { forged.replaceSubrange(32..<40, with: $0) }
                if !expectNoTrap(forged) { refused += 1 }
            }
            #expect(refused > 8)
        }
    }

    @Test func everyLinkAndDocumentIsChecked() throws {
        let rows = RandomRows(.clustered, count: 200, dimension: 8, seed: 40)
        let file = MappedFile(content: try graph(rows, .int8).file().content(), named: "sound")
        let sound = try SectionFile(file, kind: HNSWIndex.kind, version: HNSWIndex.version)
        #expect(try MappedLinks(sound, m: 3).nodes == 200)
        #expect(throws: FileError.self, "another M") { try MappedLinks(sound, m: 4) }
        let names = ["layers", "links", "upper", "starts", "documents", "nodes"]
        let sections: [String: [UInt32]] = try names.reduce(into: [:]) { $0[$1] = Array(try sound.array($1) as MappedArray<UInt32>) }
        func open(_ change: (inout [String: [UInt32]]) -> Void) throws {
            var changed = sections
            change(&changed)
            var writer = SectionFileWriter(kind: "test", version: 1)
            for name in names { writer.add(name, changed[name] ?? []) }
            let file = try SectionFile(MappedFile(content: writer.content(), named: "changed"), kind: "test", version: 1)
            let links = try MappedLinks(file, m: 3)
            _ = try NodeDocuments(file, count: 200, nodes: links.nodes)
        }
        try open { _ in }
        let upperCount = try #require(sections["layers"]?.dropFirst().first)
        #expect(throws: FileError.self) { try open { $0["links"]?[5] = 200 } }
        #expect(throws: FileError.self) { try open { $0["links"]?[1199] = 0xFFFF_FFFE } }
        #expect(throws: FileError.self) { try open { $0["upper"]?[0] = upperCount } }
        #expect(throws: FileError.self) { try open { $0["layers"]?[1] += 1 } }
        #expect(throws: FileError.self) { try open { $0["layers"]?.append(0) } }
        #expect(throws: FileError.self) { try open { $0["layers"] = [] } }
        #expect(throws: FileError.self) { try open { $0["links"]?.removeLast() } }
        #expect(throws: FileError.self) { try open { $0["starts"]?[3] = 9 } }
        #expect(throws: FileError.self) { try open { $0["starts"]?[200] = 201 } }
        #expect(throws: FileError.self) { try open { $0["documents"]?[0] = 200 } }
        #expect(throws: FileError.self) { try open { $0["documents"]?.swapAt(0, 1) } }
        #expect(throws: FileError.self) { try open { $0["nodes"]?[0] = 200 } }
        #expect(throws: FileError.self) { try open { $0["nodes"]?.removeLast() } }
    }
}
