import QueryPlanning
import Vocabulary

extension Polarity: Representable {}
extension Clause.Change: Representable {}
extension Seed.Kind: Representable {}

/// The plan as it was made, with the bounds that a plan from outside is held to.
extension QueryPlan: Resource {
    static let resourceName = "Plan"
    static let about = "How a request was understood: everything that the search does, as a value."
    static let properties = [
        Property<QueryPlan>("version", "Of the format.", .integer(currentVersion...currentVersion)) { $0.version },
        Property("text", "What was said.", .string(most: longestText)) { $0.text },
        Property("clauses", "Wishes.", .array(Clause.schema, most: mostClauses)) { $0.clauses },
        Property("filters", "Bounds that are no matter of degree.") { $0.filters },
        Property("seeds", "What answers should resemble, or not.", .array(Seed.schema, most: mostSeeds)) { $0.seeds },
        Property("moodMove", "From the seeds' mood to another.", optional: { $0.moodMove }),
        Property("keep", "Facets in which answers must share something with the seeds.", .array(.facet, most: mostKept), optional: { $0.keep }),
        Property("count", "How many tracks were asked for.", .integer(1...1_000_000), optional: { $0.count }),
        Property("corrections", "Words read as another word.") { $0.corrections },
        Property("ignored", "Words that name nothing known; they are looked for in titles and captions.") { $0.ignored },
        Property("conflicts", "Wishes that contradict each other.") { $0.conflicts },
    ]
}

extension Clause: Resource {
    static let about = "One wish: a descriptor with its polarity and weight."
    static let properties = [
        Property<Clause>("span", "The words that it came from.") { $0.span }, Property("descriptor", "FACET:NAME.") { $0.descriptor },
        Property("polarity", "Wanted or not.") { $0.polarity }, Property("strength", "A plain word is 0.75.", .number(0...1)) { $0.strength },
        Property("hard", "Excludes instead of scoring.") { $0.hard }, Property("change", "Relative to what there is.", optional: { $0.change }),
        Property("alternatives", "Clauses with the same number stand in for each other.", optional: { $0.alternatives }),
        Property("parts", "The same words read apart.") { $0.parts },
        Property("semantic", "Share of the evidence, where the words' meaning led here.", .number(0...1), optional: { $0.semantic }),
    ]
}

extension Seed: Resource {
    static let about = "A track or artist that answers should resemble, or not."
    static let properties = [
        Property<Seed>("span", "The words that name it.") { $0.span }, Property("kind", "What it is.") { $0.kind },
        Property("name", "The title or the artist's name.") { $0.name }, Property("artist", "Of a track.", optional: { $0.artist }),
        Property("track", "The track's id.", optional: { $0.track }), Property("polarity", "like or avoid.") { $0.polarity },
        Property("bare", "Wanted itself, too.") { $0.bare },
        Property("profile", "What an artist is known for that the library lacks.") { $0.profile },
    ]
}

extension Filters: Resource {
    static let about = "Bounds that are no matter of degree."
    static let properties = [
        Property<Filters>("years", "Of release.", optional: { $0.years }), Property("bpm", "Beats per minute.", optional: { $0.bpm }),
        Property("duration", "Seconds.", optional: { $0.duration }), Property("artists", "Only these.") { $0.artists },
        Property("withoutArtists", "None of these.") { $0.withoutArtists },
        Property(
            "withoutTracks", "Ids of tracks that were shown before.", .array(RequestSchemas.trackID, most: mostWithoutTracks), optional: { $0.withoutTracks }),
        Property("key", "As c#minor.", optional: { $0.key }),
        Property("metre", "As 3/4.", optional: { $0.metre }),
    ]
}

extension Filters.Bounds: Resource {
    static let about = "Lowest and highest, either may be open."
    /// They are compared with years, seconds and beats; what is beyond these is none.
    private static let bound = Schema.number(-1e9...1e9)
    static let properties = [
        Property<Filters.Bounds>("low", "From.", bound, optional: { $0.low }), Property("high", "To.", bound, optional: { $0.high }),
        Property("span", "The words that say it.") { $0.span },
    ]
}

extension Filters.NamedSpan: Resource {
    static let resourceName = "Named"
    static let about = "A name, and where it stands."
    static let properties = [Property<Filters.NamedSpan>("name", "As it was written.") { $0.name }, Property("span", "Where it stands.") { $0.span }]
}

extension MoodMove: Resource {
    static let about = "From the seeds' mood to another: named, at a place in the valence–arousal plane, or a step along it."
    static let properties = [
        Property<MoodMove>("targets", "Moods by name.", .array(Target.schema, most: QueryPlan.mostClauses)) { $0.targets },
        Property("place", "Where to go.", RequestSchemas.point(1), optional: { $0.place }),
        Property("shift", "How far to go.", RequestSchemas.point(2), optional: { $0.shift }),
        Property("strength", "0 stays, 1 takes the mood before all likeness.", .number(0...1)) { $0.strength },
    ]
}

extension MoodMove.Target: Resource {
    static let resourceName = "MoodTarget"
    static let about = "A mood to move to, or away from."
    static let properties = [
        Property<MoodMove.Target>("descriptor", "The mood.") { $0.descriptor }, Property("change", "Towards it or away.") { $0.change },
        Property("weight", "Among several.", .number(0...1), optional: { $0.weight }),
    ]
}

extension Correction: Resource {
    static let about = "A misspelt word and what it was read as."
    static let properties = [
        Property<Correction>("span", "Where it stands.") { $0.span }, Property("from", "As it was written.") { $0.from },
        Property("to", "As it was read.") { $0.to },
    ]
}

extension Conflict: Resource {
    static let about = "Two wishes that cannot both be met."
    static let properties = [
        Property<Conflict>("clauses", "Their places among the clauses.", .array(.integer(0 ... .max))) { $0.clauses },
        Property("reason", "In words.") { $0.reason },
    ]
}
