import Encoders
import LexicalIndex
import Ranking
import Testing

@testable import Training

/// What holds of any corpus.
@Suite struct MineLawTests {
    private static func mine(
        _ pairs: RandomPairs, team: Int = 0, _ change: (inout MineStage.Options) -> Void = { _ in }
    ) throws -> (mined: [MinedRequest], report: MiningReport) {
        var options = MineStage.Options()
        options.depth = 40
        options.negatives = 8
        change(&options)
        let team = Teams.all[team]
        let retrievers: [any NegativeRetriever] = [
            try LexicalRetriever(pairs.documents, scorer: .coverage(exponent: 0.7), team: team),
            try DenseRetriever(pairs.documents, encoder: WordEncoder(), team: team),
        ]
        return try NegativeMining(options, documents: pairs.documents, retrievers: retrievers, team: team).mine(pairs.requests) { _, _ in }
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>) func negativesAreNoAnswers(seed: UInt64) throws {
        let pairs = RandomPairs(seed: seed, documents: 120, requests: 150)
        let (mined, report) = try Self.mine(pairs)
        var songs: [Int: Set<Int>] = [:]
        for request in pairs.requests { songs[request.song, default: []].insert(request.document) }
        #expect(mined.map(\.request) == Array(pairs.requests.indices))
        for (request, mined) in zip(pairs.requests, mined) {
            #expect(Set(mined.negatives).count == mined.negatives.count && mined.negatives.count <= 8)
            let own = Set(pairs.documents[request.document].tags)
            for negative in mined.negatives {
                let tags = Set(pairs.documents[negative].tags)
                #expect(negative != request.document && tags != own)
                #expect(!songs[request.song, default: []].contains(negative))
                #expect(Double(tags.intersection(own).count) < 0.8 * Double(tags.union(own).count))
                #expect(!tags.isSubset(of: request.text.split(separator: " ").map(String.init)), "\(tags) is said in \"\(request.text)\"")
                if request.source == .grammar { #expect(!tags.isSuperset(of: own)) }
            }
        }
        #expect(report.negatives == mined.reduce(0) { $0 + $1.negatives.count })
        #expect(report.requestsWithFewer == mined.filter { $0.negatives.count < 8 }.count)
        for retriever in report.retrievers {
            #expect(retriever.chosen > report.negatives / 4, "\(retriever.name) brought in too little")
            #expect(retriever.found >= retriever.chosen + retriever.dropped.values.reduce(0, +))
        }
    }

    /// More requests than one block has.
    @Test func threadsChangeNothing() throws {
        let pairs = RandomPairs(seed: 7, documents: 60, requests: 1100)
        let alone = try Self.mine(pairs)
        for team in 1..<Teams.all.count { #expect(try Self.mine(pairs, team: team) == alone) }
    }

    /// With all documents asked for and nothing dropped but the own one, every other document is a negative.
    @Test func nothingIsLostWithoutReason() throws {
        let documents = (0..<20).map { DescriptorSet(tags: ["tag\($0)"]) }
        let requests = (0..<20).map { TrainingRequest(text: "request \($0)", document: $0, source: .grammar, song: $0) }
        var options = MineStage.Options()
        options.denoising = .off
        let retrievers: [any NegativeRetriever] = [
            try LexicalRetriever(documents, scorer: .bm25(k1: 1.2, b: 0.75)), try DenseRetriever(documents, encoder: WordEncoder()),
        ]
        let (mined, report) = try NegativeMining(options, documents: documents, retrievers: retrievers).mine(requests) { _, _ in }
        for mined in mined { #expect(Set(mined.negatives) == Set(documents.indices).subtracting([mined.request])) }
        #expect(report.retrievers.map(\.found) == [0, 400], "no word is shared")
    }

    /// The naive ranking: every cosine, sorted.
    @Test(arguments: [1, 5, 200]) func denseFindsTheNearest(count: Int) throws {
        let pairs = RandomPairs(seed: 3, documents: 90, requests: 300)
        let encoder = WordEncoder()
        let vectors = pairs.documents.map { encoder.encode($0.text).vector }
        let texts = pairs.requests.map(\.text)
        let retrieval = try DenseRetriever(pairs.documents, encoder: encoder).nearest(texts, count: count)
        for (place, text) in texts.enumerated() {
            let request = encoder.encode(text).vector
            let cosines: [Float] = vectors.map { vector in zip(vector, request).map { $0 * $1 }.reduce(0, +) }
            let found = retrieval.nearest[place]
            #expect(found.count == min(count, 90) && Set(found.map(\.document)).count == found.count)
            let best = cosines.sorted(by: >)
            for (rank, scored) in found.enumerated() {
                // Sums of at most nine products in another order.
                #expect(abs(scored.score - best[rank]) <= 1e-6)
                #expect(abs(scored.score - cosines[Int(scored.document)]) <= 1e-6)
            }
            let similarity = retrieval.similarity?(place, 17) ?? .nan
            #expect(abs(similarity - cosines[17]) <= 1e-6)
        }
    }

    /// The best by coverage shares both words; documents that share none are not found.
    @Test func lexicalFindsSharedStems() throws {
        let documents = [["slow guitars"], ["jazz"], ["guitar", "slow"], ["guitar", "loud", "choir"]].map { DescriptorSet(tags: $0) }
        let found = try LexicalRetriever(documents, scorer: .coverage(exponent: 0.7)).nearest(["a slow guitar", "zither"], count: 10)
        #expect(found.nearest.map { $0.map(\.document) } == [[0, 2, 3], []])
        #expect(found.similarity == nil)
    }

    @Test func aVectorThatIsNoNumberIsAnError() throws {
        let documents = [DescriptorSet(tags: ["sad"]), DescriptorSet(tags: ["happy", "bad"])]
        #expect(throws: MiningError.notFinite(retriever: "words", text: "happy bad")) {
            try DenseRetriever(documents, encoder: WordEncoder(poison: "bad"))
        }
        let retriever = try DenseRetriever(documents, encoder: WordEncoder(poison: "worse"))
        #expect(throws: MiningError.notFinite(retriever: "words", text: "worse")) { try retriever.nearest(["sad", "worse"], count: 1) }
    }
}
