public import LinearAlgebra
import NeuralNetworks
import Synchronization
import TextAnalysis

/// Request and descriptor set read together → a logit of how well they match (Nogueira & Cho 2019, arXiv 1901.04085). Slower than a `BiEncoder` by the number
/// of candidates, and closer: for re-ranking a few, and as a teacher.
public final class CrossEncoder: Sendable {
    public let identity: String
    private let transformer: Transformer
    private let pooler: Linear
    private let classifier: Linear
    private let wordPiece: WordPiece
    private let team: ThreadTeam
    private let passes = Mutex(())

    private static let tokensAtOnce = 512

    /// Loads a sequence-classification model of one label: `bert.*`, `bert.pooler.dense` and `classifier`.
    ///
    /// - Throws: as `BiEncoder.init`.
    public init(folder: String, name: String, precision: Precision, maximumTokens: Int = 256, team: ThreadTeam = .shared) throws {
        let model = try PretrainedModel(folder: folder, pooling: .cls, maximumTokens: maximumTokens)
        guard model.configuration.tokenTypes >= 2 else {
            throw ModelError.configuration(
                path: folder + "/config.json", key: "type_vocab_size", expected: "2 or more, for pairs of texts", found: "\(model.configuration.tokenTypes)")
        }
        let bert = model.tensors.scope("bert")
        let width = model.configuration.width
        transformer = Transformer(bert, model.configuration, precision: precision)
        pooler = Linear(bert.scope("pooler.dense"), outputs: width, inputs: width, activation: .tanh, precision: .float32)
        classifier = Linear(model.tensors.scope("classifier"), outputs: 1, inputs: width, precision: .float32)
        try model.tensors.finish()
        wordPiece = model.wordPiece
        identity = "\(name)/\(precision.rawValue)"
        self.team = team
    }

    /// The logit of every document for the request; larger = nearer. Where both are too long together, the longer is cut first.
    public func score(_ request: String, _ documents: [String]) -> [Float] {
        score(pairs: documents.map { sequence(request, $0) })
    }

    func score(pairs: [(ids: [Int32], boundary: Int)]) -> [Float] {
        let configuration = transformer.configuration
        let width = configuration.width
        let longest = pairs.map(\.ids.count).max() ?? 0
        guard longest > 0 else { return [] }
        var scores: [Float] = []
        passes.withLock { _ in
            let room = TransformerRoom(
                configuration, precision: transformer.precision, tokens: max(Self.tokensAtOnce, longest), longest: longest, team: team)
            var start = 0
            while start < pairs.count {
                var batch = TokenBatch()
                var end = start
                while end < pairs.count, batch.ids.isEmpty || batch.ids.count + pairs[end].ids.count <= Self.tokensAtOnce {
                    batch.append(pairs[end].ids, secondFrom: pairs[end].boundary)
                    end += 1
                }
                transformer.forward(batch, in: room, team: team)
                let count = batch.sequences
                let first = AlignedBuffer<Float>(count: count * width), pooled = AlignedBuffer<Float>(count: count * width)
                let logits = AlignedBuffer<Float>(count: count)
                for sequence in 0..<count {
                    (first.pointer + sequence * width).update(from: room.hidden.pointer + batch.starts[sequence] * width, count: width)
                }
                pooler.forward(first.pointer, rows: count, room: nil, into: pooled.pointer, team: team)
                classifier.forward(pooled.pointer, rows: count, room: nil, into: logits.pointer, team: team)
                scores += UnsafeBufferPointer(start: logits.pointer, count: count)
                start = end
            }
        }
        return scores
    }

    /// `[CLS] request [SEP] document [SEP]` and where the document begins.
    private func sequence(_ request: String, _ document: String) -> (ids: [Int32], boundary: Int) {
        let room = transformer.configuration.maximumTokens - 3
        var first = wordPiece.pieces(of: request, limit: room).ids
        var second = wordPiece.pieces(of: document, limit: room).ids
        let excess = first.count + second.count - room
        if excess > 0 {
            // Down to equal lengths from the longer one, then from both.
            let fromLonger = min(excess, abs(first.count - second.count))
            let fromBoth = excess - fromLonger
            let firstCut = (first.count > second.count ? fromLonger : 0) + fromBoth / 2
            first.removeLast(firstCut)
            second.removeLast(excess - firstCut)
        }
        let ids = [wordPiece.classification] + first + [wordPiece.separator] + second + [wordPiece.separator]
        return (ids, first.count + 2)
    }
}
