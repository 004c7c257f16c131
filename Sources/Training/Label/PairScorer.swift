public import Encoders

/// Says how well documents answer requests: a teacher, as labelling sees it.
public protocol PairScorer: Sendable {
    /// The logit of every document for its request, `[lists][documents]`; larger = nearer. A pair's logit does not depend on the other pairs.
    func score(_ lists: [CrossEncoder.Candidates]) -> [[Float]]
}

extension CrossEncoder: PairScorer {}

/// A teacher that cannot teach.
public enum LabelError: Error, Hashable, Sendable, CustomStringConvertible {
    case noTeacher
    /// A model that gives NaN or infinity.
    case notFinite(teacher: String, request: Int, text: String, found: Float)

    public var description: String {
        switch self {
        case .noTeacher: "labelling takes one teacher or more, found none"
        case .notFinite(let teacher, let request, let text, let found):
            "teacher \(teacher): expected a finite logit for request \(request), \"\(text.prefix(80))\", found \(found)"
        }
    }
}
