import Foundation
import MusicSearch
import QueryPlanning
import ServiceFixtures
import Testing
import Vocabulary

@testable import SearchService

/// The API below HTTP: requests in, replies out.
@Suite struct OperationTests {
    let service = ServiceLibrary.shared.service
    let library = ServiceLibrary.shared.library

    func state(_ text: String) throws -> String { try #require(service.post("/v1/search", ["text": .string(text)]).json["state"]?.string) }

    // MARK: Search

    @Test func aTextIsAnswered() throws {
        let reply = service.post("/v1/search", ["text": "happy jazz", "limit": 5, "facets": true, "explain": true])
        #expect(reply.status == 200 && reply.ids.count == 5)
        let hit = try #require(reply.json["hits"]?.array?.first)
        let sum = (hit["reasons"]?.array ?? []).reduce(0) { $0 + ($1["value"]?.number ?? 0) }
        #expect(abs(sum - (hit["score"]?.number ?? 0)) < 1e-5)
        #expect(reply.json["facets"]?["genre"]?.array?.first?["descriptor"]?.string == "genre:jazz")
        #expect(hit["explanation"]?["parts"]?.array?.isEmpty == false)
    }

    @Test func theAddressAnswersAlike() {
        #expect(
            service.get("/v1/search", "q=happy+jazz&limit=5&facets=true").bytes
                == service.post("/v1/search", ["text": "happy jazz", "limit": 5, "facets": true]).bytes)
        #expect(service.get("/v1/search", "q=caf%C3%A9%20jazz").json["text"]?.string == "café jazz")
    }

    @Test func theAnswerIsTheLibrarysOwn() throws {
        var options = SearchOptions()
        options.limit = 7
        let response = library.search("sad piano, no vocals", options)
        let reply = service.post("/v1/search", ["text": "sad piano, no vocals", "limit": 7])
        #expect(reply.ids == response.hits.map(\.id) && reply.json["state"]?.string == response.state && reply.json["say"]?.string == response.say)
        #expect(try QueryPlan(canonicalJSON: #require(reply.json["plan"]).json) == response.plan)
    }

    @Test func aPlanAndAStateAreAnsweredAsTheirText() throws {
        let reply = service.post("/v1/search", ["text": "sad rock"])
        let (plan, state) = (try #require(reply.json["plan"]), try #require(reply.json["state"]))
        #expect(service.post("/v1/search", ["plan": plan]).bytes == reply.bytes)
        #expect(service.post("/v1/search", ["state": state]).bytes == reply.bytes)
        #expect(service.get("/v1/search", "state=" + (state.string ?? "")).bytes == reply.bytes)
    }

    @Test func pagesMakeTheWhole() throws {
        let whole = service.post("/v1/search", ["text": "happy", "limit": 1000, "perArtist": 0]).ids
        var ids: [String] = []
        var body: [JSONValue.Member] = [.init("text", "happy"), .init("limit", 7), .init("perArtist", 0)]
        for _ in 0..<40 {
            let reply = service.post("/v1/search", .object(body))
            #expect(reply.status == 200)
            ids += reply.ids
            guard let next = reply.json["next"] else { break }
            body = body.filter { $0.name != "cursor" } + [.init("cursor", next)]
        }
        #expect(ids == whole && ids.count > 20)
    }

    @Test func filtersSeedsAndAMoodAreAdded() throws {
        let reply = service.post(
            "/v1/search",
            [
                "text": "jazz", "filters": ["years": ["from": 1970, "to": 1989], "duration": ["to": 200]], "seeds": ["like": ["t/004"], "unlike": ["t/008"]],
                "mood": ["targets": [["descriptor": "mood:calm"]], "strength": 0.7], "keep": ["genre"],
            ])
        #expect(reply.status == 200, "\(reply.text)")
        let plan = try QueryPlan(canonicalJSON: #require(reply.json["plan"]).json)
        #expect(plan.seeds.map(\.polarity) == [.like, .avoid] && plan.keep == [.genre] && plan.moodMove?.strength == 0.7)
        #expect(plan.filters.years?.low == 1970 && plan.filters.duration?.high == 200)
        #expect(
            plan.text == "jazz; like Song <4> by Band 1 & Co, unlike Song <8> by Band 2 & Co, years 1970–1989, duration up to 200 s, more calm, keep the genre")
        #expect((reply.json["hits"]?.array ?? []).allSatisfy { (1970...1989).contains($0["year"]?.int ?? 0) && ($0["duration"]?.number ?? 999) <= 200 })
        #expect(reply.json["parent"] == nil)
    }

    @Test func onlyCandidatesAreRanked() throws {
        let ids = ["t/000", "t/004", "t/001", "t/024"]
        let reply = service.post("/v1/search", ["text": "jazz", "candidates": .array(ids.map { .string($0) })])
        #expect(Set(reply.ids + (reply.json["unmatched"]?.array ?? []).compactMap(\.string)) == Set(ids))
        #expect(Set(reply.ids) == ["t/000", "t/004", "t/024"] && reply.json["unmatched"] == ["t/001"])
        #expect(reply.json["totals"]?["strong"]?.int == 3)
    }

    @Test func variationsDifferAndRepeat() {
        func ids(_ variation: Int) -> [String] { service.post("/v1/search", ["text": "jazz", "limit": 10, "variation": .number(Double(variation))]).ids }
        #expect(ids(1) == ids(1) && ids(1) != ids(2))
        #expect(service.post("/v1/search", ["text": "jazz"]).ids != ids(1))
    }

    @Test func severalRequestsStandForThemselves() {
        let reply = service.post("/v1/multi-search", ["searches": [["text": "jazz"], ["text": "x", "candidates": ["nobody"]], ["text": "rock", "limit": 2]]])
        let answers = reply.json["answers"]?.array ?? []
        #expect(answers.count == 3 && answers[0].json == service.post("/v1/search", ["text": "jazz"]).text)
        #expect(answers[1]["error"]?["code"] == "unknown_track" && answers[1]["error"]?["where"] == "body.searches[1].candidates[0]")
        #expect(answers[2]["hits"]?.array?.count == 2)
    }

    // MARK: Conversation

    @Test func aConversationGoesOnAndBack() throws {
        let first = service.post("/v1/search", ["text": "jazz piano"])
        let state = try #require(first.json["state"])
        let second = service.post("/v1/refine", ["state": state, "critique": "calmer, no vocals"])
        #expect(second.json["parent"] == state)
        #expect(second.json["turn"]?["changes"]?.array?.compactMap { $0["text"]?.string } == ["more calm", "no vocals"])
        let came = Set((second.json["turn"]?["came"]?.array ?? []).compactMap { $0["id"]?.string })
        let went = Set((second.json["turn"]?["went"]?.array ?? []).compactMap { $0["id"]?.string })
        #expect(came == Set(second.ids).subtracting(first.ids) && went == Set(first.ids).subtracting(second.ids))
        #expect((second.json["hits"]?.array ?? []).allSatisfy { $0["descriptors"]?["voice"] == ["instrumental"] })
        let typed = service.post(
            "/v1/refine", ["state": state, "critiques": [["action": "more", "descriptor": "mood:calm"], ["action": "avoid", "descriptor": "voice:vocals"]]])
        #expect(typed.ids == second.ids)
        let back = service.post("/v1/refine", ["state": try #require(second.json["state"]), "critique": "undo"])
        #expect(back.json["state"] == state && back.ids == first.ids && back.json["parent"] == nil)
    }

    @Test func somethingElseIsSomethingElse() throws {
        var state = try state("jazz"), seen: Set<String> = []
        for _ in 0..<2 {
            let before = service.post("/v1/search", ["state": .string(state)]).ids
            seen.formUnion(before)
            let reply = service.post("/v1/refine", ["state": .string(state), "critique": "something else"])
            #expect(!reply.ids.isEmpty && seen.isDisjoint(with: reply.ids) && reply.json["turn"]?["kept"] == 0)
            state = try #require(reply.json["state"]?.string)
        }
    }

    @Test(arguments: [
        #"{"action":"more","descriptor":"mood:calm"}"#, #"{"action":"less","descriptor":"genre:jazz"}"#,
        #"{"action":"add","descriptor":"instrument:drums","strength":0.4}"#,
        #"{"action":"avoid","descriptor":"instrument:piano"}"#, #"{"action":"drop","descriptor":"genre:jazz"}"#, #"{"action":"drop","facet":"genre"}"#,
        #"{"action":"like","track":"t/003"}"#, #"{"action":"unlike","track":"t/003"}"#, #"{"action":"add","filters":{"years":{"from":1980}}}"#,
        #"{"action":"restart"}"#,
    ]) func everyActionMakesATurn(critique: String) throws {
        let state = try state("jazz piano")
        let reply = service.post("/v1/refine", "{\"state\":\"\(state)\",\"critiques\":[\(critique)]}")
        #expect(reply.status == 200 && reply.json["parent"]?.string == state, "\(reply.text)")
        #expect(reply.json["turn"]?["changes"]?.array?.isEmpty == false)
    }

    @Test func aMoveNeedsASeedAndAKeptFacetToo() throws {
        let state = try state("jazz")
        let move = #"{"action":"move","place":{"valence":0.5,"arousal":-0.6},"strength":0.8}"#
        #expect(service.post("/v1/refine", "{\"state\":\"\(state)\",\"critiques\":[\(move)]}").json["turn"]?["notes"] == ["that is how it is already"])
        let seeded = service.post(
            "/v1/refine", "{\"state\":\"\(state)\",\"critiques\":[{\"action\":\"like\",\"track\":\"t/000\"},\(move),{\"action\":\"keep\",\"facet\":\"genre\"}]}"
        )
        #expect(seeded.json["move"]?["strength"]?.number == 0.8 && seeded.json["plan"]?["keep"] == ["genre"])
    }

    // MARK: Tracks and the library

    @Test func aTrackIsTold() {
        let track = service.get("/v1/tracks/t%2F000")
        #expect(track.json["title"] == "Song <0>" && track.json["audio"] == "/v1/tracks/t%2F000/audio")
        #expect(track.json["descriptors"]?.array?.contains { $0["descriptor"] == "genre:jazz" } == true)
        #expect(service.get("/v1/tracks/t%2F100").json["audio"] == nil)
    }

    @Test func similarTracksAreFoundAndMoved() {
        let reply = service.get("/v1/tracks/t%2F000/similar", "limit=5&mood=mood:calm&strength=0.8&keep=genre")
        #expect(reply.status == 200 && !reply.ids.contains("t/000"), "\(reply.text)")
        #expect(reply.json["move"]?["to"]?.string != nil)
        #expect((reply.json["hits"]?.array ?? []).allSatisfy { $0["descriptors"]?["genre"] == ["jazz"] })
    }

    @Test func theLibrarysWordsAreCounted() {
        let list = service.get("/v1/descriptors", "facet=genre&limit=4")
        let names = (list.json["descriptors"]?.array ?? []).compactMap { $0["label"]?.string }
        #expect(names.count == 4 && list.json["total"]?.int ?? 0 > 200)
        let counts = (service.get("/v1/descriptors", "facet=genre").json["descriptors"]?.array ?? []).compactMap { $0["count"]?.int }
        #expect(counts == counts.sorted(by: >) && counts[0] >= 30)
        #expect(service.get("/v1/descriptors", "q=jazz").json["descriptors"]?.array?.first?["count"]?.int == 30)
        let detail = service.get("/v1/library")
        #expect(detail.json["tracks"]?.int == 120 && detail.json["hasMoods"] == true && detail.json["hasAudio"] == true)
    }

    /// The verdict on every track agrees with the search: those it finds are found, at their rank, and no other is.
    @Test(arguments: ["happy jazz", "sad, no vocals", "like Song <0> but calmer", "rock from the 70s", "piano by Band 3 & Co", "under 3 minutes"])
    func aVerdictAgreesWithTheSearch(text: String) throws {
        let state = try state(text)
        let found = service.post("/v1/search", ["text": .string(text), "limit": 1000]).ids
        for i in 0..<FixtureLibrary.count {
            let id = FixtureLibrary.id(i)
            let reply = service.get("/v1/tracks/\(Percent.encode(id))/explain", "plan=\(state)")
            #expect(reply.status == 200)
            #expect(reply.json["rank"]?.int == found.firstIndex(of: id).map { $0 + 1 }, "\(id): \(reply.json["say"]?.string ?? "")")
            #expect((reply.json["obstacles"]?.array?.isEmpty == true) == found.contains(id), "\(id): \(reply.json["say"]?.string ?? "")")
            let sum = (reply.json["reasons"]?.array ?? []).reduce(0) { $0 + ($1["value"]?.number ?? 0) }
            #expect(abs(sum - (reply.json["score"]?.number ?? 9)) < 1e-5)
        }
    }

    @Test func aPlaylistIsAFile() throws {
        let state = try state("happy jazz")
        for (format, type) in [("m3u8", "application/vnd.apple.mpegurl"), ("xspf", "application/xspf+xml"), ("jspf", "application/jspf+json")] {
            let reply = service.post("/v1/playlists", ["state": .string(state), "format": .string(format), "title": "Mine", "limit": 3])
            #expect(reply.status == 200 && reply.headers["Content-Type"] == type && reply.text.contains("Mine"))
            #expect(reply.headers["Content-Disposition"] == "attachment; filename=\"playlist.\(format)\"")
            #expect(service.get("/v1/playlists", "state=\(state)&format=\(format)&title=Mine&limit=3").bytes == reply.bytes)
        }
        #expect(service.post("/v1/playlists", ["state": .string(state), "format": "xspf"]).text.contains("<annotation>"))
    }

    // MARK: Files

    @Test func aTracksFileIsGivenInParts() throws {
        let whole = service.get("/v1/tracks/t%2F001/audio")
        #expect(whole.status == 200 && whole.bytes.count == 32_044 && whole.headers["Content-Type"] == "audio/wav" && whole.headers["Accept-Ranges"] == "bytes")
        for (range, part) in [("bytes=0-99", 0..<100), ("bytes=32000-", 32_000..<32_044), ("bytes=-44", 32_000..<32_044), ("bytes=10-99999", 10..<32_044)] {
            let reply = service.get("/v1/tracks/t%2F001/audio", headers: ["range": range])
            #expect(reply.status == 206 && reply.bytes == Array(whole.bytes[part]))
            #expect(reply.headers["Content-Range"] == "bytes \(part.lowerBound)-\(part.upperBound - 1)/32044")
        }
        for range in ["bytes=40000-", "bytes=9-3", "bytes=a-b", "bytes=-", "bytes=--5", "bytes=99999999999999999999-"] {
            let reply = service.get("/v1/tracks/t%2F001/audio", headers: ["range": range])
            #expect(reply.status == 416 && reply.code == "bad_range" && reply.headers["Content-Range"] == "bytes */32044", "\(range)")
        }
        // Several ranges, and other units, are passed over.
        for range in ["bytes=1-2,4-5", "lines=1-2"] { #expect(service.get("/v1/tracks/t%2F001/audio", headers: ["range": range]).bytes == whole.bytes) }
    }

    @Test(arguments: [
        "/v1/tracks/..%2F..%2F..%2Fetc%2Fpasswd/audio", "/v1/tracks/%2Fetc%2Fpasswd/audio", "/v1/tracks/t%2F001%00/audio", "/v1/tracks/t%2F100/audio",
    ])
    func onlyFilesOfTheLibraryAreGiven(path: String) {
        let reply = service.get(path)
        #expect(reply.status == 404 && ["unknown_track", "no_audio"].contains(reply.code ?? ""))
    }

    @Test func aServiceWithoutFilesGivesNone() {
        let quiet = SearchService(library: LibraryHolder(library), servesAudio: false)
        #expect(quiet.get("/v1/tracks/t%2F001/audio").code == "no_audio" && quiet.get("/v1/tracks/t%2F001").json["audio"] == nil)
        #expect(quiet.get("/v1/library").json["hasAudio"] == false && !quiet.get("/v1/search", "q=piano&limit=100").text.contains("/audio"))
        #expect(
            !quiet.get("/v1/playlists", "q=piano&limit=100").text.contains(".wav") && service.get("/v1/playlists", "q=piano&limit=100").text.contains(".wav"))
    }

    @Test func everyTrackHasAPicture() {
        let reply = service.get("/v1/tracks/t%2F001/artwork")
        #expect(reply.headers["Content-Type"] == "image/svg+xml" && XMLCheck.isWellFormed(reply.text))
        #expect(service.get("/v1/tracks/t%2F001/artwork").bytes == reply.bytes)
    }

    // MARK: Keys and browsers

    @Test func keysOpenWhatTheyAreFor() throws {
        let keys = try AccessKey.read("# ours\nbackend read 0123456789abcdef\nops metrics fedcba9876543210 # watch\n", file: "keys")
        let closed = SearchService(library: LibraryHolder(library), keys: keys)
        func status(_ path: String, _ key: String?) -> Int {
            closed.get(path, path == "/v1/search" ? "q=jazz" : "", headers: key.map { ["authorization": "Bearer \($0)"] } ?? [:]).status
        }
        #expect(status("/v1/search", nil) == 401 && status("/v1/search", "0123456789abcdeg") == 401 && status("/v1/search", "0123456789abcdef") == 200)
        #expect(
            status("/metrics", "0123456789abcdef") == 403 && status("/metrics", "fedcba9876543210") == 200 && status("/v1/search", "fedcba9876543210") == 200)
        #expect(status("/healthz", nil) == 200 && status("/openapi.json", nil) == 200)
        #expect(closed.get("/v1/search", "q=jazz").headers["WWW-Authenticate"] == "Bearer")
    }

    @Test(arguments: ["backend read short", "backend everything 0123456789abcdef", "0123456789abcdef"]) func badKeysNameTheirLine(line: String) {
        let error = #expect(throws: ServiceError.self) { try AccessKey.read("a read 0123456789abcdef\n" + line, file: "keys") }
        #expect(error?.place == "keys:2")
    }

    @Test func pagesOfElsewhereMayAskWhereTheyAreNamed() {
        let open = SearchService(library: LibraryHolder(library), origins: ["https://a.example"])
        let allowed = open.get("/v1/search", "q=jazz", headers: ["origin": "https://a.example"])
        #expect(allowed.headers["Access-Control-Allow-Origin"] == "https://a.example")
        #expect(open.get("/v1/search", "q=jazz", headers: ["origin": "https://b.example"]).headers["Access-Control-Allow-Origin"] == nil)
        #expect(service.get("/v1/search", "q=jazz", headers: ["origin": "https://a.example"]).headers["Access-Control-Allow-Origin"] == nil)
        let preflight = Reply(open.reply(to: ServiceRequest("OPTIONS", "/v1/search", headers: ["origin": "https://a.example"])))
        #expect(preflight.status == 204 && preflight.headers["Access-Control-Allow-Headers"]?.contains("Content-Type") == true)
        let named = SearchService(library: LibraryHolder(library), hosts: ["127.0.0.1", "[::1]"])
        for (host, status) in [("127.0.0.1:8080", 200), ("[::1]:8080", 200), ("evil.example:8080", 403), ("127.0.0.1.evil.example", 403)] {
            #expect(named.get("/v1/search", "q=jazz", headers: ["host": host]).status == status)
        }
        let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
        #expect(service.post("/mcp", ping, headers: ["origin": "https://evil.example", "host": "127.0.0.1:8080"]).status == 403)
        #expect(service.post("/mcp", ping, headers: ["origin": "http://127.0.0.1:8080", "host": "127.0.0.1:8080"]).status == 200)
    }

    @Test func metricsAddUp() {
        let own = SearchService(library: LibraryHolder(library))
        for _ in 0..<3 { _ = own.get("/v1/search", "q=jazz") }
        _ = own.get("/v1/search", "nonsense=1")
        let text = own.get("/metrics").text
        #expect(text.contains("descant_requests_total{operation=\"searchByAddress\",status=\"200\"} 3\n"))
        #expect(text.contains("descant_requests_total{operation=\"searchByAddress\",status=\"400\"} 1\n"))
        #expect(text.contains("descant_request_duration_seconds_bucket{operation=\"searchByAddress\",le=\"+Inf\"} 4\n") && text.hasSuffix("# EOF\n"))
    }
}

enum XMLCheck {
    static func isWellFormed(_ text: String) -> Bool {
        // Tags that open close again, in order.
        var open: [Substring] = []
        for tag in text.matches(of: /<(\/?)([a-z]+)[^<>]*?(\/?)>/) {
            if tag.output.1 == "/" { guard open.popLast() == tag.output.2 else { return false } } else if tag.output.3.isEmpty { open.append(tag.output.2) }
        }
        return open.isEmpty && text.hasPrefix("<svg")
    }
}
