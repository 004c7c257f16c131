extension ResultTable {
    /// A `table` element, a line feed after each row; columns of figures have the class `number`.
    public var html: String {
        func row(_ cells: [String], _ element: String) -> String {
            "<tr>" + zip(columns, cells).map { "<\(element)\($0.isRightAligned ? " class=\"number\"" : "")>\($1)</\(element)>" }.joined() + "</tr>\n"
        }
        return "<table>\n<thead>\n" + row(columns.map { $0.title.escapedForMarkup }, "th") + "</thead>\n<tbody>\n"
            + rows.map { row($0.map(\.html), "td") }.joined() + "</tbody>\n</table>\n"
    }
}

extension ResultTable.Cell {
    fileprivate var html: String {
        let text = plainText.escapedForMarkup
        return isBold && !text.isEmpty ? "<strong>\(text)</strong>" : text
    }
}

extension String {
    /// With the characters that HTML and XML give a meaning to written as entities, and without the controls that XML does not allow.
    var escapedForMarkup: String {
        var escaped = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\t", "\n", "\r": escaped.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: escaped.unicodeScalars.append("\u{FFFD}")
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
