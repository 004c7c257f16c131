import CZip
import NeuralNetworks
import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A matrix of embeddings that something else made, one row for a track: NumPy's `.npy`, the first matrix in an `.npz`, or the only matrix in a `.safetensors`.
///
/// NumPy's format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>. Elements may be float16, float32 or float64, little-endian, in C order.
/// Rows are not looked into here: one that holds what is no number is for the caller to name.
public struct EmbeddingFile: Sendable {
    public let path: String
    public let rows: Int
    public let dimension: Int
    private let values: [Float]

    public func row(_ row: Int) -> ArraySlice<Float> { values[row * dimension..<(row + 1) * dimension] }

    /// More elements than this are taken for damage: 16 GiB.
    private static let limit = 1 << 32

    /// - Throws: `FileError`, or `WeightsError` for a safetensors file.
    public init(path: String) throws {
        self.path = path
        let file = try MappedFile(path: path)
        let bytes = file.bytes
        if bytes.starts(with: Self.numpyMagic) {
            (rows, dimension, values) = try withExtendedLifetime(file) { try Self.numpy(bytes, path) }
        } else if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            let member = try Self.firstMember(of: path)
            (rows, dimension, values) = try member.bytes.withUnsafeBytes { try Self.numpy($0, "\(path), \(member.name)") }
        } else if path.lowercased().hasSuffix(".safetensors") {
            let tensors = try SafetensorsFile(path: path)
            let matrices = tensors.tensors.filter { $0.shape.count == 2 && $0.type.isFloatingPoint }
            guard let matrix = matrices.first, matrices.count == 1 else {
                let found = tensors.tensors.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
                throw FileError(path: path, .foreign(expected: "safetensors file with one matrix", found: found))
            }
            (rows, dimension) = (matrix.shape[0], matrix.shape[1])
            values = try tensors.floats(of: matrix.name)
        } else {
            throw FileError(path: path, .foreign(expected: ".npy, .npz or .safetensors", found: bytes.prefix(8).map { "\($0)" }.joined(separator: " ")))
        }
        guard dimension > 0 else { throw FileError(path: path, .foreign(expected: "matrix with columns", found: "\(rows) × \(dimension)")) }
    }

    private static let numpyMagic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    private static func numpy(_ bytes: UnsafeRawBufferPointer, _ path: String) throws(FileError) -> (Int, Int, [Float]) {
        func damaged(_ offset: Int, _ expected: String, _ found: String) -> FileError {
            FileError(path: path, .damaged(offset: offset, expected: expected, found: found))
        }
        guard bytes.count >= 12, bytes.starts(with: numpyMagic) else { throw damaged(0, "a NumPy array", "\(bytes.count) bytes of another kind") }
        // Version 1 has two bytes of header length, later ones four.
        let wide = bytes[6] > 1, start = wide ? 12 : 10
        let length = wide ? Int(bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self).littleEndian) : Int(bytes[8]) | Int(bytes[9]) << 8
        guard length <= bytes.count - start else { throw damaged(8, "a header of at most \(bytes.count - start) bytes", "\(length)") }
        let header = String(decoding: bytes[start..<start + length], as: UTF8.self)
        func value(_ key: String) -> Substring? {
            guard let place = header.firstRange(of: "'\(key)':") else { return nil }
            return header[place.upperBound...].drop { $0 == " " }
        }
        guard value("fortran_order")?.hasPrefix("False") == true else { throw damaged(start, "an array in C order", header) }
        let sizes: [String: Int] = ["<f2": 2, "<f4": 4, "<f8": 8]
        guard let type = value("descr").map({ String($0.dropFirst().prefix(3)) }), let size = sizes[type] else {
            throw damaged(start, "elements <f2, <f4 or <f8", header)
        }
        guard let shape = value("shape"), shape.hasPrefix("("), let end = shape.firstIndex(of: ")") else { throw damaged(start, "a shape", header) }
        let numbers = shape[shape.index(after: shape.startIndex)..<end].split(separator: ",").map { Int($0.filter { $0 != " " }) }
        guard numbers.count == 2, let rows = numbers[0], let columns = numbers[1], rows >= 0, columns >= 0,
            case let (count, overflows) = rows.multipliedReportingOverflow(by: columns), !overflows, count <= limit
        else { throw damaged(start, "a matrix", "the shape \(shape[...end])") }
        let content = start + length
        guard bytes.count - content == count * size else { throw damaged(content, "\(count * size) bytes of \(rows) × \(columns)", "\(bytes.count - content)") }
        let values = (0..<count).map { i -> Float in
            let offset = content + i * size
            switch size {
            case 2: return Float(Float16(bitPattern: UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))))
            case 4: return Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
            default: return Float(Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))))
            }
        }
        return (rows, columns, values)
    }

    /// The first array of an `.npz`, unpacked.
    private static func firstMember(of path: String) throws(FileError) -> (name: String, bytes: [UInt8]) {
        func damaged(_ found: String) -> FileError { FileError(path: path, .damaged(offset: 0, expected: "a zip file of NumPy arrays", found: found)) }
        var code: Int32 = 0
        guard let archive = zip_open(path, ZIP_RDONLY, &code) else { throw damaged("libzip's error \(code)") }
        defer { zip_discard(archive) }
        for index in 0..<UInt64(max(0, zip_get_num_entries(archive, 0))) {
            var status = zip_stat_t()
            zip_stat_init(&status)
            guard zip_stat_index(archive, index, 0, &status) == 0, status.valid & UInt64(ZIP_STAT_SIZE) != 0, let pointer = status.name else { continue }
            let name = String(cString: pointer)
            guard name.hasSuffix(".npy") else { continue }
            guard status.size <= UInt64(8 * limit), let content = zip_fopen_index(archive, index, 0) else { throw damaged("\(name), which cannot be read") }
            defer { zip_fclose(content) }
            // Not all at once: what a file says of its size is not to be trusted with memory.
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 20)
            while true {
                let count = Int(buffer.withUnsafeMutableBytes { zip_fread(content, $0.baseAddress, UInt64($0.count)) })
                guard count >= 0 else { throw damaged("\(name), which is damaged") }
                if count == 0 { break }
                bytes += buffer.prefix(count)
            }
            return (name, bytes)
        }
        throw damaged("no .npy in it")
    }
}
