#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A line of `corpus.jsonl` or, without a title, of `queries.jsonl`.
struct BEIRLine: Codable {
    var id: String
    var title: String?
    var text: String

    enum CodingKeys: String, CodingKey {
        case id = "_id"
        case title, text
    }

    /// JSON Lines, the members of an object in alphabetical order.
    static func text(_ lines: [BEIRLine]) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var text = Data()
        for line in lines {
            text.append(try encoder.encode(line))
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }
}

/// Reads `corpus.jsonl` and `queries.jsonl`; passes over blank lines.
struct BEIRLineReader: LineReader {
    let file: String
    private var lines: [BEIRLine] = []
    private var ids: Set<String> = []
    private let decoder = JSONDecoder()

    init(file: String) { self.file = file }

    mutating func read(_ line: String, number: Int) throws(LineError) {
        guard !line.utf8.allSatisfy(\.isASCIIWhitespace) else { return }
        guard let decoded = try? decoder.decode(BEIRLine.self, from: Data(line.utf8)) else {
            throw LineError(
                file: file, line: number, expected: "a JSON object with the strings \"_id\" and \"text\"", found: line)
        }
        guard ids.insert(decoded.id).inserted else {
            throw LineError(file: file, line: number, expected: "an \"_id\" not seen before", found: decoded.id)
        }
        lines.append(decoded)
    }

    func finish() -> [BEIRLine] { lines }
}

/// Reads `qrels/SPLIT.tsv`: the header, then query id, document id and integer grade; passes over blank lines.
struct BEIRQrelsReader: LineReader {
    static let header = "query-id\tcorpus-id\tscore"

    let file: String
    private var hasHeader = false
    private var qrels = Qrels()

    init(file: String) { self.file = file }

    mutating func read(_ line: String, number: Int) throws(LineError) {
        guard hasHeader else {
            // BEIR's own loader skips the first line unseen, and so loses a judgement where there is no header.
            guard line == Self.header else { throw missingHeader(line) }
            hasHeader = true
            return
        }
        guard !line.isEmpty else { return }
        let fields = line.pieces(separatedBy: "\t")
        guard fields.count == 3 else {
            throw LineError(file: file, line: number, expected: "query id, document id, grade, separated by tabs", found: line)
        }
        guard let grade = Int(fields[2]) else {
            throw LineError(file: file, line: number, expected: "an integer grade", found: fields[2])
        }
        guard qrels.insert(grade, query: fields[0], document: fields[1]) else {
            throw LineError(
                file: file, line: number, expected: "a document without a grade for query \"\(fields[0])\"", found: fields[1])
        }
    }

    func finish() throws(LineError) -> Qrels {
        guard hasHeader else { throw missingHeader("") }
        return qrels
    }

    private func missingHeader(_ line: String) -> LineError {
        LineError(file: file, line: 1, expected: "the header query-id, corpus-id, score, separated by tabs", found: line)
    }
}

extension Qrels {
    /// A BEIR `qrels` file, by rising query id, then by rising document id.
    func beirText() throws(UnwritableValue) -> String {
        var text = BEIRQrelsReader.header + "\n"
        for query in queries {
            for (document, grade) in self[query].sorted(by: { $0.key < $1.key }) {
                for id in [query, document] where id.isEmpty || id.utf8.contains(where: { [0x09, 0x0A, 0x0D].contains($0) }) {
                    throw .identifier(id, format: "BEIR")
                }
                text += "\(query)\t\(document)\t\(grade)\n"
            }
        }
        return text
    }
}
