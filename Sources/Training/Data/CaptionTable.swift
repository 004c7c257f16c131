public import Evaluation
import TrackCatalogue

/// Captions and their tags from a comma-separated table, such as MusicCaps.
public enum CaptionTable {
    /// The rows in their order. Tags are a Python list of strings, or text separated by commas.
    ///
    /// - Throws: `ImportError` for a missing column and for a row that cannot be read, with its line; `FileError`; `TrainingDataError` for a table without rows.
    public static func read(_ path: String, text textColumn: String, tags tagsColumn: String) throws -> [DescriptorMatching.Row] {
        var table = try SeparatedValues(path: path, separator: ",", quotes: true)
        defer { table.close() }
        let text = try table.column(textColumn)
        let tags = try table.column(tagsColumn)
        var rows: [DescriptorMatching.Row] = []
        while let row = try table.next() {
            guard row.cells.count == table.header.count else {
                throw ImportError.row(path: path, line: row.line, why: "expected \(table.header.count) cells, found \(row.cells.count)")
            }
            let cell = row.cells[tags]
            guard cell.hasPrefix("[") else {
                rows.append(.init(text: row.cells[text], tags: cell.split(separator: ",").map { String($0.drop { $0 == " " }) }))
                continue
            }
            guard let list = PythonLiteral.strings(cell) else {
                throw ImportError.row(path: path, line: row.line, why: "the tag list is not closed or not quoted")
            }
            rows.append(.init(text: row.cells[text], tags: list))
        }
        return rows
    }
}
