import Foundation
import MusicSearch
import QueryPlanning
import Ranking
import Testing

/// Laws that every answer obeys, whatever was asked.
@Suite struct ReasonsAndOrderTests {
    private let library = ClubLibrary.library

    static let requests = [
        "jazz", "upbeat jazz piano", "calm piano, no vocals", "dark techno or house", "heavy metal from the eighties", "sad songs with violin",
        "slow jazz, not too sad",
        "like Blue Lantern by Mira Stone", "something like Gravel Road but calmer", "songs by Mira Stone", "Mira Stone", "reggae without vocals",
        "music for sleep",
        "lullaby cartographer", "bagpipes", "rock songs under 4 minutes", "very happy jazz, slightly sad", "jazz between 1955 and 1960",
        "fast music at 140 bpm",
        "upbeat steel drum", "theremin", "unlike Lowland, ambient", "not jazz", "ambient tide water", "女性 jazz 🎺", "a", "", "1958", "polka",
    ]

    static let plans: [QueryPlan] = [
        plan(want("genre:jazz"), want("mood:happy"), avoid("mood:sad", hard: false)),
        plan(want("genre:jazz"), avoid("instrument:saxophone", hard: true)),
        plan(want("genre:rock", alternatives: 1), want("genre:techno", alternatives: 1), want("mood:dark")),
        plan(seeds: [Seed(span: Span(0..<0), kind: .track, name: "Moss", artist: "Lowland", track: "moss")]),
        plan(want("mood:calm"), seeds: [Seed(span: Span(0..<0), kind: .artist, name: "Mira Stone", polarity: .avoid)]),
        plan { $0.filters.years = .init(low: 1950, high: 1960, span: Span(0..<0)) },
        plan(want("mood:sad")) { $0.ignored = [Ignored(span: Span(0..<0), text: "rainy tower light")] },
        plan { $0.filters.bpm = .init(low: 120, high: nil, span: Span(0..<0)) },
    ]

    private var answers: [SearchResponse] {
        var options = SearchOptions.everything
        options.explain = true
        return Self.requests.map { library.search($0, options) } + Self.plans.map { library.search($0, options) }
    }

    @Test func reasonsAddUpToTheScore() {
        var hits = 0
        for answer in answers {
            for hit in answer.hits {
                hits += 1
                // The score is a sum in Float of at most some 60 terms below 1, each rounded by at most 2⁻²⁴: 60 · 2⁻²⁴ ≈ 4e-6.
                let sum = hit.reasons.reduce(0) { $0 + $1.value }
                #expect(abs(sum - hit.score) <= 1e-5, "\(answer.text): \(hit.id) scores \(hit.score), its reasons \(sum)")
                let explained = hit.explanation?.parts.reduce(0) { $0 + $1.value } ?? .nan
                #expect(abs(explained - hit.score) <= 1e-5, "\(answer.text): \(hit.id) scores \(hit.score), explained \(explained)")
                #expect(hit.explanation?.value == hit.score)
                #expect(hit.reasons.allSatisfy { !$0.text.isEmpty && $0.value.isFinite })
            }
        }
        #expect(hits > 200)
    }

    @Test func scoresFallAndTiesGoById() {
        for answer in answers {
            for (a, b) in zip(answer.hits, answer.hits.dropFirst()) {
                #expect(a.score > b.score || a.score == b.score && a.id < b.id, "\(answer.text): \(a.id) before \(b.id)")
                #expect(b.rank == a.rank + 1)
            }
        }
    }

    @Test func theSamePlanGivesTheSameBytes() throws {
        let second = try IndexedLibrary(ClubLibrary.lines.reversed(), vocabulary: Repository.tables).library
        let reopened = try Library(path: library.path)
        var options = SearchOptions.everything
        options.explain = true
        for request in Self.requests {
            let plan = library.planner.plan(request)
            let first = try library.search(plan, options).bytes()
            #expect(try library.search(plan, options).bytes() == first)
            #expect(try reopened.search(plan, options).bytes() == first)
            // Neither the order of rows nor the place on disk matters.
            #expect(try second.search(plan, options).bytes() == first)
            #expect(try library.search(QueryPlan(handle: plan.handle), options).bytes() == first)
        }
    }

    @Test func hitsTotalsAndFacetsComeFromOneCandidateSet() {
        for answer in answers {
            #expect(answer.hits.count == answer.totals.strong + answer.totals.near)
            #expect(answer.hits.count { $0.relevance == .strong } == answer.totals.strong)
            #expect(answer.hits.count { $0.relevance == .near } == answer.totals.near)
            var counts: [String: Int] = [:]
            for hit in answer.hits {
                for (facet, labels) in hit.descriptors {
                    for label in labels { counts["\(facet) \(label)", default: 0] += 1 }
                }
            }
            let facets = answer.facets ?? [:]
            for (facet, listed) in facets {
                for entry in listed { #expect(counts["\(facet) \(entry.label)"] == entry.count, "\(answer.text): \(entry.label)") }
                #expect(zip(listed, listed.dropFirst()).allSatisfy { $0.count >= $1.count })
            }
            #expect(Set(facets.keys) == Set(answer.hits.flatMap(\.descriptors.keys)))
        }
    }

    @Test(arguments: requests) func pagesLinkUp(request: String) {
        let whole = library.search(request, .everything)
        for (limit, perArtist, folding) in [(3, nil, false), (4, 2, true), (1, 3, true)] as [(Int, Int?, Bool)] {
            var options = SearchOptions.everything
            options.perArtist = perArtist
            options.foldingVersions = folding
            let all = library.search(request, options).ids
            options.limit = limit
            var pages: [String] = []
            while true {
                options.offset = pages.count
                let page = library.search(request, options)
                #expect(page.totals == whole.totals && page.facets == whole.facets)
                #expect(page.hits.map(\.rank) == Array((pages.count + 1)..<(pages.count + 1 + page.hits.count)))
                if page.hits.isEmpty { break }
                pages += page.ids
            }
            #expect(pages == all)
        }
    }

    @Test func anEmptyPlanFindsNothing() {
        for answer in [library.search(QueryPlan(), .everything), library.search("", .everything)] {
            #expect(answer.hits.isEmpty && answer.totals.strong == 0 && answer.totals.near == 0)
            #expect(answer.tracks == ClubLibrary.lines.count)
        }
    }
}
