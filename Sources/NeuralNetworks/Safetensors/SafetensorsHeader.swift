import Storage

/// The header of a safetensors file, read by its grammar and nothing wider:
///
/// ```
/// header   = { "__metadata__": { NAME: TEXT, … }, NAME: tensor, … }
/// tensor   = { "dtype": TYPE, "shape": [ N, … ], "data_offsets": [ BEGIN, END ] }
/// ```
/// Since no value may hold another of its own kind, the reader never recurses, and a header nested ten thousand deep fails at its second bracket.
struct SafetensorsHeader {
    struct Entry {
        var name: String
        var type: ElementType
        var shape: [Int]
        /// Byte offsets from the end of the header.
        var begin: Int
        var end: Int
        /// Where the file describes it.
        var offset: Int
    }

    private(set) var entries: [Entry] = []
    private(set) var metadata: [String: String] = [:]

    /// - Parameter range: where the header lies in the file.
    init(_ file: MappedFile, in range: Range<Int>) throws(FileError) {
        var text = JSONCursor(file, in: range)
        try text.object { (text, name, offset) throws(FileError) in
            if name == "__metadata__" {
                try text.object { (text, key, _) throws(FileError) in metadata[key] = try text.string() }
            } else {
                entries.append(try Self.entry(&text, name: name, offset: offset))
            }
        }
        // Writers pad the header with spaces to align what follows.
        try text.end()
    }

    private static func entry(_ text: inout JSONCursor, name: String, offset: Int) throws(FileError) -> Entry {
        var type: ElementType?
        var shape: [Int]?
        var range: [Int]?
        try text.object { (text, key, keyOffset) throws(FileError) in
            switch key {
            case "dtype":
                let at = text.position
                let found = try text.string()
                guard let known = ElementType(rawValue: found) else {
                    throw text.damaged(at: at, expected: "one of \(ElementType.allCases.map(\.rawValue).joined(separator: ", "))", found: quoted(found))
                }
                type = known
            case "shape": shape = try text.integers()
            case "data_offsets":
                let at = text.position
                let found = try text.integers()
                guard found.count == 2, found[0] <= found[1] else {
                    throw text.damaged(at: at, expected: "two rising offsets of \(quoted(name))", found: "\(found.prefix(4))")
                }
                range = found
            default: throw text.damaged(at: keyOffset, expected: "dtype, shape or data_offsets of \(quoted(name))", found: quoted(key))
            }
        }
        guard let type, let shape, let range else {
            throw text.damaged(at: offset, expected: "dtype, shape and data_offsets of \(quoted(name))", found: "not all of them")
        }
        return Entry(name: name, type: type, shape: shape, begin: range[0], end: range[1], offset: offset)
    }
}
