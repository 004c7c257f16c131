import TestSupport
import Testing
import Vocabulary

@testable import QueryPlanning

/// Words that name nothing, read by their meaning: what the resolver is asked, and what becomes of its answer.
@Suite struct SemanticReadingTests {
    private static func plan(_ text: String, _ resolver: StubResolver, names: NameDirectory? = nil) -> QueryPlan {
        QueryPlanner(SmallVocabulary.shared, names: names, semantics: resolver).plan(text)
    }

    private static func asked(_ text: String, lacking: [String] = []) -> [String] {
        let resolver = StubResolver(lacking: lacking)
        _ = plan(text, resolver)
        return resolver.phrases
    }

    private static func semantic(_ plan: QueryPlan) -> [String] {
        plan.clauses.compactMap { clause in clause.semantic.map { "\(clause.descriptor) \($0)" } }
    }

    // MARK: What is asked

    @Test(arguments: [
        ("greasy slap lines", ["greasy slap lines"]),
        ("jazz with greasy slap lines", ["greasy slap lines"]),
        ("greasy slap lines and velvet curtains", ["greasy slap lines", "velvet curtains"]),
        ("greasy, velvet", ["greasy", "velvet"]),
        ("velvet curtains or greasy slap lines but jazz", ["velvet curtains", "greasy slap lines"]),
        ("greasy jazz velvet", ["greasy", "velvet"]),
    ]) func wordsThatNameNothingAreAskedBetweenDividers(text: String, phrases: [String]) {
        #expect(Self.asked(text) == phrases)
    }

    @Test(arguments: [
        ("please recommend me some greasy slap lines", ["greasy slap lines"]),
        ("I am looking for greasy slap lines please", ["greasy slap lines"]),
        ("greasy slap songs", ["greasy slap"]),
        ("some greasy music", ["greasy"]),
        ("the wall of velvet", ["wall of velvet"]),
        ("suggest songs that are greasy", ["greasy"]),
    ]) func theWordsOfAskingAreTrimmed(text: String, phrases: [String]) {
        #expect(Self.asked(text) == phrases)
    }

    @Test(arguments: [
        "", "   ", "jazz", "upbeat jazz with piano", "please recommend me some music", "10 songs", "!?, -", "under 4 minutes", "songs like Queen",
    ])
    func nothingIsAskedWhereNothingIsLeftOver(text: String) {
        let resolver = StubResolver()
        _ = Self.plan(text, resolver, names: SmallDirectory.shared)
        #expect(resolver.questions.isEmpty)
    }

    @Test func allPhrasesOfARequestAreAskedAtOnce() {
        let resolver = StubResolver()
        _ = Self.plan("greasy slap and velvet, rubbery", resolver)
        #expect(resolver.questions.map(\.phrases) == [["greasy slap", "velvet", "rubbery"]])
    }

    /// "dark" names a mood that no track here has: what is near the words together is asked instead.
    @Test(arguments: [
        ("dark velvet curtains", ["mood:dark"], ["dark velvet curtains"]),
        ("velvet dark", ["mood:dark"], ["velvet dark"]),
        ("dark", ["mood:dark"], ["dark"]),
        ("jazz, dark", ["mood:dark"], ["dark"]),
        ("jazz, dark", ["mood:sad"], []),
        ("classical piano", ["genre:classical-piano"], []),
        ("classical piano", ["genre:classical-piano", "genre:classical", "instrument:piano"], ["classical piano"]),
    ]) func namesThatTheLibraryLacksAreAskedWithWhatSurroundsThem(text: String, lacking: [String], phrases: [String]) {
        #expect(Self.asked(text, lacking: lacking) == phrases)
    }

    /// Either will do, so the one that is there answers.
    @Test func alternativesThatTheLibraryLacksAreNotAsked() {
        #expect(Self.asked("happy or dark", lacking: ["mood:dark"]) == [])
    }

    @Test(arguments: [
        "no greasy slap", "without greasy slap", "not greasy", "jazz without velvet", "no sad velvet", "not sad velvet", "jazz, nothing greasy",
        "anything but greasy slap", "except greasy", "without dark velvet", "no dark", "I don't want velvet", "stay away from velvet",
        "jazz but not too greasy", "I don't want any of that velvet", "no sad slow dark drums velvet",
    ]) func whatIsNegatedIsNeverAsked(text: String) {
        #expect(Self.asked(text, lacking: ["mood:dark"]) == [])
    }

    @Test(arguments: [
        ("no greasy slap", ["greasy", "slap"]), ("jazz with velvet, without greasy lines", ["greasy", "lines"]), ("greasy slap", []),
        ("I don't want any of that velvet", ["velvet"]), ("not only velvet", []),
    ]) func ignoredWordsSayWhetherTheyAreUnwanted(text: String, unwanted: [String]) {
        #expect(QueryPlanner(SmallVocabulary.shared).plan(text).ignored.filter { $0.negated == true }.map(\.text) == unwanted)
    }

    @Test func whatFollowsANegationAtADistanceIsAskedAgain() {
        #expect(Self.asked("no drums but jazz with piano, greasy slap") == ["greasy slap"])
    }

    // MARK: What is said already

    @Test(
        arguments: [
            ("jazz with greasy slap", [], ["genre:jazz"]),
            ("jazz, no drums, happy piano, velvet", [], ["genre:jazz", "instrument:drums", "mood:happy", "instrument:piano"]),
            ("dark jazz, velvet", ["mood:dark"], ["genre:jazz"]),
            ("velvet", [], []),
        ] as [(String, [String], Set<String>)]) func whatIsSaidAndPresentIsToldBeside(text: String, lacking: [String], said: Set<String>)
    {
        let resolver = StubResolver(lacking: lacking)
        _ = Self.plan(text, resolver)
        #expect(resolver.questions.map(\.said) == [said])
    }

    // MARK: What becomes of the answer

    @Test(
        arguments: [
            (-1.0, nil), (0.0, nil), (0.29, nil), (0.3, 0.4), (0.4, 0.49), (0.6, 0.66), (0.7, 0.75), (0.9, 0.75), (1.0, 0.75), (.infinity, 0.75),
            (.nan, nil),
        ] as [(Double, Double?)]) func strengthComesFromTheSimilarity(similarity: Double, strength: Double?)
    {
        // 0.4 at 0.3, 0.75 from 0.7 on, straight between, two decimals.
        let plan = Self.plan("velvet", StubResolver(otherwise: (similarity, [("mood:calm", 1)])))
        #expect(plan.clauses.map(\.strength) == (strength.map { [$0] } ?? []))
        #expect(plan.ignored.map(\.text) == (strength == nil ? ["velvet"] : []))
    }

    @Test func whatIsTooFarIsLeftOverAsBefore() {
        let text = "jazz with greasy slap"
        #expect(Self.plan(text, StubResolver(otherwise: (0.2, [("mood:calm", 1)]))) == QueryPlanner(SmallVocabulary.shared).plan(text))
        #expect(Self.plan(text, StubResolver(otherwise: (0.9, []))) == QueryPlanner(SmallVocabulary.shared).plan(text))
    }

    @Test(arguments: [
        ([0.5, 0.3, 0.2], [0.5, 0.3, 0.2]),
        ([0.9, 0.05, 0.05], [1]),
        ([0.7, 0.2, 0.05, 0.05], [0.78, 0.22]),
        ([0.94, 0.06], [0.94, 0.06]),
        ([0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125], [0.17, 0.17, 0.17, 0.17, 0.17, 0.17]),
        ([0.05, 0.05], []),
    ]) func sharesAreKeptRoundedAndFew(shares: [Double], kept: [Double]) {
        let names = ["mood:sad", "mood:calm", "mood:dark", "mood:happy", "genre:soul", "genre:folk", "genre:pop", "genre:rock"]
        let plan = Self.plan("velvet", StubResolver(otherwise: (0.6, Array(zip(names, shares)))))
        #expect(plan.clauses.map(\.semantic) == kept)
        #expect(plan.clauses.map(\.descriptor.description) == Array(names.prefix(kept.count)))
        #expect(plan.ignored.isEmpty == !kept.isEmpty)
    }

    @Test func meaningsAreSoftAlternativesUnderTheWordsThatTheyAreReadFrom() throws {
        let plan = Self.plan("jazz with greasy slap", StubResolver(otherwise: (0.6, [("genre:soul", 0.6), ("instrument:bass", 0.4)])))
        let read = plan.clauses.filter { $0.semantic != nil }
        #expect(read.map(\.descriptor.description) == ["genre:soul", "instrument:bass"])
        #expect(read.allSatisfy { !$0.hard && $0.polarity == .want && $0.change == nil && $0.parts.isEmpty && plan.source($0.span) == "greasy slap" })
        #expect(Set(read.map(\.alternatives)) == [1])
        #expect(plan.clauses.first?.semantic == nil && plan.clauses.first?.hard == true)
        #expect(plan.ignored.isEmpty)
    }

    @Test func everyPhraseIsAGroupOfItsOwn() {
        let resolver = StubResolver([
            "velvet": (0.8, [("mood:calm", 0.5), ("mood:romantic", 0.5)]), "greasy slap": (0.8, [("genre:soul", 0.7), ("instrument:bass", 0.3)]),
        ])
        let plan = Self.plan("rock or metal, happy or sad, velvet and greasy slap", resolver)
        let groups = Dictionary(grouping: plan.clauses, by: \.alternatives).mapValues { Set($0.map(\.descriptor.description)) }
        #expect(
            groups == [
                1: ["genre:rock", "genre:metal"], 2: ["mood:happy", "mood:sad"], 3: ["mood:calm", "mood:romantic"], 4: ["genre:soul", "instrument:bass"],
            ])
    }

    @Test func wordsThatAreReadAreNoLongerIgnored() {
        let resolver = StubResolver(["greasy slap": (0.5, [("genre:soul", 1)])])
        let plan = Self.plan("greasy slap, velvet curtain", resolver)
        #expect(plan.ignored.map(\.text) == ["velvet", "curtain"])
        #expect(QueryPlanner(SmallVocabulary.shared).plan("greasy slap, velvet curtain").ignored.map(\.text) == ["greasy", "slap", "velvet", "curtain"])
    }

    /// A guess at what words mean lifts no ban, and no clash is made of it.
    @Test(arguments: ["no sad songs, piano for velvet", "slow piano jazz for velvet"]) func whatWordsMayMeanContradictsNothing(text: String) {
        let plan = Self.plan(text, StubResolver(otherwise: (0.8, [("mood:melancholic", 0.5), ("tempo:fast", 0.5)])))
        #expect(Self.semantic(plan).count == 2)
        #expect(plan.conflicts.isEmpty)
    }

    // MARK: Printed, packed, edited

    @Test func thePlanPrintsWhatItWasReadFrom() {
        let plan = Self.plan("jazz with greasy slap", StubResolver(otherwise: (0.6, [("genre:soul", 0.6), ("instrument:bass", 0.4)])))
        #expect(
            plan.tree == """
                jazz with greasy slap
                ────      ───────────
                ├─ want  genre:jazz       0.75  "jazz"  binds
                ├─ want  genre:soul       0.66  "greasy slap"  semantic 0.6  either 1
                └─ want  instrument:bass  0.66  "greasy slap"  semantic 0.4  either 1
                """)
    }

    private static let resolver = StubResolver(
        ["greasy slap": (0.55, [("genre:soul", 0.61), ("instrument:bass", 0.39)]), "dark velvet": (0.71, [("mood:calm", 1)])], lacking: ["mood:dark"])

    @Test(arguments: ["greasy slap", "rock or metal with greasy slap, not loud", "dark velvet and greasy slap", "no drums, lots of drums, greasy slap 🎷"])
    func aPlanReadsBackFromItsJSONAndItsHandle(text: String) throws {
        let plan = Self.plan(text, Self.resolver)
        #expect(plan.canonicalJSON.contains("\"semantic\":0.") || plan.canonicalJSON.contains("\"semantic\":1"))
        #expect(try QueryPlan(canonicalJSON: plan.canonicalJSON) == plan)
        #expect(try QueryPlan(handle: plan.handle) == plan)
        #expect(Self.plan(text, Self.resolver) == plan)
    }

    @Test func aPlanWithoutMeaningsPrintsNone() {
        #expect(!QueryPlanner(SmallVocabulary.shared).plan("jazz with greasy slap").canonicalJSON.contains("semantic"))
    }

    @Test(arguments: ["1.5", "-0.1", "\"much\"", "1e300"]) func aShareThatCannotBeIsAnError(share: String) throws {
        let json = Self.plan("greasy slap", Self.resolver).canonicalJSON
        try #require(json.contains("\"semantic\":0.61"))
        #expect(throws: PlanError.self) { try QueryPlan(canonicalJSON: json.replacing("\"semantic\":0.61", with: "\"semantic\":\(share)")) }
    }

    @Test func meaningsAreAlternativesOfMeanings() throws {
        let json = Self.plan("rock or metal with greasy slap", Self.resolver).canonicalJSON
        for (part, forged) in [(#""alternatives":2,"#, ""), (#""alternatives":2,"#, #""alternatives":1,"#)] {
            try #require(json.contains(part))
            #expect(throws: PlanError.self) { try QueryPlan(canonicalJSON: json.replacing(part, with: forged)) }
        }
    }

    @Test func aMeaningCanBeDropped() throws {
        let plan = Self.plan("rock with greasy slap, drums, no drums", Self.resolver)
        #expect(plan.conflicts == [Conflict(clauses: [1, 2], reason: #""drums" is both wanted and avoided"#)])
        let soul = DescriptorID(.genre, "soul")
        let edited = plan.dropping(soul)
        #expect(edited.clauses == plan.clauses.filter { $0.descriptor != soul } && edited.clauses.count == plan.clauses.count - 1)
        #expect(Self.semantic(edited) == ["instrument:bass 0.39"])
        #expect(edited.conflicts == plan.conflicts)
        #expect(try QueryPlan(handle: edited.handle) == edited)
    }

    @Test func conflictsMoveWithTheirClausesAndGoWithThem() throws {
        let plan = Self.plan("rock with greasy slap, drums, no drums", Self.resolver)
        let later = plan.dropping(DescriptorID(.genre, "rock"))
        #expect(later.conflicts == [Conflict(clauses: [0, 1], reason: #""drums" is both wanted and avoided"#)])
        let drums = plan.dropping(DescriptorID(.instrument, "drums"))
        #expect(drums.conflicts.isEmpty && drums.clauses.map(\.descriptor.description) == ["genre:rock", "genre:soul", "instrument:bass"])
        let none = plan.dropping(DescriptorID(.mood, "happy"))
        #expect(none == plan)
    }

    // MARK: Whatever is typed

    private static func random(_ random: inout SeededGenerator) -> StubResolver {
        let names = ["mood:sad", "mood:calm", "genre:soul", "tempo:fast", "voice:vocals", "genre:metal", "instrument:drums"]
        let shares = (0..<Int.random(in: 0...7, using: &random)).map { _ in Double.random(in: 0...1, using: &random) }.sorted(by: >)
        let lacking = names.filter { _ in Bool.random(using: &random) } + (Bool.random(using: &random) ? ["genre:jazz", "mood:dark"] : [])
        return StubResolver(otherwise: (Double.random(in: -0.2...1, using: &random), Array(zip(names.shuffled(using: &random), shares))), lacking: lacking)
    }

    /// 1,000 requests: with meanings, too, a plan's spans lie in the text, and it prints and reads back; what was named without them still is.
    @Test(arguments: 0..<20) func anyRequestGivesAPlanThatHolds(block: UInt64) throws {
        var random = SeededGenerator(seed: 900 + block)
        for number in 0..<50 {
            let text = PlannerFuzzTests.request(&random)
            let names = number % 2 == 0 ? nil : SmallDirectory.shared
            let resolver = Self.random(&random)
            let plan = Self.plan(text, resolver, names: names)
            let comment = Comment(rawValue: "block \(block) request \(number): \(text.debugDescription)")
            let bare = QueryPlanner(SmallVocabulary.shared, names: names).plan(text)
            #expect(plan.clauses.filter { $0.semantic == nil } == bare.clauses, comment)
            #expect(plan.filters == bare.filters && plan.seeds == bare.seeds && plan.corrections == bare.corrections, comment)
            #expect(Set(plan.ignored).isSubset(of: bare.ignored), comment)
            #expect(plan.clauses.allSatisfy { 0 <= $0.span.start && $0.span.start < $0.span.end && $0.span.end <= text.utf8.count }, comment)
            let read = plan.clauses.filter { $0.semantic != nil }
            #expect(read.allSatisfy { (0.01...1).contains($0.semantic ?? 0) && (0.4...0.75).contains($0.strength) && !$0.hard }, comment)
            for group in Dictionary(grouping: read, by: \.alternatives).values {
                #expect(group.count <= 6 && Set(group.map(\.span)).count == 1, comment)
                #expect(abs(group.reduce(0) { $0 + ($1.semantic ?? 0) } - 1) <= 0.005 * 6 + 1e-9, comment)
            }
            #expect(resolver.phrases.allSatisfy { !$0.isEmpty && text.contains($0) }, comment)
            #expect(plan.conflicts.allSatisfy { $0.clauses.allSatisfy(plan.clauses.indices.contains) }, comment)
            #expect(!plan.tree.isEmpty, comment)
            #expect(try QueryPlan(canonicalJSON: plan.canonicalJSON) == plan, comment)
            if let first = plan.clauses.first {
                let edited = plan.dropping(first.descriptor)
                #expect(!edited.clauses.contains { $0.descriptor == first.descriptor }, comment)
                #expect(try QueryPlan(handle: edited.handle) == edited, comment)
            }
        }
    }
}
