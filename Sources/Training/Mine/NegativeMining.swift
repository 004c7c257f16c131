public import LinearAlgebra
import Ranking
import TextAnalysis

/// Finds documents that look like answers to a request and are none (generative pseudo-labelling, step 2; Wang et al. 2022, arXiv 2112.07577).
///
/// ```swift
/// let mining = try NegativeMining(options, documents: sets, retrievers: [lexical, dense])
/// let (mined, report) = try mining.mine(requests) { done, of in … }
/// ```
///
/// Each retriever gives its nearest documents; those that are the answer, are as good as it or are probably an answer too go (``DropReason``), and of the
/// rest the retrievers take turns in naming their nearest one that is not yet named. Threads do not show in the result.
public struct NegativeMining {
    private let options: MineStage.Options
    private let documents: [DescriptorSet]
    private let retrievers: [any NegativeRetriever]
    private let filter: NegativeFilter
    private let team: ThreadTeam

    /// Requests between two reports of progress: some seconds of encoding.
    private static let requestsAtOnce = 1024

    /// - Parameter retrievers: over `documents`, at least one, and two or more different ones for good negatives; the last that knows similarities is the guide.
    /// - Throws: `MiningError`.
    public init(
        _ options: MineStage.Options, documents: [DescriptorSet], retrievers: [any NegativeRetriever], team: ThreadTeam = .shared
    ) throws(MiningError) {
        precondition(options.faults.isEmpty, "\(options.faults)")
        guard !retrievers.isEmpty else { throw .noRetriever }
        for (i, retriever) in retrievers.enumerated() {
            if let first = retrievers[..<i].first(where: { $0.identity == retriever.identity }) {
                throw .sameRetriever(first: first.name, second: retriever.name)
            }
        }
        self.options = options
        self.documents = documents
        self.retrievers = retrievers
        self.team = team
        let analyzer = Analyzer(stemmer: .english)
        filter = NegativeFilter(options: options, terms: DocumentTerms(documents, analyzer.terms))
    }

    /// The negatives of the chosen requests, in order.
    ///
    /// - Parameters:
    ///   - chosen: numbers of requests, rising; nil for all of them.
    ///   - requests: their documents lie in those of this mining.
    ///   - progress: told how many requests are done, of how many; an error that it throws ends the mining.
    /// - Throws: `MiningError.notFinite`, and what `progress` throws.
    /// - Complexity: O(requests · (retrieval + depth · tags)).
    public func mine(
        _ requests: [TrainingRequest], chosen: [Int]? = nil, progress: (_ done: Int, _ of: Int) throws -> Void
    ) throws -> (mined: [MinedRequest], report: MiningReport) {
        precondition(requests.allSatisfy { documents.indices.contains($0.document) }, "a request for a document beyond \(documents.count)")
        var known = Answers()
        for request in requests {
            known.byText[request.text, default: []].insert(request.document)
            known.bySong[request.song, default: []].insert(request.document)
        }
        var report = MiningReport(options: options, documents: documents.count, retrievers: retrievers)
        var mined: [MinedRequest] = []
        let chosen = chosen ?? Array(requests.indices)
        mined.reserveCapacity(chosen.count)
        for start in stride(from: 0, to: chosen.count, by: Self.requestsAtOnce) {
            let block = chosen[start..<min(start + Self.requestsAtOnce, chosen.count)]
            for (request, outcome) in zip(block, try mine(block.map { requests[$0] }, known)) {
                mined.append(MinedRequest(request: request, negatives: outcome.negatives))
                report.add(outcome.negatives, outcome.tallies)
            }
            try progress(mined.count, chosen.count)
        }
        return (mined, report)
    }

    /// Documents that are known to answer.
    private struct Answers {
        var byText: [String: Set<Int>] = [:]
        var bySong: [Int: Set<Int>] = [:]
    }

    private struct Outcome {
        var negatives: [Int] = []
        var tallies: [CandidateTally] = []
    }

    private func mine(_ requests: [TrainingRequest], _ known: Answers) throws -> [Outcome] {
        // A caption stands in several requests: it is looked for once.
        var places: [String: Int] = [:]
        var texts: [String] = []
        for request in requests where places[request.text] == nil {
            places[request.text] = texts.count
            texts.append(request.text)
        }
        let retrievals = try retrievers.map { try $0.nearest(texts, count: options.depth) }
        let guide = retrievals.last { $0.similarity != nil }?.similarity
        var outcomes = [Outcome](repeating: Outcome(), count: requests.count)
        outcomes.withUnsafeMutableBufferPointer { outcomes in
            team.split(requests.count) { range in
                let analyzer = Analyzer(stemmer: .english)
                for i in range {
                    let request = requests[i]
                    guard let place = places[request.text] else { preconditionFailure("every text has its place") }
                    let subject = NegativeFilter.Subject(
                        document: request.document, source: request.source, asked: known.byText[request.text] ?? [],
                        song: known.bySong[request.song] ?? [], stems: filter.terms.known(analyzer.terms(request.text)),
                        similarity: guide.map { guide in { guide(place, $0) } })
                    outcomes[i] = choose(retrievals.map { $0.nearest[place] }, filter.judge(of: subject))
                }
            }
        }
        return outcomes
    }

    /// - Parameter found: by each retriever, nearest first.
    private func choose(_ found: [[Scored]], _ judge: (Int) -> DropReason?) -> Outcome {
        var verdicts: [DocumentID: DropReason?] = [:]
        var outcome = Outcome(tallies: found.map { CandidateTally(found: $0.count) })
        var remaining: [[Int]] = []
        for (i, list) in found.enumerated() {
            remaining.append([])
            for candidate in list {
                let verdict = verdicts[candidate.document] ?? judge(Int(candidate.document))
                verdicts.updateValue(verdict, forKey: candidate.document)
                if let verdict {
                    outcome.tallies[i].dropped[verdict, default: 0] += 1
                } else {
                    remaining[i].append(Int(candidate.document))
                }
            }
        }
        var taken: Set<Int> = []
        var next = [Int](repeating: 0, count: remaining.count)
        var isSpent = false
        while !isSpent {
            isSpent = true
            for i in remaining.indices where taken.count < options.negatives {
                while next[i] < remaining[i].count {
                    let document = remaining[i][next[i]]
                    next[i] += 1
                    guard taken.insert(document).inserted else { continue }
                    outcome.negatives.append(document)
                    outcome.tallies[i].chosen += 1
                    isSpent = false
                    break
                }
            }
        }
        return outcome
    }
}
