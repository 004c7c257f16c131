import Foundation
import Storage
import TestSupport
import Testing

@testable import MusicSearch

/// Vector files that were changed by a failing disk: an error that names the file, never a trap.
@Suite struct DenseDamageTests {
    private static let files = [Library.FileName.dense, Library.FileName.phraseVectors, Library.FileName.setVectors]

    private func copy() throws -> (folder: TemporaryFolder, library: String, generation: String) {
        let folder = try TemporaryFolder()
        let library = folder.path + "/library"
        try FileManager.default.copyItem(atPath: DenseLibrary.path, toPath: library)
        return (folder, library, library + "/generations/000001/")
    }

    private func open(_ library: String) throws -> Library { try Library(path: library) { _ in WordEncoder() } }

    private func expectError(_ library: String, _ what: String) {
        do {
            _ = try open(library)
            Issue.record("opened although \(what)")
        } catch let error as FileError {
            #expect(error.path.hasPrefix(library), "\(what): \(error)")
        } catch {
            Issue.record("\(what): an unexpected error: \(error)")
        }
    }

    @Test(arguments: files) func aFlippedByteOrAnotherLength(file: String) throws {
        let (folder, library, generation) = try copy()
        let url = URL(fileURLWithPath: generation + file)
        let whole = Array(try Data(contentsOf: url))
        var numbers = SeededGenerator(seed: UInt64(file.utf8.count))
        for position in Array(stride(from: 0, to: 40, by: 3)) + (0..<40).map({ _ in Int.random(in: 40..<whole.count, using: &numbers) }) {
            var damaged = whole
            damaged[position] ^= UInt8.random(in: 1...255, using: &numbers)
            try Data(damaged).write(to: url)
            expectError(library, "byte \(position) of \(file) is flipped")
        }
        for length in [0, 1, 39, 40, whole.count / 2, whole.count - 1] {
            try Data(whole.prefix(length)).write(to: url)
            expectError(library, "\(file) is cut to \(length) bytes")
        }
        for other in Self.files + [Library.FileName.names] where other != file {
            // The two vector files are alike by themselves: what they are counted against tells them apart.
            try Data(contentsOf: URL(fileURLWithPath: DenseLibrary.path + "/generations/000001/" + other)).write(to: url)
            expectError(library, "\(file) is a copy of \(other)")
        }
        try FileManager.default.removeItem(at: url)
        expectError(library, "\(file) is missing")
        try Data(whole).write(to: url)
        #expect(try open(library).dense != nil)
        _ = folder
    }

    /// Files that are sound by themselves but of another library.
    @Test(arguments: files) func aSoundFileOfAnotherLibrary(file: String) throws {
        let (folder, library, generation) = try copy()
        let other = folder.path + "/other"
        try DenseLibrary.build(other, WordEncoder(), lines: Array(DenseLibrary.lines.prefix(1)))
        try Data(contentsOf: URL(fileURLWithPath: other + "/generations/000001/" + file)).write(to: URL(fileURLWithPath: generation + file))
        expectError(library, "\(file) is of another library")
        _ = folder
    }

    /// Numbers that no builder writes, under a valid checksum.
    @Test(arguments: ["descriptors", "ends", "documents"]) func forgedNumbers(section: String) throws {
        let (folder, library, generation) = try copy()
        let path = generation + Library.FileName.dense
        let sound = try SectionFile(path: path, kind: DenseIndex.kind, version: DenseIndex.version)
        let sections = try ["descriptors", "ends", "documents"].map { ($0, Array(try sound.array($0, of: UInt32.self))) }
        for (what, change) in [
            ("has a huge number", { $0[$0.count / 2] = .max }), ("has a huge last number", { $0[$0.count - 1] = .max - 1 }),
            ("is short", { $0.removeLast() }), ("is long", { $0.append(0) }), ("is empty", { $0 = [] }),
        ] as [(String, (inout [UInt32]) -> Void)] {
            var file = SectionFileWriter(kind: DenseIndex.kind, version: DenseIndex.version)
            for (name, values) in sections {
                var values = values
                if name == section { change(&values) }
                file.add(name, values)
            }
            try file.write(to: path)
            expectError(library, "\(section) \(what)")
        }
        if section == "documents" {
            var file = SectionFileWriter(kind: DenseIndex.kind, version: DenseIndex.version)
            for (name, values) in sections { file.add(name, name == section ? [values[1]] + values.dropFirst() : values) }
            try file.write(to: path)
            expectError(library, "a document is in two sets")
        }
        _ = folder
    }
}
