import Vocabulary

extension Conflict {
    /// More tell nothing more.
    static let most = 64

    /// Wishes that contradict each other, named.
    static func among(_ clauses: [Clause], _ vocabulary: Vocabulary) -> [Conflict] {
        let indices = clauses.map { vocabulary.index(of: $0.descriptor) }
        var conflicts: [Conflict] = []
        for a in clauses.indices {
            for b in clauses.indices where b > a {
                guard let first = indices[a], let second = indices[b], let reason = reason(clauses[a], first, clauses[b], second, vocabulary) else { continue }
                conflicts.append(Conflict(clauses: [a, b], reason: reason))
                if conflicts.count == most { return conflicts }
            }
        }
        return conflicts
    }

    private static func reason(_ a: Clause, _ first: Int, _ b: Clause, _ second: Int, _ vocabulary: Vocabulary) -> String? {
        // What words may mean contradicts nothing that was said: it must not lift a ban.
        guard a.semantic == nil, b.semantic == nil else { return nil }
        func label(_ index: Int) -> String { "\"\(vocabulary.descriptors[index].label)\"" }
        let isOpposed = (a.polarity == .avoid) != (b.polarity == .avoid)
        if isOpposed {
            let (wanted, avoided) = a.polarity == .avoid ? (second, first) : (first, second)
            if wanted == avoided { return "\(label(wanted)) is both wanted and avoided" }
            if vocabulary.ancestors(of: wanted).contains(where: { $0.index == avoided }) {
                return "\(label(wanted)) is a kind of \(label(avoided)), which is avoided"
            }
            return nil
        }
        guard a.polarity == .want, b.polarity == .want, a.alternatives == nil || a.alternatives != b.alternatives else { return nil }
        let slugs = Set([a.descriptor.slug, b.descriptor.slug])
        let voices = [a, b].filter { $0.descriptor.facet == .voice }
        if voices.count == 2, slugs.contains("instrumental") { return "\(label(first)) and \(label(second)) cannot both be" }
        if case .tempo(let one) = vocabulary.descriptors[first].attributes, case .tempo(let other) = vocabulary.descriptors[second].attributes,
            !one.overlaps(other)
        {
            return "\(label(first)) and \(label(second)) are different tempi"
        }
        return nil
    }
}
