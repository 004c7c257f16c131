import CZip
import Storage

/// A zip file or wheel, opened for reading (libzip). Sizes it records are held to before a byte is unpacked.
struct ZipArchive: ~Copyable {
    /// What errors call it.
    private let name: String
    private let handle: OpaquePointer

    /// - Throws: `ModelStoreError.archive` when this is no zip file, or a truncated one.
    init(path: String, named name: String) throws(ModelStoreError) {
        self.name = name
        var code: Int32 = 0
        guard let handle = zip_open(path, ZIP_RDONLY, &code) else {
            var error = zip_error_t()
            zip_error_init_with_code(&error, code)
            defer { zip_error_fini(&error) }
            throw .archive(path: name, member: nil, why: "cannot be read as a zip file: \(String(cString: zip_error_strerror(&error)))")
        }
        self.handle = handle
    }

    deinit { zip_discard(handle) }

    /// Which member is a file of a model: of its name, in whatever folder, and of its size.
    /// - Throws: `ModelStoreError.wrong` when no member has the name, or only ones of another size have it.
    func member(for file: ModelDescription.File, of model: String) throws(ModelStoreError) -> UInt64 {
        var found: (name: String, bytes: UInt64)?
        for index in 0..<UInt64(max(0, zip_get_num_entries(handle, 0))) {
            var status = zip_stat_t()
            zip_stat_init(&status)
            guard zip_stat_index(handle, index, 0, &status) == 0, status.valid & UInt64(ZIP_STAT_SIZE) != 0, let pointer = status.name else { continue }
            let member = String(cString: pointer)
            guard member == file.name || member.hasSuffix("/" + file.name) else { continue }
            if status.size == UInt64(file.bytes) { return index }
            found = found ?? (member, status.size)
        }
        throw .wrong(
            model: model,
            faults: [
                found.map { .size(path: "\(name), \($0.name)", expected: file.bytes, found: Int(clamping: $0.bytes)) }
                    ?? .missing(path: "\(name), \(file.name)")
            ])
    }

    /// Unpacks a member, of which no more than `limit` bytes are taken whatever it holds.
    /// - Throws: `ModelStoreError.archive` when the member is damaged or larger, `FileError` when the output cannot be written.
    func extract(_ member: UInt64, of file: String, to output: borrowing OutputFile, limit: Int, progress: (Int) -> Void) throws {
        func fail(_ why: String) -> ModelStoreError { .archive(path: name, member: file, why: why) }
        guard let content = zip_fopen_index(handle, member, 0) else { throw fail(String(cString: zip_strerror(handle))) }
        defer { zip_fclose(content) }
        var total = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = Int(buffer.withUnsafeMutableBytes { zip_fread(content, $0.baseAddress, UInt64($0.count)) })
            guard count >= 0 else { throw fail("damaged: \(String(cString: zip_file_strerror(content)))") }
            if count == 0 { return }
            total += count
            guard total <= limit else { throw fail("holds more than the \(limit) bytes it records") }
            try buffer.withUnsafeBytes { try output.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            progress(total)
        }
    }
}
