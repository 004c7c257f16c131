/// Many strings in two sections of a file: UTF-8 bytes end to end, and where each begins.
public struct StringTable: Sendable {
    private let offsets: MappedArray<UInt32>
    private let bytes: MappedArray<UInt8>

    public var count: Int { offsets.count - 1 }

    /// - Throws: `FileError` when offsets are missing, fall, or leave the bytes.
    public init(_ file: SectionFile, _ name: String) throws(FileError) {
        offsets = try file.array(name + ".at")
        bytes = try file.array(name + ".utf8")
        guard let first = offsets.first, let last = offsets.last, first == 0, Int(last) == bytes.count else {
            throw file.damaged(section: name + ".at", expected: "offsets from 0 to \(bytes.count)", found: "\(offsets.count) others")
        }
        var previous: UInt32 = 0
        for offset in offsets {
            guard offset >= previous else {
                throw file.damaged(section: name + ".at", expected: "rising offsets", found: "\(offset) after \(previous)")
            }
            previous = offset
        }
    }

    public subscript(index: Int) -> String {
        String(decoding: utf8(index), as: UTF8.self)
    }

    /// The bytes of one string, without a copy.
    public func utf8(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes.buffer[Int(offsets[index])..<Int(offsets[index + 1])])
    }
}

/// Collects strings for a `StringTable`.
public struct StringTableBuilder {
    private var offsets: [UInt32] = [0]
    private var bytes: [UInt8] = []

    public init() {}

    public var count: Int { offsets.count - 1 }

    public mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        offsets.append(UInt32(bytes.count))
    }

    public func write(_ name: String, to file: inout SectionFileWriter) {
        file.add(name + ".at", offsets)
        file.add(name + ".utf8", bytes)
    }
}
