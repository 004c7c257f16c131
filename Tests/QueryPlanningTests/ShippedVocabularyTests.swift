import Foundation
import TestSupport
import Testing

@testable import QueryPlanning
@testable import Vocabulary

/// The planner on the tables that ship. They are tuned all the time, so only what no tuning may change is held here.
@Suite struct ShippedVocabularyTests {
    static let vocabulary: Vocabulary = {
        do {
            return try Vocabulary.compiled(from: URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../vocab")
        } catch {
            preconditionFailure("the tables in vocab/: \(error)")
        }
    }()

    @Test(arguments: [
        ("upbeat steel drum, not too fast", ["want mood:upbeat", "want instrument:steelpan", "avoid tempo:"]),
        ("jazz, no vocals", ["want genre:jazz", "avoid voice:vocals"]),
        ("without drums or bass", ["avoid instrument:drums", "avoid instrument:bass"]),
        ("not without drums", ["want instrument:drums"]),
        ("anything but metal", ["avoid genre:metal"]),
        ("less aggressive", ["avoid mood:aggressive"]),
    ]) func descriptorsAndPolarity(text: String, expected: [String]) {
        let plan = QueryPlanner(Self.vocabulary).plan(text)
        let found = plan.clauses.map { "\($0.polarity.rawValue) \($0.descriptor)" }
        #expect(found.count == expected.count && zip(found, expected).allSatisfy { $0.hasPrefix($1) }, "\(found)")
    }

    @Test(arguments: ["steal drum", "meloncholic piano", "instramental"]) func typingErrorsAreSaid(text: String) {
        #expect(!QueryPlanner(Self.vocabulary).plan(text).corrections.isEmpty)
    }

    @Test func yearsTempoKeyAndCount() {
        let plan = QueryPlanner(Self.vocabulary).plan("10 songs from 1994–1997, 120 bpm, C# minor")
        #expect(plan.filters.years?.low == 1994 && plan.filters.years?.high == 1997)
        #expect(plan.filters.bpm?.contains(120) == true && plan.filters.key == "c#minor" && plan.count == 10)
    }

    @Test(arguments: 0..<10) func anyRequestGivesAPlanThatHolds(block: UInt64) throws {
        var random = SeededGenerator(seed: 1000 + block)
        let planner = QueryPlanner(Self.vocabulary)
        for _ in 0..<20 {
            let plan = planner.plan(PlannerFuzzTests.request(&random))
            #expect(try QueryPlan(canonicalJSON: plan.canonicalJSON) == plan)
            #expect(!plan.tree.isEmpty)
        }
    }
}
