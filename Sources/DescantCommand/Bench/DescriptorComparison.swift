import Evaluation
import LibraryAccess
import LinearAlgebra
import Ranking

/// Every method's ranks on every protocol: what `bench descriptors` tabulates and `bench report` tells about.
///
/// Words come first, then encoder after encoder, so that only one encoder is in memory at a time.
struct DescriptorComparison {
    struct Method {
        enum Kind: Hashable {
            /// By number in ``DescriptorScorers/methods``.
            case words(Int)
            /// Of the encoder of this number.
            case dense(encoder: Int, DenseMethod)
        }

        var name: String
        var kind: Kind
    }

    /// A protocol under one set of rules: a task for each seed, one where nothing is drawn.
    struct Test {
        let kind: MatchingProtocol
        let rules: MatchingRules
        let tasks: [MatchingTask]
        fileprivate let indexes: [DescriptorIndex]
        /// By method and task.
        fileprivate(set) var ranks: [[RelevantRanks]] = []
        /// By method and query: the best documents of the first task, where they are kept.
        fileprivate(set) var rankings: [[[Int]]] = []

        /// "sampled", "published, corrected".
        var name: String { kind.rawValue + (rules == .corrected ? ", corrected" : "") }
        /// By seed.
        func recall(_ method: Int, at k: Int) -> [Double] { ranks[method].map { $0.recall(at: k) * 100 } }
        func nonEmptyRecall(_ method: Int, at k: Int) -> [Double] {
            zip(ranks[method], tasks).map { $0.recall(at: k, leavingOut: $1.emptyQueries) * 100 }
        }
        /// Of all seeds' queries.
        func hits(_ method: Int, at k: Int) -> [Double] { ranks[method].flatMap { $0.hits(at: k) } }
        /// The first of the methods with the greatest mean recall.
        func best(of methods: [Int], at k: Int) -> Int? {
            methods.max { (recall($0, at: k).reduce(0, +), $1) < (recall($1, at: k).reduce(0, +), $0) }
        }
    }

    /// Documents that a ranking holds: the largest k that can be asked for.
    static let depth = 100
    /// Documents that are kept for TREC files.
    static let keptDepth = 10

    let encoders: [ComparedEncoder]
    private(set) var methods: [Method] = []
    private(set) var tests: [Test] = []
    private let matching: DescriptorMatching
    private let keepsRankings: Bool

    /// - Throws: `UnaskedProtocol` where the rows give a protocol no request.
    init(
        _ matching: DescriptorMatching, _ protocols: [MatchingProtocol], _ rules: [MatchingRules], seeds: [UInt64], encoders: [ComparedEncoder],
        file: String, keepsRankings: Bool = false
    ) throws {
        self.matching = matching
        self.encoders = encoders
        self.keepsRankings = keepsRankings
        for kind in protocols {
            for rules in rules {
                let tasks = (Self.isDrawn(kind) ? seeds : [seeds[0]]).map { matching.task(kind, rules: rules, seed: $0) }
                guard tasks.allSatisfy({ !$0.queries.isEmpty }) else { throw UnaskedProtocol(kind: kind, rules: rules, file: file, rows: matching.rows.count) }
                tests.append(Test(kind: kind, rules: rules, tasks: tasks, indexes: try tasks.map { try DescriptorIndex(documents: $0.documents) }))
            }
        }
    }

    /// Whether documents depend on the seed.
    static func isDrawn(_ kind: MatchingProtocol) -> Bool { kind == .sampled || kind == .published }

    /// Runs all methods.
    ///
    /// - Parameter note: told what was done and how long it took.
    mutating func run(note: (String) -> Void) throws {
        methods = DescriptorScorers.methods.enumerated().map { Method(name: $1.name, kind: .words($0)) }
        var start = monotonicSeconds()
        for test in tests.indices { addWords(test) }
        note("words: \(seconds(since: start))")
        for (number, encoder) in encoders.enumerated() {
            start = monotonicSeconds()
            methods += encoder.methods.map {
                Method(name: encoders.count == 1 ? $0.name : "\(encoder.name): \($0.name)", kind: .dense(encoder: number, $0))
            }
            try add(encoder, note)
            note("\(encoder.name): \(seconds(since: start)) in all")
        }
    }

    private func seconds(since start: Double) -> String { "\(Int((monotonicSeconds() - start).rounded())) s" }

    private mutating func addWords(_ test: Int) {
        append(DescriptorScorers.methods.count, to: test)
        for task in tests[test].tasks.indices {
            for query in tests[test].tasks[task].queries.indices {
                let scores = tests[test].indexes[task].scores(of: tests[test].tasks[task].queries[query], DescriptorScorers.methods[...]).methods
                set(scores, firstMethod: 0, test: test, task: task, query: query)
            }
        }
    }

    private mutating func add(_ encoder: ComparedEncoder, _ note: (String) -> Void) throws {
        let first = methods.count - encoder.methods.count
        for test in tests.indices { append(encoder.methods.count, to: test) }
        var known: DescriptorVectors?
        for number in 0..<encoder.count {
            let vectors = try known ?? DescriptorVectors(encoder.encoder(number), rows: matching.rows)
            if encoder.isOneModel { known = vectors }
            let weights = try encoder.weights(number)
            for test in tests.indices {
                for (place, task) in tests[test].tasks.enumerated() {
                    let queries = task.queries.indices.filter { encoder.mayJudge(task.rows[$0], number: number) }
                    vectors.add(queries.map { task.queries[$0] })
                    let dense = DenseDescriptors(task, vectors, encoder.methods, weights: weights)
                    for query in queries {
                        let words = tests[test].indexes[place].scores(of: task.queries[query], DescriptorScorers.methods.suffix(1))
                        set(dense.scores(of: task.queries[query], words), firstMethod: first, test: test, task: place, query: query)
                    }
                }
            }
            note(vectors.timings)
        }
    }

    private mutating func append(_ methods: Int, to test: Int) {
        let ranks = tests[test].tasks.map { RelevantRanks(queries: $0.queries.count) }
        tests[test].ranks += Array(repeating: ranks, count: methods)
        if keepsRankings { tests[test].rankings += Array(repeating: Array(repeating: [], count: tests[test].tasks[0].queries.count), count: methods) }
    }

    private mutating func set(_ lists: [[Float]], firstMethod: Int, test: Int, task: Int, query: Int) {
        let relevant = tests[test].tasks[task].relevant[query]
        for (i, scores) in lists.enumerated() {
            var top = TopK(Self.depth)
            for (document, score) in scores.enumerated() where score > top.threshold && score > 0 {
                top.insert(Scored(document: DocumentID(document), score: score))
            }
            let ranking = top.sorted().map { Int($0.document) }
            tests[test].ranks[firstMethod + i][task].set(query, ranking: ranking, relevant: relevant)
            if keepsRankings, task == 0 { tests[test].rankings[firstMethod + i][query] = Array(ranking.prefix(Self.keptDepth)) }
        }
    }
}

/// A protocol that no row of a file gives a request for.
struct UnaskedProtocol: Error, Hashable, CustomStringConvertible {
    var kind: MatchingProtocol
    var rules: MatchingRules
    var file: String
    var rows: Int

    var description: String {
        let needed =
            switch kind {
            case .full: "a row with a text"
            case .sampled, .published: "a row with a tag that stands in its text"
            case .association: "a row with two tags that share no stem with its text"
            }
        return "\(file): protocol \(kind.rawValue)\(rules == .corrected ? ", corrected" : ""): expected \(needed), found none among \(rows); "
            + "leave it out with --protocols"
    }
}
