/// The one layout of every binary file of a library: a header, a table of named sections, then the sections, each 64-byte aligned.
///
/// ```
/// 0   magic           8 bytes, "DESCANT" and a zero
/// 8   kind            8 bytes, ASCII padded with zeros: "lexical", "tracks" …
/// 16  version         UInt32 of the kind's format
/// 20  section count   UInt32
/// 24  file length     UInt64
/// 32  checksum        XXH3 of all bytes from 40 to the end
/// 40  table           per section: name (16 bytes), offset UInt64, length UInt64
/// ```
/// Numbers are little-endian. Opening checks everything above, so a changed byte anywhere is an error, and later reads need no checks of their own
/// beyond those of a section's inner structure.
public struct SectionFile: Sendable {
    static let magic: [UInt8] = Array("DESCANT\0".utf8)
    static let headerLength = 40
    static let entryLength = 32
    static let alignment = 64

    public let file: MappedFile
    public var path: String { file.path }
    private let sections: [String: Range<Int>]

    /// - Throws: `FileError` for a missing, foreign, newer, truncated or damaged file.
    public init(path: String, kind: String, version: UInt32) throws(FileError) {
        try self.init(try MappedFile(path: path), kind: kind, version: version)
    }

    /// Reads content that is mapped already.
    public init(_ file: MappedFile, kind: String, version: UInt32) throws(FileError) {
        self.file = file
        let path = file.path
        let bytes = file.bytes
        guard bytes.count >= Self.headerLength, bytes.prefix(8).elementsEqual(Self.magic) else {
            let start = bytes.prefix(8).map { $0 >= 0x20 && $0 < 0x7F ? String(UnicodeScalar($0)) : "." }.joined()
            throw FileError(path: path, .foreign(expected: "Descant \(kind)", found: bytes.isEmpty ? "nothing: it is empty" : "'\(start)'"))
        }
        let foundKind = Self.name(in: bytes[8..<16])
        guard bytes[8..<16].elementsEqual(Array(kind.utf8) + [UInt8](repeating: 0, count: 8 - kind.utf8.count)) else {
            throw FileError(path: path, .foreign(expected: "Descant \(kind)", found: "the mark of a Descant '\(foundKind)' file"))
        }
        let foundVersion = bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
        guard foundVersion == version else { throw FileError(path: path, .version(expected: version, found: foundVersion)) }
        let length = bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
        guard length == UInt64(bytes.count) else {
            throw FileError(path: path, .damaged(offset: 24, expected: "\(length) bytes", found: "\(bytes.count)"))
        }
        let checksum = bytes.loadUnaligned(fromByteOffset: 32, as: UInt64.self)
        let found = Checksum.xxh3(UnsafeRawBufferPointer(rebasing: bytes[Self.headerLength...]))
        guard checksum == found else {
            throw FileError(
                path: path,
                .damaged(offset: 32, expected: "checksum \(String(checksum, radix: 16))", found: String(found, radix: 16)))
        }
        let count = Int(bytes.loadUnaligned(fromByteOffset: 20, as: UInt32.self))
        guard Self.headerLength + count * Self.entryLength <= bytes.count else {
            throw FileError(path: path, .damaged(offset: 20, expected: "a section table inside the file", found: "\(count) sections"))
        }
        var sections: [String: Range<Int>] = [:]
        for i in 0..<count {
            let at = Self.headerLength + i * Self.entryLength
            let offset = bytes.loadUnaligned(fromByteOffset: at + 16, as: UInt64.self)
            let size = bytes.loadUnaligned(fromByteOffset: at + 24, as: UInt64.self)
            guard offset <= UInt64(bytes.count), size <= UInt64(bytes.count) - offset, offset % UInt64(Self.alignment) == 0 else {
                throw FileError(
                    path: path,
                    .damaged(offset: at + 16, expected: "an aligned section inside \(bytes.count) bytes", found: "\(offset) + \(size)"))
            }
            sections[Self.name(in: bytes[at..<at + 16])] = Int(offset)..<Int(offset + size)
        }
        self.sections = sections
    }

    /// A section as an array of fixed-width values.
    /// - Throws: `FileError` when the section is missing or its length is no multiple of the element's.
    public func array<Element: BitwiseCopyable & Sendable>(_ name: String, of type: Element.Type = Element.self) throws(FileError) -> MappedArray<Element> {
        guard let range = sections[name] else {
            throw FileError(path: path, .damaged(offset: Self.headerLength, expected: "a section '\(name)'", found: "none"))
        }
        guard range.count % MemoryLayout<Element>.stride == 0 else {
            throw FileError(
                path: path,
                .damaged(offset: range.lowerBound, expected: "a multiple of \(MemoryLayout<Element>.stride) bytes", found: "\(range.count)"))
        }
        return MappedArray(file: file, range: range)
    }

    /// The error for a value inside a section that its reader will not accept.
    public func damaged(section name: String, expected: String, found: String) -> FileError {
        FileError(path: path, .damaged(offset: sections[name]?.lowerBound ?? 0, expected: "\(name): \(expected)", found: found))
    }

    private static func name(in bytes: Slice<UnsafeRawBufferPointer>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}

/// Read-only values inside a mapped file; keeps the mapping alive.
public struct MappedArray<Element: BitwiseCopyable & Sendable>: RandomAccessCollection, @unchecked Sendable {  // the mapping is immutable
    private let file: MappedFile
    public let buffer: UnsafeBufferPointer<Element>

    init(file: MappedFile, range: Range<Int>) {
        self.file = file
        buffer = UnsafeRawBufferPointer(rebasing: file.bytes[range]).bindMemory(to: Element.self)
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { buffer.count }
    @inlinable public subscript(position: Int) -> Element { buffer[position] }
}
