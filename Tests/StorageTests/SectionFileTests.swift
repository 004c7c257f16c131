import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite struct SectionFileTests {
    @Test func sectionsComeBackAsTheyWereWritten() throws {
        let folder = try TemporaryFolder()
        var writer = SectionFileWriter(kind: "test", version: 3)
        writer.add("bytes", [1, 2, 3] as [UInt8])
        writer.add("none", [] as [UInt32])
        writer.add("sixteen-bytes-xx", [Float.pi, -0.0, .infinity])
        writer.add("words", (0..<1000).map { UInt64($0) << 40 })
        try writer.write(to: folder.path("a"))

        let file = try SectionFile(path: folder.path("a"), kind: "test", version: 3)
        #expect(try Array(file.array("bytes", of: UInt8.self)) == [1, 2, 3])
        #expect(try file.array("none", of: UInt32.self).isEmpty)
        #expect(try Array(file.array("sixteen-bytes-xx", of: Float.self)) == [Float.pi, -0.0, .infinity])
        #expect(try Array(file.array("words", of: UInt64.self)) == (0..<1000).map { UInt64($0) << 40 })
    }

    @Test func everySectionBeginsOnACacheLine() throws {
        var writer = SectionFileWriter(kind: "test", version: 1)
        for length in [1, 63, 64, 65, 0, 7] { writer.add("s\(length)", [UInt8](repeating: 9, count: length)) }
        let file = try SectionFile(MappedFile(content: writer.content(), named: "memory"), kind: "test", version: 1)
        for length in [1, 63, 64, 65, 7] {
            let section: MappedArray<UInt8> = try file.array("s\(length)")
            #expect(section.count == length)
            #expect(UInt(bitPattern: section.buffer.baseAddress) % 64 == 0)
        }
    }

    @Test func theFileOnDiskIsTheContentInMemory() throws {
        let folder = try TemporaryFolder()
        try Self.sample.write(to: folder.path("a"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("a"))) == Data(Self.sample.content()))
        #expect(try folder.names == ["a"], "no temporary neighbour stays behind")
    }

    @Test func aMissingSectionAndAWrongWidthAreNamed() throws {
        let file = try SectionFile(MappedFile(content: Self.sample.content(), named: "memory"), kind: "test", version: 7)
        #expect(throws: FileError(path: "memory", .damaged(offset: 40, expected: "a section 'absent'", found: "none"))) {
            try file.array("absent", of: UInt8.self)
        }
        #expect { try file.array("text", of: UInt64.self) } throws: { error in
            guard case .damaged(_, "a multiple of 8 bytes", "5") = (error as? FileError)?.reason else { return false }
            return true
        }
    }

    // MARK: Damage

    /// The checksum covers everything behind the header, and every field of the header is compared: no single byte can change unseen.
    @Test(arguments: [0x01, 0x80, 0xFF] as [UInt8]) func anyFlippedByteIsATypedError(mask: UInt8) throws {
        let content = Self.sample.content()
        for position in content.indices {
            var damaged = content
            damaged[position] ^= mask
            #expect(throws: FileError.self, "byte \(position)") { try Self.readAll(damaged) }
        }
    }

    @Test func anyTruncationIsATypedError() {
        let content = Self.sample.content()
        for length in 0..<content.count {
            #expect(throws: FileError.self, "first \(length) bytes") { try Self.readAll(Array(content.prefix(length))) }
        }
        #expect(throws: FileError.self, "a byte too many") { try Self.readAll(content + [0]) }
    }

    @Test(arguments: 0..<300) func randomContentIsATypedError(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var noise = (0..<Int.random(in: 0...400, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        if Bool.random(using: &random) { noise = Array(Self.sample.content().prefix(Int.random(in: 8...40, using: &random))) + noise }
        #expect(throws: FileError.self) { try Self.readAll(noise) }
    }

    @Test(arguments: [
        ([] as [UInt8], "p: not a Descant test file (it begins with nothing: it is empty)"),
        (Array("SQLite format 3\0".utf8) + [UInt8](repeating: 0, count: 40), "p: not a Descant test file (it begins with 'SQLite f')"),
        (SectionFileWriter(kind: "other", version: 7).content(), "p: not a Descant test file (it begins with the mark of a Descant 'other' file)"),
        (SectionFileWriter(kind: "test", version: 8).content(), "p: format version 8 is newer than 7, the one this program reads; use a newer descant"),
        (SectionFileWriter(kind: "test", version: 6).content(), "p: format version 6 is older than 7; index again"),
    ]) func foreignAndOtherVersionsSaySo(content: [UInt8], message: String) {
        let error = #expect(throws: FileError.self) { try SectionFile(MappedFile(content: content, named: "p"), kind: "test", version: 7) }
        #expect(error?.description == message)
    }

    /// A checksum is no proof of good will: sizes are checked although it holds.
    @Test(arguments: [
        (20, [0xFF, 0xFF, 0xFF, 0xFF] as [UInt8]),  // section count
        (56, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),  // offset
        (64, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]),  // length
        (56, [1, 0, 0, 0, 0, 0, 0, 0]),  // not aligned
    ]) func aForgedTableWithAGoodChecksumIsATypedError(position: Int, bytes: [UInt8]) {
        var forged = Self.sample.content()
        forged.replaceSubrange(position..<position + bytes.count, with: bytes)
        let checksum = forged[40...].withUnsafeBytes { Checksum.xxh3($0) }
        forged.replaceSubrange(32..<40, with: withUnsafeBytes(of: checksum.littleEndian, Array.init))
        #expect(throws: FileError.self) { try Self.readAll(forged) }
    }

    private static var sample: SectionFileWriter {
        var writer = SectionFileWriter(kind: "test", version: 7)
        writer.add("text", Array("hello".utf8))
        writer.add("numbers", [1, 2, 3] as [UInt32])
        return writer
    }

    private static func readAll(_ content: [UInt8]) throws {
        let file = try SectionFile(MappedFile(content: content, named: "memory"), kind: "test", version: 7)
        _ = try file.array("text", of: UInt8.self).reduce(0, &+)
        _ = try file.array("numbers", of: UInt32.self).reduce(0, &+)
    }
}
