#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads a format whose unit is the line: shown every line in turn, then asked for what they make together.
protocol LineReader {
    associatedtype Output

    /// - Parameter file: the name that errors carry.
    init(file: String)

    /// - Parameters:
    ///   - line: without its line end.
    ///   - number: of the line in the file, from 1.
    mutating func read(_ line: String, number: Int) throws(LineError)

    /// - Throws: where the lines, each right in itself, do not make a whole.
    func finish() throws(LineError) -> Output
}

extension LineReader {
    static func read(_ lines: some Sequence<String>, file: String) throws(LineError) -> Output {
        var reader = Self(file: file)
        var number = 0
        for line in lines {
            number += 1
            try reader.read(line, number: number)
        }
        return try reader.finish()
    }

    /// Lines end in "\n" or "\r\n", the last one perhaps in neither; a byte order mark at the beginning is skipped.
    ///
    /// - Throws: `LineError`, also for bytes that are not UTF-8; what Foundation throws where the file cannot be read.
    static func read(contentsOf file: URL) throws -> Output {
        var reader = Self(file: file.path)
        var rest = try Data(contentsOf: file, options: .mappedIfSafe)[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        var number = 0
        while !rest.isEmpty {
            number += 1
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            var bytes = rest[..<(end ?? rest.endIndex)]
            if bytes.last == UInt8(ascii: "\r") { bytes = bytes.dropLast() }
            guard let line = String(bytes: bytes, encoding: .utf8) else {
                throw LineError(
                    file: file.path, line: number, expected: "UTF-8 text", found: String(decoding: bytes, as: UTF8.self))
            }
            try reader.read(line, number: number)
            rest = end.map { rest[($0 + 1)...] } ?? rest[rest.endIndex...]
        }
        return try reader.finish()
    }
}
