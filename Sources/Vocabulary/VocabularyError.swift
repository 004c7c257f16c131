/// A row of a vocabulary table that cannot stand, with the place where it is.
public struct VocabularyError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable {
        case unreadable(String)
        case missingColumn(String)
        case cellCount(expected: Int, found: Int)
        case badID(String)
        case duplicateID(DescriptorID, first: String)
        /// The same name, as the planner reads names, stands for two descriptors.
        case duplicateAlias(String, first: String)
        case emptyAlias(String)
        case unknownDescriptor(column: String, String)
        case cycle([DescriptorID])
        case outOfRange(column: String, found: String, allowed: String)
    }

    /// Path and line, `vocab/mood.tsv:12`.
    public var place: String
    public var problem: Problem

    public var description: String {
        switch problem {
        case .unreadable(let why): "\(place): cannot read: \(why)"
        case .missingColumn(let name): "\(place): the header has no column '\(name)'"
        case .cellCount(let expected, let found): "\(place): expected \(expected) cells, found \(found)"
        case .badID(let id): "\(place): id '\(id)' is not lower-case words joined by hyphens"
        case .duplicateID(let id, let first): "\(place): \(id) is already defined at \(first)"
        case .duplicateAlias(let alias, let first): "\(place): '\(alias)' already names a descriptor at \(first)"
        case .emptyAlias(let alias): "\(place): '\(alias)' holds no word"
        case .unknownDescriptor(let column, let id): "\(place): \(column) names '\(id)', which is in no table"
        case .cycle(let path): "\(place): broader terms go round in a circle: \(path.map(\.description).joined(separator: " → "))"
        case .outOfRange(let column, let found, let allowed): "\(place): \(column) is '\(found)', allowed is \(allowed)"
        }
    }
}
