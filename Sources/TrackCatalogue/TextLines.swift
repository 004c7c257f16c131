#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Lines of a file of any length, read a piece at a time, with their numbers.
///
/// A carriage return before the newline belongs to the line end. Bytes that are not UTF-8 become U+FFFD and are said by `isValid`.
struct TextLines {
    /// Longest line that is accepted: a file without newlines is not text, and must not be pulled into memory.
    static let longestLine = 16 << 20

    struct Line {
        var number: Int
        var text: String
        var isValid: Bool
    }

    private let file: UnsafeMutablePointer<FILE>
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    private var filled = 0
    private var consumed = 0
    private var number = 0
    private(set) var bytesRead = 0
    let path: String

    /// - Throws: `ImportError.unreadable`.
    init(path: String) throws {
        guard let file = fopen(path, "re") else { throw ImportError.unreadable(path: path, why: String(cString: strerror(errno))) }
        self.file = file
        self.path = path
    }

    func close() { fclose(file) }

    /// Bytes of a file, nil when it cannot be asked.
    static func size(of path: String) -> Double? {
        var status = stat()
        return stat(path, &status) == 0 ? Double(status.st_size) : nil
    }

    mutating func next() throws -> Line? {
        var line: [UInt8] = []
        var isEnded = false
        while !isEnded {
            if consumed == filled {
                filled = fread(&buffer, 1, buffer.count, file)
                consumed = 0
                if filled == 0 {
                    if ferror(file) != 0 { throw ImportError.unreadable(path: path, why: String(cString: strerror(errno))) }
                    if line.isEmpty { return nil }
                    break
                }
            }
            let rest = buffer[consumed..<filled]
            let newline = rest.firstIndex(of: UInt8(ascii: "\n"))
            line += rest[..<(newline ?? filled)]
            let taken = (newline.map { $0 + 1 } ?? filled) - consumed
            consumed += taken
            bytesRead += taken
            isEnded = newline != nil
            guard line.count <= Self.longestLine else {
                throw ImportError.unreadable(path: path, why: "line \(number + 1) has more than \(Self.longestLine) bytes; is it text?")
            }
        }
        number += 1
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        if let text = String(validating: line, as: UTF8.self) { return Line(number: number, text: text, isValid: true) }
        return Line(number: number, text: String(decoding: line, as: UTF8.self), isValid: false)
    }
}
