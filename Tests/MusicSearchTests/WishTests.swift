import MusicSearch
import QueryPlanning
import Testing

/// What is asked for, kept out and filtered.
@Suite struct WishTests {
    private let library = ClubLibrary.library

    private func search(_ plan: QueryPlan) -> SearchResponse { library.search(plan, .everything) }

    @Test(arguments: ["jazz", "upbeat jazz", "slow sad jazz with piano"]) func jazzReturnsJazz(request: String) {
        let answer = library.search(request, .everything)
        #expect(!answer.hits.isEmpty)
        for hit in answer.hits { #expect(library.has(hit.id, "genre:jazz"), "\(hit.id)") }
    }

    @Test func narrowerGenresAreThatGenre() {
        let ids = search(plan(want("genre:jazz"))).ids
        #expect(Set(ids).isSuperset(of: ["blue", "harbour", "cellar"]))
        // A track that says jazz itself comes before one that only is bebop.
        #expect(ids.firstIndex(of: "rainy") ?? .max < ids.firstIndex(of: "blue") ?? .min)
    }

    @Test func twoFacetsThatBindBothHold() {
        let answer = search(plan(want("genre:jazz"), want("instrument:trumpet")))
        #expect(Set(answer.ids) == ["blue", "lamp", "lamp-twin", "cellar"])
    }

    @Test func alternativesEachSuffice() {
        let answer = search(plan(want("genre:techno", alternatives: 0), want("genre:reggae", alternatives: 0)))
        #expect(Set(answer.ids).isSuperset(of: ["neon", "grid", "trench"]))
        #expect(answer.hits.allSatisfy { library.has($0.id, "genre:techno") || library.has($0.id, "genre:reggae") })
    }

    @Test func aHardAvoidExcludes() {
        let all = search(plan(want("genre:jazz"))).ids
        let answer = search(plan(want("genre:jazz"), avoid("instrument:saxophone", hard: true)))
        #expect(!answer.hits.isEmpty)
        #expect(Set(answer.ids) == Set(all).subtracting(["harbour", "cellar"]))
        let read = library.search("jazz without saxophone", .everything)
        #expect(!read.hits.isEmpty && read.hits.allSatisfy { !library.has($0.id, "instrument:saxophone") })
    }

    @Test func aHardAvoidOfABroadNameExcludesTheNarrow() {
        let answer = search(plan(want("instrument:trumpet"), avoid("genre:jazz", hard: true)))
        #expect(answer.hits.allSatisfy { !library.has($0.id, "genre:jazz") })
    }

    @Test func aSoftAvoidPushesDown() throws {
        let asked = search(plan(want("genre:jazz"), want("mood:happy"), avoid("mood:sad", hard: false)))
        let lamp = try #require(asked.hits.first { $0.id == "lamp" })
        let twin = asked.hits.first { $0.id == "lamp-twin" }
        #expect(twin.map { $0.score < lamp.score - 0.1 } ?? true)
        #expect(twin.map { $0.reasons.contains { $0.value < 0 } } ?? true)
        let unasked = search(plan(want("genre:jazz"), want("mood:happy")))
        #expect(try #require(unasked.hits.first { $0.id == "lamp-twin" }).score > twin?.score ?? 0)
        #expect(asked.totals.strong + asked.totals.near <= unasked.totals.strong + unasked.totals.near)
    }

    @Test func yearsBound() {
        let answer = search(plan(want("genre:jazz")) { $0.filters.years = .init(low: 1957, high: 1959, span: Span(0..<0)) })
        #expect(Set(answer.ids) == ["blue", "harbour", "rainy", "cellar"])
        let alone = search(plan { $0.filters.years = .init(low: nil, high: 1935, span: Span(0..<0)) })
        #expect(Set(alone.ids) == ["saw", "glen", "reel"])
        #expect(alone.hits.allSatisfy { $0.reasons.contains { $0.kind == .filters } })
        let read = library.search("jazz between 1957 and 1959", .everything)
        #expect(!read.hits.isEmpty && read.hits.allSatisfy { (1957...1959).contains($0.year ?? 0) })
    }

    @Test func durationBounds() {
        let answer = search(plan { $0.filters.duration = .init(low: 600, high: nil, span: Span(0..<0)) })
        #expect(Set(answer.ids) == ["mist", "moss", "quartet"])
        let read = library.search("ambient longer than 9 minutes", .everything)
        #expect(!read.hits.isEmpty && read.hits.allSatisfy { $0.duration ?? 0 >= 540 })
    }

    @Test func onlyThisArtist() {
        let answer = search(plan { $0.filters.artists = [.init(name: "mira stone", span: Span(0..<0))] })
        #expect(Set(answer.ids) == ["blue", "harbour", "rainy", "rainy-live", "dawn", "dawn-2", "dawn-3"])
        let read = library.search("slow songs by Mira Stone", .everything)
        #expect(!read.hits.isEmpty && read.hits.allSatisfy { $0.artist.lowercased() == "mira stone" })
        let without = search(plan(want("genre:jazz")) { $0.filters.withoutArtists = [.init(name: "Mira Stone", span: Span(0..<0))] })
        #expect(Set(without.ids) == Set(search(plan(want("genre:jazz"))).hits.filter { $0.artist == "Otto Vane" || $0.artist == "The Nightjars" }.map(\.id)))
    }

    @Test func wordsFindTitles() {
        let answer = library.search("cartographer", .everything)
        #expect(answer.ids == ["words"])
        #expect(answer.hits.first?.reasons.contains { $0.kind == .words } == true)
        #expect(answer.ignored.isEmpty)
        let asked = plan(want("genre:jazz")) { $0.ignored = [Ignored(span: Span(0..<0), text: "qwrtzpsd"), Ignored(span: Span(0..<0), text: "lantern")] }
        #expect(search(asked).ignored.map(\.text) == ["qwrtzpsd"])
    }

    /// "904 bytes after the first 4096" is a remark, no wish for titles with "after" and "the".
    @Test func theRemarkOnACutRequestIsNotSearched() {
        let answer = library.search("jazz " + String(repeating: "q", count: 5000), .everything)
        #expect(answer.hits.allSatisfy { !$0.reasons.contains { $0.kind == .words } })
    }

    // MARK: Diversity

    @Test func anArtistTakesAFewPlaces() {
        var options = SearchOptions()
        options.limit = 20
        let metal = plan(want("genre:heavy-metal"))
        for cap in 1...4 {
            options.perArtist = cap
            #expect(library.search(metal, options).hits.count { $0.artist == "Hammerfall Yard" } == cap)
        }
        options.perArtist = nil
        #expect(library.search(metal, options).hits.count { $0.artist == "Hammerfall Yard" } == 5)
    }

    @Test func theCapStepsAsideForANamedArtist() {
        var options = SearchOptions()
        options.perArtist = 1
        #expect(library.search(plan { $0.filters.artists = [.init(name: "Hammerfall Yard", span: Span(0..<0))] }, options).hits.count == 5)
    }

    @Test func versionsAreOneHitAndCounted() throws {
        var options = SearchOptions()
        options.perArtist = nil
        let (happyJazz, sadJazz) = (plan(want("genre:jazz"), want("mood:happy")), plan(want("genre:jazz"), want("mood:sad")))
        let folded = library.search(happyJazz, options)
        let dawn = folded.hits.filter { $0.id.hasPrefix("dawn") }
        #expect(dawn.map(\.versions) == [3])
        // A live take is another recording.
        let sad = library.search(sadJazz, options)
        #expect(Set(sad.ids).isSuperset(of: ["rainy", "rainy-live"]))
        options.foldingVersions = false
        let apart = library.search(happyJazz, options)
        #expect(apart.hits.count { $0.id.hasPrefix("dawn") } == 3)
        #expect(apart.hits.allSatisfy { $0.versions == 1 })
        #expect(apart.totals == folded.totals)
    }
}
