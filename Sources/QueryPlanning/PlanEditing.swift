public import Vocabulary

extension QueryPlan {
    /// The plan with critiques applied, in their order. A wish stays until it is dropped; what is said later goes before what was said earlier.
    ///
    /// `undo` and `restart` are moves between plans, so `Conversation.refined` sees to them.
    public func applying(_ refinement: Refinement, _ vocabulary: Vocabulary) -> QueryPlan {
        var editor = PlanEditor(self, refinement, vocabulary)
        for critique in refinement.critiques { editor.apply(critique) }
        return editor.finished(from: self)
    }
}

extension Conversation {
    /// The conversation one turn on; the same where the refinement changes nothing.
    public func refined(by refinement: Refinement, _ vocabulary: Vocabulary) -> Conversation {
        let undone = refinement.critiques.count { $0.action == .undo }
        if undone > 0 { return (0..<undone).reduce(self) { turn, _ in turn.parent ?? turn } }
        // A fresh start forgets what was said before it, and not what is said with it.
        let isFresh = refinement.critiques.contains { $0.action == .restart }
        let rest = Refinement(text: refinement.text, critiques: refinement.critiques.filter { $0.action != .restart })
        let next = isFresh && rest.critiques.isEmpty ? QueryPlan() : (isFresh ? QueryPlan() : plan).applying(rest, vocabulary)
        return next == plan ? self : followed(by: next)
    }
}

/// A plan while it is edited.
private struct PlanEditor {
    private let vocabulary: Vocabulary
    private var plan: QueryPlan
    /// Bytes of the plan's text before what is said now.
    private let offset: Int

    init(_ plan: QueryPlan, _ refinement: Refinement, _ vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
        self.plan = plan.forgettingWords(beyond: QueryPlanner.longestText - min(refinement.text.utf8.count, QueryPlanner.longestText / 2))
        let separator = self.plan.text.isEmpty || refinement.text.isEmpty ? "" : "; "
        offset = (self.plan.text + separator).utf8.count
        self.plan.text += separator + refinement.text
    }

    /// Strength that "more" and "less" add and take.
    private static let step = 0.25
    /// A wish below this is none.
    private static let leastStrength = 0.15

    mutating func apply(_ critique: Critique) {
        switch (critique.action, critique.subject) {
        case (.add, .clause(let clause)): want(clause, critique)
        case (.more, .clause(let clause)), (.move, .clause(let clause)): raise(clause, critique)
        case (.less, .clause(let clause)): lower(clause, critique)
        case (.avoid, .clause(let clause)): avoid(clause, critique)
        case (.drop, .clause(let clause)): drop { $0.descriptor == clause.descriptor }
        case (.drop, .facet(let facet)): drop(facet)
        case (.drop, .filter(let name)): plan.filters.remove(name)
        case (.drop, .seed(let seed)): plan.seeds.removeAll { $0.isSame(as: seed) }
        case (.like, .seed(let seed)), (.add, .seed(let seed)): addSeed(seed, seed.polarity == .want ? .want : .like)
        case (.unlike, .seed(let seed)), (.avoid, .seed(let seed)): addSeed(seed, .avoid)
        case (.avoid, .tracks(let ids)):
            let known = plan.filters.withoutTracks ?? []
            plan.filters.withoutTracks = Array((known + ids.filter { !known.contains($0) }).suffix(Filters.mostWithoutTracks))
        case (.keep, .facet(let facet)): keep(facet)
        case (.move, .place(let place)): move(to: place, critique)
        case (.add, .filters(let filters)): plan.filters.take(filters, offset: offset)
        case (.add, .count(let count)): plan.count = count
        case (.add, .word(var word)):
            guard !plan.ignored.contains(where: { $0.text == word.text && $0.negated == word.negated }) else { return }
            word.span = shifted(word.span)
            plan.ignored.append(word)
        case (.add, .correction(var correction)):
            correction.span = shifted(correction.span)
            plan.corrections.append(correction)
        default: break
        }
    }

    /// The plan with what follows from its parts brought up to date; the old one where nothing but words came in.
    func finished(from old: QueryPlan) -> QueryPlan {
        var plan = plan
        let isMoving = plan.clauses.filter(\.moves).map(\.bare) != old.clauses.filter(\.moves).map(\.bare)
        if !plan.seeds.contains(where: { $0.polarity == .like }) {
            plan.moodMove = nil
            plan.keep = nil
        } else if isMoving || !old.seeds.contains(where: { $0.polarity == .like }) {
            // Where a place was pointed at, the way there is the listener's own.
            if plan.moodMove?.place == nil, plan.moodMove?.shift == nil { plan.moodMove = MoodMove(of: plan.clauses) }
        }
        plan.conflicts = Conflict.among(plan.clauses, vocabulary)
        var asOld = plan
        asOld.text = old.text
        return asOld.isAlike(old) ? old : plan
    }

    private func shifted(_ span: Span) -> Span { Span(span.start + offset..<span.end + offset) }

    // MARK: Wishes

    private func index(of descriptor: DescriptorID, _ isMeant: (Clause) -> Bool) -> Int? {
        plan.clauses.firstIndex { $0.descriptor == descriptor && isMeant($0) }
    }

    private mutating func drop(_ isMeant: (Clause) -> Bool) { plan.clauses.removeAll(where: isMeant) }

    private mutating func want(_ clause: Clause, _ critique: Critique) {
        let id = clause.descriptor
        // A guess at what words mean weighs nothing that was named.
        if clause.semantic != nil, index(of: id, { $0.semantic == nil }) != nil { return }
        drop { $0.descriptor == id && $0.polarity == .avoid }
        let offset = offset
        // A track has one era and one tempo, and is instrumental or not: what is said later counts.
        if id.facet == .era || id.facet == .tempo {
            drop { $0.descriptor.facet == id.facet && $0.polarity == .want && $0.descriptor != id && $0.isEarlier(than: offset) }
        }
        if id.facet == .era { plan.filters.remove(.years) }
        if id.facet == .voice { drop { $0.descriptor.facet == .voice && ($0.descriptor.slug == Self.voiceless) != (id.slug == Self.voiceless) } }
        if critique.replaces, clause.semantic == nil, let replaced = nearest(to: id) { drop { $0.descriptor == replaced } }
        // What is named now is surer than what words were taken to mean.
        if clause.semantic == nil { drop { $0.descriptor == id && $0.semantic != nil } }
        if let i = index(of: id, { $0.polarity != .avoid }) {
            plan.clauses[i].strength = critique.strength ?? max(plan.clauses[i].strength, clause.strength)
            plan.clauses[i].polarity = .want
            plan.clauses[i].change = clause.change
        } else {
            append(clause, strength: critique.strength ?? clause.strength)
        }
    }

    private static let voiceless = "instrumental"

    private mutating func append(_ clause: Clause, strength: Double) {
        guard plan.clauses.count < QueryPlan.mostClauses else { return }
        var clause = clause
        clause.span = shifted(clause.span)
        clause.strength = strength
        // Numbers of alternatives begin anew with every text.
        clause.alternatives = clause.alternatives.map { $0 + groupOffset }
        plan.clauses.append(clause)
    }

    /// The highest number of alternatives among what was said before.
    private var groupOffset: Int {
        plan.clauses.filter { $0.isEarlier(than: offset) }.compactMap(\.alternatives).max() ?? 0
    }

    private mutating func raise(_ clause: Clause, _ critique: Critique) {
        let id = clause.descriptor
        drop { $0.descriptor == id && $0.polarity == .avoid }
        // "Calmer" after "more energetic" turns round.
        let vocabulary = vocabulary
        let offset = offset
        drop { $0.polarity == .want && $0.descriptor != id && $0.isEarlier(than: offset) && vocabulary.areOpposite($0.descriptor, id) }
        guard let i = index(of: id, { $0.polarity != .avoid }) else {
            var clause = clause
            clause.polarity = .want
            clause.change = .more
            return append(clause, strength: critique.strength ?? clause.strength)
        }
        if critique.strength == nil, plan.clauses[i].strength >= 1 { plan.clauses[i].hard = true }
        // "A bit more" is half a step, "much more" two.
        let step = Self.step * (clause.strength < Strength.plain ? 0.5 : clause.strength > Strength.plain ? 2 : 1)
        plan.clauses[i].strength = critique.strength ?? min(1, plan.clauses[i].strength + step)
        plan.clauses[i].polarity = .want
        plan.clauses[i].change = .more
    }

    private mutating func lower(_ clause: Clause, _ critique: Critique) {
        // "Less vocals" weakens a wish for female vocals.
        let kind = plan.clauses.first { $0.polarity == .want && vocabulary.isKind($0.descriptor, of: clause.descriptor) }?.descriptor
        let id = index(of: clause.descriptor, { $0.polarity == .want }) == nil ? kind ?? clause.descriptor : clause.descriptor
        if let i = index(of: id, { $0.polarity != .avoid }) {
            let strength = critique.strength ?? (plan.clauses[i].strength - Self.step * 1.4)
            guard strength >= Self.leastStrength else { return drop { $0.descriptor == id && $0.polarity != .avoid } }
            plan.clauses[i].strength = (strength * 100).rounded() / 100
            plan.clauses[i].hard = false
            plan.clauses[i].change = nil
        } else if let i = index(of: id, { $0.polarity == .avoid }) {
            guard !plan.clauses[i].hard else { return }
            plan.clauses[i].strength = critique.strength ?? min(1, plan.clauses[i].strength + Self.step)
        } else {
            var clause = clause
            clause.polarity = .avoid
            clause.hard = false
            clause.change = .less
            append(clause, strength: critique.strength ?? clause.strength)
        }
    }

    private mutating func avoid(_ clause: Clause, _ critique: Critique) {
        let (id, offset, vocabulary) = (clause.descriptor, offset, vocabulary)
        drop { $0.descriptor == id && $0.polarity != .avoid }
        // What is a kind of it goes with it: "no vocals" ends a wish for female vocals.
        drop { vocabulary.isKind($0.descriptor, of: id) && $0.polarity == .want && $0.isEarlier(than: offset) }
        var clause = clause
        clause.polarity = .avoid
        clause.hard = critique.strength.map { $0 >= 1 } ?? true
        clause.change = nil
        if let i = index(of: id, { $0.polarity == .avoid }) {
            plan.clauses[i].hard = clause.hard
            plan.clauses[i].change = nil
            plan.clauses[i].strength = critique.strength ?? max(plan.clauses[i].strength, clause.strength)
        } else {
            append(clause, strength: critique.strength ?? clause.strength)
        }
    }

    /// Of earlier wishes of the same facet, the one that a new one is most likely meant for: its kin first, else the latest.
    private func nearest(to id: DescriptorID) -> DescriptorID? {
        let wishes = plan.clauses.filter { $0.descriptor.facet == id.facet && $0.polarity == .want && $0.isEarlier(than: offset) }.map(\.descriptor)
        let others = wishes.filter { $0 != id }
        return others.last { vocabulary.areKin($0, id) } ?? others.last
    }

    private mutating func drop(_ facet: Facet) {
        drop { $0.descriptor.facet == facet }
        plan.keep?.removeAll { $0 == facet }
        if plan.keep?.isEmpty ?? false { plan.keep = nil }
        switch facet {
        case .era: plan.filters.remove(.years)
        case .tempo: plan.filters.remove(.bpm)
        case .mood: plan.moodMove = nil
        default: break
        }
    }

    // MARK: Seeds

    private mutating func addSeed(_ seed: Seed, _ polarity: Polarity) {
        guard plan.seeds.count < QueryPlan.mostSeeds else { return }
        if plan.seeds.contains(where: { $0.isSame(as: seed) && $0.polarity == polarity }) { return }
        plan.seeds.removeAll { $0.isSame(as: seed) }
        var seed = seed
        seed.span = shifted(seed.span)
        seed.polarity = polarity
        plan.seeds.append(seed)
    }

    private mutating func keep(_ facet: Facet) {
        guard plan.seeds.contains(where: { $0.polarity == .like }), !(plan.keep ?? []).contains(facet) else { return }
        plan.keep = ((plan.keep ?? []) + [facet]).suffix(QueryPlan.mostKept)
    }

    private mutating func move(to place: MoodMove.Point, _ critique: Critique) {
        // Comparatives were an earlier word on where to go.
        drop { $0.moves && $0.descriptor.facet == .mood }
        plan.moodMove = MoodMove(place: place, strength: critique.strength ?? plan.moodMove?.strength ?? MoodMove.plainStrength)
    }
}

extension MoodMove {
    /// "Calmer" turns the dial to 0.6: far enough for the mood, and the seed is still to be recognised.
    public static let plainStrength = 0.6
    private static let share = 0.8

    /// The move that comparatives beside a seed ask for: "like X but calmer".
    init?(of clauses: [Clause]) {
        let moving = clauses.filter(\.moves)
        guard let strength = moving.map(\.strength).max() else { return nil }
        self.init(
            targets: moving.map { Target(descriptor: $0.descriptor, change: $0.change ?? .more) }, strength: (strength * Self.share * 100).rounded() / 100)
    }
}

extension Clause {
    /// Whether a seed is to be moved by it.
    fileprivate var moves: Bool { change != nil && [.mood, .tempo, .texture].contains(descriptor.facet) }

    fileprivate func isEarlier(than offset: Int) -> Bool { span.start < offset }

    /// Without the place of its words.
    fileprivate var bare: Clause {
        var clause = self
        clause.span = Span(0..<0)
        return clause
    }
}

extension Seed {
    func isSame(as other: Seed) -> Bool {
        if track != nil || other.track != nil { return track == other.track }
        return kind == other.kind && name == other.name && artist == other.artist
    }
}

extension Filters {
    public mutating func remove(_ name: Name) {
        switch name {
        case .years: years = nil
        case .bpm: bpm = nil
        case .duration: duration = nil
        case .artists: artists = []
        case .withoutArtists: withoutArtists = []
        case .withoutTracks: withoutTracks = nil
        case .key: key = nil
        case .metre: metre = nil
        }
    }

    /// What the other sets takes the place of what was set.
    fileprivate mutating func take(_ other: Filters, offset: Int) {
        func shifted(_ span: Span) -> Span { Span(span.start + offset..<span.end + offset) }
        for bounds in [\Filters.years, \.bpm, \.duration] {
            guard var new = other[keyPath: bounds] else { continue }
            new.span = shifted(new.span)
            self[keyPath: bounds] = new
        }
        func named(_ names: [NamedSpan]) -> [NamedSpan] { names.map { NamedSpan(name: $0.name, span: shifted($0.span)) } }
        if !other.artists.isEmpty { artists = named(other.artists) }
        defer { withoutArtists = withoutArtists.suffix(Self.mostArtists) }
        if !other.withoutArtists.isEmpty { withoutArtists += named(other.withoutArtists).filter { new in !withoutArtists.contains { $0.name == new.name } } }
        key = other.key ?? key
        metre = other.metre ?? metre
    }

    /// "1960–1969, up to 300 s, by Queen".
    var words: String {
        var parts: [String] = []
        if let years { parts.append("years \(years.words(""))") }
        if let bpm { parts.append("tempo \(bpm.words(" bpm"))") }
        if let duration { parts.append("duration \(duration.words(" s"))") }
        if let key { parts.append("key \(key)") }
        if let metre { parts.append("metre \(metre)") }
        if let withoutTracks { parts.append("none of \(withoutTracks.count) shown before") }
        for (cue, names) in [("by", artists), ("not by", withoutArtists)] where !names.isEmpty {
            let shown = names.prefix(3).map(\.name).joined(separator: ", ")
            parts.append("\(cue) \(shown)" + (names.count > 3 ? " and \(names.count - 3) more" : ""))
        }
        return parts.joined(separator: ", ")
    }
}

extension QueryPlan {
    /// The same plan, its text without words that nothing in it points at, where it would otherwise grow too long.
    fileprivate func forgettingWords(beyond limit: Int) -> QueryPlan {
        guard text.utf8.count > limit else { return self }
        var plan = self
        plan.text = ""
        plan.ignored = ignored.suffix(Self.mostWordsKept)
        plan.corrections = corrections.suffix(Self.mostWordsKept)
        var places: [Span: Span] = [:]
        var last: (old: Span, new: Span)?
        for span in Set(plan.spans).sorted(by: { ($0.start, $1.end) < ($1.start, $0.end) }) where span.end > span.start {
            if let last, span.end <= last.old.end {
                let start = last.new.start + span.start - last.old.start
                places[span] = Span(start..<start + span.end - span.start)
                continue
            }
            if let last, span.start < last.old.end {
                // What overlaps the words before it keeps what it shares with them.
                places[span] = Span(last.new.start + span.start - last.old.start..<last.new.end)
                continue
            }
            if !plan.text.isEmpty { plan.text += "; " }
            let start = plan.text.utf8.count
            plan.text += source(span)
            places[span] = Span(start..<plan.text.utf8.count)
            last = (span, Span(start..<plan.text.utf8.count))
        }
        plan.moveSpans { places[$0] ?? Span(0..<0) }
        return plan
    }

    /// Of words that name nothing known, in a text that grows too long.
    private static let mostWordsKept = 24

    /// Without what a listener cannot tell from the answer: where words stand.
    func isAlike(_ other: QueryPlan) -> Bool {
        var (one, two) = (self, other)
        one.text = ""
        two.text = ""
        one.moveSpans { _ in Span(0..<0) }
        two.moveSpans { _ in Span(0..<0) }
        return one == two
    }

    private mutating func moveSpans(_ moved: (Span) -> Span) {
        for i in clauses.indices { clauses[i].span = moved(clauses[i].span) }
        for i in seeds.indices { seeds[i].span = moved(seeds[i].span) }
        for i in corrections.indices { corrections[i].span = moved(corrections[i].span) }
        for i in ignored.indices { ignored[i].span = moved(ignored[i].span) }
        for i in filters.artists.indices { filters.artists[i].span = moved(filters.artists[i].span) }
        for i in filters.withoutArtists.indices { filters.withoutArtists[i].span = moved(filters.withoutArtists[i].span) }
        for bounds in [\Filters.years, \.bpm, \.duration] {
            if let span = filters[keyPath: bounds]?.span { filters[keyPath: bounds]?.span = moved(span) }
        }
    }
}

extension Filters.Bounds {
    /// "1960–1969", "up to 300 s".
    func words(_ unit: String) -> String {
        func number(_ value: Double) -> String { value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\((value * 10).rounded() / 10)" }
        return switch (low, high) {
        case (let low?, let high?) where low == high: number(low) + unit
        case (let low?, let high?): "\(number(low))–\(number(high))\(unit)"
        case (let low?, nil): "from \(number(low))\(unit)"
        case (nil, let high?): "up to \(number(high))\(unit)"
        case (nil, nil): "any"
        }
    }
}

extension Vocabulary {
    fileprivate func isKind(_ a: DescriptorID, of b: DescriptorID) -> Bool {
        guard let one = index(of: a), let other = index(of: b) else { return false }
        return one != other && isKind(one, of: other)
    }

    /// Whether two moods or tempi pull apart: what one says is less of the other.
    fileprivate func areOpposite(_ a: DescriptorID, _ b: DescriptorID) -> Bool {
        guard let one = descriptor(a)?.attributes, let other = descriptor(b)?.attributes else { return false }
        switch (one, other) {
        case (.mood(let v, let a), .mood(let w, let b)):
            // Calm says little of pleasure and sad little of energy: each speaks for the side it lies far out on.
            func speaksOfPleasure(_ valence: Double, _ arousal: Double) -> Bool { abs(valence) >= Self.farOut && abs(valence) > abs(arousal) }
            let isOtherEnergy = min(abs(a), abs(b)) >= Self.farOut && a * b < 0
            return isOtherEnergy || speaksOfPleasure(v, a) && speaksOfPleasure(w, b) && v * w < -Self.clearly
        case (.tempo(let one), .tempo(let other)): return !one.overlaps(other)
        default: return false
        }
    }

    private static var farOut: Double { 0.5 }
    private static var clearly: Double { 0.35 }

    /// Whether they are of one family: one a kind of the other, or both of a third.
    fileprivate func areKin(_ a: DescriptorID, _ b: DescriptorID) -> Bool {
        guard let one = index(of: a), let other = index(of: b) else { return false }
        return !Set(ancestors(of: one).map(\.index) + [one]).isDisjoint(with: ancestors(of: other).map(\.index) + [other])
    }
}
