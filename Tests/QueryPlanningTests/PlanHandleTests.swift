import Foundation
import Testing
import Vocabulary

@testable import QueryPlanning

@Suite struct PlanHandleTests {
    static let requests = [
        "", "jazz", "upbeat steel drum, not too fast, like Island Sun", "10 happy 80s songs in A minor, 120 bpm, under 4 minutes, 4/4",
        "no drums, lots of drums", "more upbeat than Radiohead, not by Queen, 1994–1997", "steal drum 日本の音楽 🎷", "rock or metal, classical piano",
    ]
    let planner = QueryPlanner(SmallVocabulary.shared, names: SmallDirectory.shared)

    @Test(arguments: requests) func aPlanReadsBackFromItsJSONAndItsHandle(text: String) throws {
        let plan = planner.plan(text)
        #expect(try QueryPlan(canonicalJSON: plan.canonicalJSON) == plan)
        #expect(try QueryPlan(handle: plan.handle) == plan)
    }

    @Test func theJSONIsCanonical() throws {
        let json = planner.plan("no vocals").canonicalJSON
        #expect(
            json
                == #"{"clauses":[{"descriptor":"voice:vocals","hard":true,"parts":[],"polarity":"avoid","span":{"end":9,"start":3},"strength":0.75}],"conflicts":[],"corrections":[],"filters":{"artists":[],"withoutArtists":[]},"ignored":[],"seeds":[],"text":"no vocals","version":1}"#
        )
        #expect(try QueryPlan(canonicalJSON: json).canonicalJSON == json)
    }

    @Test func theSameRequestGivesTheSameHandle() {
        for text in Self.requests { #expect(planner.plan(text).handle == planner.plan(text).handle) }
    }

    @Test func aHandleIsSafeInAURL() {
        for text in Self.requests {
            let handle = planner.plan(text).handle
            #expect(handle.hasPrefix("d2."))
            #expect(handle.utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || "-_.".utf8.contains($0) })
        }
    }

    // MARK: Tampering

    /// In base 64 the last character may carry bits that mean nothing, and `+` is another way to write `-`: the same plan, or an error, never another plan.
    @Test(arguments: ["A", "~", "é", " "]) func aTamperedCharacterNeverGivesAnotherPlan(replacement: Character) throws {
        let plan = planner.plan("rock but not by Queen")
        let characters = Array(plan.handle)
        for position in characters.indices {
            var tampered = characters
            tampered[position] = replacement
            do {
                #expect(try QueryPlan(handle: String(tampered)) == plan, "character \(position)")
            } catch {}  // a PlanError, by its type
        }
    }

    @Test func aShortenedHandleIsAnError() {
        let handle = planner.plan("rock").handle
        for length in 0..<handle.count { #expect(throws: PlanError.self) { try QueryPlan(handle: String(handle.prefix(length))) } }
    }

    @Test(arguments: ["", "d2.", "d2.AAAA", "d1.AAAAAAAAAAAAAAAA", "nonsense", "d2." + String(repeating: "A", count: 10_000), "d2.====", "🎷"])
    func foreignTextIsNoHandle(text: String) {
        #expect(throws: PlanError.self) { try QueryPlan(handle: text) }
    }

    // MARK: JSON from outside

    @Test(arguments: [
        "", "null", "[]", "{}", "{", #"{"version":1}"#,
        String(repeating: "[", count: 100_000),
    ]) func foreignTextIsNoPlan(text: String) {
        #expect(throws: PlanError.self) { try QueryPlan(canonicalJSON: text) }
    }

    @Test(arguments: [
        (#""end":4"#, #""end":5"#), (#""start":0"#, #""start":-1"#), (#""start":0"#, #""start":5"#), (#""strength":0.75"#, #""strength":1.5"#),
        (#""strength":0.75"#, #""strength":-0.1"#), (#""version":1"#, #""version":2"#), ("genre:rock", "nothing:rock"), ("genre:rock", "rock"),
        (#""polarity":"want""#, #""polarity":"hate""#), (#""conflicts":[]"#, #""conflicts":[{"clauses":[0,1],"reason":"x"}]"#),
        (#""conflicts":[]"#, #""conflicts":[],"count":0"#),
    ]) func aPlanThatCannotBeIsAnError(part: String, forged: String) throws {
        let json = planner.plan("rock").canonicalJSON
        try #require(json.contains(part))
        #expect(throws: PlanError.self) { try QueryPlan(canonicalJSON: json.replacing(part, with: forged)) }
    }

    /// Spans and numbers of filters come from outside too: they are refused, or they print.
    @Test(arguments: [
        (#""end":9,"start":5"#, #""end":5,"start":9"#), (#""end":9,"start":5"#, #""end":999,"start":5"#), (#""end":9,"start":5"#, #""end":9,"start":-5"#),
        (#""high":1994"#, #""high":1e300"#), (#""low":1994"#, #""low":-1e300"#),
    ]) func aForgedFilterNeverTraps(part: String, forged: String) throws {
        let json = planner.plan("rock 1994").canonicalJSON
        try #require(json.contains(part))
        do {
            #expect(!(try QueryPlan(canonicalJSON: json.replacing(part, with: forged))).tree.isEmpty)
        } catch {}  // a PlanError, by its type
    }

    @Test func anotherVersionIsNamed() {
        let json = planner.plan("rock").canonicalJSON.replacing(#""version":1"#, with: #""version":9"#)
        #expect(throws: PlanError.version(expected: 1, found: 9)) { try QueryPlan(canonicalJSON: json) }
    }
}
