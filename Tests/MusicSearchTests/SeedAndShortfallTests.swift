import MusicSearch
import QueryPlanning
import Testing

@Suite struct SeedTests {
    private let library = ClubLibrary.library

    private func track(_ id: String, bare: Bool = false, polarity: Polarity = .like) -> QueryPlan {
        plan(seeds: [Seed(span: Span(0..<0), kind: .track, name: id, track: id, polarity: polarity, bare: bare)])
    }

    private func artist(_ name: String, bare: Bool = false) -> QueryPlan {
        plan(seeds: [Seed(span: Span(0..<0), kind: .artist, name: name, bare: bare)])
    }

    @Test func likeATrackFindsOthers() {
        let answer = library.search(track("anvil"), .everything)
        #expect(!answer.ids.contains("anvil"))
        #expect(Set(answer.ids.prefix(3)) == ["forge", "slag", "iron"])
        #expect(answer.hits.allSatisfy { $0.reasons.contains { $0.kind == .seed && $0.value > 0 } })
    }

    @Test func aTrackByItselfFindsItselfFirst() {
        #expect(library.search(track("mist", bare: true), .everything).ids.first == "mist")
    }

    @Test func likeAnArtistFindsOthers() {
        let like = library.search(artist("Mira Stone"), .everything)
        #expect(!like.hits.isEmpty && like.hits.allSatisfy { $0.artist.lowercased() != "mira stone" })
        #expect(library.search(artist("Mira Stone", bare: true), .everything).hits.first?.artist.lowercased() == "mira stone")
    }

    @Test func requestsAreReadSo() {
        let like = library.search("like Anvil Hymn by Hammerfall Yard", .everything)
        #expect(like.plan.seeds.map(\.track) == ["anvil"])
        #expect(!like.hits.isEmpty && !like.ids.contains("anvil"))
        #expect(library.search("Hammerfall Yard", .everything).hits.first?.artist == "Hammerfall Yard")
    }

    @Test func unlikeASeedPushesItsKindDown() {
        let wanted = want("voice:instrumental")
        let plain = library.search(plan(wanted), .everything)
        let unlike = library.search(plan(wanted, seeds: [Seed(span: Span(0..<0), kind: .artist, name: "Lowland", polarity: .avoid)]), .everything)
        func score(_ answer: SearchResponse, _ id: String) -> Double { answer.hits.first { $0.id == id }?.score ?? 0 }
        #expect(score(plain, "grid") > 0)
        #expect(score(plain, "mist") - score(unlike, "mist") > score(plain, "riddim") - score(unlike, "riddim"))
    }

    @Test func anUnknownSeedIsSaid() {
        let named = plan(seeds: [Seed(span: Span(0..<0), kind: .unknown, name: "Moon Song", artist: "Nobody", polarity: .like)])
        let answer = library.search(named, .everything)
        #expect(answer.shortfalls.map(\.kind) == [.unknownSeed])
        #expect(answer.shortfalls.map(\.text) == ["Moon Song by Nobody"])
        #expect(answer.hits.isEmpty)
        #expect(library.search(track("no-such-id"), .everything).shortfalls.map(\.kind) == [.unknownSeed])
        #expect(library.search("something like Zorblax Quintet", .everything).shortfalls.contains { $0.kind == .unknownSeed && $0.text.contains("Zorblax") })
    }
}

/// What a library cannot honour is said.
@Suite struct ShortfallTests {
    private let library = ClubLibrary.library

    @Test func whatTheLibraryLacksIsSaidWithWhatIsNearest() throws {
        let answer = library.search(plan(want("instrument:theremin")), .everything)
        let shortfall = try #require(answer.shortfalls.first { $0.kind == .missing })
        #expect(shortfall.text == "theremin")
        #expect(shortfall.instead.contains("musical saw"))
        #expect(answer.totals.strong == 0)
        #expect(answer.ids.contains("saw"))
        #expect(answer.hits.allSatisfy { !$0.reasons.contains { $0.kind == .descriptor } })
    }

    @Test func ofAlternativesOneSuffices() {
        let answer = library.search(plan(want("instrument:theremin", alternatives: 0), want("instrument:bagpipes", alternatives: 0)), .everything)
        #expect(!answer.shortfalls.contains { $0.kind == .missing })
        #expect(answer.ids.first == "glen")
    }

    @Test func aNameOfNoVocabularyIsMissing() {
        let answer = library.search(plan(want("genre:no-such-genre"), want("genre:jazz")), .everything)
        #expect(answer.shortfalls.map(\.text) == ["genre:no-such-genre"])
        #expect(!answer.hits.isEmpty)
    }

    @Test func aBindingThatNothingMeetsIsRelaxedAndSaid() {
        let answer = library.search(plan(want("genre:heavy-metal"), want("instrument:bagpipes")), .everything)
        #expect(answer.shortfalls.contains { $0.kind == .relaxed })
        #expect(!answer.hits.isEmpty)
        #expect(answer.totals.strong == 0)
        #expect(answer.hits.allSatisfy { $0.relevance == .near })
        #expect(!library.search(plan(want("genre:jazz"), want("instrument:trumpet")), .everything).shortfalls.contains { $0.kind == .relaxed })
    }

    @Test func anAvoidWithoutEvidenceIsSaid() {
        let answer = library.search(plan(want("genre:jazz"), avoid("instrument:theremin", hard: true)), .everything)
        #expect(answer.shortfalls.map(\.kind) == [.noEvidence])
        #expect(answer.shortfalls[0].text.contains("theremin"))
    }

    @Test func anArtistThatIsNotHereIsSaid() {
        let answer = library.search(plan { $0.filters.artists = [.init(name: "Zorblax", span: Span(0..<0))] }, .everything)
        #expect(answer.shortfalls.map(\.kind) == [.missing])
        #expect(answer.shortfalls[0].text.contains("Zorblax"))
        #expect(answer.hits.isEmpty)
    }

    @Test func filtersWithoutDataAreSaid() throws {
        let bare = try IndexedLibrary([#"{"id": "a", "tags": ["jazz"]}"#, #"{"id": "b", "tags": ["rock"]}"#], vocabulary: Repository.tables).library
        let asked = plan(want("genre:jazz")) { plan in
            plan.filters.years = .init(low: 1990, high: nil, span: Span(0..<0))
            plan.filters.duration = .init(low: 10, high: nil, span: Span(0..<0))
            plan.filters.bpm = .init(low: 100, high: 120, span: Span(0..<0))
            plan.filters.key = "c#minor"
        }
        let answer = bare.search(asked, .everything)
        #expect(answer.shortfalls.map(\.kind) == [.noEvidence, .noEvidence, .noEvidence, .noEvidence])
        #expect(answer.ids == ["a"])
    }
}
