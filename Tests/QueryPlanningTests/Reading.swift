import Testing
import Vocabulary

@testable import QueryPlanning

/// What a request is read as: the rows of the plan's tree, single-spaced and without its branches.
///
///     rows("no vocals")   // ["avoid voice:vocals 0.75 \"vocals\" excluded"]
func rows(_ text: String, names: NameDirectory? = nil) -> [String] {
    let plan = QueryPlanner(SmallVocabulary.shared, names: names).plan(text)
    return plan.tree.split(separator: "\n").compactMap { line in
        guard line.hasPrefix("├─ ") || line.hasPrefix("└─ ") else { return nil }
        return line.dropFirst(3).split(separator: " ").joined(separator: " ")
    }
}

extension QueryPlan {
    /// The plan without a descriptor, as a critique drops it.
    func dropping(_ descriptor: DescriptorID) -> QueryPlan {
        applying(Refinement([Critique(.drop, descriptor)], SmallVocabulary.shared), SmallVocabulary.shared)
    }
}

/// A request with the rows that it must be read as.
struct Case: Sendable, CustomTestStringConvertible {
    var text: String
    var rows: [String]

    init(_ text: String, _ rows: String...) {
        self.text = text
        self.rows = rows
    }

    var testDescription: String { text }
}
