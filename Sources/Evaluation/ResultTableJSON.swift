#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension ResultTable {
    /// `{"columns": ["scorer", "Recall@10"], "rows": [["TF-IDF", {"count": 3, "deviation": 0.4, "mean": 63.3}]]}`, indented.
    ///
    /// A cell is a string, a number, `null` (an empty cell or a number that is not finite), or an object for a mean, without `deviation`
    /// where that is unknown.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(JSONTable(self)), as: UTF8.self)
    }
}

private struct JSONTable: Encodable {
    let columns: [String]
    let rows: [[JSONCell]]

    init(_ table: ResultTable) {
        columns = table.columns.map(\.title)
        rows = table.rows.map { $0.map(JSONCell.init) }
    }
}

private struct JSONCell: Encodable {
    let cell: ResultTable.Cell

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch cell.content {
        case .text(let text): try container.encode(text)
        case .integer(let value): try container.encode(value)
        case .number(let value, _) where value.isFinite: try container.encode(value)
        case .measure(let value, _) where value.mean.isFinite && value.deviation?.isFinite != false: try container.encode(value)
        case .empty, .number, .measure: try container.encodeNil()
        }
    }
}
