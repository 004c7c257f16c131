import Storage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that grows at its end, line by line, so that work which was stopped at any moment goes on behind the last whole line.
struct LineLog: ~Copyable {
    let path: String
    private let descriptor: Int32

    /// Opens or makes the file and cuts off what lies behind `length` bytes.
    ///
    /// - Throws: `FileError`.
    init(path: String, keeping length: Int) throws(FileError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(path: path, .system(operation: "open", message: systemMessage())) }
        guard ftruncate(descriptor, off_t(length)) == 0 else {
            let error = FileError(path: path, .system(operation: "cut", message: systemMessage()))
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// In the hands of the system when this returns: a process that is killed afterwards has not lost it.
    ///
    /// - Throws: `FileError`, for a full disk among others; whole lines that were written stay good.
    func append(_ lines: [UInt8]) throws(FileError) {
        var written = 0
        while written < lines.count {
            let count = lines.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileError(path: path, .system(operation: "write", message: systemMessage())) }
            written += count
        }
    }

    /// On the disk when this returns.
    func sync() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError(path: path, .system(operation: "sync", message: systemMessage())) }
    }
}
