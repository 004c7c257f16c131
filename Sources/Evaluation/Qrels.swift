/// Relevance judgements: for each query the grades of the documents that someone judged.
///
/// A grade of 1 or more is relevant, more is better; 0 and below is judged and not relevant.
public struct Qrels: Hashable, Sendable {
    /// Query id → document id → grade.
    public var grades: [String: [String: Int]]

    public init(grades: [String: [String: Int]] = [:]) { self.grades = grades }

    /// The grades of a query; none where nobody judged it.
    public subscript(query: String) -> [String: Int] {
        get { grades[query] ?? [:] }
        set { grades[query] = newValue }
    }

    /// Rising; the order of files.
    public var queries: [String] { grades.keys.sorted() }

    /// Adds a judgement; `false`, and nothing changes, where the document has one for this query.
    mutating func insert(_ grade: Int, query: String, document: String) -> Bool {
        guard grades[query]?[document] == nil else { return false }
        grades[query, default: [:]][document] = grade
        return true
    }
}
