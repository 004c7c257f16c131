import Encoders
public import Evaluation
public import LinearAlgebra
import TextAnalysis

/// How a bi-encoder alone finds descriptor sets: requests of some rows, against the documents of all rows, tags joined by a space.
///
/// ```swift
/// let scores = StudentScores(rows: rows)
/// try scores.add(folder: fold0, requestsOf: folds.rows(in: 0))      // a model that has not seen these rows
/// print(scores.table.markdown)
/// ```
public struct StudentScores {
    /// A protocol and where its right documents are counted.
    struct Column: Hashable {
        var matching: MatchingProtocol
        var depth: Int
        var title: String { "\(matching.rawValue) @\(depth)" }
    }

    static let columns = [
        Column(matching: .full, depth: 10), Column(matching: .sampled, depth: 10), Column(matching: .association, depth: 10),
        Column(matching: .association, depth: 100),
    ]

    /// Of a sampled protocol, as custom has it.
    static let seeds: ClosedRange<UInt64> = 0...2

    private let rows: [DescriptorMatching.Row]
    public var rowCount: Int { rows.count }
    private let tasks: [(matching: MatchingProtocol, seed: UInt64, task: MatchingTask)]
    /// By column and seed: 1 or 0 for every request judged so far.
    private var hits: [Column: [[Double]]] = [:]

    public init(rows: [DescriptorMatching.Row]) {
        self.rows = rows
        let analyzer = Analyzer(stemmer: .english)
        let matching = DescriptorMatching(rows: rows) { analyzer.terms($0) }
        tasks = [MatchingProtocol.full, .sampled, .association].flatMap { kind in
            (kind == .sampled ? Array(Self.seeds) : [0]).map { (kind, $0, matching.task(kind, seed: $0)) }
        }
    }

    /// Judges a model by the requests of some rows.
    ///
    /// - Throws: the model's errors.
    public mutating func add(folder: String, requestsOf judged: [Int], precision: Precision = .float32, team: ThreadTeam = .shared) throws {
        let encoder = try BiEncoder(folder: folder, name: "student", precision: precision, remembered: 0, team: team)
        let texts = Set(judged.map { rows[$0].text })
        for (kind, seed, task) in tasks {
            let documents = encoder.encode(task.documentTags.map { $0.joined(separator: " ") }).vectors.transposed
            let queries = task.queries.indices.filter { texts.contains(task.queries[$0]) }
            let similarities = encoder.encode(queries.map { task.queries[$0] }).vectors.product(documents, team: team)
            for column in Self.columns where column.matching == kind {
                let found = queries.enumerated().map { row, query -> Double in
                    let own = similarities[row, task.relevant[query]]
                    // Equal scores go to the document that comes first, as in every ranking here.
                    let before = similarities.row(row).enumerated().count { $1 > own || $1 == own && $0 < task.relevant[query] }
                    return before < column.depth ? 1 : 0
                }
                hits[column, default: Array(repeating: [], count: kind == .sampled ? Self.seeds.count : 1)][kind == .sampled ? Int(seed) : 0] += found
            }
        }
    }

    /// Recall in per cent by column, with the deviation over the seeds.
    public var measures: [(title: String, recall: MeanAndDeviation?)] {
        Self.columns.map { column in
            let recalls = (hits[column] ?? []).map { $0.isEmpty ? 0 : 100 * $0.reduce(0, +) / Double($0.count) }
            return (column.title, MeanAndDeviation(recalls))
        }
    }

    /// A table of several of these.
    public static func table(_ title: String, _ scores: [(name: String, scores: StudentScores)]) -> ResultTable {
        var table = ResultTable(columns: [.init(title)] + columns.map { .number($0.title) })
        for (name, scores) in scores { table.append([.text(name)] + scores.measures.map { $0.recall.map { .measure($0) } ?? .empty }) }
        return table
    }
}
