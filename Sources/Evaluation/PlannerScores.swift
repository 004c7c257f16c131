/// Counts for precision, recall and their harmonic mean.
public struct MatchCounts: Hashable, Sendable {
    /// Predictions that meet a label, labels that meet a prediction, and how many there are of each.
    public var matchedPredictions = 0
    public var matchedLabels = 0
    public var predictions = 0
    public var labels = 0

    public init() {}

    /// matched predictions / predictions, 1 when nothing was predicted.
    public var precision: Double { predictions == 0 ? 1 : Double(matchedPredictions) / Double(predictions) }
    /// matched labels / labels, 1 when there is nothing to find.
    public var recall: Double { labels == 0 ? 1 : Double(matchedLabels) / Double(labels) }
    /// 2PR / (P + R).
    public var f1: Double { precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall) }

    public static func + (a: MatchCounts, b: MatchCounts) -> MatchCounts {
        var sum = a
        sum.matchedPredictions += b.matchedPredictions
        sum.matchedLabels += b.matchedLabels
        sum.predictions += b.predictions
        sum.labels += b.labels
        return sum
    }
}

/// Scores spans of a request against labelled spans, as sets of words.
public enum SpanMatching {
    /// When a predicted span counts as a labelled one.
    public enum Rule: String, CaseIterable, Sendable {
        /// Same words.
        case exact
        /// At least one content word in common.
        case overlap
    }

    /// - Parameters: predicted, labelled: content words of each span.
    /// - Returns: counts, and for each label the first prediction that meets it.
    public static func match(predicted: [Set<String>], labelled: [Set<String>], _ rule: Rule) -> (counts: MatchCounts, partner: [Int?]) {
        func meets(_ a: Set<String>, _ b: Set<String>) -> Bool {
            switch rule {
            case .exact: a == b
            case .overlap: !a.isDisjoint(with: b)
            }
        }
        var counts = MatchCounts()
        counts.predictions = predicted.count
        counts.labels = labelled.count
        counts.matchedPredictions = predicted.count { a in labelled.contains { meets(a, $0) } }
        let partner = labelled.map { label in predicted.firstIndex { meets($0, label) } }
        counts.matchedLabels = partner.count { $0 != nil }
        return (counts, partner)
    }
}
