import LexicalIndex
import Ranking
import Testing
import TextAnalysis

@testable import Training

/// Who is dropped and why, by hand.
@Suite struct MineFilterTests {
    private static let documents: [[String]] = [
        ["calm piano", "sad"],  // 0, asked for
        ["sad", "calm piano"],
        ["calm pianos", "sad"],
        ["calm piano", "sad", "slow"],
        ["sad"],
        ["jazz", "fast"],
        ["evening", "wistful"],  // 6, said
        ["rain"],
        ["evening", "harp"],
        ["dub"],
        ["ska"],  // 10, of the same song
    ]

    /// - Parameter similarities: of documents, by a guide, 0 where none is named; nil for no guide.
    private static func verdicts(
        source: TrainingRequest.Source = .grammar, similarities: [Int: Float]? = nil, _ change: (inout MineStage.Options) -> Void = { _ in }
    ) -> [Int: DropReason] {
        var options = MineStage.Options()
        change(&options)
        let analyzer = Analyzer(stemmer: .english)
        let filter = NegativeFilter(options: options, terms: DocumentTerms(documents.map { DescriptorSet(tags: $0) }, analyzer.terms))
        let subject = NegativeFilter.Subject(
            document: 0, source: source, asked: [0, 7], song: [0, 10], stems: filter.terms.known(analyzer.terms("for wistful evenings")),
            similarity: similarities.map { similarities in { similarities[$0] ?? 0 } })
        let judge = filter.judge(of: subject)
        return Dictionary(uniqueKeysWithValues: documents.indices.compactMap { document in judge(document).map { (document, $0) } })
    }

    @Test func everyReasonByItself() {
        #expect(
            Self.verdicts() == [0: .own, 1: .sameSet, 2: .sameSet, 3: .contained, 6: .said, 7: .asked, 10: .sameSong])
        #expect(Self.verdicts { $0.containment = .either }[4] == .contained)
        #expect(Self.verdicts { $0.containment = .off }[3] == nil)
        #expect(Self.verdicts(source: .caption)[3] == nil, "a caption says more than its tags")
        #expect(Self.verdicts(source: .caption) { $0.captionContainment = .containing }[3] == .contained)
        #expect(Self.verdicts { $0.dropsSaid = false }[6] == nil)
        // Two of three tags agree.
        #expect(Self.verdicts { $0.nearDuplicate = 0.67 }[3] == .contained)
        #expect(Self.verdicts { $0.nearDuplicate = 0.66 }[3] == .nearDuplicate)
    }

    @Test func theGuideDropsWhatItFindsTooNear() {
        let similarities: [Int: Float] = [0: 0.5, 5: 0.75, 8: 0.5625, 9: 0.5]
        func tooNear(_ denoising: MineStage.Options.Denoising, _ threshold: Float, _ similarities: [Int: Float]) -> Set<Int> {
            let verdicts = Self.verdicts(similarities: similarities) {
                $0.denoising = denoising
                $0.denoisingThreshold = threshold
            }
            return Set(verdicts.filter { $0.value == .tooNear }.keys)
        }
        #expect(tooNear(.off, 0, similarities) == [])
        #expect(tooNear(.margin, 0.25, similarities) == [5])
        #expect(tooNear(.margin, 0.0625, similarities) == [5, 8])
        #expect(tooNear(.ratio, 1, similarities) == [5, 8, 9])
        #expect(tooNear(.ratio, 1.25, similarities) == [5])
        #expect(tooNear(.ratio, 0.9, [0: -0.5, 5: 0.5]) == [], "the guide does not know the own document")
        #expect(tooNear(.margin, 0.25, [0: -0.5, 5: 0.5]) == [4, 5, 8, 9], "0 for the others")
    }

    @Test func retrieversTakeTurnsAndTheLastGuideCounts() throws {
        var options = MineStage.Options()
        options.negatives = 5
        let documents = (0..<10).map { DescriptorSet(tags: ["tag\($0)"]) }
        let retrievers = [
            FixedRetriever(name: "a", list: [0, 1, 2, 3, 4], similarities: [0: 1, 1: 5]), FixedRetriever(name: "b", list: [2, 1, 5, 9], similarities: [9: 2]),
            FixedRetriever(name: "c", list: [0]),
        ]
        let mining = try NegativeMining(options, documents: documents, retrievers: retrievers)
        let (mined, report) = try mining.mine([TrainingRequest(text: "x", document: 0, source: .caption, song: 0)]) { _, _ in }
        #expect(mined == [MinedRequest(request: 0, negatives: [1, 2, 3, 5, 4])])
        #expect(report.retrievers.map(\.chosen) == [3, 2, 0])
        #expect(report.retrievers.map { $0.dropped[.tooNear] } == [0, 1, 0])
        #expect(report.retrievers.map { $0.dropped[.own] } == [1, 0, 1])
        #expect(report.negatives == 5)
        #expect(report.requestsWithFewer == 0)
        #expect(report.requestsWithNone == 0)

        options.negatives = 6
        let more = try NegativeMining(options, documents: documents, retrievers: retrievers)
        #expect(try more.mine([TrainingRequest(text: "x", document: 0, source: .caption, song: 0)]) { _, _ in }.report.requestsWithFewer == 1)
    }

    /// What the same words ask for elsewhere is no negative of them; what other words ask for is one.
    @Test func requestsOfTheSameWordsKnowEachOther() throws {
        let documents = (0..<4).map { DescriptorSet(tags: ["tag\($0)"]) }
        let retrievers = [FixedRetriever(name: "a", list: [0, 1, 2]), FixedRetriever(name: "b", list: [3, 2])]
        let requests = zip(["x", "y", "x"], 0...).map { TrainingRequest(text: $0, document: $1, source: .caption, song: $1) }
        let (mined, report) = try NegativeMining(.init(), documents: documents, retrievers: retrievers).mine(requests) { _, _ in }
        #expect(mined.map(\.negatives) == [[1, 3], [0, 3, 2], [1, 3]])
        #expect(report.retrievers.map { $0.dropped[.asked] } == [2, 1])

        let oneSong = requests.map { TrainingRequest(text: $0.text, document: $0.document, source: $0.source, song: 9) }
        let (few, counts) = try NegativeMining(.init(), documents: documents, retrievers: retrievers).mine(oneSong) { _, _ in }
        #expect(few.map(\.negatives) == [[3], [3], [3]])
        #expect(counts.retrievers.map { $0.dropped[.sameSong] } == [4, 1])
    }

    @Test func oneRetrieverTwiceIsRefused() throws {
        let documents = [DescriptorSet(tags: ["sad"]), DescriptorSet(tags: ["happy"])]
        let coverage = try LexicalRetriever(documents, scorer: .coverage(exponent: 0.7))
        let first = try DenseRetriever(documents, encoder: WordEncoder(identity: "first"))
        let renamed = try DenseRetriever(documents, encoder: WordEncoder(identity: "second"))
        let other = try DenseRetriever(documents, encoder: WordEncoder(identity: "first", shift: 5))
        #expect(throws: MiningError.noRetriever) { try NegativeMining(.init(), documents: documents, retrievers: []) }
        #expect(throws: MiningError.sameRetriever(first: coverage.name, second: coverage.name)) {
            try NegativeMining(.init(), documents: documents, retrievers: [coverage, first, coverage])
        }
        #expect(throws: MiningError.sameRetriever(first: "first", second: "second")) {
            try NegativeMining(.init(), documents: documents, retrievers: [first, coverage, renamed])
        }
        #expect(throws: Never.self) { try NegativeMining(.init(), documents: documents, retrievers: [first, other]) }
    }
}
