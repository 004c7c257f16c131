#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Keeps two processes out of one place. The lock is the kernel's and goes with the process, so a killed one leaves none behind.
public struct FileLock: ~Copyable {
    /// For a child that must keep the place locked should it outlive this process.
    public let descriptor: Int32

    /// Takes the lock at once, or gives nil when another holds it.
    /// - Throws: `FileError` when the lock's own file cannot be opened.
    public init?(path: String) throws(FileError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(path: path, .system(operation: "open", message: systemMessage())) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
    }

    deinit {
        close(descriptor)
    }

    public static func isHeld(path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }
}
