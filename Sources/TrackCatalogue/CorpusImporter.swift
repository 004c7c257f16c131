public import Vocabulary

/// What an import did.
public struct ImportReport: Hashable, Sendable {
    public var imported = 0
    /// Rows left out, counted; the first hundred with their reason as `file:line: why`.
    public var failed = 0
    public var problems: [String] = []
    /// Tags that name nothing in the vocabulary, with how often.
    public var unresolvedTags: [String: Int] = [:]

    public init() {}

    mutating func add(_ error: ImportError) { add(error.description) }

    /// Counts something that was left out. - Parameter problem: `place: why`.
    public mutating func add(_ problem: String) {
        failed += 1
        if problems.count < 100 { problems.append(problem) }
    }
}

/// Reads a corpus of any `CorpusFormat` row by row: memory does not grow with it, a bad row is reported and the rest goes in.
public struct CorpusImporter {
    let vocabulary: Vocabulary
    var tags: TagResolver
    var report = ImportReport()

    public init(_ vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
        tags = TagResolver(vocabulary)
    }

    /// - Parameters:
    ///   - columns: for `.csv` only.
    ///   - progress: called with rows so far and the share of bytes read (nil when the size is unknown), every thousand rows.
    ///   - put: takes each track; what it throws ends the import.
    /// - Throws: `ImportError` when the corpus as a whole cannot be read.
    public mutating func run(
        _ path: String, as format: CorpusFormat, columns: ColumnMap = ColumnMap(), progress: (_ rows: Int, _ share: Double?) -> Void = { _, _ in },
        put: (Track) throws -> Void
    ) throws -> ImportReport {
        report = ImportReport()
        tags = TagResolver(vocabulary)
        let file = format == .beir ? path + "/corpus.jsonl" : path
        let size = TextLines.size(of: file)
        var rows = 0
        func count(_ bytesRead: Int) {
            rows += 1
            if rows % 1000 == 0 { progress(rows, size.map { min(1, Double(bytesRead) / max(1, $0)) }) }
        }
        switch format {
        case .jsonl, .beir:
            var lines = try TextLines(path: file)
            defer { lines.close() }
            while let line = try lines.next() {
                count(lines.bytesRead)
                if line.text.allSatisfy(\.isWhitespace) { continue }
                try take(path: file, line: line.number, put) { importer in
                    guard line.isValid else { throw RowProblem("it is not UTF-8") }
                    return format == .beir ? try importer.beirTrack(line.text) : try importer.jsonTrack(line.text)
                }
            }
        case .csv, .jamendo, .musiccaps, .magnatagatune:
            let isTSV = format == .jamendo || format == .magnatagatune || path.hasSuffix(".tsv")
            var table = try SeparatedValues(path: path, separator: isTSV ? "\t" : ",", quotes: format != .jamendo)
            defer { table.close() }
            let layout = try TableLayout(table.header, path: path, format: format, columns: columns)
            while true {
                let row: SeparatedValues.Row?
                do {
                    row = try table.next()
                } catch let error as ImportError {
                    if case .row = error {
                        report.add(error)
                        break
                    }
                    throw error
                }
                guard let row else { break }
                count(table.bytesRead)
                if row.cells.count == 1, row.cells[0].isEmpty { continue }
                try take(path: path, line: row.line, put) { importer in
                    guard row.isValid else { throw RowProblem("it is not UTF-8") }
                    guard row.cells.count == table.header.count else {
                        throw RowProblem("expected \(table.header.count) cells, found \(row.cells.count)")
                    }
                    return try layout.track(row, &importer.tags)
                }
            }
        }
        report.unresolvedTags = tags.unresolved
        return report
    }

    private mutating func take(path: String, line: Int, _ put: (Track) throws -> Void, _ read: (inout CorpusImporter) throws -> Track) throws {
        let track: Track
        do {
            track = try read(&self)
        } catch let problem as RowProblem {
            report.add(.row(path: path, line: line, why: problem.why))
            return
        }
        try put(track)
        report.imported += 1
    }
}

/// Why one row cannot be a track.
struct RowProblem: Error {
    var why: String

    init(_ why: String) { self.why = why }
}
