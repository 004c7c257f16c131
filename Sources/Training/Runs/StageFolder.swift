import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

/// How far a stage is.
public enum StageState: Hashable, Sendable {
    case absent
    /// Begun, and going on or broken off.
    case inProgress(StageRecord)
    case done(StageRecord)
}

/// The folder of one stage: its record, its lock, its products.
///
/// A stage works in the folder that its products stay in, so that it finds its own checkpoints after a `kill -9`. What it leaves there when it ends is its
/// product. Only a record that says `done` makes it one; that is written last, after every product was synced to the disk.
struct StageFolder {
    let path: String
    let recipe: StageRecipe

    static let lockName = ".lock"
    /// Left by a durable write that was killed.
    private static let partialSuffix = ".partial"

    var isBusy: Bool { FileLock.isHeld(path: path + "/" + Self.lockName) }

    /// - Throws: `RunError`: a folder that is not this stage's, or whose record cannot be read. A folder without record and files is absent.
    func state() throws -> StageState {
        guard let record = try StageRecord.read(folder: path) else {
            let files = try self.files()
            guard files.isEmpty else { throw RunError.foreign(folder: path, files: files) }
            return .absent
        }
        guard record.recipe.key == recipe.key else {
            throw RunError.otherConfiguration(folder: path, expected: recipe.folderName, found: record.recipe.folderName)
        }
        return record.status == .done ? .done(record) : .inProgress(record)
    }

    /// Holds the products to their sizes, or to their SHA-256.
    ///
    /// - Throws: `RunError.lost` or `.changed` for the first that is not what it was.
    func verify(_ record: StageRecord, hashes: Bool) throws {
        for (name, product) in record.products.sorted(by: { $0.key < $1.key }) {
            let file = path + "/" + name
            var status = stat()
            guard stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw RunError.lost(path: file) }
            guard Int(status.st_size) == product.bytes else {
                throw RunError.changed(path: file, expected: "\(product.bytes) bytes", found: "\(status.st_size)")
            }
            guard hashes else { continue }
            let found = try Checksum.sha256(fileAt: file)
            guard found == product.sha256 else { throw RunError.changed(path: file, expected: "SHA-256 \(product.sha256)", found: found) }
        }
    }

    /// Waits for nobody.
    ///
    /// - Throws: `RunError.busy` when another process has the stage.
    func lock() throws -> FileLock {
        try makeFolder(path)
        guard let lock = try FileLock(path: path + "/" + Self.lockName) else { throw RunError.busy(folder: path) }
        return lock
    }

    /// Says that work begins, or goes on.
    func begin(_ earlier: StageRecord?) throws -> StageRecord {
        var record = earlier ?? StageRecord(recipe: recipe, started: Date.now.formatted(.iso8601))
        record.sessions += 1
        try record.write(folder: path)
        return record
    }

    /// Says that the stage is done, and what it made.
    ///
    /// - Complexity: reads every product once.
    func finish(_ record: StageRecord) throws {
        var record = record
        for name in try files() {
            let file = path + "/" + name
            guard !name.hasSuffix(Self.partialSuffix) else {
                try FileManager.default.removeItem(atPath: file)
                continue
            }
            try sync(file)
            let content = try MappedFile(path: file)
            record.products[name] = withExtendedLifetime(content) {
                StageRecord.Product(bytes: content.bytes.count, sha256: Checksum.sha256(content.bytes))
            }
        }
        precondition(!record.products.isEmpty, "the stage \(recipe.kind) made nothing in \(path)")
        record.status = .done
        try record.write(folder: path)
    }

    /// Regular files by their path inside, in order, without record and lock.
    private func files() throws -> [String] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        let own = [StageRecord.fileName, StageRecord.fileName + Self.partialSuffix, Self.lockName]
        return try FileManager.default.subpathsOfDirectory(atPath: path).sorted().filter { name in
            var status = stat()
            return !own.contains(name) && stat(path + "/" + name, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        }
    }

    private func sync(_ file: String) throws(FileError) {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: file, .system(operation: "open", message: systemMessage())) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError(path: file, .system(operation: "sync", message: systemMessage())) }
    }
}
