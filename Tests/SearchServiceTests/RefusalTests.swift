import Foundation
import MusicSearch
import QueryPlanning
import ServiceFixtures
import TestSupport
import Testing
import Vocabulary

@testable import SearchService

/// Requests that are refused: each with its status, its code and the place that is at fault.
@Suite struct RefusalTests {
    let service = ServiceLibrary.shared.service

    struct Case: Sendable, CustomTestStringConvertible {
        var path: String
        var body: String
        var status: Int
        var code: String
        var place: String
        var testDescription: String { path + " " + body.prefix(60) }

        init(_ path: String, _ body: String, _ status: Int, _ code: String, _ place: String) {
            (self.path, self.body, self.status, self.code, self.place) = (path, body, status, code, place)
        }
    }

    @Test(arguments: [
        Case("/v1/search", "", 400, "bad_json", "body"), Case("/v1/search", "{\"text\":", 400, "bad_json", "body"),
        Case("/v1/search", "[]", 400, "wrong_type", "body"),
        Case("/v1/search", "{}", 400, "missing_field", "body.text"), Case("/v1/search", #"{"text":7}"#, 400, "wrong_type", "body.text"),
        Case("/v1/search", #"{"text":null}"#, 400, "wrong_type", "body.text"),
        Case("/v1/search", #"{"text":"x","limti":3}"#, 400, "unknown_field", "body.limti"),
        Case("/v1/search", #"{"text":"x","limit":0}"#, 400, "out_of_range", "body.limit"),
        Case("/v1/search", #"{"text":"x","limit":2.5}"#, 400, "wrong_type", "body.limit"),
        Case("/v1/search", #"{"text":"x","limit":1e300}"#, 400, "wrong_type", "body.limit"),
        Case("/v1/search", #"{"text":"x","limit":1e999}"#, 400, "bad_json", "body"),
        Case("/v1/search", #"{"text":"x","limit":NaN}"#, 400, "bad_json", "body"), Case("/v1/search", #"{"text":"x","text":"y"}"#, 400, "bad_json", "body"),
        Case("/v1/search", #"{"text":"x","state":"d2.x"}"#, 400, "contradiction", "body.state"),
        Case("/v1/search", #"{"state":"nonsense"}"#, 400, "bad_state", "body.state"),
        Case("/v1/search", #"{"state":"d1.AAAA"}"#, 400, "bad_state", "body.state"),
        Case("/v1/search", #"{"text":"x","cursor":"c1.AAAA"}"#, 400, "bad_cursor", "body.cursor"),
        Case("/v1/search", #"{"text":"x","filters":{"years":{}}}"#, 400, "missing_field", "body.filters.years"),
        Case("/v1/search", #"{"text":"x","filters":{"years":{"from":1990,"to":1980}}}"#, 400, "contradiction", "body.filters.years"),
        Case("/v1/search", #"{"text":"x","filters":{"years":{"from":-5}}}"#, 400, "out_of_range", "body.filters.years.from"),
        Case("/v1/search", #"{"seeds":{"like":["nobody"]}}"#, 404, "unknown_track", "body.seeds.like[0]"),
        Case("/v1/search", #"{"text":"x","mood":{"strength":0.5}}"#, 400, "no_seed", "body.mood"),
        Case("/v1/search", #"{"text":"x","mood":{"targets":[{"descriptor":"mood:unheardof"}]}}"#, 400, "unknown_descriptor", "body.mood.targets[0].descriptor"),
        Case("/v1/search", #"{"text":"x","mood":{"targets":[{"descriptor":"upbeat"}]}}"#, 400, "wrong_type", "body.mood.targets[0].descriptor"),
        Case("/v1/search", #"{"text":"x","keep":["genre","mood","era","tempo"]}"#, 400, "too_long", "body.keep"),
        Case("/v1/search", #"{"text":"x","keep":["smell"]}"#, 400, "out_of_range", "body.keep[0]"),
        Case("/v1/search", #"{"plan":{"version":1}}"#, 400, "missing_field", "body.plan.text"),
        Case("/v1/search", "{\"text\":\"" + String(repeating: "x", count: 5_000) + "\"}", 400, "too_long", "body.text"),
        Case("/v1/search", String(repeating: "[", count: 1_000), 400, "bad_json", "body"),
        Case("/v1/refine", #"{"critique":"more"}"#, 400, "missing_field", "body.state"),
        Case("/v1/refine", #"{"state":"d2.x","critique":"more"}"#, 400, "bad_state", "body.state"),
        Case("/v1/playlists", #"{"text":"x","format":"cassette"}"#, 400, "out_of_range", "body.format"),
        Case("/v1/multi-search", #"{"searches":{}}"#, 400, "wrong_type", "body.searches"),
        Case("/v1/nothing", "{}", 404, "not_found", "path"), Case("/v1/tracks/x", "{}", 405, "method_not_allowed", "method"),
        Case("/v1//search", "{}", 404, "not_found", "path"),
        Case("/v1/search/", "{}", 404, "not_found", "path"), Case("/v1/%zz", "{}", 404, "not_found", "path"), Case("no/slash", "{}", 404, "not_found", "path"),
    ]) func isRefused(refused: Case) {
        let reply = service.post(refused.path, refused.body)
        #expect(reply.status == refused.status && reply.code == refused.code && reply.place == refused.place, "\(reply.text)")
        #expect(reply.json["error"]?["message"]?.string?.isEmpty == false && reply.headers["Content-Type"] == "application/json")
    }

    @Test(arguments: [
        ("/v1/search", "", "missing_field", "query.text"), ("/v1/search", "q=x&limit=ten", "wrong_type", "query.limit"),
        ("/v1/search", "q=x&x=1", "unknown_field", "query.x"),
        ("/v1/search", "q=x&q=y", "bad_query", "query.q"), ("/v1/search", "q=%ff", "bad_query", "query"), ("/v1/search", "q=%f", "bad_query", "query"),
        ("/v1/search", "q=x&facets=yes", "wrong_type", "query.facets"), ("/v1/search", "q=x&limit=0x10", "wrong_type", "query.limit"),
        ("/v1/descriptors", "facet=smell", "out_of_range", "query.facet"), ("/v1/tracks/t%2F000/similar", "mood=calm", "wrong_type", "query.mood"),
        ("/v1/tracks/nobody", "", "unknown_track", "path.id"), ("/v1/tracks/t%2F000/explain", "plan=d2.x", "bad_state", "query.state"),
    ]) func anAddressIsRefused(path: String, query: String, code: String, place: String) {
        let reply = service.get(path, query)
        #expect(reply.code == code && reply.place == place, "\(reply.text)")
    }

    @Test func otherMediaAreRefused() {
        for type in ["text/plain", "application/x-www-form-urlencoded", ""] {
            let reply = service.post("/v1/search", #"{"text":"jazz"}"#, headers: ["content-type": type])
            #expect(reply.status == 415 && reply.code == "unsupported_media_type")
        }
        #expect(service.post("/v1/search", #"{"text":"jazz"}"#, headers: ["content-type": "application/json; charset=utf-8"]).status == 200)
    }

    @Test(arguments: [
        (#"{"action":"more"}"#, "contradiction"), (#"{"action":"more","facet":"mood"}"#, "contradiction"),
        (#"{"action":"like","descriptor":"mood:calm"}"#, "contradiction"),
        (#"{"action":"undo","track":"t/000"}"#, "contradiction"), (#"{"action":"drop","track":"t/000","facet":"mood"}"#, "contradiction"),
        (#"{"action":"shout"}"#, "out_of_range"), (#"{"descriptor":"mood:calm"}"#, "missing_field"), (#"{"action":"like","track":"nobody"}"#, "unknown_track"),
        (#"{"action":"more","descriptor":"mood:calm","strength":2}"#, "out_of_range"), (#"{"action":"more","descriptor":"mood:zzz"}"#, "unknown_descriptor"),
        (#"{"action":"move","place":{"valence":2,"arousal":0}}"#, "out_of_range"),
    ]) func aCritiqueThatIsNoneIsRefused(critique: String, code: String) throws {
        let state = try #require(service.post("/v1/search", ["text": "jazz"]).json["state"]?.string)
        let reply = service.post("/v1/refine", "{\"state\":\"\(state)\",\"critiques\":[\(critique)]}")
        #expect(reply.code == code && reply.place?.hasPrefix("body.critiques[0]") == true, "\(reply.text)")
    }

    // MARK: Tokens

    /// In base 64 the last character may carry bits that mean nothing: the same turn then, or an error, never another.
    @Test func aChangedStateIsRefused() throws {
        let reply = service.post("/v1/search", ["text": "sad rock, no vocals"])
        let state = try #require(reply.json["state"]?.string)
        for i in state.indices {
            var changed = state
            changed.replaceSubrange(i...i, with: state[i] == "A" ? "B" : "A")
            let other = service.post("/v1/search", ["state": .string(changed)])
            #expect(other.code == "bad_state" || other.bytes == reply.bytes, "\(changed)")
        }
    }

    @Test func aCursorGoesWithItsRequest() throws {
        let cursor = try #require(service.post("/v1/search", ["text": "happy", "limit": 3]).json["next"])
        #expect(service.post("/v1/search", ["text": "happy", "cursor": cursor]).status == 200)
        #expect(service.post("/v1/search", ["text": "sad", "cursor": cursor]).code == "bad_cursor")
        #expect(service.post("/v1/search", ["text": "happy", "cursor": cursor, "perArtist": 0]).code == "bad_cursor")
        let text = cursor.string ?? ""
        for i in text.indices {
            var changed = text
            changed.replaceSubrange(i...i, with: text[i] == "A" ? "B" : "A")
            let reply = service.post("/v1/search", ["text": "happy", "cursor": .string(changed)])
            #expect(reply.code == "bad_cursor" || reply.status == 200 && i == text.index(before: text.endIndex), "\(changed)")
        }
    }

    @Test func aCursorOfAnotherGenerationIsStale() throws {
        let folder = try TemporaryFolder()
        try FixtureLibrary.index(folder.path, from: 0)
        let path = folder.path + "/library"
        let holder = LibraryHolder(try Library(path: path)) { try Library(path: path) }
        let service = SearchService(library: holder)
        let first = service.post("/v1/search", ["text": "happy", "limit": 3])
        #expect(holder.refresh() == nil)
        try FixtureLibrary.index(folder.path, from: 1)
        #expect(holder.refresh()?.contains("generation 2") == true && holder.refresh() == nil)
        let reply = service.post("/v1/search", ["text": "happy", "limit": 3, "cursor": try #require(first.json["next"])])
        #expect(reply.status == 409 && reply.code == "stale_cursor" && service.get("/healthz").json["generation"]?.int == 2)
        #expect(service.post("/v1/search", ["text": "happy", "limit": 3]).ids != first.ids)
        // The state knows nothing of generations.
        #expect(service.post("/v1/search", ["state": try #require(first.json["state"])]).status == 200)
    }

    @Test func aLibraryThatIsLostOrNewerLeavesTheOldOneAnswering() throws {
        let folder = try TemporaryFolder()
        try FixtureLibrary.index(folder.path, from: 0)
        let path = folder.path + "/library"
        let holder = LibraryHolder(try Library(path: path)) { try Library(path: path) }
        let service = SearchService(library: holder)
        let manifest = try String(contentsOfFile: path + "/MANIFEST.json", encoding: .utf8)
        for (text, word) in [
            (manifest.replacing("\"format\" : 1", with: "\"format\" : 9").replacing("\"format\":1", with: "\"format\":9"), "version 9"),
            ("rubbish", "cannot be opened"),
        ] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/MANIFEST.json"), options: .atomic)
            #expect(holder.refresh()?.contains(word) == true)
            #expect(service.get("/v1/search", "q=happy").status == 200 && service.get("/healthz").json["notice"]?.string?.contains(word) == true)
        }
        try FileManager.default.removeItem(atPath: path)
        #expect(holder.refresh()?.contains("gone") == true && holder.refresh() == nil)
        #expect(service.get("/v1/search", "q=happy").status == 200)
    }

    // MARK: Numbers at their ends, and plans that nobody makes

    @Test func theSmallestNumberIsWritten() {
        #expect(service.post("/mcp", #"{"jsonrpc":"2.0","id":-9223372036854775808,"method":"ping"}"#).status == 200)
        #expect(service.get("/v1/tracks/t%2F000/similar", "strength=-9223372036854775808").code == "out_of_range")
        #expect(service.get("/v1/tracks/t%2F001/audio", headers: ["range": "bytes=0-9223372036854775807"]).status == 206)
    }

    /// Handles are no secret: whoever knows the format can make one of any plan.
    @Test func aForgedPlanIsHeldToItsBounds() throws {
        let clause = Clause(span: Span(0..<1), descriptor: DescriptorID(.genre, "jazz"))
        func refused(_ change: (inout QueryPlan) -> Void) -> Bool {
            var plan = QueryPlan()
            plan.text = "jazz"
            change(&plan)
            return service.post("/v1/search", ["state": .string(plan.handle)]).code == "bad_state"
        }
        #expect(!refused { $0.clauses = [clause] })
        #expect(refused { plan in plan.clauses = Array(repeating: clause, count: QueryPlan.mostClauses + 1) })
        #expect(
            refused { plan in
                plan.clauses = [clause].map {
                    var clause = $0; clause.alternatives = .max; return clause
                }
            })
        #expect(refused { plan in plan.text = String(repeating: "x", count: QueryPlan.longestText + 1) })
        #expect(refused { plan in plan.filters.withoutTracks = Array(repeating: "t", count: Filters.mostWithoutTracks + 1) })
        #expect(refused { plan in plan.conflicts = Array(repeating: Conflict(clauses: [], reason: ""), count: 65) })
    }

    @Test func oneRequestCannotAskForEverything() {
        let searches = JSONValue.array(Array(repeating: ["text": "jazz", "limit": 400], count: 3))
        #expect(service.post("/v1/multi-search", ["searches": searches]).code == "out_of_range")
        let ping: JSONValue = ["jsonrpc": "2.0", "id": 1, "method": "ping"]
        #expect(service.post("/mcp", .array(Array(repeating: ping, count: 17))).json["error"]?["code"]?.int == -32600)
        #expect(service.get("/v1/search", (0..<5_000).map { "x\($0)=1" }.joined(separator: "&")).code == "unknown_field")
        // A forged plan with words without end, and a critique that names many of them.
        var plan = QueryPlan()
        plan.text = String(repeating: "jazz and ", count: 1_700)
        plan.clauses = (0..<QueryPlan.mostClauses).map { Clause(span: Span($0..<plan.text.utf8.count), descriptor: DescriptorID(.genre, "g\($0)")) }
        let start = ContinuousClock.now
        let words = "forget " + String(repeating: "jazz and ", count: 400)
        #expect(service.post("/v1/refine", ["state": .string(plan.handle), "critique": .string(words)]).status == 200)
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    /// What a reply gives can be given back, however much was put into it.
    @Test func whatIsGivenIsTakenBack() throws {
        let names = JSONValue.array((0..<64).map { .string("\($0) " + String(repeating: "é∂", count: 95)) })
        var reply = service.post("/v1/search", ["text": "jazz", "filters": ["artists": names, "withoutArtists": names]])
        for turn in 0..<8 {
            #expect(reply.status == 200, "\(turn): \(reply.text.prefix(300))")
            let (state, plan) = (try #require(reply.json["state"]), try #require(reply.json["plan"]))
            #expect(service.post("/v1/search", ["plan": plan, "limit": 1]).status == 200)
            let critique = JSONValue(dictionaryLiteral: ("action", "add"), ("filters", ["withoutArtists": names]))
            let more = JSONValue(dictionaryLiteral: ("action", turn % 2 == 0 ? "more" : "less"), ("descriptor", "mood:calm"))
            reply = service.post("/v1/refine", ["state": state, "critiques": [critique, more]])
        }
    }

    @Test func anEditedPlanIsATurnOfItsState() throws {
        let first = service.post("/v1/search", ["text": "like Song <4> by Band 1 & Co, happy"])
        let state = try #require(first.json["state"])
        var plan = try QueryPlan(canonicalJSON: #require(first.json["plan"]).json)
        plan.seeds = []
        let edited = service.post("/v1/search", ["state": state, "plan": try JSONValue(json: plan.canonicalJSON.utf8)])
        #expect(edited.status == 200 && edited.json["parent"] == state)
        let moved = service.post("/v1/search", ["state": state, "mood": ["place": ["valence": 0.5, "arousal": -0.5]]])
        #expect(moved.json["parent"] == state && moved.json["move"] != nil)
        #expect(
            service.post("/v1/refine", ["state": state, "critiques": [["action": "add", "descriptor": "genre:rock"], ["action": "undo"]]]).code
                == "contradiction")
        let fresh = service.post("/v1/refine", ["state": state, "critiques": [["action": "restart"], ["action": "add", "descriptor": "genre:rock"]]])
        #expect(fresh.json["plan"]?["clauses"]?.array?.count == 1 && fresh.json["plan"]?["seeds"] == [])
    }

    // MARK: Whatever comes

    /// Bodies made of the API's own words at random: every reply is JSON of the API's own shape, and none is a fault of the server.
    @Test(arguments: 0..<10) func anyBodyIsAnsweredOrRefused(block: UInt64) throws {
        var random = SeededGenerator(seed: 600 + block)
        let paths = ["/v1/search", "/v1/refine", "/v1/playlists", "/v1/multi-search", "/mcp"]
        let names =
            RequestSchemas.search.fields.map(\.name) + RequestSchemas.critique.fields.map(\.name) + [
                "critiques", "searches", "like", "from", "jsonrpc", "method",
            ]
        func value(_ depth: Int) -> JSONValue {
            switch Int.random(in: 0...(depth > 3 ? 5 : 7), using: &random) {
            case 0: .null
            case 1: .bool(Bool.random(using: &random))
            case 2: .number([0, 1, -1, 0.5, 1e15, 1e300, 42].randomElement(using: &random) ?? 0)
            case 3:
                .string(
                    ["jazz", "mood:calm", "t/000", "d2.AAAA", "undo", "", "genre", "\u{0}", "more", "2.0", "tools/call"].randomElement(using: &random) ?? "")
            case 4, 5: .string(PlannerWords.random(&random))
            case 6: .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth + 1) })
            default:
                .object(
                    Set((0..<Int.random(in: 0...4, using: &random)).map { _ in names.randomElement(using: &random) ?? "text" }).sorted()
                        .map { .init($0, value(depth + 1)) })
            }
        }
        for _ in 0..<150 {
            let path = paths.randomElement(using: &random) ?? ""
            let body = JSONValue.object(Set((0..<3).map { _ in names.randomElement(using: &random) ?? "text" }).sorted().map { .init($0, value(0)) })
            let reply = service.post(path, body)
            #expect(reply.status < 500, "\(path) \(body.json): \(reply.text)")
            if reply.status >= 400 { try Schema.reference("Error").check(reply.json, at: "reply") }
        }
    }
}

enum PlannerWords {
    static func random(_ random: inout SeededGenerator) -> String {
        let words = [
            "happy", "jazz", "no", "vocals", "like", "Song", "<3>", "more", "the", "second", "one", "1980s", "120 bpm", "🎷", "é", "undo", "forget", "mood", ",",
            "or",
        ]
        return (0..<Int.random(in: 1...6, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: " ")
    }
}
