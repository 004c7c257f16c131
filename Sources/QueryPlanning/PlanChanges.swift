public import Vocabulary

/// What became of one wish from a plan to the next.
public struct PlanChange: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, CaseIterable, Sendable { case added, dropped, strengthened, weakened, changed }

    public var kind: Kind
    /// A descriptor, or what else it is about: "seed:ID", "filter:years", "keep:genre", "move", "count", "word:zither".
    public var subject: String
    /// "upbeat added", "no vocals", "1980s dropped".
    public var text: String

    public init(kind: Kind, subject: String, text: String) {
        self.kind = kind
        self.subject = subject
        self.text = text
    }
}

extension QueryPlan {
    /// What changed since another plan, in the order of this plan's parts; what was dropped comes last.
    public func changes(since old: QueryPlan, _ vocabulary: Vocabulary) -> [PlanChange] {
        wishChanges(old, vocabulary) + seedChanges(old) + otherChanges(old, vocabulary)
    }

    private func wishChanges(_ old: QueryPlan, _ vocabulary: Vocabulary) -> [PlanChange] {
        func label(_ id: DescriptorID) -> String { vocabulary.descriptor(id)?.label ?? id.slug }
        var changes: [PlanChange] = []
        // A plan may want and avoid the same thing; the first clause speaks for it.
        let before = Dictionary(old.clauses.map { ($0.descriptor, $0) }, uniquingKeysWith: { first, _ in first })
        let now = Dictionary(clauses.map { ($0.descriptor, $0) }, uniquingKeysWith: { first, _ in first })
        var told: Set<DescriptorID> = []
        for clause in clauses where told.insert(clause.descriptor).inserted {
            let name = label(clause.descriptor)
            func add(_ kind: PlanChange.Kind, _ text: String) { changes.append(PlanChange(kind: kind, subject: clause.descriptor.description, text: text)) }
            guard let earlier = before[clause.descriptor] else {
                add(.added, clause.polarity == .avoid ? clause.hard ? "no \(name)" : "less \(name)" : clause.change == .more ? "more \(name)" : "\(name) added")
                continue
            }
            if earlier.polarity != clause.polarity {
                add(.changed, clause.polarity == .avoid ? clause.hard ? "\(name) now left out" : "\(name) now held back" : "\(name) now wanted")
            } else if earlier.hard != clause.hard, clause.polarity == .avoid {
                add(clause.hard ? .strengthened : .weakened, clause.hard ? "no \(name) at all" : "\(name) only held back")
            } else if earlier.strength < clause.strength || clause.hard && !earlier.hard {
                add(
                    .strengthened,
                    clause.polarity == .avoid ? "even less \(name)" : clause.hard && !earlier.hard ? "\(name) is now a must" : "more weight on \(name)")
            } else if earlier.strength > clause.strength || earlier.hard && !clause.hard {
                add(.weakened, "less weight on \(name)")
            }
        }
        for clause in old.clauses where now[clause.descriptor] == nil && told.insert(clause.descriptor).inserted {
            let text = clause.polarity == .avoid ? "\(label(clause.descriptor)) allowed again" : "\(label(clause.descriptor)) dropped"
            changes.append(PlanChange(kind: .dropped, subject: clause.descriptor.description, text: text))
        }
        return changes
    }

    private func seedChanges(_ old: QueryPlan) -> [PlanChange] {
        func name(_ seed: Seed) -> String { seed.artist.map { "\(seed.name) by \($0)" } ?? seed.name }
        func subject(_ seed: Seed) -> String { "seed:" + (seed.track ?? seed.name) }
        func cue(_ seed: Seed) -> String { seed.polarity == .avoid ? "unlike" : "like" }
        var changes: [PlanChange] = []
        for seed in seeds {
            if let earlier = old.seeds.first(where: { $0.isSame(as: seed) }) {
                if earlier.polarity != seed.polarity {
                    changes.append(PlanChange(kind: .changed, subject: subject(seed), text: "now \(cue(seed)) \(name(seed))"))
                }
            } else {
                changes.append(PlanChange(kind: .added, subject: subject(seed), text: "\(cue(seed)) \(name(seed))"))
            }
        }
        for seed in old.seeds where !seeds.contains(where: { $0.isSame(as: seed) }) {
            changes.append(PlanChange(kind: .dropped, subject: subject(seed), text: "\(name(seed)) dropped"))
        }
        return changes
    }

    private func otherChanges(_ old: QueryPlan, _ vocabulary: Vocabulary) -> [PlanChange] {
        var changes: [PlanChange] = []
        func compare<Value: Equatable>(_ subject: String, _ before: Value?, _ now: Value?, _ words: (Value) -> String) {
            guard before != now else { return }
            let kind: PlanChange.Kind = before == nil ? .added : now == nil ? .dropped : .changed
            let text = now.map { words($0) + (before == nil ? "" : " now") } ?? before.map { words($0) + " dropped" } ?? ""
            changes.append(PlanChange(kind: kind, subject: subject, text: text))
        }
        for name in Filters.Name.allCases {
            compare("filter:\(name.rawValue)", old.filters.words(of: name), filters.words(of: name)) { $0 }
        }
        for facet in Facet.allCases {
            compare("keep:\(facet.rawValue)", (old.keep ?? []).contains(facet) ? true : nil, (keep ?? []).contains(facet) ? true : nil) { _ in
                "same \(facet.rawValue)"
            }
        }
        compare("move", old.moodMove, moodMove) { move in
            let targets = move.targets.map { "\($0.change.rawValue) \(vocabulary.descriptor($0.descriptor)?.label ?? $0.descriptor.slug)" }
            let places = [move.place.map { "\($0)" }, move.shift?.steps].compactMap { $0 }
            return "moved to \((targets + places).joined(separator: " and ")) (\(move.strength))"
        }
        compare("count", old.count, count) { "\($0) tracks" }
        let (before, now) = (Set(old.ignored.map(\.text)), Set(ignored.map(\.text)))
        for word in ignored where word.negated != true && !before.contains(word.text) {
            changes.append(PlanChange(kind: .added, subject: "word:\(word.text)", text: "“\(word.text)” looked for in titles and captions"))
        }
        for word in old.ignored where word.negated != true && !now.contains(word.text) {
            changes.append(PlanChange(kind: .dropped, subject: "word:\(word.text)", text: "“\(word.text)” dropped"))
        }
        return changes
    }
}

extension Filters {
    /// One of them in words; nil where it is not set.
    fileprivate func words(of name: Name) -> String? {
        var only = Filters()
        switch name {
        case .years: only.years = years
        case .bpm: only.bpm = bpm
        case .duration: only.duration = duration
        case .artists: only.artists = artists
        case .withoutArtists: only.withoutArtists = withoutArtists
        case .withoutTracks: only.withoutTracks = withoutTracks
        case .key: only.key = key
        case .metre: only.metre = metre
        }
        let words = only.words
        return words.isEmpty ? nil : words
    }
}
