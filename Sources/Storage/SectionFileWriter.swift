#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Collects sections in memory and writes them as one `SectionFile`, synced to the disk before it returns.
public struct SectionFileWriter {
    private var sections: [(name: String, bytes: [UInt8])] = []
    private let kind: String
    private let version: UInt32

    /// - Parameter kind: at most 8 ASCII characters.
    public init(kind: String, version: UInt32) {
        precondition(kind.utf8.count <= 8, "kind '\(kind)' is longer than 8 bytes")
        self.kind = kind
        self.version = version
    }

    /// - Parameter name: at most 16 ASCII characters, unique in the file.
    public mutating func add<Element: BitwiseCopyable>(_ name: String, _ values: [Element]) {
        precondition(name.utf8.count <= 16, "section name '\(name)' is longer than 16 bytes")
        sections.append((name, values.withUnsafeBytes(Array.init)))
    }

    /// - Throws: `FileError` when the folder cannot be written or the disk is full; nothing is left behind then.
    public func write(to path: String) throws(FileError) {
        try writeDurably(parts(), to: path)
    }

    /// The file's bytes, for an index that lives in memory only.
    public func content() -> [UInt8] { Array(parts().joined()) }

    private func parts() -> [[UInt8]] {
        var table: [UInt8] = []
        var offset = Self.aligned(SectionFile.headerLength + sections.count * SectionFile.entryLength)
        var offsets: [Int] = []
        for section in sections {
            table += Self.padded(section.name, to: 16)
            table += Self.littleEndian(UInt64(offset)) + Self.littleEndian(UInt64(section.bytes.count))
            offsets.append(offset)
            offset = Self.aligned(offset + section.bytes.count)
        }
        var body = [UInt8](repeating: 0, count: offset - SectionFile.headerLength)
        body.replaceSubrange(0..<table.count, with: table)
        for (section, offset) in zip(sections, offsets) {
            let start = offset - SectionFile.headerLength
            body.replaceSubrange(start..<start + section.bytes.count, with: section.bytes)
        }
        let checksum = body.withUnsafeBytes { Checksum.xxh3($0) }
        let header =
            SectionFile.magic + Self.padded(kind, to: 8) + Self.littleEndian(version) + Self.littleEndian(UInt32(sections.count))
            + Self.littleEndian(UInt64(SectionFile.headerLength + body.count)) + Self.littleEndian(checksum)
        return [header, body]
    }

    private static func aligned(_ offset: Int) -> Int {
        (offset + SectionFile.alignment - 1) / SectionFile.alignment * SectionFile.alignment
    }

    private static func padded(_ text: String, to length: Int) -> [UInt8] {
        Array(text.utf8) + [UInt8](repeating: 0, count: length - text.utf8.count)
    }

    private static func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian, Array.init)
    }
}

/// Writes `parts` to a temporary neighbour of `path`, syncs it and renames it into place: a reader sees the old file or the new one, never half.
/// - Throws: `FileError`; the temporary file is removed then.
public func writeDurably(_ parts: [[UInt8]], to path: String) throws(FileError) {
    let temporary = path + ".partial"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(path: temporary, .system(operation: "create", message: systemMessage())) }
    func fail(_ operation: String) -> FileError {
        let error = FileError(path: path, .system(operation: operation, message: systemMessage()))
        close(descriptor)
        unlink(temporary)
        return error
    }
    for part in parts {
        var written = 0
        while written < part.count {
            let count = part.withUnsafeBytes { bytes in
                write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw fail("write") }
            written += count
        }
    }
    guard fsync(descriptor) == 0 else { throw fail("sync") }
    guard rename(temporary, path) == 0 else { throw fail("rename into place") }
    close(descriptor)
    syncFolder(of: path)
}

/// Makes a rename in a folder survive a power cut. Some file systems refuse to sync folders; the rename itself is then all there is.
func syncFolder(_ folder: String) {
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    _ = fsync(descriptor)
    close(descriptor)
}

func syncFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    syncFolder(folder.isEmpty ? "/" : folder)
}
