import MusicSearch
import QueryPlanning
import Storage
import Vocabulary

/// A search request made ready: the turn to answer, and how.
struct SearchCall {
    let library: Library
    private(set) var conversation: Conversation
    private(set) var options: SearchOptions

    /// - Parameters:
    ///   - json: held to `RequestSchemas.search` already.
    ///   - place: of the request in the call, for messages.
    /// - Throws: `ServiceError` for what does not go together, and for tracks and tokens that are none.
    init(_ json: JSONValue, _ library: Library, at place: String) throws(ServiceError) {
        self.library = library
        options = try SearchOptions(json, library, at: place)
        conversation = try Self.start(json, library, at: place)
        let state = conversation
        let additions = try Self.additions(json, library, at: place)
        if !additions.isEmpty {
            let refined = conversation.refined(by: Refinement(additions, library.vocabulary), library.vocabulary)
            // What comes with a text is part of the request; what comes with a state is a turn of its own.
            conversation = json["state"] == nil ? Conversation(refined.plan) : refined
        }
        try setMove(json, after: json["state"] == nil ? nil : state, at: place)
        if let cursor = json["cursor"]?.string { options.offset = try Cursor(cursor, of: self, at: "\(place).cursor").offset }
    }

    /// Of a request whose conversation is known.
    init(_ conversation: Conversation, _ options: SearchOptions, _ library: Library) {
        (self.conversation, self.options, self.library) = (conversation, options, library)
    }

    func answer() -> Answer { answer(library.search(conversation, options)) }

    func answer(_ response: SearchResponse) -> Answer {
        let end = options.offset + response.hits.count
        let asked = min(options.limit ?? response.plan.count ?? SearchOptions.defaultLimit, SearchOptions.largestLimit)
        let hasMore = response.hits.count == asked && end < response.totals.strong + response.totals.near
        return Answer(response: response, next: hasMore ? Cursor(offset: end, of: self, state: response.state).text : nil)
    }

    // MARK: Parts

    private static func start(_ json: JSONValue, _ library: Library, at place: String) throws(ServiceError) -> Conversation {
        let given = ["text", "state", "plan"].filter { json[$0] != nil }
        // A plan with a state is an edit of that turn's plan.
        if given.count > 1, given != ["state", "plan"] {
            throw ServiceError(.contradiction, "expected one of text, state and plan, found \(given.joined(separator: " and "))", at: "\(place).\(given[1])")
        }
        let state = try json["state"]?.string.map { text throws(ServiceError) in try Conversation(state: text, at: "\(place).state") }
        if let json = json["plan"] {
            let plan: QueryPlan
            do { plan = try QueryPlan(canonicalJSON: json.json) } catch { throw ServiceError(.badPlan, "\(error)", at: "\(place).plan") }
            return state.map { $0.plan == plan ? $0 : $0.followed(by: plan) } ?? Conversation(plan)
        }
        if let state { return state }
        if let text = json["text"]?.string { return Conversation(library.planner.plan(text.withoutControls)) }
        guard json["seeds"] != nil || json["filters"] != nil || json["candidates"] != nil else {
            throw ServiceError(.missingField, "expected one of text, state, plan, seeds and filters", at: "\(place).text")
        }
        return Conversation(QueryPlan())
    }

    /// Seeds, filters and what is kept, as critiques.
    private static func additions(_ json: JSONValue, _ library: Library, at place: String) throws(ServiceError) -> [Critique] {
        var critiques: [Critique] = []
        for (name, action) in [("like", Critique.Action.like), ("unlike", .unlike)] {
            for (i, id) in (json["seeds"]?[name]?.array ?? []).enumerated() {
                critiques.append(Critique(action, .seed(try library.seed(id.string ?? "", at: "\(place).seeds.\(name)[\(i)]"))))
            }
        }
        if let filters = json["filters"] { critiques.append(Critique(.add, .filters(try Filters(filters, at: "\(place).filters")))) }
        for (i, target) in (json["mood"]?["targets"]?.array ?? []).enumerated() {
            let strength = (json["mood"]?["strength"]?.number ?? MoodMove.plainStrength) * (target["weight"]?.number ?? 1)
            let id = try library.descriptor(target["descriptor"]?.string ?? "", at: "\(place).mood.targets[\(i)].descriptor")
            critiques.append(Critique(target["change"]?.string == "less" ? .less : .more, id, strength: strength))
        }
        for facet in json["keep"]?.array ?? [] {
            if let facet = facet.string.flatMap(Facet.init) { critiques.append(Critique(.keep, .facet(facet))) }
        }
        return critiques
    }

    private mutating func setMove(_ json: JSONValue, after state: Conversation?, at place: String) throws(ServiceError) {
        guard let mood = json["mood"] else { return }
        guard conversation.plan.seeds.contains(where: { $0.polarity == .like }) else {
            throw ServiceError(.noSeed, "expected a seed to move to another mood; found none in the request", at: "\(place).mood")
        }
        var plan = conversation.plan
        plan.moodMove = try MoodRequest.move(mood, at: "\(place).mood")
        // With a state, what was added to it is a turn already, or else the move is one.
        if let state, conversation == state { conversation = state.followed(by: plan) } else { conversation.plan = plan }
    }
}

/// Reads a move to another mood.
enum MoodRequest {
    static func move(_ json: JSONValue, at place: String) throws(ServiceError) -> MoodMove {
        let targets = (json["targets"]?.array ?? []).compactMap { target -> MoodMove.Target? in
            guard let id = target["descriptor"]?.string.flatMap({ DescriptorID($0) }) else { return nil }
            return MoodMove.Target(descriptor: id, change: target["change"]?.string == "less" ? .less : .more, weight: target["weight"]?.number)
        }
        let move = MoodMove(
            targets: targets, place: json["place"].flatMap(MoodMove.Point.init), shift: json["shift"].flatMap(MoodMove.Point.init),
            strength: json["strength"]?.number ?? MoodMove.plainStrength)
        guard !targets.isEmpty || move.place != nil || move.shift != nil else {
            throw ServiceError(.missingField, "expected targets, a place or a shift", at: place)
        }
        return move
    }
}

extension MoodMove.Point {
    init?(_ json: JSONValue) {
        guard let valence = json["valence"]?.number, let arousal = json["arousal"]?.number else { return nil }
        self.init(valence: valence, arousal: arousal)
    }
}

extension SearchOptions {
    init(_ json: JSONValue, _ library: Library, at place: String) throws(ServiceError) {
        self.init()
        limit = json["limit"]?.int
        facets = json["facets"]?.bool ?? false
        explain = json["explain"]?.bool ?? false
        foldingVersions = !(json["versions"]?.bool ?? false)
        variation = json["variation"]?.int.map { UInt64($0) }
        if let cap = json["perArtist"]?.int { perArtist = cap == 0 ? nil : cap }
        if let ids = json["candidates"]?.array {
            var documents: [UInt32] = []
            for (i, id) in ids.enumerated() { documents.append(try library.document(id.string ?? "", at: "\(place).candidates[\(i)]")) }
            candidates = documents
        }
    }
}

extension Filters {
    /// - Parameter json: held to `RequestSchemas.filters`.
    init(_ json: JSONValue, at place: String) throws(ServiceError) {
        self.init()
        func bounds(_ name: String) throws(ServiceError) -> Bounds? {
            guard let range = json[name] else { return nil }
            let (low, high) = (range["from"]?.number, range["to"]?.number)
            guard low != nil || high != nil else { throw ServiceError(.missingField, "expected from, to or both", at: "\(place).\(name)") }
            if let low, let high, low > high { throw ServiceError(.contradiction, "from \(low) is above to \(high)", at: "\(place).\(name)") }
            return Bounds(low: low, high: high, span: Span(0..<0))
        }
        func names(_ name: String) -> [NamedSpan] {
            (json[name]?.array ?? []).compactMap(\.string).map { NamedSpan(name: $0.withoutControls, span: Span(0..<0)) }
        }
        years = try bounds("years")
        bpm = try bounds("bpm")
        duration = try bounds("duration")
        artists = names("artists")
        withoutArtists = names("withoutArtists")
        key = json["key"]?.string.map(\.withoutControls)
        metre = json["metre"]?.string.map(\.withoutControls)
    }
}

extension Critique {
    /// - Parameter json: held to `RequestSchemas.critique`.
    init(_ json: JSONValue, _ library: Library, at place: String) throws(ServiceError) {
        guard let action = json["action"]?.string.flatMap(Action.init) else { throw ServiceError(.missingField, "expected an action", at: "\(place).action") }
        let strength = json["strength"]?.number
        let subjects = ["descriptor", "facet", "track", "filters", "filter", "place"].filter { json[$0] != nil }
        let expected = action.subjects
        guard subjects.count == (expected.isEmpty ? 0 : 1), subjects.allSatisfy(expected.contains) else {
            let found = subjects.isEmpty ? "none" : subjects.joined(separator: " and ")
            throw ServiceError(
                .contradiction,
                "\(action.rawValue) expects \(expected.isEmpty ? "nothing beside it" : "one of " + expected.joined(separator: ", ")), found \(found)",
                at: place)
        }
        if let text = json["descriptor"]?.string {
            self.init(action, try library.descriptor(text, at: "\(place).descriptor"), strength: strength)
        } else if let facet = json["facet"]?.string.flatMap(Facet.init) {
            self.init(action, .facet(facet))
        } else if let id = json["track"]?.string {
            self.init(action, .seed(try library.seed(id, at: "\(place).track")))
        } else if let filters = json["filters"] {
            self.init(action, .filters(try Filters(filters, at: "\(place).filters")))
        } else if let filter = json["filter"]?.string.flatMap(Filters.Name.init) {
            self.init(action, .filter(filter))
        } else if let point = json["place"].flatMap(MoodMove.Point.init) {
            self.init(action, .place(point), strength: strength)
        } else {
            self.init(action)
        }
    }
}

extension Critique.Action {
    /// What it may be about.
    var subjects: [String] {
        switch self {
        case .more, .less, .avoid: ["descriptor"]
        case .add: ["descriptor", "filters"]
        case .drop: ["descriptor", "facet", "track", "filter"]
        case .like, .unlike: ["track"]
        case .keep: ["facet"]
        case .move: ["descriptor", "place"]
        case .undo, .restart: []
        }
    }
}

extension Conversation {
    /// - Throws: `ServiceError` for a text that is no handle, or was changed.
    init(state: String, at place: String) throws(ServiceError) {
        do { self = try Conversation(handle: state) } catch { throw ServiceError(.badState, "\(error)", at: place) }
    }
}

extension Library {
    func document(_ id: String, at place: String) throws(ServiceError) -> UInt32 {
        guard let document = tracks.document(id: id) else {
            throw ServiceError(.unknownTrack, "there is no track '\(id.prefix(80))' in this library", at: place)
        }
        return document
    }

    func seed(_ id: String, at place: String) throws(ServiceError) -> Seed {
        let document = try document(id, at: place)
        return ShownTrack(id: id, title: tracks.title(document), artist: tracks.artist(document)).seed
    }

    func descriptor(_ text: String, at place: String) throws(ServiceError) -> DescriptorID {
        guard let id = DescriptorID(text), vocabulary.index(of: id) != nil else {
            throw ServiceError(.unknownDescriptor, "the vocabulary has no descriptor '\(text.prefix(80))'", at: place)
        }
        return id
    }
}

extension String {
    /// Control characters are no words, and a terminal or a log may be hurt by them.
    var withoutControls: String {
        unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
            ? String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 })) : self
    }
}
