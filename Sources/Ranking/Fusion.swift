/// Ways to make one ranking out of several.
///
/// Lists hold one score a document, in the same order; larger is nearer. All fusions keep the order of a single list, give documents with equal scores in every
/// list equal scores, and do not look at the documents' numbers.
public enum Fusion {
    /// Each list divided by its best score, weighted and added: lists of different scale meet, and a list with one clear winner keeps it.
    ///
    /// - Parameter lists: one score per document each, all of the same length; a list without a positive score adds nothing.
    /// - Complexity: O(lists × documents).
    public static func maximumNormalisedSum(_ lists: [(weight: Float, scores: [Float])]) -> [Float] {
        sum(lists) { scores in
            guard let best = scores.max(), best > 0 else { return nil }
            return (span: best, offset: 0)
        }
    }

    /// Each list stretched from its worst to its best score over 0…1, weighted and added; with weights 1 − α and α, the convex combination of Bruch, Gai &
    /// Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval", doi:10.1145/3596512. For scores whose zero means nothing, such as cosines.
    ///
    /// - Parameter lists: one score per document each, all of the same length; a list whose scores are all equal adds nothing.
    /// - Complexity: O(lists × documents).
    public static func rangeNormalisedSum(_ lists: [(weight: Float, scores: [Float])]) -> [Float] {
        sum(lists) { scores in
            guard let worst = scores.min(), let best = scores.max(), best > worst else { return nil }
            return (span: best - worst, offset: worst)
        }
    }

    /// Σ over lists of weight / (k + rank): only the order counts, whatever the scores' scales (Cormack, Clarke & Buettcher 2009, "Reciprocal Rank Fusion
    /// outperforms Condorcet and individual Rank Learning Methods", doi:10.1145/1571941.1572114).
    ///
    /// A document's rank is 1 and the number of documents with a greater score, so that equal ones share theirs. A document with a score of 0 or less was not
    /// found, and the list adds nothing to it.
    ///
    /// - Parameters:
    ///   - lists: one score per document each, all of the same length.
    ///   - k: 0 or more; the larger, the less the first places outweigh the others. The paper's 60 is the default.
    /// - Complexity: O(lists × documents × log documents).
    public static func reciprocalRank(_ lists: [(weight: Float, scores: [Float])], k: Float = 60) -> [Float] {
        precondition(k >= 0, "k is \(k)")
        guard let count = lists.first?.scores.count else { return [] }
        var total = [Float](repeating: 0, count: count)
        for (weight, scores) in lists {
            precondition(scores.count == count, "lists of \(count) and \(scores.count) scores")
            var rank = 0
            let found = scores.indices.filter { scores[$0] > 0 }.sorted { scores[$0] > scores[$1] }
            for (place, document) in found.enumerated() {
                if place == 0 || scores[document] < scores[found[place - 1]] { rank = place + 1 }
                total[document] += weight / (k + Float(rank))
            }
        }
        return total
    }

    /// Σ weight / span · (score − offset), without the lists that have no span.
    private static func sum(_ lists: [(weight: Float, scores: [Float])], _ range: ([Float]) -> (span: Float, offset: Float)?) -> [Float] {
        guard let count = lists.first?.scores.count else { return [] }
        var total = [Float](repeating: 0, count: count)
        for (weight, scores) in lists {
            precondition(scores.count == count, "lists of \(count) and \(scores.count) scores")
            guard let (span, offset) = range(scores) else { continue }
            let factor = weight / span
            for i in 0..<count { total[i] += factor * (scores[i] - offset) }
        }
        return total
    }
}
