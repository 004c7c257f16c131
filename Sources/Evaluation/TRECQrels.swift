#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// TREC relevance judgements: a line for every judgement, `query iteration document grade`, separated by white space.
///
/// ```
/// q1 0 d7 2
/// q1 0 d2 0
/// ```
///
/// The iteration is 0 in practice and not read. Source: trec_eval 9, `get_qrels.c` (github.com/usnistgov/trec_eval).
extension Qrels {
    /// - Parameter file: the name that errors carry.
    public init(trecLines lines: some Sequence<String>, file: String) throws(LineError) {
        self = try TRECQrelsReader.read(lines, file: file)
    }

    /// - Throws: ``LineError``; what Foundation throws where the file cannot be read.
    public init(trecFile file: URL) throws {
        self = try TRECQrelsReader.read(contentsOf: file)
    }

    /// Writes by rising query id, then by rising document id.
    public func writeTREC(to output: inout some TextOutputStream) throws(UnwritableValue) {
        for query in queries {
            let id = try trecIdentifier(query)
            for (document, grade) in self[query].sorted(by: { $0.key < $1.key }) {
                output.write("\(id) 0 \(try trecIdentifier(document)) \(grade)\n")
            }
        }
    }

    /// - Throws: ``UnwritableValue``; what Foundation throws where the file cannot be written.
    public func writeTREC(toFile file: URL) throws {
        var text = ""
        try writeTREC(to: &text)
        try Data(text.utf8).write(to: file, options: .atomic)
    }
}

/// Passes over blank lines.
private struct TRECQrelsReader: LineReader {
    let file: String
    private var qrels = Qrels()

    init(file: String) { self.file = file }

    mutating func read(_ line: String, number: Int) throws(LineError) {
        let fields = line.whitespaceSeparatedFields
        guard !fields.isEmpty else { return }
        guard fields.count == 4 else {
            throw LineError(file: file, line: number, expected: "query iteration document grade", found: line)
        }
        guard let grade = Int(fields[3]) else {
            throw LineError(file: file, line: number, expected: "an integer grade", found: fields[3])
        }
        guard qrels.insert(grade, query: fields[0], document: fields[2]) else {
            throw LineError(
                file: file, line: number, expected: "a document without a grade for query \"\(fields[0])\"", found: fields[2])
        }
    }

    func finish() -> Qrels { qrels }
}
