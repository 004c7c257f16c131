import Encoders
import LinearAlgebra
import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

/// Texts that were encoded once, on disk: a build that is killed goes on where it stopped, and the next one encodes only what is new.
///
/// The file is appended to, a record a text: the text's checksums, those of the record, the vector in half precision (its error, 0.0005 of an element, is a
/// tenth of that of the int8 rows it ends in). What a killed run left half is cut off when the file is opened,
/// with all that follows a record that is not whole.
final class EmbeddingStore {
    private static let magic = Array("descant vectors 1\n".utf8)
    /// Texts between two writes, about a second of work.
    private static let stride = 1024

    private struct Key: Hashable {
        var low: UInt64
        var high: UInt64

        init(_ text: String) {
            let bytes = Array(text.utf8)
            low = bytes.withUnsafeBytes { Checksum.xxh3($0) }
            high = (bytes + [UInt8(ascii: "\n")] + bytes.reversed()).withUnsafeBytes { Checksum.xxh3($0) }
        }
    }

    private let path: String
    private let encoder: any TextEncoder
    private var vectors: [Key: [Float16]] = [:]
    private let recordSize: Int

    /// - Parameter path: made when it is not there; replaced when another encoder wrote it.
    /// - Throws: `FileError`.
    init(path: String, encoder: any TextEncoder) throws(FileError) {
        self.path = path
        self.encoder = encoder
        recordSize = 24 + encoder.dimension * 2
        let header = Self.magic + Array("\(encoder.identity) \(encoder.dimension)\n".utf8)
        if FileManager.default.fileExists(atPath: path) {
            let file = try MappedFile(path: path)
            if let whole = withExtendedLifetime(file, { read(file.bytes, header) }) {
                if whole < file.bytes.count, truncate(path, whole) != 0 {
                    throw FileError(path: path, .system(operation: "cut off an unfinished record", message: systemMessage()))
                }
                return
            }
        }
        try writeDurably([header], to: path)
    }

    /// Bytes that are header and whole records; nil for a file of another encoder.
    private func read(_ bytes: UnsafeRawBufferPointer, _ header: [UInt8]) -> Int? {
        guard bytes.count >= header.count, bytes.prefix(header.count).elementsEqual(header) else { return nil }
        var offset = header.count
        while offset + recordSize <= bytes.count {
            let body = UnsafeRawBufferPointer(rebasing: bytes[offset + 8..<offset + recordSize])
            guard bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) == Checksum.xxh3(body) else { return offset }
            var key = Key("")
            key.low = body.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
            key.high = body.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            vectors[key] = (0..<encoder.dimension).map { Float16(bitPattern: body.loadUnaligned(fromByteOffset: 16 + $0 * 2, as: UInt16.self)) }
            offset += recordSize
        }
        return offset
    }

    /// Unit vectors of the texts, `[texts.count][dimension]`; those that are new are encoded and kept.
    ///
    /// - Parameter progress: texts done, those known before included.
    /// - Throws: `FileError`.
    func encode(_ texts: [String], progress: (Int) -> Void) throws(FileError) -> Matrix {
        let keys = texts.map(Key.init)
        var asked: Set<Key> = []
        let new = texts.indices.filter { vectors[keys[$0]] == nil && asked.insert(keys[$0]).inserted }
        var done = texts.count - new.count
        progress(done)
        for start in Swift.stride(from: 0, to: new.count, by: Self.stride) {
            let part = new[start..<min(start + Self.stride, new.count)]
            let encoded = encoder.encode(part.map { texts[$0] }, progress: nil).vectors
            var records: [UInt8] = []
            for (row, text) in part.enumerated() {
                let vector = encoded.row(row).map { Float16($0) }
                vectors[keys[text]] = vector
                var body: [UInt8] = []
                withUnsafeBytes(of: keys[text].low) { body += $0 }
                withUnsafeBytes(of: keys[text].high) { body += $0 }
                vector.withUnsafeBytes { body += $0 }
                withUnsafeBytes(of: body.withUnsafeBytes { Checksum.xxh3($0) }) { records += $0 }
                records += body
            }
            try append(records)
            done += part.count
            progress(done)
        }
        var result = Matrix(rows: texts.count, columns: encoder.dimension)
        result.values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            for (row, key) in keys.enumerated() {
                let to = base + row * encoder.dimension
                for (i, value) in (vectors[key] ?? []).enumerated() { to[i] = Float(value) }
                RowKernels.normalize(to, count: encoder.dimension)
            }
        }
        return result
    }

    private func append(_ bytes: [UInt8]) throws(FileError) {
        func failure(_ operation: String) -> FileError { FileError(path: path, .system(operation: operation, message: systemMessage())) }
        let file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard file >= 0 else { throw failure("open") }
        defer { close(file) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(file, $0.baseAddress.map { $0 + written }, bytes.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write") }
            written += count
        }
        guard fsync(file) == 0 else { throw failure("sync") }
    }
}
