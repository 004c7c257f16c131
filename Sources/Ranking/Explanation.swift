/// A number with the formula that made it, as a tree: the value of a sum is the sum of its parts.
///
/// ```
/// 1.386 = idf coverage, sum of:
///   0.693 = idf 2.197 / 10.04^0.5, 'steelpan' in 3 of 1500 documents
/// ```
public struct Explanation: Hashable, Sendable, Codable, CustomStringConvertible {
    public var value: Double
    public var formula: String
    public var parts: [Explanation]

    public init(_ value: Double, _ formula: String, parts: [Explanation] = []) {
        self.value = value
        self.formula = formula
        self.parts = parts
    }

    public var description: String { lines(indent: 0).joined(separator: "\n") }

    private func lines(indent: Int) -> [String] {
        let rounded = (value * 10_000).rounded() / 10_000
        return [String(repeating: "  ", count: indent) + "\(rounded) = \(formula)"] + parts.flatMap { $0.lines(indent: indent + 1) }
    }
}
