import Testing
import Vocabulary

@testable import QueryPlanning

/// What the planner changed, left out or found contradictory is said.
@Suite struct SayingTests {
    @Test(arguments: [
        Case("steal drum", #"want instrument:steelpan 0.75 "steal drum" binds"#, #"read "steal drum" as "steelpan""#),
        Case("technno", #"want genre:techno 0.75 "technno" binds"#, #"read "technno" as "techno""#),
        Case("tehcno", #"want genre:techno 0.75 "tehcno" binds"#, #"read "tehcno" as "techno""#),
        Case(
            "meloncholic piano", #"want mood:melancholic 0.75 "meloncholic""#, #"want instrument:piano 0.75 "piano" binds"#,
            #"read "meloncholic" as "melancholic""#),
        Case("no saxaphone", #"avoid instrument:saxophone 0.75 "saxaphone" excluded"#, #"read "saxaphone" as "saxophone""#),
    ]) func typingErrorsAreMendedAndSaid(_ request: Case) {
        #expect(rows(request.text) == request.rows)
    }

    @Test(arguments: [
        Case("jazz with a hurdy contraption", #"want genre:jazz 0.75 "jazz" binds"#, #"left "hurdy""#, #"left "contraption""#),
        Case("waltz in 3/4", "filter metre 3/4", #"left "waltz""#),
        Case("", "nothing understood"),
        Case("please recommend me some music", "nothing understood"),
    ]) func wordsThatNameNothingAreSaidToBeIgnored(_ request: Case) {
        #expect(rows(request.text) == request.rows)
    }

    @Test(arguments: [
        (#"no drums, lots of drums"#, #""drums" is both wanted and avoided"#),
        ("no rock but metal", #""metal" is a kind of "rock", which is avoided"#),
        ("instrumental with female vocals", #""instrumental" and "female vocals" cannot both be"#),
    ]) func contradictionsAreNamed(text: String, reason: String) {
        let plan = QueryPlanner(SmallVocabulary.shared).plan(text)
        #expect(plan.conflicts == [Conflict(clauses: [0, 1], reason: reason)])
    }

    @Test(arguments: ["rock but no metal", "jazz or rock", "happy, no drums", "female vocals and choir", "slow or fast"])
    func whatCanBeIsNoContradiction(text: String) {
        #expect(QueryPlanner(SmallVocabulary.shared).plan(text).conflicts.isEmpty)
    }

    @Test(arguments: [
        ("classical piano", "genre:classical-piano", ["genre:classical", "instrument:piano"]),
        ("bass guitar", "instrument:bass", []), ("steel drum", "instrument:steelpan", []),
    ]) func aNameOfSeveralWordsKeepsItsParts(text: String, descriptor: String, parts: [String]) throws {
        let clause = try #require(QueryPlanner(SmallVocabulary.shared).plan(text).clauses.first)
        #expect(clause.descriptor.description == descriptor)
        #expect(clause.parts.map(\.description).filter { $0 != "instrument:guitar" } == parts)
    }

    @Test(arguments: [
        ("lo fi, lo-fi", "texture:lofi"), ("r&b, R and B", "genre:rnb"), ("drum and bass, drum'n'bass", "genre:dnb"),
        ("steel drums, steeldrum", "instrument:steelpan"), ("hip hop, hip-hop, hiphop", "genre:hiphop"), ("808, 808s", "instrument:808"),
    ]) func spellingsOfOneThingAreOneWish(text: String, descriptor: String) {
        #expect(QueryPlanner(SmallVocabulary.shared).plan(text).clauses.map(\.descriptor.description) == [descriptor])
    }
}
