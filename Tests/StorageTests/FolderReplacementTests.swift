import Foundation
import Storage
import Testing

@Suite struct FolderReplacementTests {
    private func make(_ name: String, _ text: String, in folder: TemporaryFolder) throws -> String {
        try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
        try writeDurably([Array(text.utf8)], to: folder.path(name + "/file"))
        return folder.path(name)
    }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path + "/file", encoding: .utf8) }

    @Test func aFolderTakesAnEmptyPlace() throws {
        let folder = try TemporaryFolder()
        let new = try make("new", "2", in: folder)
        #expect(try replaceFolder(at: folder.path("place"), with: new) == nil)
        #expect(try text(folder.path("place")) == "2")
        #expect(try folder.names == ["place"])
    }

    @Test func aFolderThatIsNotEmptyIsExchanged() throws {
        let folder = try TemporaryFolder()
        let old = try make("place", "1", in: folder)
        let new = try make("new", "2", in: folder)
        let left = try replaceFolder(at: old, with: new)
        #expect(try text(old) == "2")
        #expect(try text(try #require(left)) == "1")
    }

    @Test func aFileInThePlaceIsExchanged() throws {
        let folder = try TemporaryFolder()
        try writeDurably([[1]], to: folder.path("place"))
        let left = try replaceFolder(at: folder.path("place"), with: try make("new", "2", in: folder))
        #expect(try text(folder.path("place")) == "2")
        #expect(try Data(contentsOf: URL(fileURLWithPath: try #require(left))) == Data([1]))
    }

    @Test func aFailureLeavesTheOldFolder() throws {
        let folder = try TemporaryFolder()
        let old = try make("place", "1", in: folder)
        let error = #expect(throws: FileError.self) { try replaceFolder(at: old, with: folder.path("none")) }
        guard case .system("rename into place", _)? = error?.reason else { Issue.record("\(String(describing: error))"); return }
        #expect(try text(old) == "1")
    }
}

@Suite struct FileLockTests {
    @Test func aLockIsHeldOnceAndGoesWithItsValue() throws {
        let folder = try TemporaryFolder()
        #expect(!FileLock.isHeld(path: folder.path("lock")))
        try holding(folder.path("lock")) {
            #expect(FileLock.isHeld(path: folder.path("lock")))
            if let second = try FileLock(path: folder.path("lock")) { Issue.record("locked twice, by descriptor \(second.descriptor)") }
        }
        #expect(!FileLock.isHeld(path: folder.path("lock")))
        try holding(folder.path("lock")) {}
        #expect(throws: FileError.self) { _ = try FileLock(path: folder.path("none/lock")) }
    }

    private func holding(_ path: String, _ body: () throws -> Void) throws {
        guard let lock = try FileLock(path: path) else { Issue.record("\(path) is locked"); return }
        try body()
        #expect(lock.descriptor >= 0)
    }
}
