import QueryPlanning

/// A plan in its canonical JSON, which it reads back from.
struct PlanJSON: Representable {
    var plan: QueryPlan

    static var schema: Schema { .reference("Plan") }
    func write(to writer: inout JSONWriter) { writer.raw(plan.canonicalJSON) }
}

/// The plan's own format, as `QueryPlan` encodes itself.
enum PlanSchema {
    static let components: [(name: String, schema: Schema)] = [
        ("Plan", .object(plan)), ("Clause", .object(clause)), ("Seed", .object(seed)), ("Filters", .object(filters)), ("MoodMove", .object(move)),
    ]

    private typealias Field = ObjectSchema.Field
    private static let span = Span.schema
    private static let strength = Schema.number(0...1)
    private static let polarity = Schema.choice(Polarity.allCases.map(\.rawValue))
    private static let change = Schema.choice(["more", "less"])
    /// Bounds are compared with years, seconds and beats; what is beyond these is none.
    private static let bound = Schema.number(-1e9...1e9)

    private static let plan = ObjectSchema(
        "How a request was understood: everything that the search does, as a value.",
        [
            Field("version", .integer(QueryPlan.currentVersion...QueryPlan.currentVersion), "Of the format.", required: true),
            Field("text", .string(most: 16_384), "What was said.", required: true),
            Field("clauses", .array(.reference("Clause"), most: QueryPlan.mostClauses), "Wishes.", required: true),
            Field("filters", .reference("Filters"), "Bounds that are no matter of degree.", required: true),
            Field("seeds", .array(.reference("Seed"), most: QueryPlan.mostSeeds), "What answers should resemble, or not.", required: true),
            Field("moodMove", .reference("MoodMove"), "From the seeds' mood to another."),
            Field("keep", .array(.facet, most: QueryPlan.mostKept), "Facets in which answers must share something with the seeds."),
            Field("count", .integer(1...1_000_000), "How many tracks were asked for."),
            Field(
                "corrections",
                .array(
                    .object(
                        ObjectSchema(
                            "A misspelt word and what it was read as.",
                            [Field("span", span, "", required: true), Field("from", .string(), "", required: true), Field("to", .string(), "", required: true)])
                    )),
                "Words read as another word.", required: true),
            Field("ignored", .array(Ignored.schema), "Words that name nothing known; they are looked for in titles and captions.", required: true),
            Field(
                "conflicts",
                .array(
                    .object(
                        ObjectSchema(
                            "Two wishes that cannot both be met.",
                            [
                                Field("clauses", .array(.integer(0 ... .max)), "Their places among the clauses.", required: true),
                                Field("reason", .string(), "In words.", required: true),
                            ]))),
                "Wishes that contradict each other.", required: true),
        ])

    private static let clause = ObjectSchema(
        "One wish: a descriptor with its polarity and weight.",
        [
            Field("span", span, "The words that it came from.", required: true), Field("descriptor", .descriptor, "FACET:NAME.", required: true),
            Field("polarity", polarity, "Wanted or not.", required: true), Field("strength", strength, "A plain word is 0.75.", required: true),
            Field("hard", .boolean, "Excludes instead of scoring.", required: true), Field("change", change, "Relative to what there is."),
            Field("alternatives", .integer(), "Clauses with the same number stand in for each other."),
            Field("parts", .array(.descriptor), "The same words read apart.", required: true),
            Field("semantic", strength, "Share of the evidence, where the words' meaning led here."),
        ])

    private static let seed = ObjectSchema(
        "A track or artist that answers should resemble, or not.",
        [
            Field("span", span, "The words that name it.", required: true),
            Field("kind", .choice(["track", "artist", "unknown"]), "What it is.", required: true),
            Field("name", .string(), "The title or the artist's name.", required: true), Field("artist", .string(), "Of a track."),
            Field("track", .string(), "The track's id."), Field("polarity", polarity, "like or avoid.", required: true),
            Field("bare", .boolean, "Wanted itself, too.", required: true),
            Field("profile", .array(.descriptor), "What an artist is known for that the library lacks.", required: true),
        ])

    private static func bounds(_ unit: String) -> Schema {
        .object(
            ObjectSchema(
                unit, [Field("low", bound, "From."), Field("high", bound, "To."), Field("span", span, "The words that say it.", required: true)]))
    }

    private static let named = Schema.array(
        .object(ObjectSchema("", [Field("name", .string(), "", required: true), Field("span", span, "", required: true)])))

    private static let filters = ObjectSchema(
        "Bounds that are no matter of degree.",
        [
            Field("years", bounds("Years of release."), ""), Field("bpm", bounds("Beats per minute."), ""), Field("duration", bounds("Seconds."), ""),
            Field("artists", named, "Only these.", required: true), Field("withoutArtists", named, "None of these.", required: true),
            Field("key", .string(), "As c#minor."), Field("metre", .string(), "As 3/4."),
        ])

    private static func place(_ limit: Double) -> Schema {
        .object(
            ObjectSchema(
                "",
                [
                    Field("valence", .number(-limit...limit), "From unpleasant to pleasant.", required: true),
                    Field("arousal", .number(-limit...limit), "From calm to excited.", required: true),
                ]))
    }

    private static let move = ObjectSchema(
        "From the seeds' mood to another: named, at a place in the valence–arousal plane, or a step along it.",
        [
            Field(
                "targets",
                .array(
                    .object(
                        ObjectSchema(
                            "",
                            [
                                Field("descriptor", .descriptor, "A mood.", required: true), Field("change", change, "Towards it or away.", required: true),
                                Field("weight", strength, "Among several."),
                            ])), most: 32), "Moods by name.", required: true),
            Field("place", place(1), "Where to go."), Field("shift", place(2), "How far to go."),
            Field("strength", strength, "0 stays, 1 takes the mood before all likeness.", required: true),
        ])
}
