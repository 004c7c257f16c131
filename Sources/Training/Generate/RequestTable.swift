import Evaluation
import Storage

/// The words of the grammar of requests, `vocab/requests.tsv`; its header says what each kind of row is.
public struct RequestTable: Sendable {
    /// Kinds of row whose rows are patterns, of which one is drawn.
    enum PatternKind: String, CaseIterable, Sendable {
        case frame, with, `for`, about, period, place, like, join, mass, plural, singular
    }

    /// Kinds of row that list words.
    enum WordKind: String, CaseIterable, Sendable {
        case adjective, loose, head, count, noun, bare, a, the, `as`, subject, negation
    }

    /// A word or phrase of a request with the number of rows' shares that it has.
    struct Pattern<Content: Sendable>: Sendable {
        var content: Content
        var weight: Double
    }

    let frames: [Pattern<RequestFrame>]
    /// All kinds but frames.
    let patterns: [PatternKind: [Pattern<String>]]
    /// All kinds but `as`.
    let words: [WordKind: Set<String>]
    /// Contexts that are worded otherwise: "film" → "a film".
    let wordings: [String: String]

    /// - Parameter path: of `requests.tsv`.
    /// - Throws: `FileError` where it cannot be read, `LineError` naming the row that cannot stand.
    public init(path: String) throws {
        let file = try MappedFile(path: path)
        guard let text = String(validating: file.bytes, as: UTF8.self) else {
            throw LineError(file: path, line: 1, expected: "UTF-8", found: "other bytes")
        }
        var frames: [Pattern<RequestFrame>] = []
        var patterns: [PatternKind: [Pattern<String>]] = [:]
        var words: [WordKind: Set<String>] = [:]
        var wordings: [String: String] = [:]
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { (number: $0 + 1, text: $1) }
            .filter { !$0.text.isEmpty && !$0.text.hasPrefix("#") }[...]
        let header = "kind\tweight\ttext"
        let first = lines.popFirst() ?? (number: 1, text: "")
        guard first.text == header else {
            throw LineError(file: path, line: first.number, expected: "the header \"kind, weight, text\", separated by tabs", found: first.text)
        }
        for (number, line) in lines {
            func fail(_ expected: String) -> LineError { LineError(file: path, line: number, expected: expected, found: line) }
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard cells.count == 3, !cells[2].isEmpty else { throw fail("three cells: kind, weight, text") }
            if let kind = WordKind(rawValue: cells[0]) {
                guard cells[1].isEmpty else { throw fail("no weight for a list of words") }
                for entry in Self.entries(of: cells[2]) {
                    if kind != .as {
                        words[kind, default: []].insert(entry)
                    } else if let separator = entry.firstRange(of: " = ") {
                        wordings[String(entry[..<separator.lowerBound])] = String(entry[separator.upperBound...])
                    } else {
                        throw fail("NAME = WORDING, not \"\(entry)\"")
                    }
                }
            } else if let kind = PatternKind(rawValue: cells[0]) {
                guard let weight = Double(cells[1]), weight > 0, weight.isFinite else { throw fail("a weight above 0") }
                switch kind {
                case .frame:
                    guard let frame = RequestFrame(cells[2]) else { throw fail("a frame with known slots, each once, and at least one") }
                    frames.append(Pattern(content: frame, weight: weight))
                default:
                    guard cells[2].pieces(around: "{}").count == Self.holes(kind) + 1 else { throw fail("a pattern with \(Self.holes(kind)) \"{}\"") }
                    patterns[kind, default: []].append(Pattern(content: cells[2], weight: weight))
                }
            } else {
                let kinds = PatternKind.allCases.map(\.rawValue) + WordKind.allCases.map(\.rawValue)
                throw fail("one of the kinds \(kinds.joined(separator: ", "))")
            }
        }
        for kind in PatternKind.allCases where kind != .frame && patterns[kind] == nil {
            throw LineError(file: path, line: 1, expected: "a row of the kind \(kind.rawValue)", found: "")
        }
        guard frames.contains(where: { $0.content.slots == [.list] }) else {
            throw LineError(file: path, line: 1, expected: "a frame of a {list} alone, into which all words fit", found: "")
        }
        self.frames = frames
        self.patterns = patterns
        self.words = words
        self.wordings = wordings
    }

    func contains(_ word: String, as kind: WordKind) -> Bool { words[kind]?.contains(word) ?? false }

    /// Whether a text says that something shall not be; the grammar says no such thing.
    public func negates(_ text: String) -> Bool {
        let text = text.lowercased()
        // "Vocal-free": half a word says it.
        if text.contains("-free") { return true }
        return text.split { !($0.isLetter || $0.isNumber || $0 == "'" || $0 == "’" || $0 == "/") }.contains { word in
            contains(String(word), as: .negation) || word.hasSuffix("n't") || word.hasSuffix("n’t")
        }
    }

    private static func holes(_ kind: PatternKind) -> Int {
        switch kind {
        case .mass, .plural, .singular: 0
        case .join: 2
        default: 1
        }
    }

    private static func entries(of cell: String) -> [String] { cell.pieces(around: "; ").filter { !$0.isEmpty } }
}

/// A request with places to be filled: "looking for {mass}".
struct RequestFrame: Hashable, Sendable {
    enum Slot: String, CaseIterable, Sendable {
        /// Everything that is said, in a row.
        case list
        /// Noun phrases with everything that is said.
        case mass, plural, singular, something
        /// Adjectives and styles, without a noun.
        case kind
        /// One sort of word.
        case adjectives, parts, context, subject, style, loose
    }

    /// Sorts of word.
    struct WordForms: OptionSet, Hashable, Sendable {
        let rawValue: UInt16

        init(rawValue: UInt16) { self.rawValue = rawValue }
        init(_ form: WordForm) { rawValue = 1 << form.rawValue }
    }

    enum Piece: Hashable, Sendable {
        case words(String)
        case slot(Slot)
    }

    let pieces: [Piece]
    let slots: [Slot]
    /// Of each slot: of all frames, for every request, they are asked for.
    let slotForms: [WordForms]
    /// Of all slots together.
    let forms: WordForms

    /// Nil without a slot, with an unknown one, or with one twice.
    init?(_ text: String) {
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            if open > rest.startIndex { pieces.append(.words(String(rest[..<open]))) }
            guard let close = rest[open...].firstIndex(of: "}"), let slot = Slot(rawValue: String(rest[rest.index(after: open)..<close])) else { return nil }
            pieces.append(.slot(slot))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.words(String(rest))) }
        self.pieces = pieces
        slots = pieces.compactMap { if case .slot(let slot) = $0 { slot } else { nil } }
        slotForms = slots.map(\.forms)
        forms = slotForms.reduce(into: []) { $0.formUnion($1) }
        guard !slots.isEmpty, Set(slots).count == slots.count else { return nil }
    }
}

extension String {
    /// The parts before, between and behind all occurrences of a separator.
    func pieces(around separator: String) -> [String] {
        var pieces: [String] = []
        var rest = self[...]
        while let found = rest.firstRange(of: separator) {
            pieces.append(String(rest[..<found.lowerBound]))
            rest = rest[found.upperBound...]
        }
        return pieces + [String(rest)]
    }
}

extension RequestFrame.Slot {
    /// What can stand in it, in the order of a phrase.
    var order: [WordForm] {
        switch self {
        case .list, .mass, .plural, .singular, .something: [.adjective, .period, .style, .complete, .part, .place, .subject, .context, .loose]
        case .kind: [.adjective, .style]
        case .adjectives: [.adjective]
        case .parts: [.part]
        case .context: [.context]
        case .subject: [.subject]
        case .style: [.style]
        case .loose: [.loose]
        }
    }

    var forms: RequestFrame.WordForms {
        order.reduce(into: []) { $0.insert(RequestFrame.WordForms($1)) }
    }
}
