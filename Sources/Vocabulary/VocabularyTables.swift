import TextAnalysis

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The tables in `vocab/` as they are read: one TSV file per facet, plus spellings, ordinary words, artists and usages.
///
/// Columns: `id label broader aliases related`, for moods `valence arousal`, for tempi `bpm_low bpm_high`, for eras `year_from year_to`.
/// Lists are separated by `, ` (ids) or `; ` (names). `#` begins a comment line.
public struct VocabularyTables: Sendable {
    public private(set) var descriptors: [Descriptor] = []
    /// Canonical spelling → variants; see `MusicSpellings`.
    public private(set) var spellings: [(canonical: String, variants: [String])] = []
    /// What well-known artists sound like: name → descriptors, most typical first.
    public private(set) var artists: [(name: String, descriptors: [DescriptorID])] = []
    /// How people describe what a descriptor names, loosely: examples for matching by meaning, not names to be looked up.
    public private(set) var usages: [DescriptorID: [String]] = [:]
    /// What taggers of sound call descriptors, by the tagger's name.
    public private(set) var taggers: [String: [TaggerTag]] = [:]
    /// What descriptors say about moods; nil for a table without a base.
    public private(set) var impliedMoods: ImpliedMoods?
    /// Words that spelling correction leaves alone.
    public private(set) var commonWords: [String] = []
    /// `vocab/genre.tsv:12` for each descriptor, in the same order.
    public private(set) var places: [String] = []

    /// - Parameter folder: path of `vocab/`.
    /// - Throws: `VocabularyError`, the first one met, with file and line.
    public init(folder: String) throws {
        for row in try Self.rows(folder, "spellings.tsv", columns: ["spelling", "variants"]) {
            spellings.append((row.cells[0], Self.list(row.cells[1], separator: "; ")))
        }
        commonWords = try Self.lines(folder, "common-words.txt").map(\.text).filter { !$0.hasPrefix("#") && !$0.isEmpty }
        for facet in Facet.allCases {
            let columns = ["id", "label", "broader", "aliases", "related"] + Self.extraColumns(facet)
            for row in try Self.rows(folder, facet.rawValue + ".tsv", columns: columns) {
                descriptors.append(try Self.descriptor(facet, row))
                places.append(row.place)
            }
        }
        try validate()
        let known = Set(descriptors.map(\.id))
        for row in try Self.rows(folder, "artists.tsv", columns: ["artist", "descriptors"]) {
            let ids = try Self.list(row.cells[1], separator: ", ").map { name in
                guard let id = DescriptorID(name), known.contains(id) else {
                    throw VocabularyError(place: row.place, problem: .unknownDescriptor(column: "descriptors", name))
                }
                return id
            }
            artists.append((row.cells[0], ids))
        }
        for row in try Self.rows(folder, "usages.tsv", columns: ["descriptor", "phrases"]) {
            guard let id = DescriptorID(row.cells[0]), known.contains(id) else {
                throw VocabularyError(place: row.place, problem: .unknownDescriptor(column: "descriptor", row.cells[0]))
            }
            usages[id, default: []] += Self.list(row.cells[1], separator: "; ")
        }
        for row in try Self.rows(folder, "taggers.tsv", columns: ["tagger", "tag", "descriptor", "background"]) {
            guard let id = DescriptorID(row.cells[2]), known.contains(id) else {
                throw VocabularyError(place: row.place, problem: .unknownDescriptor(column: "descriptor", row.cells[2]))
            }
            guard let background = Double(row.cells[3]), background > 0, background <= 1 else {
                throw VocabularyError(place: row.place, problem: .outOfRange(column: "background", found: row.cells[3], allowed: "above 0 to 1"))
            }
            taggers[row.cells[0], default: []].append(TaggerTag(tag: row.cells[1], descriptor: id, background: background))
        }
        impliedMoods = try Self.impliedMoods(folder, known)
    }

    private static func impliedMoods(_ folder: String, _ known: Set<DescriptorID>) throws -> ImpliedMoods? {
        var base: ImpliedMoods.Change?
        var changes: [DescriptorID: ImpliedMoods.Change] = [:]
        for row in try rows(folder, "implied-moods.tsv", columns: ["descriptor", "valence", "arousal"]) {
            func number(_ cell: Int, _ column: String) throws -> Double {
                guard let value = Double(row.cells[cell]), (-1...1).contains(value) else {
                    throw VocabularyError(place: row.place, problem: .outOfRange(column: column, found: row.cells[cell], allowed: "-1 to 1"))
                }
                return value
            }
            let change = ImpliedMoods.Change(valence: try number(1, "valence"), arousal: try number(2, "arousal"))
            if row.cells[0] == ImpliedMoods.baseName {
                base = change
            } else {
                guard let id = DescriptorID(row.cells[0]), known.contains(id) else {
                    throw VocabularyError(place: row.place, problem: .unknownDescriptor(column: "descriptor", row.cells[0]))
                }
                changes[id] = change
            }
        }
        return base.map { ImpliedMoods(base: $0, changes: changes) }
    }

    static func extraColumns(_ facet: Facet) -> [String] {
        switch facet {
        case .mood: ["valence", "arousal"]
        case .tempo: ["bpm_low", "bpm_high"]
        case .era: ["year_from", "year_to"]
        default: []
        }
    }

    // MARK: Reading

    private struct Row {
        var place: String
        var cells: [String]
    }

    private static func lines(_ folder: String, _ name: String) throws -> [(number: Int, text: String)] {
        let path = folder + "/" + name
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw VocabularyError(place: path, problem: .unreadable("no such file, or no permission"))
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw VocabularyError(place: path, problem: .unreadable("it is not UTF-8"))
        }
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { ($0 + 1, String($1)) }
    }

    private static func rows(_ folder: String, _ name: String, columns: [String]) throws -> [Row] {
        var order: [Int]?
        var width = 0
        var rows: [Row] = []
        for (number, line) in try lines(folder, name) where !line.isEmpty && !line.hasPrefix("#") {
            let place = "\(folder)/\(name):\(number)"
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard let order else {
                order = try columns.map { column in
                    guard let index = cells.firstIndex(of: column) else {
                        throw VocabularyError(place: place, problem: .missingColumn(column))
                    }
                    return index
                }
                width = cells.count
                continue
            }
            guard cells.count == width else {
                throw VocabularyError(place: place, problem: .cellCount(expected: width, found: cells.count))
            }
            rows.append(Row(place: place, cells: order.map { cells[$0] }))
        }
        return rows
    }

    private static func list(_ cell: String, separator: String) -> [String] {
        cell.isEmpty ? [] : cell.components(separatedBy: separator)
    }

    private static func descriptor(_ facet: Facet, _ row: Row) throws -> Descriptor {
        func fail(_ problem: VocabularyError.Problem) -> VocabularyError { VocabularyError(place: row.place, problem: problem) }
        let slug = row.cells[0]
        let isSlug = slug.split(separator: "-", omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { ($0 &- 0x61) < 26 || ($0 &- 0x30) < 10 } }
        guard isSlug else { throw fail(.badID(slug)) }

        func ids(_ column: String, _ cell: String, own: Bool) throws -> [DescriptorID] {
            try list(cell, separator: ", ").map { name in
                if !name.contains(":") { return DescriptorID(facet, name) }
                guard let id = DescriptorID(name), !own else { throw fail(.unknownDescriptor(column: column, name)) }
                return id
            }
        }
        func number(_ column: String, _ cell: String, _ allowed: ClosedRange<Double>) throws -> Double {
            guard let value = Double(cell), allowed.contains(value) else {
                throw fail(.outOfRange(column: column, found: cell, allowed: "\(allowed.lowerBound) to \(allowed.upperBound)"))
            }
            return value
        }

        var attributes = Descriptor.Attributes.none
        switch facet {
        case .mood:
            attributes = .mood(
                valence: try number("valence", row.cells[5], -1...1), arousal: try number("arousal", row.cells[6], -1...1))
        case .tempo:
            let low = try number("bpm_low", row.cells[5], 1...1000)
            attributes = .tempo(bpm: low...(try number("bpm_high", row.cells[6], low...1000)))
        case .era:
            let from = try number("year_from", row.cells[5], 0...2100)
            attributes = .era(years: Int(from)...Int(try number("year_to", row.cells[6], from...2100)))
        default: break
        }
        return Descriptor(
            id: DescriptorID(facet, slug), label: row.cells[1], aliases: list(row.cells[3], separator: "; "),
            broader: try ids("broader", row.cells[2], own: true), related: try ids("related", row.cells[4], own: false),
            attributes: attributes)
    }

    // MARK: Validation

    private func validate() throws {
        var defined: [DescriptorID: Int] = [:]
        for (i, descriptor) in descriptors.enumerated() {
            if let first = defined.updateValue(i, forKey: descriptor.id) {
                throw VocabularyError(place: places[i], problem: .duplicateID(descriptor.id, first: places[first]))
            }
        }
        for (i, descriptor) in descriptors.enumerated() {
            for (column, ids) in [("broader", descriptor.broader), ("related", descriptor.related)] {
                for id in ids where defined[id] == nil {
                    throw VocabularyError(place: places[i], problem: .unknownDescriptor(column: column, id.description))
                }
            }
        }
        try validateTree(defined)
        try validateNames()
    }

    private func validateTree(_ defined: [DescriptorID: Int]) throws {
        var finished: Set<DescriptorID> = []
        func visit(_ index: Int, _ path: [DescriptorID]) throws {
            let descriptor = descriptors[index]
            if let start = path.firstIndex(of: descriptor.id) {
                throw VocabularyError(place: places[index], problem: .cycle(Array(path[start...]) + [descriptor.id]))
            }
            guard !finished.contains(descriptor.id) else { return }
            for id in descriptor.broader {
                if let next = defined[id] { try visit(next, path + [descriptor.id]) }
            }
            finished.insert(descriptor.id)
        }
        for index in descriptors.indices { try visit(index, []) }
    }

    private func validateNames() throws {
        let analyzer = Analyzer(spellings: MusicSpellings(table: spellings))
        var owner: [String: Int] = [:]
        for (i, descriptor) in descriptors.enumerated() {
            for name in [descriptor.label] + descriptor.aliases {
                let tokens = analyzer.tokens(name)
                guard !tokens.isEmpty else { throw VocabularyError(place: places[i], problem: .emptyAlias(name)) }
                let key = PhraseKey.singular(tokens[...])
                if let first = owner[key], first != i {
                    throw VocabularyError(place: places[i], problem: .duplicateAlias(name, first: places[first]))
                }
                owner[key] = i
            }
        }
    }
}

/// A tag that a tagger of sound gives, with an activation in 0…1.
public struct TaggerTag: Hashable, Sendable {
    public var tag: String
    public var descriptor: DescriptorID
    /// Mean activation over music of many kinds, in (0, 1].
    public var background: Double

    public init(tag: String, descriptor: DescriptorID, background: Double) {
        (self.tag, self.descriptor, self.background) = (tag, descriptor, background)
    }

    /// How sure an activation makes one that the descriptor is there: 0 up to the background, 1/3 at twice as much, 1/2 at three times as much.
    public func confidence(_ activation: Double) -> Double { max(0, (activation - background) / (activation + background)) }
}
