import Encoders
import LinearAlgebra
import NeuralNetworks

/// Trains the teacher, a cross-encoder: of a request's own document and its negatives, the own one is to win (localised contrastive estimation; Gao et al.
/// 2021, arXiv 2101.08751).
struct Teaching {
    let options: TeachOptions
    let documents: [DescriptorSet]
    let requests: [TrainingRequest]
    let teacher: TrainableCrossEncoder
    let seed: UInt64
    /// Requests to learn from, with their negatives.
    let learnt: [MinedRequest]
    /// Requests of other songs, to judge by.
    let judged: [MinedRequest]
    private let songs: [Set<Int>]

    /// - Throws: `TrainingDataError` where too few requests have negatives.
    init(
        _ options: TeachOptions, documents: [DescriptorSet], requests: [TrainingRequest], mined: [MinedRequest], teacher: TrainableCrossEncoder, seed: UInt64
    ) throws(TrainingDataError) {
        self.options = options
        self.documents = documents
        self.requests = requests
        self.teacher = teacher
        self.seed = seed
        var songs = [Set<Int>](repeating: [], count: documents.count)
        for request in requests { songs[request.document].insert(request.song) }
        self.songs = songs
        let usable = mined.filter { $0.negatives.count >= options.negatives }
        var generator = SeededGenerator(seed: seed, stream: .max)
        let judgedSongs = Set(generator.shuffled(Array(Set(usable.map { requests[$0.request].song })).sorted()).prefix(options.judged))
        var one: Set<Int> = []
        judged = usable.filter { judgedSongs.contains(requests[$0.request].song) && one.insert(requests[$0.request].song).inserted }
        learnt = usable.filter { !judgedSongs.contains(requests[$0.request].song) }
        guard !learnt.isEmpty else { throw .tooFew(what: "requests with \(options.negatives) negatives", found: 0, least: 1) }
    }

    /// The loss of a step on a tape; see `TrainingLoop.run`.
    func loss(step: Int, tape: Tape) -> (loss: Variable, parts: [StepReport.Part]) {
        var generator = SeededGenerator(seed: seed, stream: UInt64(step))
        var batch = TokenBatch()
        let chosen = Epochs(count: learnt.count, seed: seed).batch(step: step, size: options.requestsPerStep)
        let columns = 1 + options.negatives + options.randomNegatives
        for number in chosen {
            let mined = learnt[number]
            let request = requests[mined.request]
            var list = [request.document] + generator.sample(options.negatives, of: mined.negatives)
            while list.count < columns {
                let document = generator.integer(in: 0...documents.count - 1)
                if !songs[document].contains(request.song) { list.append(document) }
            }
            for document in list {
                let (ids, boundary) = teacher.tokens(of: request.text, documents[document].text)
                batch.append(ids, secondFrom: boundary)
            }
        }
        let logits = teacher.logits(batch, on: tape, dropout: options.loop.dropout, seed: SeededGenerator.mixed(seed, UInt64(step)))
        let lists = tape.elements(logits, Array(0..<logits.rows), rows: chosen.count, columns: columns)
        let loss = tape.crossEntropy(lists, targets: chosen.map { _ in 0 })
        return (loss, [.init(name: "list", value: loss.scalar)])
    }

    /// How often the request's own document stands first and among the first three of its list, and the mean reciprocal rank.
    func judge(_ encoder: CrossEncoder) -> TeacherReport {
        var report = TeacherReport(requests: judged.count)
        for mined in judged {
            let request = requests[mined.request]
            let scores = encoder.score(request.text, [documents[request.document].text] + mined.negatives.map { documents[$0].text })
            let rank = 1 + scores.dropFirst().count { $0 >= scores[0] }
            report.candidates += scores.count
            report.first += rank == 1 ? 1 : 0
            report.amongThree += rank <= 3 ? 1 : 0
            report.reciprocalRank += 1 / Double(rank)
        }
        let count = Double(max(1, judged.count))
        report.first /= count
        report.amongThree /= count
        report.reciprocalRank /= count
        return report
    }
}

/// The teacher's own ranking quality: requests of songs it has not seen, among their hard negatives.
public struct TeacherReport: Codable, Hashable, Sendable {
    public var requests: Int
    /// Documents ranked in all.
    public var candidates = 0
    /// Share of requests whose own document comes first.
    public var first = 0.0
    /// Share of those where it is among the first three.
    public var amongThree = 0.0
    /// Mean of 1 / rank.
    public var reciprocalRank = 0.0
}
