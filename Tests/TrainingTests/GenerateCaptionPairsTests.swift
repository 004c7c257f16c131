import Evaluation
import Foundation
import Testing

@testable import Training

@Suite struct GenerateCaptionPairsTests {
    private func options(partial: Double = 0, association: Double = 0, sampled: Double = 0, quoted: Double = 0) -> CaptionPairs.Options {
        var options = CaptionPairs.Options()
        (options.partialWeight, options.associationWeight, options.sampledWeight) = (partial, association, sampled)
        options.quotedWeight = quoted
        options.draws = 12
        options.completions = 0
        return options
    }

    private func drafts(_ options: CaptionPairs.Options, rows: Int = 40, seed: UInt64 = 3) -> [(row: DescriptorMatching.Row, draft: RequestDraft)] {
        let pairs = CaptionPairs(options, tags: GenerateFixtures.rows(rows).flatMap(\.tags), stems: GenerateFixtures.stems)
        return GenerateFixtures.rows(rows).enumerated().flatMap { position, row in pairs.drafts(of: row, at: position, seed: seed).map { (row, $0) } }
    }

    @Test func requestIsTheCaptionOrSomeSentencesInOrder() {
        let drafts = drafts(options(partial: 1, association: 1, sampled: 1))
        for (row, draft) in drafts {
            let sentences = row.text.components(separatedBy: ". ")
            var rest = sentences[...]
            for piece in draft.text.components(separatedBy: ". ") {
                let place = rest.firstIndex(of: piece)
                #expect(place != nil, "\(draft.text)")
                rest = rest[((place ?? rest.endIndex - 1) + 1)...]
            }
        }
        let whole = drafts.count { $0.row.text == $0.draft.text }
        #expect(whole > drafts.count / 3 && whole < drafts.count * 3 / 4)
    }

    @Test func partialSetIsAThirdToAllOfTheTags() {
        var counts: Set<Int> = []
        for (row, draft) in drafts(options(partial: 1), rows: 100) {
            #expect(Set(draft.tags).isSubset(of: row.tags) && Set(draft.tags).count == draft.tags.count)
            #expect(draft.tags.count * 3 >= row.tags.count)
            if row.tags.count == 6 { counts.insert(draft.tags.count) }
        }
        #expect(counts == [2, 3, 4, 5, 6])
    }

    @Test func associationSharesNoStemWithItsRequest() {
        var associated = 0
        for (row, draft) in drafts(options(association: 1)) {
            let said = Set(GenerateFixtures.stems(draft.text))
            let offered = row.tags.filter { said.isDisjoint(with: GenerateFixtures.stems($0)) }
            if offered.isEmpty {
                #expect(!draft.tags.isEmpty)
            } else {
                #expect(Set(draft.tags).isSubset(of: offered))
                associated += 1
            }
        }
        #expect(associated > 100)
    }

    @Test func quotedSetsAreTheRequestsOwnWordsAndTagsOfItsSong() {
        var quoted = 0
        for (row, draft) in drafts(options(quoted: 1)) {
            let text = draft.text.lowercased()
            #expect(draft.tags.allSatisfy { text.contains($0) || row.tags.contains($0) }, "\(draft)")
            #expect(Set(draft.tags).count == draft.tags.count)
            quoted += draft.tags.contains { text.contains($0) && !row.tags.contains($0) } ? 1 : 0
        }
        #expect(quoted > 100)
    }

    @Test func phrasesOfARequest() {
        let quotations = Quotations(tags: ["Slow Tempo", "guitar", "song", "acoustic guitar solo by ear"])
        let found = quotations.phrases(of: "A slow tempo song with an acoustic guitar; slow tempo.")
        // By hand: known tags in the order of the text, each once; free phrases do not begin or end with "a", "song", "with" or "an".
        #expect(found.tags == ["slow tempo", "song", "guitar"])
        #expect(found.free.contains("slow") && found.free.contains("acoustic guitar") && !found.free.contains("song with"))
        #expect(!found.free.contains { $0.hasPrefix("a ") || $0.hasSuffix(" an") })
    }

    @Test func completionsAskWithSomeTagsForOthersThatShareNoStem() {
        var options = options(partial: 1)
        (options.draws, options.completions) = (0, 8)
        let drafts = drafts(options)
        #expect(drafts.count > 200)
        for (row, draft) in drafts {
            #expect(draft.source == .tags && !draft.tags.isEmpty && Set(draft.tags).isSubset(of: row.tags))
            #expect(Set(GenerateFixtures.stems(draft.text)).isDisjoint(with: draft.tags.flatMap(GenerateFixtures.stems)), "\(draft)")
            #expect(row.tags.contains { draft.text.contains($0) })
        }
    }

    @Test func sampledHasATagThatStandsInTheRequest() {
        var sampled = 0
        for (row, draft) in drafts(options(sampled: 1)) where row.tags.contains(where: draft.text.contains) {
            let exact = draft.tags.filter { draft.text.contains($0) }
            #expect(!exact.isEmpty)
            #expect(draft.tags.count - exact.count <= row.tags.count { draft.text.contains($0) })
            sampled += 1
        }
        #expect(sampled > 100)
    }

    @Test func drawsFollowFromSeedAndPosition() {
        let all = options(partial: 1, association: 1, sampled: 1)
        let pairs = CaptionPairs(all, tags: [], stems: GenerateFixtures.stems)
        let row = DescriptorMatching.Row(text: "A calm song. It has a piano. One claps.", tags: ["a", "b", "c", "d", "e", "f", "g"])
        #expect(pairs.drafts(of: row, at: 4, seed: 1) == pairs.drafts(of: row, at: 4, seed: 1))
        #expect(pairs.drafts(of: row, at: 4, seed: 1) != pairs.drafts(of: row, at: 5, seed: 1))
        #expect(pairs.drafts(of: row, at: 4, seed: 1) != pairs.drafts(of: row, at: 4, seed: 2))
    }

    @Test(arguments: [
        DescriptorMatching.Row(text: "", tags: ["a"]), DescriptorMatching.Row(text: "A song.", tags: []), DescriptorMatching.Row(text: " ", tags: [" ", ""]),
    ])
    func emptyRowsGiveNothing(row: DescriptorMatching.Row) {
        #expect(CaptionPairs(tags: [], stems: GenerateFixtures.stems).drafts(of: row, at: 0, seed: 0).isEmpty)
    }

    @Test func worthlessOptionsAreNamed() {
        #expect(options().faults.first?.key == "partialWeight")
        #expect(options(partial: 1, sampled: -1).faults.first?.key == "sampledWeight")
        #expect(options(partial: .nan).faults.first?.key == "partialWeight")
        #expect(options(partial: 1).faults.isEmpty)
    }
}
