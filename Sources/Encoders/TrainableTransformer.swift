import LinearAlgebra
public import NeuralNetworks
import Storage
import TextAnalysis

/// The encoder of `Transformer` with gradients: the same weights under the same names, differentiable on a `Tape`.
///
/// ```swift
/// let model = try TrainableBiEncoder(folder: "minilm").transformer
/// let tape = Tape(team: .shared)
/// let vectors = tape.normalize(tape.mean(model.forward(batch, on: tape), starts: batch.starts))
/// ```
/// With `causal` it is a decoder: each token sees those before it (GPT's architecture with BERT's norms after each part).
public final class TrainableTransformer: Sendable {
    public let configuration: TransformerConfiguration
    public let words: Parameter
    let positions: Parameter
    let types: Parameter
    let norm: Norm
    let blocks: [Block]

    struct Norm: Sendable { let gain: Parameter, shift: Parameter }
    struct Dense: Sendable { let weight: Parameter, bias: Parameter }
    struct Block: Sendable {
        /// Query, key and value: [3 · width][width].
        let projection: Dense
        let attentionOutput: Dense
        let attentionNorm: Norm
        let expand: Dense
        let contract: Dense
        let outputNorm: Norm
    }

    /// - Parameter tensors: the scope that holds `embeddings` and `encoder`; the caller calls `finish`.
    convenience init(_ tensors: TensorReader, _ configuration: TransformerConfiguration) {
        self.init(configuration) { tensors.tensor($0, shape: $1) }
    }

    /// - Parameter read: a tensor by its name below the encoder and its shape.
    init(_ configuration: TransformerConfiguration, read: (_ name: String, _ shape: [Int]) -> [Float]) {
        self.configuration = configuration
        let (width, wide) = (configuration.width, configuration.feedForwardWidth)
        func parameter(_ name: String, _ shape: [Int]) -> Parameter {
            Parameter(name, shape: shape, decays: shape.count > 1, values: read(name, shape))
        }
        func dense(_ name: String, _ outputs: Int, _ inputs: Int) -> Dense {
            Dense(weight: parameter(name + ".weight", [outputs, inputs]), bias: parameter(name + ".bias", [outputs]))
        }
        func norm(_ name: String) -> Norm { Norm(gain: parameter(name + ".weight", [width]), shift: parameter(name + ".bias", [width])) }
        words = parameter("embeddings.word_embeddings.weight", [configuration.vocabularySize, width])
        positions = parameter("embeddings.position_embeddings.weight", [configuration.positions, width])
        types = parameter("embeddings.token_type_embeddings.weight", [configuration.tokenTypes, width])
        self.norm = norm("embeddings.LayerNorm")
        blocks = (0..<configuration.layers).map { layer in
            let name = "encoder.layer.\(layer)."
            let parts = ["query", "key", "value"].map { name + "attention.self.\($0)" }
            let projection = Dense(
                weight: Parameter(
                    name + Self.joined + ".weight", shape: [3 * width, width], decays: true, values: parts.flatMap { read($0 + ".weight", [width, width]) }),
                bias: Parameter(name + Self.joined + ".bias", shape: [3 * width], decays: false, values: parts.flatMap { read($0 + ".bias", [width]) }))
            return Block(
                projection: projection, attentionOutput: dense(name + "attention.output.dense", width, width),
                attentionNorm: norm(name + "attention.output.LayerNorm"), expand: dense(name + "intermediate.dense", wide, width),
                contract: dense(name + "output.dense", width, wide), outputNorm: norm(name + "output.LayerNorm"))
        }
    }

    /// Query, key and value as one parameter; files hold them apart.
    static let joined = "attention.self.qkv"

    /// Every weight once, in a fixed order.
    public var parameters: [Parameter] {
        [words, positions, types, norm.gain, norm.shift]
            + blocks.flatMap { block in
                [block.projection, block.attentionOutput, block.expand, block.contract].flatMap { [$0.weight, $0.bias] }
                    + [block.attentionNorm, block.outputNorm].flatMap { [$0.gain, $0.shift] }
            }
    }

    /// States of all tokens, `[T][C]`.
    ///
    /// - Parameters:
    ///   - dropout: share of values set to 0 after the embeddings and after both parts of every layer; 0 for none.
    ///   - seed: of the values that are dropped.
    public func forward(_ batch: TokenBatch, on tape: Tape, causal: Bool = false, dropout: Float = 0, seed: UInt64 = 0) -> Variable {
        precondition(batch.longest <= configuration.positions, "\(batch.longest) tokens for \(configuration.positions) positions")
        let epsilon = configuration.epsilon
        var stream: UInt64 = 0
        func drop(_ x: Variable) -> Variable {
            stream += 1
            return tape.dropout(x, rate: dropout, seed: seed &+ stream &* 0x9E37_79B9_7F4A_7C15)
        }
        // In the order of `Embeddings.forward`, so that the sums are the same to the bit.
        let sum = tape.embedding([(words, batch.ids), (types, batch.types), (positions, batch.positions)])
        var hidden = drop(tape.layerNorm(sum, gain: norm.gain, shift: norm.shift, epsilon: epsilon))
        for block in blocks {
            let qkv = tape.linear(hidden, block.projection.weight, block.projection.bias)
            let context = tape.attention(qkv, starts: batch.starts, heads: configuration.heads, causal: causal)
            let attended = drop(tape.linear(context, block.attentionOutput.weight, block.attentionOutput.bias))
            hidden = tape.layerNorm(hidden, plus: attended, gain: block.attentionNorm.gain, shift: block.attentionNorm.shift, epsilon: epsilon)
            let wide = tape.activate(tape.linear(hidden, block.expand.weight, block.expand.bias), configuration.activation)
            let narrow = drop(tape.linear(wide, block.contract.weight, block.contract.bias))
            hidden = tape.layerNorm(hidden, plus: narrow, gain: block.outputNorm.gain, shift: block.outputNorm.shift, epsilon: epsilon)
        }
        return hidden
    }

    /// Adds all tensors to a file under the names that `Transformer` reads.
    public func write(to file: inout SafetensorsWriter, prefix: String = "") {
        let width = configuration.width
        for parameter in parameters {
            let name = prefix + parameter.name
            guard let range = name.firstRange(of: Self.joined) else {
                file.add(name, shape: parameter.shape, parameter.values)
                continue
            }
            for (part, values) in zip(["query", "key", "value"], parameter.values.chunks(of: parameter.count / 3)) {
                file.add(name[..<range.lowerBound] + "attention.self." + part + name[range.upperBound...], shape: [width] + parameter.shape.dropFirst(), values)
            }
        }
    }
}

extension Tape {
    func activate(_ x: Variable, _ activation: Activation) -> Variable {
        switch activation {
        case .identity: x
        case .gelu: gelu(x)
        case .relu: relu(x)
        case .tanh: tanh(x)
        }
    }
}

extension TokenBatch {
    /// The position of every token in its sequence.
    var positions: [Int32] { zip(starts, starts.dropFirst()).flatMap { (0..<Int32($1 - $0)) } }
}

extension Array {
    fileprivate func chunks(of size: Int) -> [[Element]] { stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min(count, $0 + size)]) } }
}
