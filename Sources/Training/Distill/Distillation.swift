public import Encoders
public import LinearAlgebra
public import NeuralNetworks

/// Trains the student: guided contrastive learning over all documents of a step, the teacher's margins and its lists, each at several widths.
///
/// Sources: GPL (Wang et al. 2022, arXiv 2112.07577), MarginMSE (Hofstätter et al. 2020, arXiv 2010.02666), SPLADE-v3 (Lassance et al. 2024, arXiv 2403.06789),
/// GISTEmbed (Solatorio 2024, arXiv 2402.16829).
public struct Distillation {
    public let options: DistillOptions
    public let set: TrainingSet
    public let student: TrainableBiEncoder
    public let seed: UInt64
    /// Similarity of a request's text and a document by another model, as the guide sees it; asked for those of a step.
    public let guide: Guide?

    public typealias Guide = (_ texts: [String], _ documents: [String]) -> Matrix

    public init(_ options: DistillOptions, set: TrainingSet, student: TrainableBiEncoder, seed: UInt64, guide: Guide? = nil) {
        self.options = options
        self.set = set
        self.student = student
        self.seed = seed
        self.guide = guide
    }

    /// The loss of a step on a tape; see `TrainingLoop.run`.
    public func loss(step: Int, tape: Tape) -> (loss: Variable, parts: [StepReport.Part]) {
        var batch = DistillBatch(set, options, seed: seed, step: step)
        let texts = batch.texts.map { set.groups[$0.source]?[$0.group].text ?? "" }
        let documents = batch.documents.map { set.documents[$0].text }
        if let guide, let margin = options.guideMargin { exclude(guide(texts, documents), margin, &batch) }

        var tokens = TokenBatch()
        for text in texts + documents { tokens.append(student.tokens(of: text)) }
        let all = student.vectors(tokens, on: tape, dropout: options.loop.dropout, seed: SeededGenerator.mixed(seed, UInt64(step)))
        let labelled = batch.pairs.indices.filter { !batch.pairs[$0].list.isEmpty }
        var weighted: [(weight: Float, loss: Variable)] = []
        var contrastive: Float = 0, margin: Float = 0, list: Float = 0
        for (dimension, share) in zip(options.dimensions, options.dimensionWeights) {
            let vectors = tape.normalize(tape.prefix(all, columns: dimension))
            let requests = tape.rows(vectors, Array(texts.indices))
            let columns = tape.rows(vectors, Array(texts.count..<texts.count + documents.count))
            let similarities = tape.products(requests, columns)
            if options.contrastive > 0 {
                let rows = tape.rows(similarities, batch.pairs.map(\.text))
                let forward = tape.crossEntropy(
                    rows, targets: batch.pairs.map(\.document), temperature: options.temperature, excluded: batch.excluded)
                weighted.append((share * options.contrastive * (1 - options.documentShare), forward))
                contrastive += share * forward.scalar
                if options.documentShare > 0 {
                    let back = tape.products(tape.rows(columns, batch.pairs.map(\.document)), requests)
                    let backward = tape.crossEntropy(
                        back, targets: batch.pairs.map(\.text), temperature: options.temperature, excluded: batch.excludedTexts)
                    weighted.append((share * options.contrastive * options.documentShare, backward))
                }
            }
            guard options.margin > 0 || options.list > 0 else { continue }
            // Lists of one length at a time: those of a step nearly always have one.
            for (_, rows) in Dictionary(grouping: labelled, by: { batch.pairs[$0].list.count }).sorted(by: { $0.key < $1.key }) {
                let length = batch.pairs[rows[0]].list.count
                let cells = rows.flatMap { row in batch.pairs[row].list.map { batch.pairs[row].text * documents.count + $0 } }
                let scores = tape.elements(similarities, cells, rows: rows.count, columns: length)
                let teacher = rows.flatMap { batch.pairs[$0].teacher }
                if options.margin > 0 {
                    let loss = tape.marginSquaredError(scores, teacher: teacher, scale: options.scale)
                    weighted.append((share * options.margin, loss))
                    margin += share * loss.scalar
                }
                if options.list > 0 {
                    let loss = tape.listDivergence(tape.scale(scores, by: options.scale), teacher: teacher, temperature: options.listTemperature)
                    weighted.append((share * options.list, loss))
                    list += share * loss.scalar
                }
            }
        }
        return (
            tape.sum(weighted), [.init(name: "contrastive", value: contrastive), .init(name: "margin", value: margin), .init(name: "list", value: list)]
        )
    }

    /// Documents that the guide finds nearer to a text than the text's own are no negatives.
    private func exclude(_ similarities: Matrix, _ margin: Float, _ batch: inout DistillBatch) {
        for (row, pair) in batch.pairs.enumerated() {
            let own = similarities[pair.text, pair.document] + margin
            for document in batch.documents.indices where similarities[pair.text, document] > own {
                batch.excluded[row * batch.documents.count + document] = true
            }
            for text in batch.texts.indices where similarities[text, pair.document] > own { batch.excludedTexts[row * batch.texts.count + text] = true }
        }
    }
}
