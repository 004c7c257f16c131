import MusicSearch
import QueryPlanning
import Vocabulary

/// The shapes of what is asked, for HTTP, the tools of models and MCP alike.
enum RequestSchemas {
    typealias Field = ObjectSchema.Field

    static let components: [(name: String, schema: Schema)] = [
        ("SearchRequest", .object(search)), ("RefineRequest", .object(refine)), ("Critique", .object(critique)), ("FilterRequest", .object(filters)),
        ("MoodRequest", .object(mood)), ("PlaylistRequest", .object(playlist)), ("MultiSearchRequest", .object(multiSearch)),
    ]

    // MARK: Fields that several requests have

    static let mostCandidates = 10_000
    static let mostSearches = 32
    static let text = Field("text", .string(most: QueryPlanner.longestText), "What to look for, in the listener's own words.")
    static let state = Field("state", .string(most: Conversation.longestHandle), "Handle of a turn, from an earlier reply.")
    static let limit = Field("limit", .integer(1...SearchOptions.largestLimit), "How many tracks; without it as many as the request says, else 10.")
    static let cursor = Field("cursor", .string(most: 200), "Goes on where the reply with this as its next ended.")
    static let facets = Field("facets", .boolean, "Count descriptors over all that was found.")
    static let explain = Field("explain", .boolean, "Add the formula of every score.")
    static let perArtist = Field("perArtist", .integer(0...SearchOptions.largestLimit), "At most this many tracks of one artist; 0 for no cap, 3 without it.")
    static let versions = Field("versions", .boolean, "List versions of one recording apart.")
    static let variation = Field("variation", .integer(0...(1 << 53) - 1), "Mixes neighbours in the ranking, each number in a way of its own.")
    static let strength = Field("strength", .number(0...1), "0 is not at all, 1 is all the way.")
    static let trackID = Schema.string(most: 1_000)
    static let keep = Field(
        "keep", .array(.facet, most: QueryPlan.mostKept), "Facets in which answers must share something with the seeds.")
    private static let page = [limit, cursor, facets, explain, perArtist, versions, variation]

    private static func range(_ about: String, _ bounds: ClosedRange<Double>) -> Schema {
        .object(ObjectSchema(about, [Field("from", .number(bounds), "Lowest; open without it."), Field("to", .number(bounds), "Highest; open without it.")]))
    }

    // MARK: Requests

    static let filters = ObjectSchema(
        "Bounds that are no matter of degree.",
        [
            Field("years", range("Years of release.", 0...9_999), ""), Field("bpm", range("Beats per minute.", 0...1_000), ""),
            Field("duration", range("Seconds.", 0...1_000_000), ""),
            Field("artists", .array(.string(most: 200), most: Filters.mostArtists), "Only tracks by these."),
            Field("withoutArtists", .array(.string(most: 200), most: Filters.mostArtists), "No tracks by these."),
            Field("key", .string(most: 20), "As c#minor."),
            Field("metre", .string(most: 20), "As 3/4."),
        ])

    static let mood = ObjectSchema(
        "A move of the seeds to another mood.",
        [
            Field(
                "targets",
                .array(
                    .object(
                        ObjectSchema(
                            "",
                            [
                                Field("descriptor", .descriptor, "A mood, as mood:calm.", required: true),
                                Field("change", .choice(["more", "less"]), "Towards it or away; more without it."),
                                Field("weight", .number(0...1), "Among several; 1 without it."),
                            ])), most: 8), "Moods by name."),
            Field("place", point(1), "A place to move to."), Field("shift", point(2), "A step to make."), strength,
        ])

    static func point(_ limit: Double) -> Schema {
        .object(
            ObjectSchema(
                "",
                [
                    Field("valence", .number(-limit...limit), "From unpleasant to pleasant.", required: true),
                    Field("arousal", .number(-limit...limit), "From calm to excited.", required: true),
                ]))
    }

    static let search = ObjectSchema(
        "A request: by text, by a state or plan that was given before, or by seeds; filters, seeds and a mood are added to what it says. A plan with a state is that turn's, edited.",
        [
            text, state, Field("plan", .reference("Plan"), "A plan, as replies print it."),
            Field(
                "seeds",
                .object(
                    ObjectSchema(
                        "Tracks by id.",
                        [
                            Field("like", .array(trackID, most: 32), "What answers should resemble."),
                            Field("unlike", .array(trackID, most: 32), "What they should not resemble."),
                        ])), "Tracks that answers should resemble, or not."),
            Field("mood", .reference("MoodRequest"), "A move of the seeds to another mood."), keep,
            Field("filters", .reference("FilterRequest"), "Bounds that are no matter of degree."),
            Field("candidates", .array(trackID, most: mostCandidates), "Only these tracks are ranked."),
        ] + page)

    static let critique = ObjectSchema(
        "One thing said about an answer: an action with a descriptor, a facet, a track, filters or a place.",
        [
            Field("action", .choice(Critique.Action.allCases.map(\.rawValue)), "What to do.", required: true),
            Field("descriptor", .descriptor, "As mood:upbeat: for more, less, add, drop, avoid, move."), Field("facet", .facet, "For drop and keep."),
            Field("track", trackID, "A track's id: for like, unlike and drop."), Field("filters", .reference("FilterRequest"), "For add."),
            Field("filter", .choice(Filters.Name.allCases.map(\.rawValue)), "For drop."), Field("place", point(1), "For move."), strength,
        ])

    static let refine = ObjectSchema(
        "What a listener says about an answer, in words or typed.",
        [
            Field(state.name, state.schema, state.about, required: true),
            Field("critique", .string(most: QueryPlanner.longestText), "In words: \"more upbeat\", \"no vocals\", \"like the second one\", \"undo\"."),
            Field("critiques", .array(.reference("Critique"), most: 64), "Typed, applied in their order."),
        ] + page.filter { $0.name != cursor.name })

    static let playlist = ObjectSchema(
        "A playlist of the answer to a text or a state.",
        [
            text, state, Field("format", .choice(PlaylistFormat.allCases.map(\.rawValue)), "Of the file; m3u8 without it."), limit,
            Field("title", .string(most: 500), "Of the playlist; the request without it."), perArtist, versions, variation,
        ])

    static let multiSearch = ObjectSchema(
        "Several requests at once.",
        [Field("searches", .array(.reference("SearchRequest"), most: mostSearches), "Each answered by itself.", required: true)])
}
