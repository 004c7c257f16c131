public import LinearAlgebra

/// A learnt matrix or vector with its gradient.
public final class Parameter: Sendable {
    /// As in the weights file.
    public let name: String
    /// Row-major; a vector has one dimension.
    public let shape: [Int]
    /// Whether weight decay applies: to matrices by custom, not to biases and norms.
    public let decays: Bool
    public let value: AlignedBuffer<Float>
    public let gradient: AlignedBuffer<Float>

    public var count: Int { value.count }

    public init(_ name: String, shape: [Int], decays: Bool, values: [Float]) {
        precondition(values.count == shape.reduce(1, *), "\(values.count) values for \(name) of shape \(shape)")
        self.name = name
        self.shape = shape
        self.decays = decays
        value = AlignedBuffer(values)
        gradient = AlignedBuffer(count: values.count)
    }

    /// Normally distributed values around 0, from `generator`.
    public convenience init(_ name: String, shape: [Int], decays: Bool, deviation: Float, _ generator: inout SeededGenerator) {
        self.init(name, shape: shape, decays: decays, values: (0..<shape.reduce(1, *)).map { _ in deviation * generator.normal() })
    }

    public func clearGradient() { gradient.pointer.update(repeating: 0, count: count) }

    public var values: [Float] { Array(UnsafeBufferPointer(start: value.pointer, count: count)) }

    /// - Precondition: as many values as it has.
    public func set(_ values: [Float]) {
        precondition(values.count == count, "\(values.count) values for \(name) of shape \(shape)")
        values.withUnsafeBufferPointer { if let base = $0.baseAddress { value.pointer.update(from: base, count: count) } }
    }
}
