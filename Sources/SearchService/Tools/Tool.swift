import MusicSearch
import QueryPlanning
import Vocabulary

/// A thing that a language model may do with the service: reading only, short replies.
struct Tool: Sendable {
    var name: String
    var title: String
    var about: String
    var input: ObjectSchema
    var output: Schema
    /// The command of `descant` that does the same, for the documentation and for a test that they stay together.
    var command: String
    var run: @Sendable (JSONValue, Library) throws(ServiceError) -> Output

    /// What a model is given: JSON, and the same as text where a model reads no JSON.
    struct Output: Sendable {
        var json: JSONValue
        var text: String
    }

    /// What `/v1/tools.json` gives.
    static let functionSchemas = JSONValue.array(all.map(\.functionSchema))

    static let all = [searchMusic, refineSearch, findSimilar, explainTrack, listDescriptors, exportPlaylist]

    /// - Parameter arguments: as the model gave them.
    /// - Throws: `ServiceError` for arguments that are none.
    func call(_ arguments: JSONValue, _ library: Library) throws(ServiceError) -> Output {
        let arguments = arguments.withoutNulls
        try Schema.object(input).check(arguments, at: "arguments")
        return try run(arguments, library)
    }

    /// As function calling takes it, strict.
    var functionSchema: JSONValue {
        [
            "type": "function",
            "function": ["name": .string(name), "description": .string(about), "strict": true, "parameters": Schema.object(input).strictJSON],
        ]
    }

    // MARK: The six

    private typealias Field = ObjectSchema.Field
    /// A model reads every word of a reply.
    static let mostHits = 20
    private static let limit = Field("limit", .integer(1...mostHits), "How many tracks, 1 to \(mostHits); 10 without it.")
    private static let state = Field(
        "state", RequestSchemas.state.schema, "The state of an earlier reply: it holds the whole conversation. Always give the latest one.", required: true)
    private static let track = Field("track", RequestSchemas.trackID, "The track's id, or its title, perhaps with \"by\" and its artist.", required: true)

    static let searchMusic = Tool(
        name: "search_music", title: "Search music",
        about: """
            Find tracks in the listener's library by a description in plain words: genres, moods, instruments, voices, occasions, decades, tempo, artists and tracks \
            to resemble, and what to avoid ("no vocals"). Give the listener's own words. Use refine_search for what they say about an answer.
            """,
        input: ObjectSchema(
            "", [Field("request", RequestSchemas.text.schema, "What to look for, in the listener's own words.", required: true), limit]),
        output: ToolReply.schema, command: "search"
    ) { arguments, library throws(ServiceError) in
        try ToolReply.output(try SearchCall(arguments.renaming("request", to: "text").limited, library, at: "arguments").answer().response)
    }

    static let refineSearch = Tool(
        name: "refine_search", title: "Refine a search",
        about: """
            Change an earlier answer by what the listener says about it: "more upbeat", "less vocals", "no drums", "forget the decade", "like the second one", \
            "undo", "start over". Wishes stay until they are dropped. Replies with what changed and which tracks came and went.
            """,
        input: ObjectSchema(
            "", [state, Field("critique", .string(most: QueryPlanner.longestText), "What the listener said, in their own words.", required: true), limit]),
        output: ToolReply.schema, command: "chat"
    ) { arguments, library throws(ServiceError) in
        try ToolReply.output(try Operation.refined(arguments.limited, library, at: "arguments").response)
    }

    static let findSimilar = Tool(
        name: "find_similar", title: "Find similar tracks", about: "Find tracks like one track, perhaps in another mood while its genre and instruments stay.",
        input: ObjectSchema(
            "",
            [
                track, Field("mood", .string(most: 200), "A mood to move to, as calm or upbeat."), RequestSchemas.strength, RequestSchemas.keep, limit,
            ]), output: ToolReply.schema, command: "similar"
    ) { arguments, library throws(ServiceError) in
        let document = try library.document(named: arguments["track"]?.string ?? "", at: "arguments.track")
        var query = arguments.limited
        if let text = arguments["mood"]?.string { query = query.replacing("mood", by: .string(try library.mood(text, at: "arguments.mood").description)) }
        return try ToolReply.output(try Operation.similar(library.tracks.id(document), query, library, at: "arguments").response)
    }

    static let explainTrack = Tool(
        name: "explain_track", title: "Explain a track", about: "Tell why a track is among the answers of a turn, or why it is not.",
        input: ObjectSchema("", [track, state]), output: TrackVerdict.schema, command: "explain"
    ) { arguments, library throws(ServiceError) in
        let document = try library.document(named: arguments["track"]?.string ?? "", at: "arguments.track")
        let verdict = try Operation.verdict(library.tracks.id(document), arguments, library, at: "arguments")
        return Output(json: try JSONValue(resource: verdict), text: verdict.say)
    }

    static let listDescriptors = Tool(
        name: "list_descriptors", title: "List descriptors",
        about: "List the words that this library knows for a side of music, the most frequent first, with how many tracks have each.",
        input: ObjectSchema(
            "",
            [
                Field("facet", .facet, "Which side of music; all without it."), Field("prefix", .string(most: 200), "Only words that begin so."),
                Field("limit", .integer(1...200), "How many; 40 without it."),
            ]), output: DescriptorList.schema, command: "vocab"
    ) { arguments, library throws(ServiceError) in
        let limit = arguments["limit"]?.int ?? 40
        let list = Operation.descriptors(arguments.renaming("prefix", to: "q").replacing("limit", by: .number(Double(limit))), library)
        let names = list.descriptors.map { "\($0.descriptor.label) (\($0.count))" }
        return Output(json: try JSONValue(resource: list), text: names.joined(separator: ", "))
    }

    static let exportPlaylist = Tool(
        name: "export_playlist", title: "Export a playlist", about: "Write the answer of a turn as a playlist file's text.",
        input: ObjectSchema(
            "",
            [
                state, Field("format", .choice(PlaylistFormat.allCases.map(\.rawValue)), "m3u8 without it."),
                Field("limit", .integer(1...200), "How many tracks; 20 without it."), Field("title", .string(most: 500), "Of the playlist."),
            ]),
        output: .object(
            ObjectSchema(
                "", [Field("format", .string(), "Of the text.", required: true), Field("text", .string(), "The playlist.", required: true)])),
        command: "search --export"
    ) { arguments, library throws(ServiceError) in
        let limit = arguments["limit"]?.int ?? 20
        let (text, format) = try Operation.playlistText(arguments.replacing("limit", by: .number(Double(limit))), library, at: "arguments")
        return Output(json: ["format": .string(format.rawValue), "text": .string(text)], text: text)
    }
}

extension JSONValue {
    /// With as many tracks as a model reads.
    fileprivate var limited: JSONValue { self["limit"] == nil ? replacing("limit", by: 10) : self }

    /// The same object with a member set.
    fileprivate func replacing(_ name: String, by value: JSONValue) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { $0.name != name } + [Member(name, value)])
    }

    /// What a resource writes, as a value.
    init(resource: some Resource) throws(ServiceError) {
        do { self = try JSONValue(json: resource.json) } catch { throw ServiceError(.internalError, "a reply is \(error)", at: "reply") }
    }
}

extension Library {
    /// A track by its id, or by its title and artist.
    fileprivate func document(named text: String, at place: String) throws(ServiceError) -> UInt32 {
        guard let document = track(named: text) else {
            throw ServiceError(
                .unknownTrack, "there is no track '\(text.prefix(80))' in this library; expected an id or a title, as \"Title by Artist\"", at: place)
        }
        return document
    }

    /// A mood by any of its names.
    fileprivate func mood(_ text: String, at place: String) throws(ServiceError) -> DescriptorID {
        let clauses = planner.plan(text).clauses.filter { $0.descriptor.facet == .mood && $0.semantic == nil && $0.polarity == .want }
        guard let clause = clauses.first, clauses.count == 1 else {
            throw ServiceError(.unknownDescriptor, "'\(text.prefix(80))' is no mood that the vocabulary knows", at: place)
        }
        return clause.descriptor
    }
}
