import Foundation
import Testing

@testable import Storage

@Suite struct DurableWritingTests {
    @Test func anExistingFileIsReplacedWhole() throws {
        let folder = try TemporaryFolder()
        try writeDurably([Array("first, and longer".utf8)], to: folder.path("a"))
        try writeDurably([Array("sec".utf8), [], Array("ond".utf8)], to: folder.path("a"))
        #expect(try String(contentsOfFile: folder.path("a"), encoding: .utf8) == "second")
        #expect(try folder.names == ["a"])
    }

    @Test func aFolderThatIsNotThereIsAnErrorOfTheSystem() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: FileError.self) { try writeDurably([[1]], to: folder.path("none/a")) }
        guard case .system("create", let message)? = error?.reason else { Issue.record("\(String(describing: error))"); return }
        #expect(!message.isEmpty)
        #expect(try folder.names.isEmpty)
    }

    @Test(.enabled(if: geteuid() != 0, "the superuser may write anywhere")) func anUnwritableFolderIsAnErrorAndLeavesNothing() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.root)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.root) }
        #expect(throws: FileError.self) { try writeDurably([[1]], to: folder.path("a")) }
        #expect(try folder.names.isEmpty)
    }

    /// Renaming a file over a folder fails after everything was written: the half-way file must go, and what was there must stay.
    @Test func aFailedRenameTakesTheTemporaryFileAway() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("a/inside"), withIntermediateDirectories: true)
        #expect(throws: FileError.self) { try writeDurably([[1, 2, 3]], to: folder.path("a")) }
        #expect(try folder.names == ["a"])
        #expect(FileManager.default.fileExists(atPath: folder.path("a/inside")))
    }

    @Test func aFolderOrAMissingFileCannotBeMapped() throws {
        let folder = try TemporaryFolder()
        #expect(throws: FileError(path: folder.root, .system(operation: "map", message: "not a regular file"))) { try MappedFile(path: folder.root) }
        #expect(throws: FileError.self) { try MappedFile(path: folder.path("missing")) }
    }

    // MARK: SHA-256

    /// FIPS 180-4 examples, and the empty text.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ]) func sha256HasItsKnownValues(text: String, digest: String) throws {
        let bytes = Array(text.utf8)
        #expect(bytes.withUnsafeBytes { Checksum.sha256($0) } == digest)
        let folder = try TemporaryFolder()
        try writeDurably([bytes], to: folder.path("a"))
        #expect(try Checksum.sha256(fileAt: folder.path("a")) == digest)
    }
}

/// A folder of one test, removed with it.
final class TemporaryFolder {
    let root: String

    init() throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("descant-storage-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func path(_ name: String) -> String { root + "/" + name }

    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: root).sorted() } }
}
