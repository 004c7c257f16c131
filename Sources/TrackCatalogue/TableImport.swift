import Vocabulary

/// How the columns of one table become a track.
struct TableLayout {
    private let format: CorpusFormat
    private let columns: [ColumnMap.Role: [Int]]
    /// MagnaTagATune's tag columns.
    private let tagColumns: [(index: Int, tag: String)]

    /// - Throws: `ImportError.missingColumn`.
    init(_ header: [String], path: String, format: CorpusFormat, columns map: ColumnMap) throws {
        self.format = format
        let names: [ColumnMap.Role: [String]]
        switch format {
        case .jamendo:
            names = [
                .id: ["track_id"], .title: ["title"], .artist: ["artist_name"], .album: ["album_id"], .duration: ["duration"],
                .tags: ["genre", "instrument", "mood_theme"], .file: ["path"],
            ]
        case .musiccaps: names = [.id: ["ytid"], .caption: ["caption"], .tags: ["aspect_list"]]
        case .magnatagatune: names = [.id: ["clip_id"], .file: ["mp3_path"]]
        default: names = map.columns
        }
        var columns: [ColumnMap.Role: [Int]] = [:]
        for (role, wanted) in names.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            columns[role] = try wanted.map { name in
                guard let index = header.firstIndex(of: name) else { throw ImportError.missingColumn(path: path, column: name, found: header) }
                return index
            }
        }
        if format == .csv {
            for role in ColumnMap.Role.allCases where columns[role] == nil {
                if let index = header.firstIndex(where: { $0.lowercased() == role.rawValue }) { columns[role] = [index] }
            }
            guard columns[.tags] != nil || columns[.caption] != nil || columns[.title] != nil else {
                throw ImportError.missingColumn(path: path, column: "tags, caption or title", found: header)
            }
        }
        self.columns = columns
        tagColumns = format == .magnatagatune ? header.enumerated().filter { $1 != "clip_id" && $1 != "mp3_path" }.map { ($0, $1) } : []
    }

    func track(_ row: SeparatedValues.Row, _ tags: inout TagResolver) throws -> Track {
        func cell(_ role: ColumnMap.Role) -> String {
            columns[role]?.first.map { row.cells[$0] } ?? ""
        }
        func number<Value: LosslessStringConvertible>(_ role: ColumnMap.Role) throws -> Value? {
            let text = cell(role)
            if text.isEmpty { return nil }
            guard let value = Value(text) else { throw RowProblem("\(role.rawValue) is '\(text)', not a number") }
            return value
        }
        var track = Track(
            id: cell(.id), title: cell(.title), artist: cell(.artist), album: format == .jamendo ? "" : cell(.album), year: try number(.year),
            duration: try number(.duration), mbid: cell(.mbid), isrc: cell(.isrc), file: cell(.file), caption: cell(.caption))
        if let duration = track.duration, !(0...Track.longestDuration).contains(duration) { throw RowProblem("duration is '\(cell(.duration))'") }
        if track.id.isEmpty {
            if format != .csv { throw RowProblem("the id is empty") }
            track.id = TrackSlug.id(artist: track.artist, title: track.title, fallback: "row-\(row.line)")
        }
        for index in columns[.tags] ?? [] {
            for tag in try Self.tags(row.cells[index], format) { tags.apply(tag, to: &track) }
        }
        for (index, tag) in tagColumns where row.cells[index] == "1" { tags.apply(tag, to: &track) }
        return track
    }

    static func tags(_ cell: String, _ format: CorpusFormat) throws -> [String] {
        if cell.hasPrefix("[") {
            guard let list = PythonLiteral.strings(cell) else { throw RowProblem("the tag list is not closed or not quoted: \(cell.prefix(40))") }
            return list
        }
        if format == .musiccaps { throw RowProblem("the aspect list does not begin with '[': \(cell.prefix(40))") }
        return cell.utf8.split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";") }
            .map { Substring($0).drop { $0 == " " } }
            .filter { !$0.isEmpty }
            .map(String.init)
    }
}

/// Ids for corpora that give none: words of artist and title, stable when the corpus is imported again.
enum TrackSlug {
    static func id(artist: String, title: String, fallback: String) -> String {
        let parts = [artist, title].map(slug).filter { !$0.isEmpty }
        return parts.isEmpty ? fallback : parts.joined(separator: "--")
    }

    private static func slug(_ text: String) -> String {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "-")
    }
}
