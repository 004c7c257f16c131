import Evaluation
import Storage

/// Tag sets of MTG-Jamendo's training tracks (Bogdanov et al. 2019, "The MTG-Jamendo Dataset for Automatic Music Tagging"). Its validation and test tracks,
/// whose artists are others, are never looked at.
public enum JamendoTagSets {
    private static let tagColumns = ["genre", "instrument", "mood_theme"]
    private static let trainingSplit = "train"

    /// Each distinct set of a training track once, in the order of first appearance; a set's tags in the order of its first track.
    ///
    /// - Parameters:
    ///   - path: of a table with the columns `split`, `genre`, `instrument` and `mood_theme`, tags separated by commas.
    ///   - label: the name by which a tag enters the set.
    /// - Throws: `FileError` where it cannot be read, `LineError` for a missing column, a short row, or a table without a training track that has tags.
    public static func read(_ path: String, label: (String) -> String = { $0 }) throws -> [[String]] {
        let file = try MappedFile(path: path)
        guard let text = String(validating: file.bytes, as: UTF8.self) else {
            throw LineError(file: path, line: 1, expected: "UTF-8", found: "other bytes")
        }
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
        let header = lines[0].split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map { String(Substring($0)) }
        func column(_ name: String) throws(LineError) -> Int {
            guard let column = header.firstIndex(of: name) else {
                throw LineError(file: path, line: 1, expected: "a column \"\(name)\"", found: Substring(lines[0]))
            }
            return column
        }
        let split = try column("split")
        let columns = try tagColumns.map { name throws(LineError) in try column(name) }
        let width = ([split] + columns).reduce(0, max) + 1

        var labels: [Substring: String] = [:]
        var seen: Set<Set<String>> = []
        var sets: [[String]] = []
        for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty {
            let cells = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
            guard cells.count >= width else {
                throw LineError(file: path, line: index + 1, expected: "at least \(width) cells", found: Substring(line))
            }
            guard Substring(cells[split]) == trainingSplit else { continue }
            var set: [String] = []
            for cell in columns {
                for tag in cells[cell].split(separator: UInt8(ascii: ",")).map({ Substring($0) }) {
                    let name = labels[tag] ?? label(String(tag))
                    labels[tag] = name
                    if !set.contains(name) { set.append(name) }
                }
            }
            if !set.isEmpty, seen.insert(Set(set)).inserted { sets.append(set) }
        }
        guard !sets.isEmpty else {
            throw LineError(file: path, line: 1, expected: "a track of the split \"\(trainingSplit)\" with tags", found: Substring(lines[0]))
        }
        return sets
    }
}
