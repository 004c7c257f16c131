/// Several teachers' logits made one: each teacher's are shifted and stretched to the first one's mean and deviation, then averaged (Lassance et al. 2024,
/// SPLADE-v3, arXiv 2403.06789).
///
/// A margin is a difference of logits, so teachers of different scale would otherwise count by their scale.
struct TeacherEnsemble {
    /// Of all logits of a teacher, the own documents' included.
    struct Distribution: Codable, Hashable, Sendable {
        var mean: Double
        var deviation: Double
    }

    let distributions: [Distribution]

    /// - Parameter labels: of each teacher, for the same requests and negatives.
    init(_ labels: [[LabelledRequest]]) {
        precondition(!labels.isEmpty && labels.allSatisfy { $0.count == labels[0].count }, "teachers of \(labels.map(\.count)) requests")
        distributions = labels.map { labels in
            var (count, sum, squares) = (0.0, 0.0, 0.0)
            func forEach(_ body: (Double) -> Void) {
                for label in labels {
                    body(Double(label.positive))
                    for score in label.scores { body(Double(score)) }
                }
            }
            forEach {
                count += 1
                sum += $0
            }
            let mean = count > 0 ? sum / count : 0
            forEach { squares += ($0 - mean) * ($0 - mean) }
            return Distribution(mean: mean, deviation: count > 0 ? (squares / count).squareRoot() : 0)
        }
    }

    /// The logits of one pair as one. A teacher that gives every pair the same logit says nothing and counts as the first one's mean.
    func merged(_ scores: [Float]) -> Float {
        // A single teacher's logits stay what they are, to the bit.
        guard scores.count > 1 else { return scores[0] }
        let first = distributions[0]
        var sum = 0.0
        for (score, own) in zip(scores, distributions) {
            sum += first.mean + (own.deviation > 0 ? (Double(score) - own.mean) / own.deviation * first.deviation : 0)
        }
        return Float(sum / Double(scores.count))
    }
}
