extension ResultTable {
    /// A table of GitHub Flavored Markdown with its bars one below the other, a line feed after each line.
    ///
    /// Source: GitHub Flavored Markdown 4.10, "Tables (extension)". Widths count characters, so a wide script may stray.
    public var markdown: String {
        let header = columns.map { Self.escaped($0.title) }
        let body = rows.map { $0.map(\.markdown) }
        let widths = columns.indices.map { i in
            ([header] + body).reduce(3) { max($0, $1[i].count) }  // at least 3: a shorter rule is no rule to some readers
        }
        let rule = zip(columns, widths).map { column, width in
            column.isRightAligned ? String(repeating: "-", count: width - 1) + ":" : ":" + String(repeating: "-", count: width - 1)
        }
        return ([header, rule] + body).map { cells in
            "|" + columns.indices.map { " \(padded(cells[$0], to: widths[$0], at: columns[$0])) |" }.joined() + "\n"
        }.joined()
    }

    private func padded(_ text: String, to width: Int, at column: Column) -> String {
        let space = String(repeating: " ", count: width - text.count)
        return column.isRightAligned ? space + text : text + space
    }

    /// A bar would end the cell and a line end the row.
    fileprivate static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "|", "\\": escaped += ["\\", scalar]
            case "\n", "\r": escaped.append(" ")
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}

extension ResultTable.Cell {
    fileprivate var markdown: String {
        let text = ResultTable.escaped(plainText)
        return isBold && !text.isEmpty ? "**\(text)**" : text
    }

    /// As it is read, without any markup.
    var plainText: String {
        switch content {
        case .empty: "–"
        case .text(let text): text
        case .integer(let value): String(value)
        case .number(let value, let digits): value.fixed(digits: digits)
        case .measure(let value, let digits): value.formatted(digits: digits)
        }
    }
}
