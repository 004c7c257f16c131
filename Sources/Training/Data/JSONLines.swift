import Evaluation
import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Files of one JSON value a line, by which the stages of training hand data on; a value's index is its line.
///
/// ```swift
/// try JSONLines.write(mined, to: folder + "/negatives.jsonl")
/// let mined = try JSONLines.read(MinedRequest.self, from: folder + "/negatives.jsonl")
/// ```
///
/// Equal values make equal bytes: the members of an object stand in alphabetical order, numbers in the shortest form that reads back the same.
public enum JSONLines {
    /// All lines of a finished file.
    ///
    /// - Parameter unmet: what a value should be and is not, such as "a document below 15000"; nil for one that will do.
    /// - Throws: `LineError` naming file, line, what was expected and found, for an empty file too; `FileError` where it cannot be read.
    public static func read<Value: Decodable>(_ type: Value.Type, from path: String, unmet: (Value) -> String? = { _ in nil }) throws -> [Value] {
        let file = try MappedFile(path: path)
        let decoder = JSONDecoder()
        var values: [Value] = []
        try forEachLine(of: file.bytes) { line, _ in
            let value: Value
            do {
                value = try decoder.decode(type, from: Data(line))
            } catch {
                throw LineError(file: path, line: values.count + 1, expected: expectation(error), found: String(decoding: line, as: UTF8.self))
            }
            if let expected = unmet(value) {
                throw LineError(file: path, line: values.count + 1, expected: expected, found: String(decoding: line, as: UTF8.self))
            }
            values.append(value)
            return true
        }
        guard !values.isEmpty else { throw LineError(file: path, line: 1, expected: "at least one line of JSON", found: "") }
        return values
    }

    /// What a run that was stopped left behind: the values up to the first line that is not whole, and the bytes they take. No file holds none.
    ///
    /// - Throws: `FileError` where the file is there and cannot be read.
    static func readWhole<Value: Decodable>(_ type: Value.Type, from path: String) throws -> (values: [Value], bytes: Int) {
        guard FileManager.default.fileExists(atPath: path) else { return ([], 0) }
        let file = try MappedFile(path: path)
        let decoder = JSONDecoder()
        var values: [Value] = []
        var bytes = 0
        try forEachLine(of: file.bytes) { line, isEnded in
            guard isEnded, let value = try? decoder.decode(type, from: Data(line)) else { return false }
            values.append(value)
            bytes += line.count + 1
            return true
        }
        return (values, bytes)
    }

    /// Writes the file whole or not at all.
    ///
    /// - Throws: `FileError`; what the encoder throws at a number that is not finite.
    public static func write(_ values: some Sequence<some Encodable>, to path: String) throws {
        try writeDurably([lines(values)], to: path)
    }

    static func lines(_ values: some Sequence<some Encodable>) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var bytes: [UInt8] = []
        for value in values {
            bytes += try encoder.encode(value)
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    /// - Parameter read: told each line without its end, and whether it had one; false ends the reading.
    private static func forEachLine(of bytes: UnsafeRawBufferPointer, _ read: (_ line: UnsafeRawBufferPointer, _ isEnded: Bool) throws -> Bool) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            guard try read(UnsafeRawBufferPointer(rebasing: rest[..<(end ?? rest.endIndex)]), end != nil), let end else { return }
            rest = rest[(end + 1)...]
        }
    }

    private static func expectation(_ error: any Error) -> String {
        func place(_ path: [any CodingKey]) -> String {
            "\"" + path.map { key in key.intValue.map { "[\($0)]" } ?? key.stringValue }.joined(separator: ".") + "\""
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context): return "a member \(place(context.codingPath + [key]))"
        case DecodingError.typeMismatch(let type, let context) where !context.codingPath.isEmpty,
            DecodingError.valueNotFound(let type, let context) where !context.codingPath.isEmpty:
            return "\(place(context.codingPath)) of type \(type)"
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty: return "another value of \(place(context.codingPath))"
        default: return "a JSON object"
        }
    }
}
