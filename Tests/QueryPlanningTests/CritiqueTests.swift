import Storage
import TestSupport
import Testing
import Vocabulary

@testable import QueryPlanning

/// Conversations, turn by turn: what each critique makes of the plan before it.
@Suite struct CritiqueTests {
    static let planner = QueryPlanner(SmallVocabulary.shared, names: SmallDirectory.shared)
    static let shown = [
        ShownTrack(id: "t1", title: "So What", artist: "Miles Davis"), ShownTrack(id: "t2", title: "Blue in Green", artist: "Bill Evans"),
        ShownTrack(id: "t3", title: "Naima", artist: "John Coltrane"),
    ]

    static func conversation(_ turns: [String]) -> Conversation {
        let first = Conversation(planner.plan(turns[0]))
        return turns.dropFirst().reduce(first) { conversation, words in
            conversation.refined(by: planner.critiques(words, of: conversation.plan, shown: shown), planner.vocabulary)
        }
    }

    /// The wishes as signs: `+` wanted, `-` held back, `!` left out, `~` a must among moods.
    static func wishes(_ plan: QueryPlan) -> [String] {
        plan.clauses.map { clause in
            let sign = clause.polarity == .avoid ? clause.hard ? "!" : "-" : clause.hard && !clause.descriptor.facet.binds ? "~" : "+"
            return "\(sign)\(clause.descriptor.slug) \(clause.strength)"
        }
    }

    struct Talk: Sendable, CustomTestStringConvertible {
        var turns: [String]
        var wishes: [String]
        var testDescription: String { turns.joined(separator: " / ") }

        init(_ turns: String..., gives wishes: [String]) { (self.turns, self.wishes) = (turns, wishes) }
    }

    @Test(arguments: [
        Talk("jazz piano", "more upbeat", gives: ["+jazz 0.75", "+piano 0.75", "+upbeat 0.75"]),
        Talk("jazz piano", "more upbeat", "more upbeat", gives: ["+jazz 0.75", "+piano 0.75", "+upbeat 1.0"]),
        Talk("upbeat jazz", "more upbeat", "more upbeat", gives: ["~upbeat 1.0", "+jazz 0.75"]),
        Talk("jazz", "happier", "calmer please", gives: ["+jazz 0.75", "+happy 0.75", "+calm 0.75"]),
        Talk("jazz", "sadder", "calmer", gives: ["+jazz 0.75", "+sad 0.75", "+calm 0.75"]),
        Talk("jazz", "more upbeat", "calmer", gives: ["+jazz 0.75", "+calm 0.75"]),
        Talk("jazz", "more upbeat", "darker", gives: ["+jazz 0.75", "+dark 0.75"]),
        Talk("jazz", "more energetic", "actually a bit calmer", gives: ["+jazz 0.75", "+calm 0.4"]),
        Talk("jazz", "less vocals", gives: ["+jazz 0.75", "-vocals 0.75"]),
        Talk("jazz with vocals", "less vocals", gives: ["+jazz 0.75", "+vocals 0.4"]),
        Talk("jazz with vocals", "less vocals", "less vocals", gives: ["+jazz 0.75"]),
        Talk("jazz", "no vocals", gives: ["+jazz 0.75", "!vocals 0.75"]),
        Talk("jazz", "no vocals", "less vocals", gives: ["+jazz 0.75", "!vocals 0.75"]),
        Talk("jazz", "no vocals", "more vocals", gives: ["+jazz 0.75", "+vocals 0.75"]),
        Talk("jazz with female vocals", "no vocals", gives: ["+jazz 0.75", "!vocals 0.75"]),
        Talk("jazz, no vocals", "with vocals after all", gives: ["+jazz 0.75", "+vocals 0.75"]),
        Talk("80s jazz", "forget the decade", gives: ["+jazz 0.75"]),
        Talk("80s jazz", "never mind the era and add piano", gives: ["+jazz 0.75", "+piano 0.75"]),
        Talk("80s jazz", "from the 70s", gives: ["+jazz 0.75", "+1970s 0.75"]),
        Talk("jazz piano", "drop the piano", gives: ["+jazz 0.75"]),
        Talk("jazz piano", "drop the drums", gives: ["+jazz 0.75", "+piano 0.75", "!drums 0.75"]),
        Talk("upbeat jazz", "the mood doesn't matter", gives: ["+jazz 0.75"]),
        Talk("upbeat jazz", "any mood is fine", gives: ["+jazz 0.75"]),
        Talk("jazz", "make it rock", gives: ["+rock 0.75"]),
        Talk("jazz", "rock instead", gives: ["+rock 0.75"]),
        Talk("jazz guitar", "piano instead of guitar", gives: ["+jazz 0.75", "+piano 0.75"]),
        Talk("rock with guitar and piano", "no, I meant electric guitar", gives: ["+rock 0.75", "+piano 0.75", "+electric-guitar 0.75"]),
        Talk("rock with electric guitar", "no, I meant the other guitar", gives: ["+rock 0.75", "+guitar 0.75"]),
        Talk("jazz", "too slow", gives: ["+jazz 0.75", "-slow 0.75"]),
        Talk("calm jazz", "way too calm", gives: ["+calm 0.4", "+jazz 0.75"]),
        Talk("jazz with guitar", "too much guitar", gives: ["+jazz 0.75", "+guitar 0.4"]),
        Talk("calm jazz", "not calm enough", gives: ["+calm 1.0", "+jazz 0.75"]),
        Talk("upbeat jazz", "a bit more upbeat", gives: ["+upbeat 0.875", "+jazz 0.75"]),
        Talk("fast jazz", "slower", gives: ["+jazz 0.75", "+slow 0.75"]),
        Talk("jazz with female vocals", "less vocals", gives: ["+jazz 0.75", "+female-vocals 0.4"]),
        Talk("jazz, no vocals", "bring the vocals back", gives: ["+jazz 0.75"]),
        Talk("jazz with violin", "replace the violin with piano", gives: ["+jazz 0.75", "+piano 0.75"]),
        Talk("jazz piano", "calmer but don't drop the piano", gives: ["+jazz 0.75", "+piano 0.75", "+calm 0.75"]),
        Talk("jazz piano", "don't drop the piano", gives: ["+jazz 0.75", "+piano 0.75"]), Talk("sad rock", "happier", gives: ["+rock 0.75", "+happy 0.75"]),
        Talk("jazz", "start over with rock", gives: ["+rock 0.75"]), Talk("jazz piano", "too fast", gives: ["+jazz 0.75", "+piano 0.75", "-fast 0.75"]),
        Talk("jazz", "forget it", gives: ["+jazz 0.75"]), Talk("jazz", "thanks, ok", gives: ["+jazz 0.75"]),
        Talk("jazz", "very upbeat", gives: ["+jazz 0.75", "+upbeat 1.0"]),
        Talk("jazz", "not too fast", gives: ["+jazz 0.75", "-fast 0.75"]),
    ]) func aCritiqueChangesWhatItSays(talk: Talk) {
        #expect(Self.wishes(Self.conversation(talk.turns).plan) == talk.wishes)
    }

    // MARK: Tracks

    @Test(arguments: [
        ("like the second one", ["like t2"]), ("more like number 3", ["like t3"]), ("something like #1 please", ["like t1"]),
        ("not like the first", ["avoid t1"]), ("like the first two", ["like t1", "like t2"]), ("like the first and third", ["like t1", "like t3"]),
        ("the last one", ["like t3"]), ("I love the 2nd track", ["like t2"]), ("like the first but not like the third", ["like t1", "avoid t3"]),
        ("the third was great", ["like t3"]),
        ("the second one is really boring", ["avoid t2"]), ("i like #1 and #3", ["like t1", "like t3"]), ("skip the first one", ["avoid t1"]),
        ("remove the second one", ["avoid t2"]), ("drop the first track", ["avoid t1"]),
        ("don't play anything like the second one", ["avoid t2"]),
    ]) func aTrackOfTheAnswerIsPointedAt(words: String, seeds: [String]) {
        let plan = Self.conversation(["jazz", words]).plan
        #expect(plan.seeds.map { "\($0.polarity.rawValue) \($0.track ?? "")" } == seeds)
        #expect(plan.ignored.isEmpty && Self.wishes(plan) == ["+jazz 0.75"])
    }

    @Test(arguments: [
        ("more by number 2", "Bill Evans"), ("any other by her?", "Miles Davis"), ("same artist", "Miles Davis"), ("by the third one", "John Coltrane"),
    ])
    func theArtistOfATrackIsPointedAt(words: String, artist: String) {
        let plan = Self.conversation(["jazz", words]).plan
        #expect(plan.filters.artists.map(\.name) == [artist] && Self.wishes(plan) == ["+jazz 0.75"] && plan.ignored.isEmpty)
    }

    @Test(arguments: [("20 of them please", 20), ("show me 5", 5), ("just 3", 3)]) func aNumberOfTracksIsRead(words: String, count: Int) {
        let plan = Self.conversation(["jazz", words]).plan
        #expect(plan.count == count && Self.wishes(plan) == ["+jazz 0.75"] && plan.ignored.isEmpty)
    }

    @Test(arguments: ["something else", "show me more please", "next", "ok, different ones", "can you show me others"]) func othersLeaveOutWhatWasShown(
        words: String
    ) {
        let plan = Self.conversation(["jazz", words]).plan
        #expect(plan.filters.withoutTracks == ["t1", "t2", "t3"] && Self.wishes(plan) == ["+jazz 0.75"])
        #expect(plan.changes(since: Self.planner.plan("jazz"), Self.planner.vocabulary).map(\.text) == ["none of 3 shown before"])
    }

    @Test func aTrackThatIsNotShownIsSaid() {
        let refinement = Self.planner.critiques("like the ninth one", of: QueryPlan(), shown: Self.shown)
        #expect(refinement.critiques.isEmpty && refinement.notes == ["there is no track number 9: the answer shows 3"])
    }

    @Test func aMoodBesideASeedIsAMove() {
        let plan = Self.conversation(["jazz", "like the second one", "calmer", "calmer"]).plan
        #expect(plan.moodMove?.targets.map(\.descriptor.slug) == ["calm"] && plan.moodMove?.strength == 0.8)
        let dropped = Self.conversation(["jazz", "like the second one", "calmer", "forget the mood"]).plan
        #expect(dropped.moodMove == nil && dropped.seeds.count == 1)
        let without = Self.conversation(["jazz", "like the second one", "calmer", "forget that track"]).plan
        #expect(without.moodMove == nil && without.seeds.isEmpty)
    }

    @Test func whatIsKeptNeedsASeed() {
        #expect(Self.conversation(["jazz", "keep the genre"]).plan.keep == nil)
        #expect(Self.conversation(["jazz", "like the first one", "keep the genre and instruments"]).plan.keep == [.genre, .instrument])
    }

    // MARK: Back and forth

    @Test(arguments: ["undo", "go back", "Undo that, please", "take that back", "ok, back"]) func undoIsTheTurnBefore(words: String) {
        let turns = ["jazz", "more upbeat", "no vocals"]
        #expect(Self.conversation(turns + [words]) == Self.conversation(Array(turns.dropLast())))
    }

    @Test func undoGoesAsFarAsItIsTold() {
        let turns = ["jazz", "more upbeat", "no vocals", "piano", "from the 70s"]
        #expect(Self.conversation(turns + ["undo twice"]) == Self.conversation(Array(turns.prefix(3))))
        #expect(Self.conversation(turns + ["go back 3 steps"]) == Self.conversation(Array(turns.prefix(2))))
        #expect(Self.conversation(turns + ["undo 9"]) == Self.conversation(Array(turns.prefix(1))))
    }

    @Test(arguments: ["start over", "ok, start again please", "reset", "forget everything"]) func aFreshStartCanBeUndone(words: String) {
        let talk = Self.conversation(["jazz", "more upbeat", words])
        #expect(talk.plan.clauses.isEmpty && talk.parent == Self.conversation(["jazz", "more upbeat"]))
    }

    @Test func whatChangesNothingIsNoTurn() {
        let talk = Self.conversation(["jazz, no vocals", "no vocals", "hmm ok", "keep the genre"])
        #expect(talk == Self.conversation(["jazz, no vocals"]))
    }

    // MARK: Laws, on random talk

    static func words(_ random: inout SeededGenerator) -> String {
        [
            "more upbeat", "calmer", "less vocals", "no vocals", "no drums", "add piano", "forget the decade", "from the 80s", "like the second one",
            "not like the first", "make it rock", "happy", "under 4 minutes", "by Queen", "20 songs", "keep the genre", "forget the mood", "zither",
            "drop the piano",
            "much more energetic", "no, I meant jazz", "120 bpm", "really sad", "start over", "electric guitar instead", "the other guitar", "any tempo",
            "🎷 日本",
            "and", "", "no", "undo",
        ].randomElement(using: &random) ?? ""
    }

    /// 300 talks of up to 14 turns: every turn's handle holds it, its parent is the turn before, spans lie in the text, and the text stays short enough.
    @Test(arguments: 0..<10) func everyTurnHolds(block: UInt64) throws {
        var random = SeededGenerator(seed: 4_000 + block)
        for talk in 0..<30 {
            var conversation = Conversation(Self.planner.plan(PlannerFuzzTests.request(&random)))
            for turn in 0..<Int.random(in: 1...14, using: &random) {
                let words = Self.words(&random)
                let comment = Comment(rawValue: "block \(block) talk \(talk) turn \(turn): \(words)")
                let next = conversation.refined(by: Self.planner.critiques(words, of: conversation.plan, shown: Self.shown), Self.planner.vocabulary)
                #expect(try Conversation(handle: next.handle) == next, comment)
                #expect(next == conversation || next.parent == conversation || conversation.earlier.contains(next.plan), comment)
                #expect(try QueryPlan(canonicalJSON: next.plan.canonicalJSON) == next.plan, comment)
                #expect(next.plan.text.utf8.count <= QueryPlanner.longestText * 2, comment)
                #expect(!next.plan.tree.isEmpty, comment)
                let changes = next.plan.changes(since: conversation.plan, Self.planner.vocabulary)
                #expect((next.plan == conversation.plan) == changes.isEmpty, "\(comment)\n\(conversation.plan.tree)\n\(next.plan.tree)")
                conversation = next
            }
        }
    }

    /// A law of edits: what is added and dropped again leaves the wishes as they were.
    @Test(arguments: ["mood:upbeat", "genre:rock", "instrument:piano", "voice:choir", "theme:party"]) func addingAndDroppingIsNothing(name: String) throws {
        let id = try #require(DescriptorID(name))
        for text in ["jazz", "calm folk, no drums", "like Queen but calmer"] {
            let plan = Self.planner.plan(text)
            let there = plan.applying(Refinement([Critique(.add, id, strength: 0.5)], Self.planner.vocabulary), Self.planner.vocabulary)
            let back = there.applying(Refinement([Critique(.drop, id)], Self.planner.vocabulary), Self.planner.vocabulary)
            #expect(there.clauses.contains { $0.descriptor == id && $0.strength == 0.5 } && back.isAlike(plan), "\(text)")
        }
    }

    @Test func aLongTalkForgetsWordsButNoWish() throws {
        var conversation = Conversation(Self.planner.plan("jazz, no vocals"))
        for turn in 0..<200 {
            let words = (turn % 2 == 0 ? "add piano " : "drop the piano ") + String(repeating: "la ", count: 40)
            conversation = conversation.refined(by: Self.planner.critiques(words, of: conversation.plan, shown: []), Self.planner.vocabulary)
        }
        #expect(conversation.plan.text.utf8.count <= QueryPlanner.longestText * 2)
        #expect(conversation.earlier.count == Conversation.mostTurns - 1)
        #expect(Self.wishes(conversation.plan).prefix(2) == ["+jazz 0.75", "!vocals 0.75"])
        #expect(conversation.plan.source(conversation.plan.clauses[0].span) == "jazz")
        #expect(try Conversation(handle: conversation.handle).plan == conversation.plan)
        #expect(conversation.handle.utf8.count <= Conversation.longestHandle)
    }

    // MARK: Handles

    @Test func tenTurnsMakeAShortHandle() {
        let turns = [
            "jazz piano", "more upbeat", "no vocals", "from the 70s", "like the second one", "calmer", "no drums", "under 5 minutes", "add saxophone",
            "20 songs",
        ]
        let handle = Self.conversation(turns).handle
        #expect(handle.utf8.count < 1_500, "\(handle.utf8.count) characters")
    }

    @Test func aPackedTextThatGrowsWithoutEndIsRefused() {
        let bomb = Deflate.pack([UInt8](repeating: UInt8(ascii: " "), count: 8 << 20))
        #expect(throws: PlanError.self) { try Conversation(handle: "d2." + URLSafeBase64.text([UInt8](repeating: 0, count: 8) + bomb)) }
    }
}
