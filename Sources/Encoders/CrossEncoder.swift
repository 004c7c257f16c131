public import LinearAlgebra
import NeuralNetworks
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

    /// Tokens that one thread works on at a time: two or three pairs of usual length.
    private static let tokensAtOnce = 256

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

    /// A request and the documents that it is read together with.
    public struct Candidates: Hashable, Sendable {
        public var request: String
        public var documents: [String]

        public init(request: String, documents: [String]) {
            self.request = request
            self.documents = documents
        }
    }

    /// The logit of every document for the request; larger = nearer. Where both are too long together, the longer is cut first.
    public func score(_ request: String, _ documents: [String]) -> [Float] { score([Candidates(request: request, documents: documents)])[0] }

    /// The logits of many requests' documents, `[lists][documents]`. A pair's logit depends on the pair alone: not on the others, nor on the number of threads.
    public func score(_ lists: [Candidates]) -> [[Float]] {
        let scores = score(
            pairs: lists.flatMap { list in
                let request = pieces(list.request)
                return list.documents.map { wordPiece.pair(request, pieces($0), limit: transformer.configuration.maximumTokens) }
            })
        var start = 0
        return lists.map { list in
            defer { start += list.documents.count }
            return Array(scores[start..<start + list.documents.count])
        }
    }

    func score(pairs: [TokenSequence]) -> [Float] {
        guard !pairs.isEmpty else { return [] }
        let width = transformer.configuration.width
        let first = AlignedBuffer<Float>(count: pairs.count * width), pooled = AlignedBuffer<Float>(count: pairs.count * width)
        let logits = AlignedBuffer<Float>(count: pairs.count)
        transformer.forward(pairs, tokensAtOnce: Self.tokensAtOnce, states: .firstToken, team: team) { pair, states, _ in
            (first.pointer + pair * width).update(from: states, count: width)
        }
        pooler.forward(first.pointer, rows: pairs.count, room: nil, into: pooled.pointer, team: team)
        classifier.forward(pooled.pointer, rows: pairs.count, room: nil, into: logits.pointer, team: team)
        return Array(UnsafeBufferPointer(start: logits.pointer, count: pairs.count))
    }

    /// As many as a pair can hold at most.
    private func pieces(_ text: String) -> [Int32] { wordPiece.pieces(of: text, limit: transformer.configuration.maximumTokens - 3).ids }
}

extension WordPiece {
    /// `[CLS] request [SEP] document [SEP]` of at most `limit` tokens. Where both are too long together, the longer is cut first.
    func pair(_ request: [Int32], _ document: [Int32], limit: Int) -> TokenSequence {
        var (first, second) = (request, document)
        let excess = first.count + second.count - (limit - 3)
        if excess > 0 {
            // Down to equal lengths from the longer one, then from both.
            let fromLonger = min(excess, abs(first.count - second.count))
            let fromBoth = excess - fromLonger
            let firstCut = (first.count > second.count ? fromLonger : 0) + fromBoth / 2
            first.removeLast(firstCut)
            second.removeLast(excess - firstCut)
        }
        return TokenSequence(ids: [classification] + first + [separator] + second + [separator], secondFrom: first.count + 2)
    }
}
