/// Rows of CSV (RFC 4180: quotes, doubled quotes, line breaks inside quotes) or of plain TSV, streaming.
struct SeparatedValues {
    struct Row {
        /// Line where the row begins.
        var line: Int
        var cells: [String]
    }

    private var lines: TextLines
    private let separator: UInt8
    private let quotes: Bool
    /// Column names of the first row.
    private(set) var header: [String] = []
    var path: String { lines.path }
    var bytesRead: Int { lines.bytesRead }

    /// - Parameter quotes: whether `"` quotes a cell; TSV exports do not quote.
    /// - Throws: `ImportError` when the file cannot be read or is empty.
    init(path: String, separator: Character, quotes: Bool) throws {
        lines = try TextLines(path: path)
        self.separator = separator.asciiValue ?? UInt8(ascii: ",")
        self.quotes = quotes
        guard let first = try next() else { throw ImportError.unreadable(path: path, why: "it is empty") }
        header = first.cells
    }

    func close() { lines.close() }

    mutating func next() throws -> Row? {
        guard var line = try lines.next() else { return nil }
        let start = line.number
        if !quotes { return Row(line: start, cells: line.text.utf8.split(separator: separator, omittingEmptySubsequences: false).map { String(Substring($0)) }) }
        var cells: [String] = []
        var cell: [UInt8] = []
        var isQuoted = false
        while true {
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
        return Row(line: start, cells: cells)
    }
}
