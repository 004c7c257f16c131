import Testing

@testable import QueryPlanning

@Suite struct PolarityTests {
    @Test(arguments: [
        Case("no vocals", #"avoid voice:vocals 0.75 "vocals" excluded"#),
        Case("jazz, no vocals", #"want genre:jazz 0.75 "jazz" binds"#, #"avoid voice:vocals 0.75 "vocals" excluded"#),
        Case("anything but metal", #"avoid genre:metal 0.75 "metal" excluded"#),
        Case("I don't want drums", #"avoid instrument:drums 0.75 "drums" excluded"#),
        Case("don't like metal", #"avoid genre:metal 0.75 "metal" excluded"#),
        Case("no more metal", #"avoid genre:metal 0.75 "metal" excluded"#),
        Case("rock without electric guitar", #"want genre:rock 0.75 "rock" binds"#, #"avoid instrument:electric-guitar 0.75 "electric guitar" excluded"#),
        Case("not fast at all", #"avoid tempo:fast 0.75 "fast" excluded"#),
    ]) func negationExcludes(_ request: Case) {
        #expect(rows(request.text) == request.rows)
    }

    @Test(arguments: [
        Case("without drums or bass", #"avoid instrument:drums 0.75 "drums" excluded"#, #"avoid instrument:bass 0.75 "bass" excluded"#),
        Case("without drums and bass", #"avoid instrument:drums 0.75 "drums" excluded"#, #"avoid instrument:bass 0.75 "bass" excluded"#),
        Case("no rock or metal", #"avoid genre:rock 0.75 "rock" excluded"#, #"avoid genre:metal 0.75 "metal" excluded"#),
        Case("no sad slow songs", #"avoid mood:sad 0.75 "sad" excluded"#, #"avoid tempo:slow 0.75 "slow" excluded"#),
        Case(
            "piano without drums, bass or vocals", #"want instrument:piano 0.75 "piano" binds"#, #"avoid instrument:drums 0.75 "drums" excluded"#,
            #"avoid instrument:bass 0.75 "bass" excluded"#, #"avoid voice:vocals 0.75 "vocals" excluded"#),
        Case("not too fast or loud", #"avoid tempo:fast 0.75 "fast" softly"#, #"avoid texture:loud 0.75 "loud" softly"#),
    ]) func negationHoldsForAWholeList(_ request: Case) {
        #expect(rows(request.text) == request.rows)
    }

    @Test(arguments: [
        Case("no drums but violin", #"avoid instrument:drums 0.75 "drums" excluded"#, #"want instrument:violin 0.75 "violin" binds"#),
        Case("without drums, happy", #"avoid instrument:drums 0.75 "drums" excluded"#, #"want mood:happy 0.75 "happy""#),
        Case(
            "jazz but happy, no guitar", #"want genre:jazz 0.75 "jazz" binds"#, #"want mood:happy 0.75 "happy""#,
            #"avoid instrument:guitar 0.75 "guitar" excluded"#),
    ]) func negationEndsWhereSomethingElseIsAskedFor(_ request: Case) {
        #expect(rows(request.text) == request.rows)
    }

    @Test(arguments: [
        Case("not too fast", #"avoid tempo:fast 0.75 "fast" softly"#),
        Case("not very fast", #"avoid tempo:fast 0.75 "fast" softly"#),
        Case("jazz that isn't too loud", #"want genre:jazz 0.75 "jazz" binds"#, #"avoid texture:loud 0.75 "loud" softly"#),
    ]) func notTooMuchAsksForLessNotForNone(_ request: Case) {
        #expect(rows(request.text) == request.rows)
    }

    @Test(arguments: [
        Case("not without drums", #"want instrument:drums 0.75 "drums" binds"#),
        Case("not less upbeat", #"want mood:upbeat 0.75 "upbeat" more"#),
    ]) func twoNegationsAreNone(_ request: Case) {
        #expect(rows(request.text) == request.rows)
    }

    @Test(arguments: [
        Case("instrumental", #"want voice:instrumental 0.75 "instrumental""#),
        Case("instrumental jazz", #"want voice:instrumental 0.75 "instrumental""#, #"want genre:jazz 0.75 "jazz" binds"#),
        Case("not only jazz", #"want genre:jazz 0.75 "jazz" binds"#),
        Case("I love jazz", #"want genre:jazz 0.75 "jazz" binds"#),
        Case("songs about love", #"want theme:love 0.75 "love""#),
    ]) func wordsThatLookLikeSomethingElse(_ request: Case) {
        #expect(rows(request.text) == request.rows)
    }

    // MARK: Degree

    @Test(arguments: [
        Case("dark", #"want mood:dark 0.75 "dark""#),
        Case("very dark", #"want mood:dark 1.0 "dark""#),
        Case("extremely dark techno", #"want mood:dark 1.0 "dark""#, #"want genre:techno 0.75 "techno" binds"#),
        Case("slightly dark", #"want mood:dark 0.4 "dark""#),
        Case("a bit dark", #"want mood:dark 0.4 "dark""#),
        Case("saddest song", #"want mood:sad 1.0 "saddest""#),
        Case("maybe jazz", #"want genre:jazz 0.4 "jazz""#),
    ]) func gradesAreStrengths(_ request: Case) {
        #expect(rows(request.text) == request.rows)
    }

    @Test(arguments: [
        Case("more upbeat", #"want mood:upbeat 0.75 "upbeat" more"#),
        Case("calmer", #"want mood:calm 0.75 "calmer" more"#),
        Case("less aggressive", #"avoid mood:aggressive 0.75 "aggressive" softly less"#),
        Case("less aggressive metal", #"avoid mood:aggressive 0.75 "aggressive" softly less"#, #"want genre:metal 0.75 "metal" binds"#),
    ]) func comparativesAreChanges(_ request: Case) {
        #expect(rows(request.text) == request.rows)
    }

    @Test(arguments: [
        Case("rock or metal", #"want genre:rock 0.75 "rock" binds either 1"#, #"want genre:metal 0.75 "metal" binds either 1"#),
        Case("happy or sad", #"want mood:happy 0.75 "happy" either 1"#, #"want mood:sad 0.75 "sad" either 1"#),
        Case("slow and fast", #"want tempo:slow 0.75 "slow" either 1"#, #"want tempo:fast 0.75 "fast" either 1"#),
        Case("jazz or happy", #"want genre:jazz 0.75 "jazz" binds"#, #"want mood:happy 0.75 "happy""#),
        Case(
            "jazz with piano and violin", #"want genre:jazz 0.75 "jazz" binds"#, #"want instrument:piano 0.75 "piano" binds"#,
            #"want instrument:violin 0.75 "violin" binds"#),
    ]) func alternativesShareANumber(_ request: Case) {
        #expect(rows(request.text) == request.rows)
    }

    /// The example of the planner's own documentation, as a person sees it.
    @Test func thePlanPrintsAsATreeUnderItsSource() {
        #expect(
            QueryPlanner(SmallVocabulary.shared).plan("upbeat steel drum, not too fast").tree == """
                upbeat steel drum, not too fast
                ────── ──────────          ××××
                ├─ want   mood:upbeat          0.75  "upbeat"
                ├─ want   instrument:steelpan  0.75  "steel drum"  binds
                └─ avoid  tempo:fast           0.75  "fast"  softly
                """)
    }
}
