import TestSupport
import Testing
import Vocabulary

@testable import QueryPlanning

@Suite struct PlannerFuzzTests {
    static let words = """
        no not without but and or nor like similar to by than more less very slightly a bit anything except too very unlike from before after since until between
        early mid late 80s 1994 1960s sixties 4/4 120 bpm 90-110 minutes seconds top 10 5 songs tracks jazz rock metal hip-hop drum and bass steel drum happy sad
        calmer saddest upbeat aggressive drums piano vocals instrumental female choir fast slow lo-fi acoustic french love christmas workout 808 C# minor Bb major
        Queen Radiohead Nina Simone Bohemian Rhapsody Yesterday feels looking for something that the i want . , ; ! ? " ' ( ) | - – & / + # technno meloncholic
        steal zorblax quartet -free isn't don't instead of rather nothing maybe preferably sounds pretty inf nan 1e9 0x1f 日本 ไทย موسيقى 🎷 é ﬁ ß Ⅷ ½
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    static let characters = Array(" abcdefghijklmnopqrstuvwxyzABC0123456789'\"-–.,;:!?&/#+()|_\n\t\r\u{0}\u{7F}éßﬁ日本ไทยعربي🎷👩‍🎤\u{301}\u{200D}\u{FEFF}\u{202E}½")

    static func request(_ random: inout SeededGenerator) -> String {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: String((0..<Int.random(in: 0...60, using: &random)).compactMap { _ in characters.randomElement(using: &random) })
        case 1: (0..<Int.random(in: 1...25, using: &random)).compactMap { _ in words.randomElement(using: &random) }.joined(separator: " ")
        default:
            (0..<Int.random(in: 1...25, using: &random)).compactMap { _ in
                Bool.random(using: &random) ? words.randomElement(using: &random) : characters.randomElement(using: &random).map { String($0) }
            }.joined(separator: Bool.random(using: &random) ? " " : "")
        }
    }

    /// 3,000 requests: whatever is typed gives a plan whose spans lie in the text, that prints, and that reads back.
    @Test(arguments: 0..<30) func anyRequestGivesAPlanThatHolds(block: UInt64) throws {
        var random = SeededGenerator(seed: block)
        let planners = [QueryPlanner(SmallVocabulary.shared), QueryPlanner(SmallVocabulary.shared, names: SmallDirectory.shared)]
        for number in 0..<100 {
            let text = Self.request(&random)
            let plan = planners[number % 2].plan(text)
            let comment = Comment(rawValue: "block \(block) request \(number): \(text.debugDescription)")
            #expect(plan.text == text, comment)
            let filters = plan.filters
            let spans: [Span] =
                plan.clauses.map(\.span) + plan.seeds.map(\.span) + plan.corrections.map(\.span) + plan.ignored.map(\.span)
                + filters.artists.map(\.span) + filters.withoutArtists.map(\.span) + [filters.years, filters.bpm, filters.duration].compactMap { $0?.span }
            #expect(spans.allSatisfy { 0 <= $0.start && $0.start < $0.end && $0.end <= text.utf8.count }, comment)
            #expect(plan.clauses.allSatisfy { (0...1).contains($0.strength) }, comment)
            #expect(plan.conflicts.allSatisfy { $0.clauses.allSatisfy(plan.clauses.indices.contains) }, comment)
            #expect(!plan.tree.isEmpty, comment)
            #expect(try QueryPlan(canonicalJSON: plan.canonicalJSON) == plan, comment)
            if number % 10 == 0 { #expect(try QueryPlan(handle: plan.handle) == plan, comment) }
        }
    }

    @Test(arguments: [
        "1e999 minutes", "inf minutes", "nan minutes", "9e99 minutes", "1e9 hours", "inf bpm", "0x1f songs", "-5 minutes", "0 minutes", "99999999999 songs",
    ])
    func numbersThatNobodyMeansStillGiveAPlan(text: String) throws {
        let plan = QueryPlanner(SmallVocabulary.shared).plan(text)
        #expect(!plan.tree.isEmpty)
        #expect(try QueryPlan(canonicalJSON: plan.canonicalJSON) == plan)
    }

    @Test(arguments: ["a", "no ", "jazz ", "like Queen ", "\"", "日本", "🎷", "not without "]) func aMegabyteIsCutAndTheCutIsSaid(piece: String) {
        let text = String(repeating: piece, count: 1_000_000 / piece.utf8.count)
        let clock = ContinuousClock()
        var plan = QueryPlan()
        let time = clock.measure { plan = QueryPlanner(SmallVocabulary.shared, names: SmallDirectory.shared).plan(text) }
        #expect(time < .seconds(5))
        let head = plan.text.utf8.count
        #expect(text.hasPrefix(plan.text) && head <= QueryPlanner.longestText && head > QueryPlanner.longestText - 4)
        #expect(plan.ignored.last?.text == "\(text.utf8.count - head) bytes after the first \(head)")
    }

    @Test func aRequestOfTheLongestLengthIsNotCut() {
        let text = String(repeating: "jazz ", count: QueryPlanner.longestText / 5) + "x"
        #expect(text.utf8.count == QueryPlanner.longestText)
        #expect(QueryPlanner(SmallVocabulary.shared).plan(text).text == text)
    }
}
