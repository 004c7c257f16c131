import Encoders
import Evaluation
import LinearAlgebra

/// One teacher's logits on disk, a line for every mined request in their order; what a stopped run left is taken up.
struct ScoreFile {
    let path: String
    let teacher: String
    let documents: [DescriptorSet]
    let requests: [TrainingRequest]
    let mined: [MinedRequest]
    let pairsAtOnce: Int

    /// All logits; those that are missing are made and appended.
    ///
    /// - Parameters:
    ///   - scorer: called only where something is missing.
    ///   - progress: told how many requests are done after every block, when its lines are written.
    /// - Throws: `LineError` for lines of other requests or negatives, `FileError`, `LabelError.notFinite`, what `scorer` and `progress` throw.
    func complete(_ scorer: () throws -> any PairScorer, progress: (_ done: Int) throws -> Void) throws -> [LabelledRequest] {
        var (labels, bytes) = try JSONLines.readWhole(LabelledRequest.self, from: path)
        for (line, label) in labels.enumerated() {
            let expected = line < mined.count ? "request \(mined[line].request) with negatives \(mined[line].negatives)" : "\(mined.count) requests"
            guard line < mined.count, label.request == mined[line].request, label.negatives == mined[line].negatives,
                label.scores.count == label.negatives.count
            else {
                throw LineError(
                    file: path, line: line + 1, expected: expected,
                    found: "request \(label.request) with negatives \(label.negatives) and \(label.scores.count) logits")
            }
        }
        try progress(labels.count)
        guard labels.count < mined.count else { return labels }
        let log = try LineLog(path: path, keeping: bytes)
        let scorer = try scorer()
        var known: [Pair: Float] = [:]
        for label in labels { remember(label, in: &known) }
        while labels.count < mined.count {
            let start = labels.count
            var missing: Set<Pair> = []
            var end = start
            repeat {
                for pair in pairs(of: mined[end]) where known[pair] == nil { missing.insert(pair) }
                end += 1
            } while end < mined.count && missing.count < pairsAtOnce
            let block = try score(mined[start..<end], &known, scorer)
            try log.append(JSONLines.lines(block))
            labels += block
            try progress(labels.count)
        }
        try log.sync()
        return labels
    }

    /// The same caption stands in many requests, with much the same negatives: a pair is read once.
    private struct Pair: Hashable {
        var text: String
        var document: Int
    }

    private func pairs(of mined: MinedRequest) -> [Pair] {
        let request = requests[mined.request]
        return ([request.document] + mined.negatives).map { Pair(text: request.text, document: $0) }
    }

    private func remember(_ label: LabelledRequest, in known: inout [Pair: Float]) {
        for (pair, score) in zip(pairs(of: MinedRequest(request: label.request, negatives: label.negatives)), [label.positive] + label.scores) {
            known[pair] = score
        }
    }

    private func score(_ mined: ArraySlice<MinedRequest>, _ known: inout [Pair: Float], _ scorer: any PairScorer) throws -> [LabelledRequest] {
        var lists: [(mined: MinedRequest, pairs: [Pair])] = []
        var listed: Set<Pair> = []
        for mined in mined { lists.append((mined, pairs(of: mined).filter { known[$0] == nil && listed.insert($0).inserted })) }
        let scores = scorer.score(
            lists.map { CrossEncoder.Candidates(request: requests[$0.mined.request].text, documents: $0.pairs.map { documents[$0.document].text }) })
        for (list, scores) in zip(lists, scores) {
            for (pair, score) in zip(list.pairs, scores) {
                guard score.isFinite else { throw LabelError.notFinite(teacher: teacher, request: list.mined.request, text: pair.text, found: score) }
                known[pair] = score
            }
        }
        return mined.map { mined in
            let scores = pairs(of: mined).map { pair in
                guard let score = known[pair] else { preconditionFailure("every pair was scored") }
                return score
            }
            return LabelledRequest(request: mined.request, positive: scores[0], negatives: mined.negatives, scores: Array(scores.dropFirst()))
        }
    }
}
