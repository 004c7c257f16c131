/// Results in rows and columns, for people (Markdown) and for programs (JSON).
///
/// ```swift
/// var table = ResultTable(columns: ["scorer", .number("Recall@10")])
/// table.append(["TF-IDF", .measure(tfidf)])
/// table.append(["coverage", .measure(coverage).bold()])
/// table.markdown
/// ```
/// ```
/// | scorer   |      Recall@10 |
/// | :------- | -------------: |
/// | TF-IDF   |     63.3 ± 0.4 |
/// | coverage | **82.7 ± 0.2** |
/// ```
public struct ResultTable: Hashable, Sendable {
    public struct Column: Hashable, Sendable, ExpressibleByStringLiteral {
        public var title: String
        public var isRightAligned: Bool

        public init(_ title: String, isRightAligned: Bool = false) {
            self.title = title
            self.isRightAligned = isRightAligned
        }

        public init(stringLiteral title: String) { self.init(title) }

        /// A column of figures, aligned at the right.
        public static func number(_ title: String) -> Column { Column(title, isRightAligned: true) }
    }

    public struct Cell: Hashable, Sendable, ExpressibleByStringLiteral {
        enum Content: Hashable, Sendable {
            case empty
            case text(String)
            case integer(Int)
            case number(Double, digits: Int)
            case measure(MeanAndDeviation, digits: Int)
        }

        var content: Content
        public private(set) var isBold = false

        public init(stringLiteral text: String) { content = .text(text) }

        private init(_ content: Content) { self.content = content }

        /// Written "–"; `null` in JSON.
        public static let empty = Cell(.empty)

        public static func text(_ text: String) -> Cell { Cell(.text(text)) }
        public static func integer(_ value: Int) -> Cell { Cell(.integer(value)) }

        /// - Parameter digits: after the point, in 0...15, in Markdown; JSON keeps the number as it is.
        public static func number(_ value: Double, digits: Int = 1) -> Cell { Cell(.number(value, digits: digits)) }

        /// A mean with its deviation; ``empty`` for `nil`.
        public static func measure(_ value: MeanAndDeviation?, digits: Int = 1) -> Cell {
            value.map { Cell(.measure($0, digits: digits)) } ?? .empty
        }

        /// The cell set off from the others, such as the best of its column. JSON does not show it.
        public func bold(_ isBold: Bool = true) -> Cell {
            var cell = self
            cell.isBold = isBold
            return cell
        }
    }

    public let columns: [Column]
    public private(set) var rows: [[Cell]] = []

    public init(columns: [Column]) { self.columns = columns }

    /// - Parameter row: a cell for each column.
    public mutating func append(_ row: [Cell]) {
        precondition(row.count == columns.count, "\(row.count) cells for \(columns.count) columns")
        rows.append(row)
    }
}
