import Storage

/// Keeps two index runs out of one library.
struct IndexLock: ~Copyable {
    private let lock: FileLock

    /// - Throws: `LibraryError.busy` when another run holds it.
    init(library: String) throws(LibraryError) {
        let path = Self.path(library)
        let free: FileLock?
        do throws(FileError) {
            free = try FileLock(path: path)
        } catch {
            guard case .system(_, let message) = error.reason else { throw .unwritable(path: path, why: "\(error)") }
            throw .unwritable(path: path, why: message)
        }
        guard let free else { throw .busy(path: library) }
        lock = free
    }

    static func isHeld(library: String) -> Bool { FileLock.isHeld(path: path(library)) }

    private static func path(_ library: String) -> String { library + "/" + Library.FileName.lock }
}
