import LinearAlgebra

/// Puts the words of a request into one of the table's frames.
struct RequestRealization {
    private let table: RequestTable
    private let mentions: [Mention]
    private let byForm: [WordForm: [Int]]
    private let present: RequestFrame.WordForms

    /// A frame that leaves more of the words aside is not offered.
    private static let leastShareSaid = 0.6

    /// - Parameter mentions: at least one.
    init(_ table: RequestTable, _ mentions: [Mention]) {
        precondition(!mentions.isEmpty, "a request without words")
        self.table = table
        self.mentions = mentions
        byForm = Dictionary(grouping: mentions.indices) { mentions[$0].form }
        present = mentions.reduce(into: []) { $0.insert(RequestFrame.WordForms($1.form)) }
    }

    /// - Returns: the request, and the mentions that stand in it, rising.
    func realized(_ generator: inout SeededGenerator) -> (text: String, said: [Int]) {
        let offered = table.frames.map { fits($0.content) ? $0.weight : 0 }
        // The frame of a bare list fits always: the table is held to have it.
        let frame = table.frames[generator.place(weights: offered)].content
        var text = ""
        for piece in frame.pieces {
            switch piece {
            case .words(let words): text += words
            case .slot(let slot): text += words(for: slot, &generator)
            }
        }
        return (English.withoutEchoes(text), mentions.indices.filter { isSaid(mentions[$0], in: frame) })
    }

    private func isSaid(_ mention: Mention, in frame: RequestFrame) -> Bool { frame.forms.contains(RequestFrame.WordForms(mention.form)) }

    private func fits(_ frame: RequestFrame) -> Bool {
        guard frame.slotForms.allSatisfy({ !present.isDisjoint(with: $0) }) else { return false }
        // "something" is itself the noun.
        if frame.slots.contains(.something), byForm[.style] != nil || byForm[.complete] != nil { return false }
        return Double(mentions.count { isSaid($0, in: frame) }) >= Self.leastShareSaid * Double(mentions.count)
    }

    private func phrases(_ form: WordForm) -> [String] { (byForm[form] ?? []).map { mentions[$0].phrase } }

    private func words(for slot: RequestFrame.Slot, _ generator: inout SeededGenerator) -> String {
        switch slot {
        case .list: return list(&generator)
        case .mass, .plural, .singular, .something: return thing(slot, &generator)
        case .kind: return joined([modifiers, styles])
        case .adjectives: return English.list(phrases(.adjective))
        case .parts: return English.list(phrases(.part))
        case .context: return English.list(phrases(.context))
        case .subject: return English.list(phrases(.subject))
        case .style: return styles
        case .loose: return phrases(.loose).joined(separator: ", ")
        }
    }

    // MARK: Lists

    private func list(_ generator: inout SeededGenerator) -> String {
        // Half of the time as one would say it, "calm jazz piano".
        var order = RequestFrame.Slot.list.order.flatMap { byForm[$0] ?? [] }
        if generator.isTrue(0.5) { order = generator.shuffled(order) }
        let texts = order.map { mentions[$0].text }
        let separator = pattern(.join, &generator).pieces(around: "{}")[1]
        guard separator.contains(where: { $0.isLetter || $0 == "&" }), let last = texts.last, texts.count > 1 else { return texts.joined(separator: separator) }
        return texts.dropLast().joined(separator: ", ") + separator + last
    }

    // MARK: Noun phrases

    private var modifiers: String {
        let adjectives = phrases(.adjective)
        return adjectives.joined(separator: adjectives.count > 2 ? ", " : " ")
    }

    private var styles: String { English.list(phrases(.style)) }

    private func thing(_ slot: RequestFrame.Slot, _ generator: inout SeededGenerator) -> String {
        let complete = phrases(.complete).first
        var text: String
        switch slot {
        case .something: text = joined(["something", English.list(phrases(.adjective))])
        case .singular:
            if let complete, English.plural(complete) == complete {
                text = joined(["a piece of", modifiers, styles, complete])
            } else {
                text = English.withArticle(joined([modifiers, styles, complete ?? pattern(.singular, &generator)]))
            }
        case .plural:
            text = joined([modifiers, styles, complete.map(English.plural) ?? pattern(.plural, &generator)])
        default:
            let isNoun = phrases(.style).last?.lowercased().split(separator: " ").last.map { table.contains(String($0), as: .bare) } ?? false
            let noun = complete.map(English.plural) ?? (isNoun && generator.isTrue(0.6) ? "" : pattern(.mass, &generator))
            text = joined([modifiers, styles, noun])
        }
        for (form, kind) in [(WordForm.part, RequestTable.PatternKind.with), (.place, .place), (.period, .period), (.subject, .about), (.context, .for)] {
            if byForm[form] != nil { text += " " + filled(kind, English.list(phrases(form)), &generator) }
        }
        let asides = phrases(.complete).dropFirst() + phrases(.loose)
        if !asides.isEmpty { text += filled(.like, asides.joined(separator: ", "), &generator) }
        return text
    }

    private func joined(_ parts: [String]) -> String { parts.filter { !$0.isEmpty }.joined(separator: " ") }

    private func pattern(_ kind: RequestTable.PatternKind, _ generator: inout SeededGenerator) -> String {
        let patterns = table.patterns[kind] ?? []
        return patterns[generator.place(weights: patterns.map(\.weight))].content
    }

    private func filled(_ kind: RequestTable.PatternKind, _ words: String, _ generator: inout SeededGenerator) -> String {
        pattern(kind, &generator).pieces(around: "{}").joined(separator: words)
    }
}
