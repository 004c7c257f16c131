public import Storage

/// Named tensors in a file, mapped into memory: the format of Hugging Face's *safetensors*.
///
/// ```swift
/// let file = try SafetensorsFile(path: "models/minilm/model.safetensors")
/// let table = try file.floats(of: "embeddings.word_embeddings.weight")  // 30522 × 384, row-major
/// ```
/// The layout is eight bytes of header length (little-endian), a JSON header, then the bytes of all tensors end to end:
/// <https://github.com/huggingface/safetensors#format>. Opening checks the whole of it: each shape times its element's size is the length of its byte
/// range, and the ranges cover the data exactly, without overlap, hole or rest. So nothing read later can leave the file. Alignment is not assumed.
public struct SafetensorsFile: Sendable {
    public struct Tensor: Hashable, Sendable {
        public let name: String
        public let type: ElementType
        /// Row-major; empty for a scalar.
        public let shape: [Int]
        /// Elements: the product of `shape`.
        public let count: Int
        /// Its bytes in the file.
        public let bytes: Range<Int>
    }

    /// The longest header that is read, as in the reference implementation.
    static let headerLimit = 100_000_000

    public let path: String
    /// In the order of their bytes.
    public let tensors: [Tensor]
    /// Free text that the writer left, such as `format` or a training recipe.
    public let metadata: [String: String]
    private let file: MappedFile
    private let places: [String: Int]

    /// - Throws: `FileError` when the file cannot be opened, or contradicts itself anywhere.
    public init(path: String) throws(FileError) {
        try self.init(try MappedFile(path: path))
    }

    /// Reads content that is mapped already.
    public init(_ file: MappedFile) throws(FileError) {
        let bytes = file.bytes
        func damaged(_ offset: Int, _ expected: String, _ found: String) -> FileError {
            FileError(path: file.path, .damaged(offset: offset, expected: expected, found: found))
        }
        guard bytes.count >= 8 else { throw damaged(0, "8 bytes of header length", "\(bytes.count) bytes") }
        let length = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
        guard length <= UInt64(min(bytes.count - 8, Self.headerLimit)) else {
            throw damaged(0, "a header of at most \(min(bytes.count - 8, Self.headerLimit)) bytes", "\(length)")
        }
        let dataStart = 8 + Int(length)
        let dataLength = bytes.count - dataStart
        let header = try SafetensorsHeader(file, in: 8..<dataStart)

        var tensors: [Tensor] = []
        var covered = 0
        for entry in header.entries.sorted(by: { ($0.begin, $0.end, $0.offset) < ($1.begin, $1.end, $1.offset) }) {
            guard let (count, size) = Self.extent(of: entry.shape, entry.type) else {
                throw damaged(entry.offset, "a shape of \(quoted(entry.name)) whose bytes can be counted", "\(entry.shape.prefix(8))")
            }
            guard entry.end - entry.begin == size else {
                throw damaged(entry.offset, "\(size) bytes of \(quoted(entry.name)), \(entry.type) \(entry.shape)", "\(entry.end - entry.begin)")
            }
            guard entry.end <= dataLength else {
                throw damaged(entry.offset, "\(quoted(entry.name)) inside \(dataLength) bytes of data", "\(entry.begin)..<\(entry.end)")
            }
            guard entry.begin == covered else {
                let fault = entry.begin < covered ? "an overlap" : "a hole"
                throw damaged(entry.offset, "\(quoted(entry.name)) from \(covered)", "\(fault): it begins at \(entry.begin)")
            }
            covered = entry.end
            tensors.append(
                Tensor(name: entry.name, type: entry.type, shape: entry.shape, count: count, bytes: dataStart + entry.begin..<dataStart + entry.end))
        }
        guard covered == dataLength else { throw damaged(dataStart + covered, "the end of the file", "\(dataLength - covered) bytes of no tensor") }
        self.file = file
        self.path = file.path
        self.tensors = tensors
        metadata = header.metadata
        places = Dictionary(uniqueKeysWithValues: tensors.indices.map { (tensors[$0].name, $0) })
    }

    /// Nil when the file has none of this name.
    public subscript(name: String) -> Tensor? { places[name].map { tensors[$0] } }

    /// Reads a tensor's bytes where they lie, unaligned and little-endian.
    func withBytes<Result>(of tensor: Tensor, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withExtendedLifetime(file) { body(UnsafeRawBufferPointer(rebasing: file.bytes[tensor.bytes])) }
    }

    /// Elements and bytes of a shape, or nil when they exceed `Int`.
    static func extent(of shape: [Int], _ type: ElementType) -> (count: Int, bytes: Int)? {
        // Over the sizes that are not zero, so that [0, huge, huge] is nothing and not an overflow, whatever the order.
        var count = 1
        for size in shape where size > 0 {
            let (product, overflows) = count.multipliedReportingOverflow(by: size)
            guard !overflows else { return shape.contains(0) ? (0, 0) : nil }
            count = product
        }
        if shape.contains(0) { return (0, 0) }
        let (bytes, overflows) = count.multipliedReportingOverflow(by: type.size)
        return overflows ? nil : (count, bytes)
    }
}
