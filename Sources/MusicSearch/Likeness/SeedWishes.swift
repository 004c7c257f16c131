import LexicalIndex
import QueryPlanning
import Storage
import Vocabulary

/// What a plan's seeds ask for: what they have, what is like them, perhaps in another mood, and what must be kept of them.
extension PlanCompiler {
    mutating func addSeeds() {
        for (i, seed) in plan.seeds.enumerated() {
            let documents = seedDocuments[i]
            guard !documents.isEmpty else {
                addProfile(seed, i)
                shortfalls.append(Shortfall(kind: .unknownSeed, text: seed.artist.map { "\(seed.name) by \($0)" } ?? seed.name))
                continue
            }
            let sign: Float = seed.polarity == .avoid ? -0.5 : 1
            let seedShare = destination == nil ? 1 : 1 - Self.leftBehind * Float(plan.moodMove?.strength ?? 0)
            if sign > 0 { seedWeight += seedShare }
            for (descriptor, share) in SeedProfile.descriptors(
                documents, in: library, withoutMood: destination != nil || (plan.moodMove.map { $0.strength > 0 } ?? false))
            {
                query.wishes.append(
                    CandidateQuery.Wish(
                        origin: .seed(i), own: [.init(.descriptor(descriptor))], near: [], weight: sign * share * seedShare, idf: library.idf(descriptor)))
            }
            if !seed.bare {
                if seed.kind == .artist { query.withoutArtists.append(seed.name) } else if let track = seed.track { query.withoutTracks.append(track) }
            }
        }
    }

    /// Seeds that the library has, with what they stand for.
    private var startingPoints: [(seed: Seed, documents: [UInt32])] { Array(zip(plan.seeds, seedDocuments)).filter { !$0.1.isEmpty } }

    /// What answers should be like.
    var likedDocuments: [UInt32] { startingPoints.filter { $0.seed.polarity != .avoid }.flatMap(\.documents) }

    /// Where likeness starts from, and where the plan's mood move leads, if it leads anywhere.
    mutating func readMove() -> LikenessChannel.Start? {
        let seeds = startingPoints
        guard seeds.contains(where: { $0.seed.polarity != .avoid }) else { return nil }
        let start = library.likeness?.start(seeds.map { ($0.documents, $0.seed.polarity == .avoid ? Self.unlikeness : 1) })
        guard let move = plan.moodMove, move.strength > 0,
            move.place != nil || move.shift != nil || move.targets.contains(where: { $0.descriptor.facet == .mood })
        else { return start }
        func note(_ text: String) { shortfalls.append(Shortfall(kind: .noEvidence, text: text)) }
        if library.likeness == nil {
            note("no track here can be turned to another mood: the library has no vectors")
        } else if start == nil {
            note("the library has no vector of this, so it cannot be turned to another mood")
        } else if let start, let moods = library.likeness?.moods {
            destination = MoodDestination(move, from: start, moods.scale, vocabulary)
            if destination == nil { note("no mood that tracks here have lies that way") }
        } else {
            note("too few tracks here have a mood for a seed to be moved to another")
        }
        return start
    }

    /// Tracks that are like the seeds, moved to another mood where the plan says so.
    mutating func addLikeness(from start: LikenessChannel.Start?) {
        guard let channel = library.likeness, let start else { return }
        let seeds = startingPoints
        let named = seeds.filter { $0.seed.polarity != .avoid }
        // "Like X" wants others; X alone is wanted too.
        let excluded = Set(seeds.filter { !$0.seed.bare || $0.seed.polarity == .avoid }.flatMap(\.documents))
        let names = named.map(\.seed.name).joined(separator: " and ")
        let strength = plan.moodMove.map { " (\(($0.strength * 100).rounded() / 100))" } ?? ""
        let moved = destination.map { ", moved from \($0.from) to \($0.to)\(strength)" } ?? ""
        let weight = Float(named.count) * (channel.isSound ? 1 : Self.describedWeight) * (destination == nil ? 1 : Self.movedWeight)
        seedWeight += weight
        if destination != nil { entrustMoods() }
        query.wishes.append(
            CandidateQuery.Wish(
                origin: .likeness("\(channel.isSound ? "sounds" : "is") like \(names)\(moved)"), own: [], near: [], weight: weight, idf: 0,
                found: channel.nearest(start, target: destination?.weights, strength: Float(plan.moodMove?.strength ?? 0), excluding: excluded)))
    }

    /// The dial knows better than a word which tracks have a mood and are like the seeds still.
    private mutating func entrustMoods() {
        let targets = Set(plan.moodMove?.targets.compactMap { vocabulary.index(of: $0.descriptor) } ?? [])
        for i in query.wishes.indices {
            guard case .clauses = query.wishes[i].origin, query.wishes[i].weight > 0 else { continue }
            let isTarget = query.wishes[i].own.contains { if case .descriptor(let index) = $0.sign { targets.contains(index) } else { false } }
            if isTarget { query.wishes[i].weight *= Self.entrustedShare }
        }
    }

    /// Of what the seed has, as far as it is moved at full strength.
    private static let leftBehind: Float = 0.8
    private static let entrustedShare: Float = 0.3
    /// A seed that is moved is told by the dial more than by what the seed itself has.
    private static let movedWeight: Float = 3

    /// How much a seed that is not wanted pushes away.
    private static let unlikeness: Float = -0.5
    /// What likeness of descriptors' text counts, beside the descriptors themselves.
    private static let describedWeight: Float = 0.5

    /// What answers must share with the seeds.
    mutating func addKept() {
        let documents = likedDocuments
        guard let keep = plan.keep, !documents.isEmpty else { return }
        for facet in keep {
            let held = library.held(documents, facet)
            guard !held.isEmpty else {
                shortfalls.append(Shortfall(kind: .noEvidence, text: "nothing is known of the \(facet.rawValue) of what is to be kept"))
                continue
            }
            query.wishes.append(
                CandidateQuery.Wish(
                    origin: .keep(facet), own: held.sorted().map { .init(.descriptor($0)) }, near: [], weight: Self.keptWeight, idf: 0, binding: .kept(facet)))
        }
    }

    private static let keptWeight: Float = 0.3

    /// Nothing was found, and what is to be kept is one reason.
    mutating func noteKept() {
        let kept = query.wishes.compactMap { wish in if case .kept(let facet)? = wish.binding { facet.rawValue } else { nil } }
        guard !kept.isEmpty else { return }
        shortfalls.append(Shortfall(kind: .noEvidence, text: "nothing else here shares its \(kept.joined(separator: " and ")) and comes near"))
    }

    /// An artist that the library lacks, by what they are known for: the first descriptor as if it had been asked for, the others less.
    private mutating func addProfile(_ seed: Seed, _ i: Int) {
        for (position, id) in seed.profile.enumerated() {
            guard let descriptor = vocabulary.index(of: id) else { continue }
            let share = (position == 0 ? 1 : 0.15) * Float(Strength.plain)
            query.wishes.append(
                CandidateQuery.Wish(
                    origin: .seed(i), own: [.init(.descriptor(descriptor))], near: Neighbourhood.evidence(of: descriptor, in: library),
                    weight: seed.polarity == .avoid ? -share : share, idf: library.idf(descriptor)))
        }
    }
}
