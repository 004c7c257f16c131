import Encoders
import Foundation
import LinearAlgebra
import NeuralNetworks
import TestSupport

/// Three steps of training that PyTorch made with the model of `Fixtures/bi-encoder`.
///
/// `Fixtures/record_training.py` recorded them (seed 11; torch 2.15.0, transformers 5.23.0) in float64 from the float32 weights:
///
///     python record_training.py --fixtures .
///
/// Sixteen texts of 2 to 64 tokens: four requests, their documents, and two negatives each. The loss is MarginMSE + 0.5 · KL over the lists + 2 · the guided
/// contrastive loss; AdamW decays the matrices, its rate rises from step to step, and the first step's gradient is clipped.
struct TrainingExample {
    static let expected: Expected = {
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(Expected.self, from: Data(contentsOf: URL(fileURLWithPath: fixtures + "/expected.json")))
        } catch {
            preconditionFailure("\(error)")
        }
    }()
    static let fixtures = URL(fileURLWithPath: TinyModel.biEncoder.folder).deletingLastPathComponent().path + "/training"

    struct Expected: Decodable {
        var rate, weightDecay, epsilon, maximumNorm, scale, listTemperature, temperature: Float
        var weights: [Float]
        /// Pairs of a request and a document.
        var excluded: [[Int]]
        var inputIds: [[Int32]]
        var teacher: [Float]
        var losses: [Float]
        var norms: [Float]
    }

    let model: TrainableBiEncoder
    let optimiser: AdamW
    private let team: ThreadTeam
    private let pool = BufferPool()
    private let dropout: Float

    init(team: ThreadTeam, dropout: Float = 0) throws {
        model = try TrainableBiEncoder(folder: TinyModel.biEncoder.folder)
        var options = AdamW.Options()
        (options.epsilon, options.weightDecay) = (Self.expected.epsilon, Self.expected.weightDecay)
        optimiser = AdamW(model.parameters, options: options)
        self.team = team
        self.dropout = dropout
    }

    /// The loss of a step, its gradients added to those of the model.
    func loss(step: Int) -> Float {
        let e = Self.expected
        let tape = Tape(team: team, pool: pool)
        var batch = TokenBatch()
        for ids in e.inputIds { batch.append(ids) }
        let vectors = tape.normalize(model.vectors(batch, on: tape, dropout: dropout, seed: UInt64(step)))
        let requests = tape.rows(vectors, Array(0..<4)), documents = tape.rows(vectors, Array(4..<16))
        // [requests][1 + negatives]: the documents lie one list after the other.
        let cosines = tape.concatenate((0..<3).map { tape.pairedProducts(requests, tape.rows(documents, Array($0 * 4..<$0 * 4 + 4))) })
        var excluded = [Bool](repeating: false, count: 4 * 12)
        for pair in e.excluded { excluded[pair[0] * 12 + pair[1]] = true }
        let losses: [(weight: Float, loss: Variable)] = [
            (e.weights[0], tape.marginSquaredError(cosines, teacher: e.teacher, scale: e.scale)),
            (e.weights[1], tape.listDivergence(tape.scale(cosines, by: e.scale), teacher: e.teacher, temperature: e.listTemperature)),
            (e.weights[2], tape.crossEntropy(tape.products(requests, documents), targets: [0, 1, 2, 3], temperature: e.temperature, excluded: excluded)),
        ]
        let loss = tape.sum(losses)
        let value = loss.scalar
        tape.backward(from: loss)
        return value
    }

    /// Steps `range`; their losses and the norms of their gradients.
    @discardableResult
    func run(_ range: ClosedRange<Int>) throws -> (losses: [Float], norms: [Float]) {
        var losses: [Float] = [], norms: [Float] = []
        for step in range {
            losses.append(loss(step: step))
            norms.append(try optimiser.step(rate: Self.expected.rate * Float(step), maximumNorm: Self.expected.maximumNorm, team: team))
        }
        return (losses, norms)
    }

    var weights: [UInt32] { model.parameters.flatMap { $0.values.map(\.bitPattern) } }
}
