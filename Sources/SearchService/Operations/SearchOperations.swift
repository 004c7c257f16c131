import MusicSearch
import QueryPlanning

extension Operation {
    private static let searchErrors: [ServiceError.Code] = [.badState, .badPlan, .badCursor, .staleCursor, .unknownTrack, .noSeed, .contradiction]

    static let search = Operation(
        id: "search", method: .post, path: "/v1/search", about: "Tracks that fit a request.", body: .reference("SearchRequest"), reply: .json(Answer.schema),
        errors: searchErrors
    ) { call throws(ServiceError) in .json(try SearchCall(call.body, call.library, at: "body").answer()) }

    static let searchByAddress = Operation(
        id: "searchByAddress", method: .get, path: "/v1/search", about: "The same, as an address that can be shared.",
        parameters: [
            Parameter(RequestSchemas.text, as: "q"), Parameter(RequestSchemas.state), Parameter(RequestSchemas.limit), Parameter(RequestSchemas.cursor),
            Parameter(RequestSchemas.facets), Parameter(RequestSchemas.explain), Parameter(RequestSchemas.perArtist), Parameter(RequestSchemas.versions),
            Parameter(RequestSchemas.variation),
        ], reply: .json(Answer.schema), errors: searchErrors
    ) { call throws(ServiceError) in .json(try SearchCall(call.query.renaming("q", to: "text"), call.library, at: "query").answer()) }

    static let refine = Operation(
        id: "refine", method: .post, path: "/v1/refine", about: "The answer one turn on, by what a listener says about the last one.",
        body: .reference("RefineRequest"), reply: .json(Answer.schema), errors: [.badState, .unknownTrack, .unknownDescriptor, .contradiction]
    ) { call throws(ServiceError) in .json(try refined(call.body, call.library, at: "body")) }

    static func refined(_ json: JSONValue, _ library: Library, at place: String) throws(ServiceError) -> Answer {
        let conversation = try Conversation(state: json["state"]?.string ?? "", at: "\(place).state")
        let options = try SearchOptions(json, library, at: place)
        let response: SearchResponse
        switch (json["critique"]?.string, json["critiques"]?.array) {
        case (let words?, nil): response = library.refine(conversation, words.withoutControls, options)
        case (nil, let typed?):
            var critiques: [Critique] = []
            for (i, critique) in typed.enumerated() { critiques.append(try Critique(critique, library, at: "\(place).critiques[\(i)]")) }
            if critiques.contains(where: { $0.action == .undo }), critiques.contains(where: { $0.action != .undo }) {
                throw ServiceError(.contradiction, "undo goes back to an earlier turn, so nothing else can come with it", at: "\(place).critiques")
            }
            response = library.refine(conversation, critiques, options)
        case (nil, nil): throw ServiceError(.missingField, "expected a critique in words, or critiques", at: "\(place).critique")
        case (_?, _?): throw ServiceError(.contradiction, "expected a critique in words or critiques, found both", at: "\(place).critiques")
        }
        return SearchCall(conversation, options, library).answer(response)
    }

    static let multiSearch = Operation(
        id: "multiSearch", method: .post, path: "/v1/multi-search", about: "Several requests at once, each answered or refused by itself.",
        body: .reference("MultiSearchRequest"), reply: .json(MultiAnswer.schema)
    ) { call throws(ServiceError) in
        let searches = call.body["searches"]?.array ?? []
        let asked = searches.reduce(0) { $0 + ($1["limit"]?.int ?? SearchOptions.defaultLimit) }
        guard asked <= SearchOptions.largestLimit else {
            throw ServiceError(.outOfRange, "expected limits of at most \(SearchOptions.largestLimit) together, found \(asked)", at: "body.searches")
        }
        return .json(
            MultiAnswer(
                answers: searches.enumerated().map { i, search in
                    do throws(ServiceError) {
                        return .success(try SearchCall(search, call.library, at: "body.searches[\(i)]").answer())
                    } catch {
                        return .failure(error)
                    }
                }))
    }

    static let playlist = Operation(
        id: "playlist", method: .post, path: "/v1/playlists", about: "The answer as a playlist file; reasons are its annotations.",
        body: .reference("PlaylistRequest"), reply: .media(PlaylistFormat.allCases.map(\.mediaType)), errors: [.badState, .contradiction]
    ) { call throws(ServiceError) in try playlist(call.body, call.library, at: "body") }

    static let playlistByAddress = Operation(
        id: "playlistByAddress", method: .get, path: "/v1/playlists", about: "The same, as a link.",
        parameters: RequestSchemas.playlist.fields.map { Parameter($0, as: $0.name == "text" ? "q" : nil) },
        reply: .media(PlaylistFormat.allCases.map(\.mediaType)),
        errors: [.badState, .contradiction]
    ) { call throws(ServiceError) in try playlist(call.query.renaming("q", to: "text"), call.library, at: "query") }

    private static func playlist(_ json: JSONValue, _ library: Library, at place: String) throws(ServiceError) -> ServiceReply {
        let (text, format) = try playlistText(json, library, at: place)
        return ServiceReply(
            type: format.mediaType, Array(text.utf8), headers: [("Content-Disposition", "attachment; filename=\"playlist.\(format.rawValue)\"")])
    }

    static func playlistText(_ json: JSONValue, _ library: Library, at place: String) throws(ServiceError) -> (text: String, format: PlaylistFormat) {
        let format = json["format"]?.string.flatMap(PlaylistFormat.init) ?? .m3u8
        var response = try SearchCall(json, library, at: place).answer().response
        // Where files are not given out, neither are their places.
        if !ServedFiles.areGiven { for i in response.hits.indices { response.hits[i].file = nil } }
        return (format.text(response.hits, title: json["title"]?.string.map(\.withoutControls) ?? response.text), format)
    }
}

/// Answers to several requests.
struct MultiAnswer: Resource {
    static let about = "Answers in the order of the requests."
    static let properties = [Property<MultiAnswer>("answers", "Each an answer, or why there is none.") { $0.answers.map(Outcome.init) }]

    var answers: [Result<Answer, ServiceError>]

    struct Outcome: Representable {
        static let schema = Schema.anyOf([Answer.schema, .reference("Error")])
        var result: Result<Answer, ServiceError>

        func write(to writer: inout JSONWriter) {
            switch result {
            case .success(let answer): answer.write(to: &writer)
            case .failure(let error): error.write(to: &writer)
            }
        }
    }
}

extension PlaylistFormat {
    var mediaType: String {
        switch self {
        case .m3u8: "application/vnd.apple.mpegurl"
        case .xspf: "application/xspf+xml"
        case .jspf: "application/jspf+json"
        }
    }
}

extension JSONValue {
    /// The same object, one member under another name.
    func renaming(_ old: String, to new: String) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members.map { Member($0.name == old ? new : $0.name, $0.value) })
    }
}
