#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// TREC run files: a line for every document retrieved, `query Q0 document rank score tag`, separated by white space.
///
/// ```
/// q1 Q0 d7 1 3.2 descant
/// q1 Q0 d2 2 1.1 descant
/// ```
///
/// trec_eval ignores the rank: it sorts by falling score, kept in *single* precision, and equal scores by falling document id. So a
/// run is read in that order, and written with scores that strictly decrease in single precision: any reader finds the same ranking.
///
/// Source: trec_eval 9, `get_trec_results.c` and `form_res_rels.c` (github.com/usnistgov/trec_eval).
extension Run {
    /// - Parameter file: the name that errors carry.
    public init(trecLines lines: some Sequence<String>, file: String) throws(LineError) {
        self = try TRECRunReader.read(lines, file: file)
    }

    /// - Throws: ``LineError``; what Foundation throws where the file cannot be read.
    public init(trecFile file: URL) throws {
        self = try TRECRunReader.read(contentsOf: file)
    }

    /// Writes queries by rising id. A score that is not below the one before it becomes the next lower single-precision number.
    ///
    /// - Parameter tag: the name of the run, without white space.
    public func writeTREC(tag: String, to output: inout some TextOutputStream) throws(UnwritableValue) {
        let tag = try trecIdentifier(tag)
        for query in queries {
            let id = try trecIdentifier(query)
            guard !id.hasPrefix("#") else { throw .identifier(query, format: "TREC") }
            var previous = Float.infinity
            var documents: Set<String> = []
            for (place, entry) in self[query].enumerated() {
                guard documents.insert(entry.document).inserted else {
                    throw .repeated(document: entry.document, query: query)
                }
                let score = try strictlyBelow(previous, entry, query: query)
                previous = Float(score)
                output.write("\(id) Q0 \(try trecIdentifier(entry.document)) \(place + 1) \(score) \(tag)\n")
            }
        }
    }

    /// - Throws: ``UnwritableValue``; what Foundation throws where the file cannot be written.
    public func writeTREC(tag: String, toFile file: URL) throws {
        var text = ""
        try writeTREC(tag: tag, to: &text)
        try Data(text.utf8).write(to: file, options: .atomic)
    }

    private func strictlyBelow(_ previous: Float, _ entry: Entry, query: String) throws(UnwritableValue) -> Double {
        let single = Float(entry.score)
        let lowered = single < previous ? single : previous.nextDown
        guard single.isFinite, lowered.isFinite else {
            throw .score(entry.score, query: query, document: entry.document)
        }
        return single < previous ? entry.score : Double(lowered)
    }
}

/// As trec_eval, passes over blank lines, comments (`#` at the beginning) and fields after the tag.
private struct TRECRunReader: LineReader {
    let file: String
    private var run = Run()
    private var documents: [String: Set<String>] = [:]

    init(file: String) { self.file = file }

    mutating func read(_ line: String, number: Int) throws(LineError) {
        let fields = line.whitespaceSeparatedFields
        guard let query = fields.first, !query.utf8.starts(with: "#".utf8) else { return }
        guard fields.count >= 6 else {
            throw LineError(file: file, line: number, expected: "query Q0 document rank score tag", found: line)
        }
        guard let score = Double(fields[4]), score.isFinite else {
            throw LineError(file: file, line: number, expected: "a finite score", found: fields[4])
        }
        guard documents[query, default: []].insert(fields[2]).inserted else {
            throw LineError(
                file: file, line: number, expected: "a document that query \"\(query)\" does not have yet", found: fields[2])
        }
        run.rankings[query, default: []].append(Run.Entry(document: fields[2], score: score))
    }

    func finish() -> Run {
        Run(rankings: run.rankings.mapValues { $0.sorted(by: Self.precedes) })
    }

    private static func precedes(_ a: Run.Entry, _ b: Run.Entry) -> Bool {
        let (first, second) = (Float(a.score), Float(b.score))
        return first != second ? first > second : b.document.utf8.lexicographicallyPrecedes(a.document.utf8)
    }
}

/// An id that is one field of a TREC file.
func trecIdentifier(_ id: String) throws(UnwritableValue) -> String {
    guard !id.isEmpty, !id.utf8.contains(where: \.isASCIIWhitespace) else { throw .identifier(id, format: "TREC") }
    return id
}
