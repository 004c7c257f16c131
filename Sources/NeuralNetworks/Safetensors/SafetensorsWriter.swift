import Storage

/// Collects tensors in memory and writes them as a safetensors file; the same tensors give the same bytes, in whatever order they are added.
///
/// ```swift
/// var file = SafetensorsWriter(metadata: ["recipe": "seed 1, 400 steps"])
/// file.add("projection.weight", shape: [128, 384], weights)
/// try file.write(to: "projection.safetensors")
/// ```
public struct SafetensorsWriter {
    private struct Tensor {
        var name: String
        var type: ElementType
        var shape: [Int]
        var bytes: [UInt8]
        var nonFinite: WeightsError.Problem?
    }

    private var tensors: [String: Tensor] = [:]
    private let metadata: [String: String]

    public init(metadata: [String: String] = [:]) { self.metadata = metadata }

    /// Adds a tensor of F32, in row-major order.
    /// - Parameter name: unique in the file.
    public mutating func add(_ name: String, shape: [Int], _ values: [Float]) {
        add(name, .float32, shape, values, stored: values) { $0.bitPattern.littleEndian }
    }

    /// Adds a tensor as F16: each value becomes the nearest half, and one beyond ±65504 makes `write` fail.
    public mutating func addHalf(_ name: String, shape: [Int], _ values: [Float]) {
        add(name, .float16, shape, values, stored: values.map { Float(Float16($0)) }) { Float16($0).bitPattern.littleEndian }
    }

    /// Adds a tensor of I8, such as quantized weights.
    public mutating func add(_ name: String, shape: [Int], _ values: [Int8]) {
        insert(Tensor(name: name, type: .int8, shape: shape, bytes: values.map { UInt8(bitPattern: $0) }), elements: values.count)
    }

    /// Writes the file whole or not at all.
    /// - Throws: `WeightsError` with each tensor that holds a value that is not finite: no reader would take it. `FileError` when the file cannot be written.
    public func write(to path: String) throws {
        let ordered = tensors.values.sorted { ($1.type.size, $0.name) < ($0.type.size, $1.name) }
        let problems = ordered.compactMap(\.nonFinite)
        guard problems.isEmpty else { throw WeightsError(path: path, problems: problems) }
        try writeDurably([header(ordered)] + ordered.map(\.bytes), to: path)
    }

    /// Wide elements come first and the header is padded to eight bytes, so every tensor lies aligned.
    private func header(_ ordered: [Tensor]) -> [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(json($0.key)):\(json($0.value))" }
            members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var offset = 0
        for tensor in ordered {
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            let end = offset + tensor.bytes.count
            members.append("\(json(tensor.name)):{\"dtype\":\"\(tensor.type)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var text = Array("{\(members.joined(separator: ","))}".utf8)
        text += [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
        return withUnsafeBytes(of: UInt64(text.count).littleEndian, Array.init) + text
    }

    private mutating func add<Bits: BitwiseCopyable>(
        _ name: String, _ type: ElementType, _ shape: [Int], _ values: [Float], stored: [Float], _ bits: (Float) -> Bits
    ) {
        let problem = firstNonFinite(stored).map { WeightsError.Problem(name: name, .nonFinite(index: $0, found: "\(values[$0])")) }
        let bytes = values.map(bits).withUnsafeBytes(Array.init)
        insert(Tensor(name: name, type: type, shape: shape, bytes: bytes, nonFinite: problem), elements: values.count)
    }

    private mutating func insert(_ tensor: Tensor, elements: Int) {
        precondition(tensor.name != "__metadata__", "'__metadata__' is no name for a tensor")
        precondition(
            tensor.shape.allSatisfy { $0 >= 0 } && tensor.shape.reduce(1, *) == elements, "shape \(tensor.shape) of '\(tensor.name)' for \(elements) values")
        precondition(tensors.updateValue(tensor, forKey: tensor.name) == nil, "'\(tensor.name)' is in the file already")
    }
}

/// A JSON string (RFC 8259).
private func json(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case _ where scalar.value < 0x20:
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
