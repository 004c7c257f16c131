import Testing
import Vocabulary

@testable import QueryPlanning

@Suite struct SeedTests {
    let names = SmallDirectory.shared

    @Test(arguments: [
        Case("like Bohemian Rhapsody by Queen", #"like track Bohemian Rhapsody by Queen "Bohemian Rhapsody by Queen""#),
        Case("like Yesterday by the Beatles", #"like track Yesterday by The Beatles "Yesterday by the Beatles""#),
        Case("similar to Nina Simone", #"like artist Nina Simone "Nina Simone""#),
        Case("something like the Beatles", #"like artist The Beatles "the Beatles""#),
        Case("sounds like Michael Buble", #"like artist Michael Bublé "Michael Buble""#),
        Case(
            "like Queen, Radiohead and Metallica", #"like artist Queen "Queen""#, #"like artist Radiohead "Radiohead""#, #"like artist Metallica "Metallica""#),
        Case("songs like Creep and Yesterday", #"like track Creep "Creep""#, #"like track Yesterday "Yesterday""#),
        Case("unlike Metallica", #"unlike artist Metallica "Metallica""#),
        Case("not like Metallica", #"unlike artist Metallica "Metallica""#),
        Case(#""Bohemian Rhapsody""#, #"like track Bohemian Rhapsody "Bohemian Rhapsody""#),
    ]) func namesOfTheLibraryAreSeeds(_ request: Case) {
        #expect(rows(request.text, names: names) == request.rows)
    }

    @Test(arguments: [
        Case("Nina Simone", #"like artist Nina Simone "Nina Simone""#),
        Case("radiohead", #"like artist Radiohead "radiohead""#),
        Case("bohemian rhapsody", #"like track Bohemian Rhapsody "bohemian rhapsody""#),
    ]) func aBareNameMeansLike(_ request: Case) throws {
        #expect(rows(request.text, names: names) == request.rows)
        let seed = try #require(QueryPlanner(SmallVocabulary.shared, names: names).plan(request.text).seeds.first)
        #expect(seed.bare)
    }

    @Test(arguments: [
        ("like Creep but calmer, same instruments", [Facet.instrument]), ("like Creep, keep the genre and the instruments", [.genre, .instrument]),
        ("songs like Creep with the same genre and instruments", [.genre, .instrument]), ("like Creep", nil), ("keep the genre", nil), ("same tempo", nil),
    ]) func whatIsToBeKeptIsRead(text: String, expected: [Facet]?) {
        #expect(QueryPlanner(SmallVocabulary.shared, names: names).plan(text).keep == expected)
    }

    @Test(arguments: [
        ("Bohemian Rhapsody but calmer", ["Bohemian Rhapsody"]), ("Yesterday, more upbeat", ["Yesterday"]), ("Creep but a bit less sad", ["Creep"]),
        ("same energy as Creep", ["Creep"]), ("the same genre as Creep", ["Creep"]), ("like Creep, happy", ["Creep"]),
        ("calm but upbeat", []),
    ]) func whatIsComparedWithIsASeed(text: String, names expected: [String]) {
        let plan = QueryPlanner(SmallVocabulary.shared, names: names).plan(text)
        #expect(plan.seeds.map(\.name) == expected && plan.seeds.allSatisfy { $0.kind == .track })
    }

    @Test func aTrackSeedCarriesItsId() throws {
        let planner = QueryPlanner(SmallVocabulary.shared, names: names)
        let seed = try #require(planner.plan("like Bohemian Rhapsody by Queen").seeds.first)
        #expect(seed.track == "t0" && seed.artist == "Queen" && !seed.bare)
    }

    @Test(arguments: [
        Case("songs by Radiohead", #"filter by Radiohead "Radiohead""#),
        Case("jazz by Nina Simone", #"want genre:jazz 0.75 "jazz" binds"#, #"filter by Nina Simone "Nina Simone""#),
        Case("by Nina Simone or Queen", #"filter by Nina Simone "Nina Simone""#, #"filter by Queen "Queen""#),
        Case("rock but not by Queen", #"want genre:rock 0.75 "rock" binds"#, #"filter not by Queen "Queen""#),
        Case("by Zorblax", #"filter by Zorblax "Zorblax""#),
    ]) func byBindsToAnArtist(_ request: Case) {
        #expect(rows(request.text, names: names) == request.rows)
    }

    @Test(arguments: [
        Case("like Bohemian Rapsody", #"like track Bohemian Rhapsody "Bohemian Rapsody""#, #"read "Bohemian Rapsody" as "Bohemian Rhapsody""#),
        Case("similar to Nina Simon", #"like artist Nina Simone "Nina Simon""#, #"read "Nina Simon" as "Nina Simone""#),
        Case("by Nina Simon", #"filter by Nina Simone "Nina Simon""#, #"read "Nina Simon" as "Nina Simone""#),
        Case("like Radiohehad", #"like artist Radiohead "Radiohehad""#, #"read "Radiohehad" as "Radiohead""#),
    ]) func misspeltNamesAreReadAndSaid(_ request: Case) {
        #expect(rows(request.text, names: names) == request.rows)
    }

    @Test(arguments: [
        Case("like Zorblax Quartet", #"like unknown Zorblax Quartet "Zorblax Quartet""#),
        Case("like jazz", #"want genre:jazz 0.75 "jazz" binds"#),
        Case("like a violin", #"want instrument:violin 0.75 "violin" binds"#),
        Case("feels like driving at night", #"want theme:driving 0.75 "driving""#),
    ]) func likeIsFollowedByANameOrByADescription(_ request: Case) {
        #expect(rows(request.text, names: names) == request.rows)
    }

    @Test(arguments: [
        Case(
            "like Island Sun but calmer", #"want mood:calm 0.75 "calmer" more"#, #"like track Island Sun "Island Sun""#, "move more calm 0.6"),
        Case(
            "more upbeat than Radiohead", #"want mood:upbeat 0.75 "upbeat" more"#, #"like artist Radiohead "Radiohead""#, "move more upbeat 0.6"),
        Case(
            "less aggressive than Metallica", #"avoid mood:aggressive 0.75 "aggressive" softly less"#, #"like artist Metallica "Metallica""#,
            "move less aggressive 0.6"),
    ]) func aComparativeBesideASeedMovesItsMood(_ request: Case) {
        #expect(rows(request.text, names: names) == request.rows)
    }

    @Test func withoutALibraryNamesAreReadAsTheyAreWritten() {
        #expect(rows("like Bohemian Rhapsody by Queen") == [#"like unknown Bohemian Rhapsody by Queen "Bohemian Rhapsody by Queen""#])
        #expect(rows("similar to Nina Simone") == [#"like unknown Nina Simone "Nina Simone""#])
    }
}
