#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Formats that a corpus may come in.
public enum CorpusFormat: String, CaseIterable, Sendable {
    /// Descant's own JSON Lines, see `JSONLinesImporter`.
    case jsonl
    /// Any CSV or TSV with a header, columns by `ColumnMap`.
    case csv
    /// MTG-Jamendo's track table (tab-separated).
    case jamendo
    /// MusicCaps' CSV.
    case musiccaps
    /// MagnaTagATune's annotations: one 0/1 column per tag.
    case magnatagatune
    /// A BEIR folder with `corpus.jsonl`.
    case beir

    /// What a path looks like: by its extension and the names in its first line.
    /// - Throws: `ImportError` when it cannot be read or looks like nothing known.
    public static func recognise(_ path: String) throws -> CorpusFormat {
        var isFolder = false
        if let attributes = try? FileManager.default.attributesOfItem(atPath: path), attributes[.type] as? FileAttributeType == .typeDirectory {
            isFolder = true
        }
        if isFolder {
            if FileManager.default.fileExists(atPath: path + "/corpus.jsonl") { return .beir }
            throw ImportError.unknownFormat(path: path, known: allCases.map(\.rawValue))
        }
        var lines = try TextLines(path: path)
        defer { lines.close() }
        guard let first = try lines.next()?.text else { throw ImportError.unreadable(path: path, why: "it is empty") }
        if first.hasPrefix("{") { return .jsonl }
        if first.hasPrefix("track_id\t"), first.contains("\tmood_theme") { return .jamendo }
        if first.contains("aspect_list"), first.contains("ytid") { return .musiccaps }
        if first.contains("clip_id"), first.contains("mp3_path") { return .magnatagatune }
        if path.hasSuffix(".csv") || path.hasSuffix(".tsv"), first.contains(",") || first.contains("\t") { return .csv }
        throw ImportError.unknownFormat(path: path, known: allCases.map(\.rawValue))
    }
}

/// Which column of a CSV holds what. A column that is not named is looked for under its own name, then left out.
public struct ColumnMap: Hashable, Sendable {
    public enum Role: String, CaseIterable, Sendable {
        case id, title, artist, album, year, duration, mbid, isrc, file, caption
        /// Comma- or semicolon-separated, or a Python list; several columns may be tags.
        case tags
    }

    public var columns: [Role: [String]]

    public init(_ columns: [Role: [String]] = [:]) {
        self.columns = columns
    }

    /// Reads `title=Name,tags=Genre,tags=Mood`.
    public init?(_ text: String) {
        columns = [:]
        for pair in text.split(separator: ",") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let role = Role(rawValue: String(parts[0])) else { return nil }
            columns[role, default: []].append(String(parts[1]))
        }
    }
}
