/// Ways to make one ranking out of several.
public enum Fusion {
    /// Each list divided by its best score, weighted and added: lists of different scale meet, and a list with one clear winner keeps it.
    ///
    /// - Parameter lists: one score per document each, all of the same length; a list without a positive score adds nothing.
    /// - Complexity: O(lists × documents).
    public static func maximumNormalisedSum(_ lists: [(weight: Float, scores: [Float])]) -> [Float] {
        guard let count = lists.first?.scores.count else { return [] }
        var total = [Float](repeating: 0, count: count)
        for (weight, scores) in lists {
            precondition(scores.count == count, "lists of \(count) and \(scores.count) scores")
            guard let best = scores.max(), best > 0 else { continue }
            let factor = weight / best
            for i in 0..<count { total[i] += factor * scores[i] }
        }
        return total
    }
}
