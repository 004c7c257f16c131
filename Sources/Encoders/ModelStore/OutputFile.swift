import Storage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A new file, written piece by piece and synced to the disk at the end.
struct OutputFile: ~Copyable {
    private let path: String
    private let descriptor: Int32

    init(path: String) throws(FileError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(path: path, .system(operation: "create", message: systemMessage())) }
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let count = write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileError(path: path, .system(operation: "write", message: systemMessage())) }
            written += count
        }
    }

    func sync() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError(path: path, .system(operation: "sync", message: systemMessage())) }
    }

    deinit { close(descriptor) }
}
