import Foundation
import QueryPlanning
import Ranking
import TestSupport
import Testing
import Vocabulary

@testable import MusicSearch

/// Requests whose words name nothing are answered by what they mean, and every law of an answer holds for them too.
@Suite struct DenseSearchTests {
    private let encoder = WordEncoder()
    private let library: Library

    init() throws { library = try DenseLibrary.open(encoder) }

    static let requests = [
        "buttery thumping riffs", "greasy slap lines", "devils and wyverns", "jazz with weeping on the window", "lake at daybreak", "endless hum, no vocals",
        "wah pedal strut without drums", "greasy slap lines or offbeat brass skank", "pensive", "pensive piano", "long thoughts by the fire", "polka",
        "lederhosen umpah", "jazz", "happy rock with velvet curtains", "velvet curtains", "qqq", "confetti everywhere, not too sad", "like Moss but greasy",
        "wyverns by Iron Yard", "no weeping", "rock and tears on the window", "elbow grease", "slow velvet jazz", "demons between 1980 and 1990",
        "happy funk party", "calm ambient", "sad slow jazz with piano", "angry metal or ska", "rock, jazz, velvet",
    ]

    private var answers: [SearchResponse] {
        var options = SearchOptions.everything
        options.explain = true
        return Self.requests.map { library.search($0, options) }
    }

    // MARK: What is found

    @Test(arguments: [
        ("buttery thumping riffs", "genre:funk", 3), ("offbeat brass skank", "genre:ska", 2), ("devils and wyverns", "genre:metal", 2),
        ("weeping on the window", "mood:sad", 4), ("lake at daybreak", "mood:calm", 3), ("endless hum", "genre:ambient", 2),
    ]) func otherWordsFindTheSameTracks(text: String, descriptor: String, count: Int) throws {
        let answer = library.search(text, .everything)
        #expect(answer.plan.clauses.first.map { "\($0.descriptor)" } == descriptor)
        #expect(answer.ids.count >= count)
        for id in answer.ids.prefix(count) { #expect(library.has(id, descriptor), "\(text): \(id)") }
        #expect(answer.ignored.isEmpty)
        let reason = answer.hits.first?.reasons.first
        let label = try #require(library.descriptor(descriptor).map { library.vocabulary.descriptors[$0].label })
        #expect(reason?.kind == .near && reason?.text.hasPrefix(label) == true && reason?.text.contains(", near \"") == true, "\(reason as Any)")
    }

    @Test func withoutAnEncoderTheSameWordsFindNothing() throws {
        let plain = try Library(path: DenseLibrary.path)
        #expect(plain.search("buttery thumping riffs", .everything).hits.isEmpty)
        #expect(plain.search("buttery thumping riffs", .everything).ignored.map(\.text) == ["buttery", "thumping", "riffs"])
        // Names are read alike.
        for text in ["jazz", "happy rock", "no vocals"] { #expect(plain.planner.plan(text) == library.planner.plan(text)) }
    }

    /// No track is marked pensive: the moods beside it answer, and the shortfall is said.
    @Test func aNameThatTheLibraryLacksIsReadByItsMeaning() throws {
        let answer = library.search("pensive tears on the window", .everything)
        #expect(answer.plan.clauses.contains { $0.descriptor.description == "mood:sad" && $0.semantic != nil })
        #expect(answer.shortfalls.contains { $0.kind == .missing && $0.text == "pensive" && $0.instead.first == "sad" })
        #expect(library.has(try #require(answer.ids.first), "mood:sad"))
    }

    @Test func whatIsSaidIsNotGuessedAgain() {
        let plan = library.planner.plan("funk with greasy slap lines")
        #expect(plan.clauses.contains { $0.descriptor.description == "genre:funk" && $0.semantic == nil })
        #expect(!plan.clauses.contains { $0.descriptor.description == "genre:funk" && $0.semantic != nil })
    }

    @Test func bindingHolds() {
        for text in ["jazz with greasy slap lines", "jazz, devils and wyverns", "jazz and offbeat brass skank"] {
            let answer = library.search(text, .everything)
            #expect(!answer.hits.isEmpty)
            for hit in answer.hits { #expect(library.has(hit.id, "genre:jazz"), "\(text): \(hit.id)") }
        }
    }

    @Test func bansHold() {
        for (text, banned) in [
            ("weeping on the window without piano", "instrument:piano"), ("buttery thumping riffs, no drums", "instrument:drums"),
            ("no rock, devils and wyverns", "genre:rock"), ("no sad songs, weeping on the window", "mood:sad"),
            ("grey rain, nothing pensive, no jazz", "genre:jazz"),
        ] {
            let answer = library.search(text, .everything)
            for hit in answer.hits { #expect(!library.has(hit.id, banned), "\(text): \(hit.id)") }
            #expect(answer.plan.conflicts.isEmpty)
        }
        #expect(!library.search("buttery thumping riffs, no drums", .everything).hits.isEmpty)
    }

    @Test func filtersHold() {
        let answer = library.search("weeping on the window between 1970 and 1980", .everything)
        #expect(!answer.hits.isEmpty)
        for hit in answer.hits { #expect((1970...1980).contains(hit.year ?? 0), "\(hit.id)") }
        let by = library.search("wyverns by Iron Yard", .everything)
        #expect(!by.hits.isEmpty && by.hits.allSatisfy { $0.artist == "Iron Yard" })
    }

    /// The encoder sees wanted words alone, in the plan and for the request as a whole.
    @Test(arguments: [
        ("greasy slap lines without weeping", ["weeping"]), ("jazz, no greasy slap", ["greasy", "slap"]),
        ("no sad velvet curtains", ["sad", "velvet", "curtains"]),
        ("lake at daybreak, not too angry", ["angry"]), ("funk but no vocals", ["vocals"]), ("anything but metal", ["metal"]),
        ("rock without greasy lines or drums", ["greasy", "lines", "drums"]),
    ]) func unwantedWordsNeverReachTheEncoder(text: String, unwanted: [String]) {
        encoder.forget()
        _ = library.search(text, .everything)
        for asked in encoder.single {
            let words = Set(asked.split { !$0.isLetter }.map(String.init))
            #expect(words.isDisjoint(with: unwanted), "\(text): asked \(asked)")
        }
    }

    @Test func unwantedWordsAreNotLookedForInTitles() {
        func reasons(negated: Bool?) -> [Reason] {
            let asked = plan(want("genre:funk")) { $0.ignored = [Ignored(span: Span(0..<0), text: "elbow", negated: negated)] }
            return library.search(asked, .everything).hits.flatMap(\.reasons).filter { $0.kind == .words }
        }
        #expect(reasons(negated: nil).count == 1)
        #expect(reasons(negated: true).isEmpty)
        #expect(library.search("jazz without elbow", .everything).ignored.map(\.text) == ["elbow"])
    }

    @Test func theRequestAsAWholeIsItsWantedWords() {
        encoder.forget()
        _ = library.search("happy jazz with greasy slap, without drums", .everything)
        #expect(encoder.single.contains { $0.contains("happy") && $0.contains("jazz") && $0.contains("greasy slap") && !$0.contains("drums") })
        encoder.forget()
        _ = library.search("no drums", .everything)
        #expect(encoder.single.isEmpty)
    }

    // MARK: Laws

    @Test func reasonsAddUpToTheScoreAndNoScoreIsAboveOne() {
        var semantic = 0, whole = 0
        for answer in answers {
            for hit in answer.hits {
                let sum = hit.reasons.reduce(0) { $0 + $1.value }
                #expect(abs(sum - hit.score) <= 1e-5, "\(answer.text): \(hit.id) scores \(hit.score), its reasons \(sum)")
                let explained = hit.explanation?.parts.reduce(0) { $0 + $1.value } ?? .nan
                #expect(abs(explained - hit.score) <= 1e-5, "\(answer.text): \(hit.id) scores \(hit.score), explained \(explained)")
                #expect(hit.score > 0 && hit.score <= 1 + 1e-5, "\(answer.text): \(hit.id) scores \(hit.score)")
                #expect(hit.reasons.allSatisfy { !$0.text.isEmpty && $0.value.isFinite })
                for reason in hit.reasons where reason.kind == .meaning {
                    whole += 1
                    #expect(reason.text == "meaning as a whole" && reason.value > 0)
                }
            }
            if answer.plan.clauses.contains(where: { $0.semantic != nil }) { semantic += 1 }
        }
        #expect(semantic >= 10 && whole >= 20, "\(semantic) read by meaning, \(whole) found as a whole")
    }

    @Test func scoresFallAndTiesGoById() {
        for answer in answers {
            for (a, b) in zip(answer.hits, answer.hits.dropFirst()) {
                #expect(a.score > b.score || a.score == b.score && a.id < b.id, "\(answer.text): \(a.id) before \(b.id)")
            }
        }
    }

    @Test func hitsTotalsFacetsAndPagesComeFromOneCandidateSet() {
        for answer in answers {
            #expect(answer.hits.count == answer.totals.strong + answer.totals.near)
            #expect(answer.hits.count { $0.relevance == .strong } == answer.totals.strong)
            var counts: [String: Int] = [:]
            for hit in answer.hits {
                for (facet, labels) in hit.descriptors {
                    for label in labels { counts["\(facet) \(label)", default: 0] += 1 }
                }
            }
            for (facet, listed) in answer.facets ?? [:] {
                for entry in listed { #expect(counts["\(facet) \(entry.label)"] == entry.count, "\(answer.text): \(entry.label)") }
            }
            var options = SearchOptions.everything
            options.limit = 3
            var pages: [String] = []
            while true {
                options.offset = pages.count
                let page = library.search(answer.plan, options)
                #expect(page.totals == answer.totals && page.facets == answer.facets)
                if page.hits.isEmpty { break }
                pages += page.ids
            }
            #expect(pages == answer.ids, "\(answer.text)")
        }
    }

    @Test func theSamePlanGivesTheSameBytes() throws {
        let folder = try TemporaryFolder()
        try DenseLibrary.build(folder.path + "/library", WordEncoder(), lines: DenseLibrary.lines.reversed())
        let second = try Library(path: folder.path + "/library") { _ in WordEncoder() }
        let reopened = try DenseLibrary.open()
        var options = SearchOptions.everything
        options.explain = true
        for text in Self.requests {
            let plan = library.planner.plan(text)
            let first = try library.search(plan, options).bytes()
            #expect(try library.search(text, options).bytes() == first)
            #expect(try reopened.search(text, options).bytes() == first)
            // The order of rows matters to nothing: neither to the nearest wordings nor to the nearest sets.
            #expect(try second.search(text, options).bytes() == first, "\(text)")
            #expect(try library.search(QueryPlan(handle: plan.handle), options).bytes() == first)
        }
    }

    @Test func aMeaningThatIsDroppedCountsNoMore() throws {
        let plan = library.planner.plan("buttery thumping riffs")
        let first = try #require(plan.clauses.first)
        #expect(first.descriptor.description == "genre:funk")
        let answer = library.refine(Conversation(plan), [Critique(.drop, first.descriptor)], .everything)
        #expect(answer.hits.allSatisfy { hit in !hit.reasons.contains { $0.kind == .near && $0.text.hasPrefix("funk") } })
        #expect(answer.parent == plan.handle)
    }
}
