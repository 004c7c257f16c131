import Encoders
import Evaluation
import Training

/// What the ways of ranking descriptor sets are worth for requests that the models had not seen.
struct DescriptorFusion {
    static let names = ["words", "cosine", "tags", "windows", "empty", "… coverage", "… cosine", "… length"]
    /// `association` cannot be found by words, and would teach that they are worth nothing.
    private static let protocols = [MatchingProtocol.full, .sampled, .published]
    /// None of those that benchmarks draw with.
    private static let seed: UInt64 = 1000
    /// Of each list: what stands lower is hardly ever right, and tells little.
    private static let depth = 60

    /// By fold.
    private var choices: [[ConditionalLogit.Choice]] = []

    init(rows: [DescriptorMatching.Row], folds: FoldedModels, encoder: ComparedEncoder, note: (String) -> Void) throws {
        let matching = DescriptorOptions.matching(rows)
        let tasks = Self.protocols.map { matching.task($0, seed: Self.seed) }
        let indexes = try tasks.map { try DescriptorIndex(documents: $0.documents) }
        var known: DescriptorVectors?
        for fold in 0..<folds.count {
            let vectors = try known ?? DescriptorVectors(encoder.encoder(fold), rows: rows)
            if folds.isOneModel { known = vectors }
            var learnt: [ConditionalLogit.Choice] = []
            for (task, index) in zip(tasks, indexes) {
                let asked = task.queries.indices.filter { folds.fold[task.rows[$0]] == fold }
                vectors.add(asked.map { task.queries[$0] })
                let dense = DenseDescriptors(task, vectors, [])
                for query in asked {
                    let features = dense.features(of: task.queries[query], index.scores(of: task.queries[query], DescriptorScorers.methods.suffix(1)))
                    let candidates = features.candidates(with: task.relevant[query], ofEach: Self.depth)
                    guard let chosen = candidates.firstIndex(of: task.relevant[query]) else { continue }
                    // Every protocol counts the same, whatever its number of requests.
                    learnt.append(.init(features: candidates.flatMap(features.row), chosen: chosen, weight: 1 / Double(asked.count)))
                }
            }
            note("fold \(fold): \(learnt.count) requests")
            choices.append(learnt)
        }
    }

    /// - Parameter fold: whose requests are left out; nil for none.
    func weights(withoutFold fold: Int?) -> FusionParameters.DescriptorWeights {
        let learnt = choices.indices.filter { $0 != fold }.flatMap { choices[$0] }
        return .init(values: ConditionalLogit(learnt, features: DescriptorFeatures.count).fitted)
    }
}
