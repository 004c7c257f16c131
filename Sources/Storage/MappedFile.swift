#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file mapped into memory, read-only, for as long as this object lives.
///
/// Files of a library are never rewritten in place, so the mapped bytes do not change under a reader.
public final class MappedFile: @unchecked Sendable {  // immutable after init; the mapping is read-only
    public let path: String
    public let bytes: UnsafeRawBufferPointer
    private let isMapped: Bool

    /// Content that never was on disk, held in memory as if mapped; `path` only names it in errors.
    public init(content: [UInt8], named name: String) {
        path = name
        isMapped = false
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: 64)
        copy.copyBytes(from: content)
        bytes = UnsafeRawBufferPointer(copy)
    }

    /// - Throws: `FileError` when the file cannot be opened or mapped.
    public init(path: String) throws(FileError) {
        self.path = path
        isMapped = true
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: path, .system(operation: "open", message: systemMessage())) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw FileError(path: path, .system(operation: "read the size of", message: systemMessage()))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(path: path, .system(operation: "map", message: "not a regular file"))
        }
        let length = Int(status.st_size)
        if length == 0 {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let address = mmap(nil, length, PROT_READ, MAP_SHARED, descriptor, 0), address != MAP_FAILED else {
            throw FileError(path: path, .system(operation: "map", message: systemMessage()))
        }
        bytes = UnsafeRawBufferPointer(start: address, count: length)
    }

    deinit {
        if !isMapped {
            bytes.deallocate()
        } else if let base = bytes.baseAddress {
            munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
        }
    }
}

/// The C library's words for the last failure.
public func systemMessage() -> String {
    String(cString: strerror(errno))
}
