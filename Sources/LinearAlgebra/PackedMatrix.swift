import CKernels

/// What a linear layer does to its sums.
public enum Activation: Hashable, Sendable {
    case identity, gelu, relu, tanh

    var kernel: ck_activation {
        switch self {
        case .identity: CK_IDENTITY
        case .gelu: CK_GELU
        case .relu: CK_RELU
        case .tanh: CK_TANH
        }
    }
}

public enum Precision: String, Hashable, Sendable, CaseIterable, Codable {
    case float32
    /// Weights in int8 with one scale for every output, inputs in int8 with one scale for every row, found when they arrive.
    case int8
}

/// The weights of a linear layer, laid out once for the kernels: `out = activation(x · Wᵀ + bias)`.
///
/// An output is one chain of fused multiply-adds over the inputs in order (float32), or an exact integer sum times two scales (int8), so that neither the
/// number of rows, nor that of threads, nor the processor changes a bit of it.
public struct PackedMatrix: Sendable {
    /// Goes up whenever a result changes in any bit, so that vectors made before are not compared with those made after.
    public static let revision = 2

    /// N, the rows of W.
    public let outputs: Int
    /// K, the columns of W.
    public let inputs: Int
    public let storage: Storage

    /// The packed forms, for a file that is mapped again later.
    public enum Storage: Sendable {
        case float32(AlignedBuffer<Float>)
        case int8(AlignedBuffer<Int8>, scales: AlignedBuffer<Float>, sums: AlignedBuffer<Int32>)
    }

    public var precision: Precision {
        switch storage {
        case .float32: .float32
        case .int8: .int8
        }
    }

    /// - Parameter weights: W, row-major `[outputs][inputs]`.
    public init(_ weights: [Float], outputs: Int, inputs: Int, precision: Precision) {
        precondition(weights.count == outputs * inputs && outputs > 0 && inputs > 0, "\(weights.count) weights for \(outputs) × \(inputs)")
        self.outputs = outputs
        self.inputs = inputs
        switch precision {
        case .float32:
            let packed = AlignedBuffer<Float>(count: ck_linear_f32_size(outputs, inputs))
            ck_linear_f32_pack(weights, outputs, inputs, packed.pointer)
            storage = .float32(packed)
        case .int8:
            let packed = AlignedBuffer<Int8>(count: ck_linear_i8_size(outputs, inputs))
            let scales = AlignedBuffer<Float>(count: (outputs + 31) / 32 * 32)
            let sums = AlignedBuffer<Int32>(count: (outputs + 31) / 32 * 32)
            ck_linear_i8_pack(weights, outputs, inputs, packed.pointer, scales.pointer, sums.pointer)
            storage = .int8(packed, scales: scales, sums: sums)
        }
    }

    /// Weights that were packed before.
    /// - Precondition: the buffers have the sizes that `sizes` tells.
    public init(storage: Storage, outputs: Int, inputs: Int) {
        self.storage = storage
        self.outputs = outputs
        self.inputs = inputs
        let sizes = Self.sizes(outputs: outputs, inputs: inputs)
        switch storage {
        case .float32(let packed): precondition(packed.count == sizes.float32, "\(packed.count) packed weights for \(outputs) × \(inputs)")
        case .int8(let packed, let scales, let sums):
            precondition(
                packed.count == sizes.int8 && scales.count == sizes.channels && sums.count == sizes.channels,
                "\(packed.count) packed weights for \(outputs) × \(inputs)")
        }
    }

    /// Elements of the packed buffers: weights in either precision, and scales and sums.
    public static func sizes(outputs: Int, inputs: Int) -> (float32: Int, int8: Int, channels: Int) {
        (ck_linear_f32_size(outputs, inputs), ck_linear_i8_size(outputs, inputs), (outputs + 31) / 32 * 32)
    }

    /// Blocks of 32 outputs, the unit by which work is split.
    public var panels: Int { (outputs + Int(CK_PANEL) - 1) / Int(CK_PANEL) }

    /// Bytes that the weights take.
    public var byteCount: Int {
        switch storage {
        case .float32(let packed): packed.count * 4
        case .int8(let packed, let scales, _): packed.count + scales.count * 8
        }
    }

    /// Some panels of `out[rows][outputs] = activation(x[rows][inputs] · Wᵀ + bias)` for float32 weights.
    ///
    /// - Parameter stride: floats from a row of x to the next; fewer than `inputs` where rows overlap, as the windows of a convolution do.
    /// - Complexity: O(rows · inputs · outputs of the panels).
    public func multiply(
        _ x: UnsafePointer<Float>, rows: Int, stride: Int? = nil, bias: UnsafePointer<Float>?, activation: Activation,
        into out: UnsafeMutablePointer<Float>, panels: Range<Int>
    ) {
        guard case .float32(let packed) = storage else { preconditionFailure("int8 weights take quantised rows") }
        ck_linear_f32(
            x, rows, stride ?? inputs, packed.pointer, bias, outputs, inputs, activation.kernel, out, outputs, panels.lowerBound, panels.upperBound)
    }

    /// The same for int8 weights, from rows that `QuantizedActivations` holds.
    public func multiply(
        _ x: QuantizedActivations, rows: Int, bias: UnsafePointer<Float>?, activation: Activation, into out: UnsafeMutablePointer<Float>, panels: Range<Int>
    ) {
        guard case .int8(let packed, let scales, let sums) = storage else { preconditionFailure("float32 weights take float32 rows") }
        ck_linear_i8(
            x.bytes.pointer, x.scales.pointer, x.zeros.pointer, rows, packed.pointer, scales.pointer, sums.pointer, bias, outputs, inputs, activation.kernel,
            out, outputs, panels.lowerBound, panels.upperBound)
    }
}

/// Room for rows of activations in bytes, each with its own scale and zero.
public struct QuantizedActivations: Sendable {
    let bytes: AlignedBuffer<UInt8>
    let scales: AlignedBuffer<Float>
    let zeros: AlignedBuffer<Int32>

    /// - Parameter width: the greatest number of inputs of a row.
    public init(rows: Int, width: Int) {
        bytes = AlignedBuffer(count: rows * ((width + 3) / 4 * 4))
        scales = AlignedBuffer(count: rows)
        zeros = AlignedBuffer(count: rows)
    }

    /// Quantises the rows `range` of `x[…][inputs]`.
    public func quantize(_ x: UnsafePointer<Float>, inputs: Int, rows range: Range<Int>) {
        ck_quantize_rows(x, inputs, inputs, bytes.pointer, scales.pointer, zeros.pointer, range.lowerBound, range.upperBound)
    }
}
