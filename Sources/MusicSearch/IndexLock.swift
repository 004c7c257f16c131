import Storage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Keeps two index runs out of one library. The lock is the kernel's and goes with the process, so a killed run leaves none behind.
struct IndexLock: ~Copyable {
    private let descriptor: Int32

    /// - Throws: `LibraryError.busy` when another run holds it.
    init(library: String) throws(LibraryError) {
        let path = library + "/" + Library.FileName.lock
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .unwritable(path: path, why: systemMessage()) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .busy(path: library)
        }
    }

    deinit {
        close(descriptor)
    }

    static func isHeld(library: String) -> Bool {
        let descriptor = open(library + "/" + Library.FileName.lock, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }
}
