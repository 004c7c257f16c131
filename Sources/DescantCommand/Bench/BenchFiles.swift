import ArgumentParser
import Evaluation
import LinearAlgebra

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// TREC files of a benchmark.
enum BenchFiles {
    /// Writes `NAME.run` and `NAME.qrels`; queries are numbered from 0.
    static func write(rankings: [[String]], relevant: [[String]], name: String, folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var run = Run()
        var qrels = Qrels()
        for (i, ranking) in rankings.enumerated() {
            run["q\(i)"] = ranking.enumerated().map { Run.Entry(document: $1, score: 1 / Double($0 + 1)) }
            qrels.grades["q\(i)"] = Dictionary(relevant[i].map { ($0, 1) }, uniquingKeysWith: { first, _ in first })
        }
        try run.writeTREC(tag: name, toFile: URL(fileURLWithPath: "\(folder)/\(name).run"))
        try qrels.writeTREC(toFile: URL(fileURLWithPath: "\(folder)/\(name).qrels"))
    }

    /// Writes values as JSON Lines.
    static func writeLines(_ values: some Sequence<some Encodable>, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var data = Data()
        for value in values { data += try encoder.encode(value) + [UInt8(ascii: "\n")] }
        try data.write(to: URL(fileURLWithPath: path))
    }

    /// The `text` of every line of a JSON Lines file.
    static func texts(path: String) throws -> [String] {
        struct Line: Decodable { var text: String }
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        return try data.split(separator: UInt8(ascii: "\n")).enumerated().map { number, line in
            do {
                return try JSONDecoder().decode(Line.self, from: Data(line)).text
            } catch {
                throw ValidationError("\(path):\(number + 1): expected an object with \"text\"")
            }
        }
    }

    /// Little-endian float32 rows of a file.
    static func floats(path: String, columns: Int) throws -> Matrix {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        guard columns > 0, data.count % (columns * 4) == 0 else {
            throw ValidationError("\(path): expected rows of \(columns) float32, found \(data.count) bytes")
        }
        let values = data.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self))) }
        }
        return Matrix(rows: values.count / columns, columns: columns, values: values)
    }

    /// Writes a matrix as little-endian float32 rows.
    static func write(_ matrix: Matrix, to path: String) throws {
        try matrix.values.withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: path)) }
    }
}

/// What a figure was measured on.
struct Machine: CustomStringConvertible {
    let description: String

    init(_ corpus: String) {
        description = "\(Self.processor), \(ProcessInfo.processInfo.activeProcessorCount) cores, \(Self.build), corpus \(corpus)"
    }

    #if DEBUG
        static let build = "debug build"
    #else
        static let build = "release build"
    #endif

    static let processor: String =
        (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n").first { $0.hasPrefix("model name") }
        .flatMap { $0.split(separator: ":").last }.map { String($0.drop { $0 == " " }) } ?? "unknown processor"

    /// Resident memory of this process in bytes: all of it, and without pages of mapped files.
    static var residentMemory: (all: Int, own: Int) {
        let fields = ((try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? "").split(separator: "\n")
        func value(_ name: String) -> Int {
            (fields.first { $0.hasPrefix(name) }?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
        }
        return (value("VmRSS:"), value("RssAnon:"))
    }
}
