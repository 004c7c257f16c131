/// Rows of CSV (RFC 4180: quotes, doubled quotes, line breaks inside quotes) or of plain TSV, streaming.
public struct SeparatedValues {
    public struct Row {
        /// Line where the row begins.
        public var line: Int
        public var cells: [String]
        /// Whether the row was UTF-8 throughout; other bytes are U+FFFD in `cells`.
        public var isValid = true
    }

    private var lines: TextLines
    private let separator: UInt8
    private let quotes: Bool
    private let comment: String?
    /// Column names of the first row.
    public private(set) var header: [String] = []
    public var path: String { lines.path }
    var bytesRead: Int { lines.bytesRead }

    /// - Parameters:
    ///   - quotes: whether `"` quotes a cell; TSV exports do not quote.
    /// - Throws: `ImportError` when the file cannot be read or is empty.
    ///   - comment: lines that begin so are passed over.
    public init(path: String, separator: Character, quotes: Bool, comment: String? = nil) throws {
        lines = try TextLines(path: path)
        self.separator = separator.asciiValue ?? UInt8(ascii: ",")
        self.quotes = quotes
        self.comment = comment
        guard let first = try next() else { throw ImportError.unreadable(path: path, why: "it is empty") }
        header = first.cells
    }

    public func close() { lines.close() }

    /// The place of a column among a row's cells.
    /// - Throws: `ImportError.missingColumn`.
    public func column(_ name: String) throws(ImportError) -> Int {
        guard let index = header.firstIndex(of: name) else { throw .missingColumn(path: path, column: name, found: header) }
        return index
    }

    public mutating func next() throws -> Row? {
        guard var line = try lines.next() else { return nil }
        while let comment, line.text.hasPrefix(comment) {
            guard let next = try lines.next() else { return nil }
            line = next
        }
        let start = line.number
        if !quotes {
            return Row(
                line: start, cells: line.text.utf8.split(separator: separator, omittingEmptySubsequences: false).map { String(Substring($0)) },
                isValid: line.isValid)
        }
        var cells: [String] = []
        var cell: [UInt8] = []
        var isQuoted = false
        var isValid = true
        while true {
            isValid = isValid && line.isValid
            let bytes = Array(line.text.utf8)
            var i = 0
            while i < bytes.count {
                let byte = bytes[i]
                if isQuoted {
                    if byte == UInt8(ascii: "\"") {
                        if i + 1 < bytes.count, bytes[i + 1] == byte {
                            cell.append(byte)
                            i += 1
                        } else {
                            isQuoted = false
                        }
                    } else {
                        cell.append(byte)
                    }
                } else if byte == UInt8(ascii: "\""), cell.isEmpty {
                    isQuoted = true
                } else if byte == separator {
                    cells.append(String(decoding: cell, as: UTF8.self))
                    cell = []
                } else {
                    cell.append(byte)
                }
                i += 1
            }
            guard isQuoted else { break }
            guard cell.count < TextLines.longestLine, let more = try lines.next() else {
                throw ImportError.row(path: path, line: start, why: "a quoted cell never ends")
            }
            cell.append(UInt8(ascii: "\n"))
            line = more
        }
        cells.append(String(decoding: cell, as: UTF8.self))
        return Row(line: start, cells: cells, isValid: isValid)
    }
}
