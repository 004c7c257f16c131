import Foundation
import MusicSearch
import Storage
import TestSupport
import Testing
import Vocabulary

/// A library whose files were changed by a failing disk or a careless hand gives an error that names the file. It never traps, and it never answers.
@Suite struct LibraryDamageTests {
    static let files = ["vocabulary.idx", "lexical.idx", "tracks.idx", "names.idx"]

    private static let source: IndexedLibrary = {
        do {
            let lines = (0..<40).map { i in
                let names = TinyVocabulary.names
                let chosen = [names[i % names.count], names[(i * 7 + 3) % names.count]]
                let descriptors = Dictionary(grouping: chosen, by: \.facet.rawValue).map {
                    "\"\($0.key)\": [\($0.value.map { "\"\($0.slug)\"" }.joined(separator: ", "))]"
                }
                return
                    "{\"id\": \"t\(i)\", \"title\": \"Song \(i)\", \"artist\": \"Band \(i % 7)\", \"year\": \(1980 + i), \"descriptors\": {\(descriptors.joined(separator: ", "))}}"
            }
            return try IndexedLibrary(lines, vocabulary: TinyVocabulary.tables())
        } catch {
            fatalError("the library to damage cannot be indexed: \(error)")
        }
    }()

    /// A copy to damage.
    private func copy() throws -> (folder: TemporaryFolder, library: String, generation: String) {
        let folder = try TemporaryFolder()
        let library = folder.path + "/library"
        try FileManager.default.copyItem(atPath: Self.source.library.path, toPath: library)
        return (folder, library, library + "/generations/000001")
    }

    /// Opening fails with a typed error that names a path in the library.
    private func expectError(_ library: String, _ what: String) {
        do {
            _ = try Library(path: library)
            Issue.record("opened although \(what)")
        } catch let error as FileError {
            #expect(error.path.hasPrefix(library), "\(what): \(error)")
            #expect(error.description.hasPrefix(library))
        } catch let error as LibraryError {
            #expect(error.description.contains(library), "\(what): \(error)")
        } catch {
            Issue.record("\(what): an untyped error: \(error)")
        }
    }

    private func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    private func write(_ bytes: [UInt8], _ path: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

    @Test func theCopyOpens() throws {
        let (folder, library, _) = try copy()
        #expect(try Library(path: library).tracks.count == 40)
        #expect(try Library.verify(path: library).tracks == 40)
        _ = folder
    }

    @Test(arguments: files) func aFlippedByte(file: String) throws {
        let (folder, library, generation) = try copy()
        let path = generation + "/" + file
        let whole = try bytes(path)
        var numbers = SeededGenerator(seed: UInt64(file.utf8.count))
        // All of the header, then anywhere.
        let positions = Array(0..<40) + (0..<110).map { _ in Int.random(in: 40..<whole.count, using: &numbers) }
        for position in positions {
            var damaged = whole
            damaged[position] ^= UInt8.random(in: 1...255, using: &numbers)
            try write(damaged, path)
            expectError(library, "byte \(position) of \(file) is flipped")
        }
        _ = folder
    }

    @Test(arguments: files) func anotherLength(file: String) throws {
        let (folder, library, generation) = try copy()
        let path = generation + "/" + file
        let whole = try bytes(path)
        var numbers = SeededGenerator(seed: 5)
        for length in [0, 1, 7, 8, 39, 40, 41, whole.count / 2, whole.count - 64, whole.count - 1]
            + (0..<20).map({ _ in Int.random(in: 0..<whole.count, using: &numbers) })
        {
            try write(Array(whole.prefix(length)), path)
            expectError(library, "\(file) is cut to \(length) bytes")
        }
        for extra in [1, 64, 4096] {
            try write(whole + [UInt8](repeating: 0, count: extra), path)
            expectError(library, "\(file) has \(extra) bytes more")
        }
        _ = folder
    }

    @Test(arguments: files) func anotherThingInItsPlace(file: String) throws {
        let (folder, library, generation) = try copy()
        let path = generation + "/" + file
        let whole = try bytes(path)
        for other in Self.files where other != file {
            try write(try bytes(generation + "/" + other), path)
            expectError(library, "\(file) is a copy of \(other)")
        }
        for text in ["hello", "SQLite format 3\0", String(repeating: "\0", count: 4096)] {
            try write(Array(text.utf8), path)
            expectError(library, "\(file) is a text of \(text.utf8.count) bytes")
        }
        try FileManager.default.removeItem(atPath: path)
        expectError(library, "\(file) is missing")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        expectError(library, "\(file) is a folder")
        try FileManager.default.removeItem(atPath: path)
        try write(whole, path)
        #expect(try Library(path: library).tracks.count == 40)
        _ = folder
    }

    /// Files that are sound by themselves but do not belong together.
    @Test(arguments: ["lexical.idx", "tracks.idx"]) func aSoundFileOfAnotherLibrary(file: String) throws {
        let (folder, library, generation) = try copy()
        let other = try IndexedLibrary([#"{"id": "only"}"#], vocabulary: TinyVocabulary.tables())
        try write(try bytes(other.library.path + "/generations/000001/" + file), generation + "/" + file)
        expectError(library, "\(file) is of a library of one track")
        _ = folder
    }

    @Test(arguments: files) func verifyFindsAChange(file: String) throws {
        let (folder, library, generation) = try copy()
        let path = generation + "/" + file
        var damaged = try bytes(path)
        damaged[damaged.count / 2] ^= 1
        try write(damaged, path)
        do {
            _ = try Library.verify(path: library)
            Issue.record("verified although \(file) was changed")
        } catch LibraryError.changed(let found, let expectedHash, let foundHash) {
            #expect(found == path)
            #expect(expectedHash != foundHash && expectedHash.count == 64)
        }
        _ = folder
    }

    // MARK: The manifest

    @Test func withoutAManifestThereIsNoLibrary() throws {
        let (folder, library, _) = try copy()
        try FileManager.default.removeItem(atPath: library + "/MANIFEST.json")
        #expect(throws: LibraryError.missing(path: library)) { try Library(path: library) }
        #expect(throws: LibraryError.missing(path: folder.path + "/nowhere")) { try Library(path: folder.path + "/nowhere") }
        #expect(LibraryError.missing(path: "p").description.contains("descant index"))
    }

    @Test(arguments: ["", "{}", "hello", "[]", "null", #"{"format": 1}"#, #"{"format": "1"}"#, "{\"format\": 1, \"generation\": -1}", "\u{FEFF}"])
    func aForeignManifest(text: String) throws {
        let (folder, library, _) = try copy()
        try write(Array(text.utf8), library + "/MANIFEST.json")
        expectError(library, "the manifest is '\(text)'")
        _ = folder
    }

    @Test func aNewerManifestSaysSo() throws {
        let (folder, library, _) = try copy()
        let path = library + "/MANIFEST.json"
        let text = String(decoding: try bytes(path), as: UTF8.self)
        try write(Array(text.replacing("\"format\" : \(Manifest.currentFormat)", with: "\"format\" : 999").utf8), path)
        let error = try #require(throws: FileError.self) { try Library(path: library) }
        #expect(error.reason == .version(expected: UInt32(Manifest.currentFormat), found: 999))
        #expect(error.description.contains("newer"))
        _ = folder
    }

    @Test func noManifestTraps() throws {
        let (folder, library, _) = try copy()
        let path = library + "/MANIFEST.json"
        let whole = try bytes(path)
        var numbers = SeededGenerator(seed: 9)
        for _ in 0..<150 {
            var damaged = whole
            for _ in 0..<Int.random(in: 1...3, using: &numbers) {
                damaged[Int.random(in: 0..<damaged.count, using: &numbers)] = Array("0123456789-\"{}[]: ,eE.\u{0}".utf8).randomElement(using: &numbers) ?? 0
            }
            try write(damaged, path)
            // A changed date or hash is no reason not to open; `verify` looks at hashes.
            do { _ = try Library(path: library) } catch is FileError {} catch is LibraryError {}
        }
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        expectError(library, "the manifest is a folder")
        _ = folder
    }
}
