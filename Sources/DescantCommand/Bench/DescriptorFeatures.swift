import Encoders
import Ranking

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

/// What speaks for each descriptor set as the answer to one request: the lists that ``FusionParameters/DescriptorWeights`` weighs, each within 0…1, and what
/// speaks for the empty set alone.
struct DescriptorFeatures {
    static let count = 8

    /// By list and document.
    private let lists: [[Float]]
    private let empty: Int?
    /// The empty set's own: 1, the greatest coverage of stems, the greatest cosine, and the logarithm of the request's words.
    private let ofEmpty: [Float]

    /// - Parameters:
    ///   - words: scores of words, phrases and characters by document, 0 or more; `tags` and `windows` likewise.
    ///   - coverage: of stems, not divided by anything.
    ///   - cosines: −1…1.
    ///   - empty: the document without descriptors.
    init(request: String, words: [Float], coverage: [Float], cosines: [Float], tags: [Float], windows: [Float], empty: Int?) {
        func divided(_ scores: [Float]) -> [Float] { Fusion.maximumNormalisedSum([(1, scores)]) }
        lists = [divided(words), Fusion.rangeNormalisedSum([(1, cosines)]), divided(tags), divided(windows)]
        self.empty = empty
        let count = request.split(whereSeparator: \.isWhitespace).count
        ofEmpty = [1, coverage.max() ?? 0, cosines.max() ?? 0, logf(Float(max(1, count)))]
    }

    /// Of one document, [count].
    func row(_ document: Int) -> [Float] { lists.map { $0[document] } + (document == empty ? ofEmpty : [0, 0, 0, 0]) }

    /// The documents that a ranking may be about: the first of each list, the empty set and `document`.
    func candidates(with document: Int, ofEach count: Int) -> [Int] {
        var chosen = Set([document] + (empty.map { [$0] } ?? []))
        for list in lists { chosen.formUnion(list.indices.sorted { (list[$0], $1) > (list[$1], $0) }.prefix(count)) }
        return chosen.sorted()
    }

    /// By document, the least of them 0.
    func scores(_ weights: FusionParameters.DescriptorWeights) -> [Float] {
        let w = weights.values
        var scores = [Float](repeating: 0, count: lists[0].count)
        for (list, weight) in zip(lists, w) { for i in scores.indices { scores[i] += Float(weight) * list[i] } }
        if let empty { for (value, weight) in zip(ofEmpty, w[lists.count...]) { scores[empty] += Float(weight) * value } }
        let least = scores.min() ?? 0
        return scores.map { $0 - least }
    }
}

extension FusionParameters.DescriptorWeights {
    /// In the order of ``DescriptorFeatures/row(_:)``.
    var values: [Double] { [words, cosine, tags, windows, empty.bias, empty.coverage, empty.cosine, empty.length] }

    init(values: [Double]) {
        precondition(values.count == DescriptorFeatures.count, "\(values.count) weights")
        self.init(
            words: values[0], cosine: values[1], tags: values[2], windows: values[3],
            empty: EmptySet(bias: values[4], coverage: values[5], cosine: values[6], length: values[7]))
    }
}
