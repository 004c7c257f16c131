public import LinearAlgebra
public import Storage

/// `activation(x · Wᵀ + bias)`.
public struct Linear: Sendable {
    public let weights: PackedMatrix
    /// `outputs` values.
    public let bias: AlignedBuffer<Float>
    public let activation: Activation

    /// - Parameter bias: one value for every output.
    public init(weights: PackedMatrix, bias: [Float], activation: Activation = .identity) {
        precondition(bias.count == weights.outputs, "\(bias.count) biases for \(weights.outputs) outputs")
        self.weights = weights
        self.bias = AlignedBuffer(bias)
        self.activation = activation
    }

    /// Reads `weight` [outputs][inputs] and `bias` [outputs].
    public init(_ tensors: TensorReader, outputs: Int, inputs: Int, activation: Activation = .identity, precision: Precision) {
        self.init(joining: [tensors], outputs: outputs, inputs: inputs, activation: activation, precision: precision)
    }

    /// Several layers over the same input as one: their outputs follow each other (query, key and value of attention).
    ///
    /// - Parameter outputs: of each of them.
    public init(joining layers: [TensorReader], outputs: Int, inputs: Int, activation: Activation = .identity, precision: Precision) {
        weights = PackedMatrix(
            layers.flatMap { $0.tensor("weight", shape: [outputs, inputs]) }, outputs: outputs * layers.count, inputs: inputs, precision: precision)
        bias = AlignedBuffer(layers.flatMap { $0.tensor("bias", shape: [outputs]) })
        self.activation = activation
    }

    /// Int8 weights that were compiled before. - Throws: `FileError`.
    public init(_ tensors: CompiledTensors, _ name: String, outputs: Int, inputs: Int, activation: Activation = .identity) throws(FileError) {
        let sizes = PackedMatrix.sizes(outputs: outputs, inputs: inputs)
        weights = PackedMatrix(
            storage: .int8(
                try tensors.buffer(name + ".w", count: sizes.int8), scales: try tensors.buffer(name + ".s", count: sizes.channels),
                sums: try tensors.buffer(name + ".t", count: sizes.channels)), outputs: outputs, inputs: inputs)
        bias = try tensors.buffer(name + ".b", count: outputs)
        self.activation = activation
    }

    /// - Precondition: the weights are int8.
    public func compile(_ name: String, into tensors: inout CompiledTensorsWriter) {
        guard case .int8(let packed, let scales, let sums) = weights.storage else { preconditionFailure("only int8 weights are compiled") }
        tensors.add(name + ".w", packed)
        tensors.add(name + ".s", scales)
        tensors.add(name + ".t", sums)
        tensors.add(name + ".b", bias)
    }

    /// `out[rows][outputs]` from `x[rows][inputs]`; int8 weights use `room` for the rows' int8 form.
    public func forward(
        _ x: UnsafeMutablePointer<Float>, rows: Int, room: QuantizedActivations?, into out: UnsafeMutablePointer<Float>, team: ThreadTeam
    ) {
        nonisolated(unsafe) let (x, out) = (x, out)
        switch weights.precision {
        case .float32:
            team.split(weights.panels) { weights.multiply(x, rows: rows, bias: bias.pointer, activation: activation, into: out, panels: $0) }
        case .int8:
            guard let room else { preconditionFailure("int8 weights need room for int8 rows") }
            team.split(rows) { room.quantize(x, inputs: weights.inputs, rows: $0) }
            team.split(weights.panels) { weights.multiply(room, rows: rows, bias: bias.pointer, activation: activation, into: out, panels: $0) }
        }
    }
}
