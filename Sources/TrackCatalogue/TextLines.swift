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
        var buffer: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(buffer) }
        let count = getline(&buffer, &capacity, file)
        guard count >= 0, let buffer else {
            if ferror(file) != 0 { throw ImportError.unreadable(path: path, why: String(cString: strerror(errno))) }
            return nil
        }
        number += 1
        bytesRead += count
        guard count <= Self.longestLine else { throw ImportError.unreadable(path: path, why: "line \(number) has \(count) bytes; is it text?") }
        var bytes = UnsafeRawBufferPointer(start: buffer, count: count)
        if bytes.last == UInt8(ascii: "\n") { bytes = UnsafeRawBufferPointer(rebasing: bytes.dropLast()) }
        if bytes.last == UInt8(ascii: "\r") { bytes = UnsafeRawBufferPointer(rebasing: bytes.dropLast()) }
        if number == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(3)) }
        if let text = String(validating: bytes, as: UTF8.self) { return Line(number: number, text: text, isValid: true) }
        return Line(number: number, text: String(decoding: bytes, as: UTF8.self), isValid: false)
    }
}
