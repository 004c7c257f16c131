public import LinearAlgebra
public import Storage

/// Layer normalisation (Ba et al. 2016, arXiv 1607.06450) of a row plus its residual.
public struct LayerNorm: Sendable {
    public let gain: AlignedBuffer<Float>
    public let shift: AlignedBuffer<Float>
    public let epsilon: Float

    /// Reads `weight` [width] and `bias` [width].
    public init(_ tensors: TensorReader, width: Int, epsilon: Float) {
        gain = AlignedBuffer(tensors.tensor("weight", shape: [width]))
        shift = AlignedBuffer(tensors.tensor("bias", shape: [width]))
        self.epsilon = epsilon
    }

    /// - Throws: `FileError`.
    public init(_ tensors: CompiledTensors, _ name: String, width: Int, epsilon: Float) throws(FileError) {
        gain = try tensors.buffer(name + ".g", count: width)
        shift = try tensors.buffer(name + ".h", count: width)
        self.epsilon = epsilon
    }

    public func compile(_ name: String, into tensors: inout CompiledTensorsWriter) {
        tensors.add(name + ".g", gain)
        tensors.add(name + ".h", shift)
    }

    /// `x[rows][width] = norm(x + residual)`, in place.
    public func forward(_ x: UnsafeMutablePointer<Float>, plus residual: UnsafeMutablePointer<Float>?, rows: Int, team: ThreadTeam) {
        nonisolated(unsafe) let (x, residual) = (x, residual)
        team.split(rows) {
            RowKernels.layerNorm(
                x, plus: residual, gain: gain.pointer, shift: shift.pointer, epsilon: epsilon, width: gain.count, into: x, rows: $0)
        }
    }
}
