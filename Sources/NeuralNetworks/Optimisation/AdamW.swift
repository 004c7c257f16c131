public import LinearAlgebra

/// Adam with decoupled weight decay (Loshchilov & Hutter 2019, arXiv 1711.05101).
///
/// ```swift
/// let optimiser = AdamW(parameters)
/// let norm = try optimiser.step(rate: schedule.rate(at: step), maximumNorm: 1, team: team)     // and clears the gradients
/// ```
public final class AdamW {
    public struct Options: Hashable, Sendable {
        /// Decay of the running mean of gradients, in 0 ..< 1.
        public var beta1: Float = 0.9
        /// Decay of the running mean of their squares, in 0 ..< 1.
        public var beta2: Float = 0.999
        /// Added to the root of that.
        public var epsilon: Float = 1e-8
        /// Share of a weight that goes in one step at learning rate 1, for parameters that decay.
        public var weightDecay: Float = 0.01

        public init() {}
    }

    public let parameters: [Parameter]
    public let options: Options
    /// Steps taken.
    public internal(set) var steps = 0
    let means: [AlignedBuffer<Float>]
    let squares: [AlignedBuffer<Float>]

    public init(_ parameters: [Parameter], options: Options = Options()) {
        self.parameters = parameters
        self.options = options
        means = parameters.map { AlignedBuffer(count: $0.count) }
        squares = parameters.map { AlignedBuffer(count: $0.count) }
    }

    /// Weights that one thread works on at a time; of 16, so that a vector never crosses a border.
    private static let blockSize = 1 << 16

    private struct Block { var parameter: Int, range: Range<Int> }
    private lazy var blocks: [Block] = parameters.indices.flatMap { index in
        stride(from: 0, to: parameters[index].count, by: Self.blockSize).map {
            Block(parameter: index, range: $0..<min(parameters[index].count, $0 + Self.blockSize))
        }
    }

    /// Takes one step and clears the gradients.
    ///
    /// - Parameters:
    ///   - rate: the learning rate.
    ///   - maximumNorm: gradients that are longer together are scaled down to it (Pascanu et al. 2013, arXiv 1211.5063); infinity for never.
    /// - Returns: the gradients' Euclidean norm before clipping.
    /// - Throws: `TrainingFailure.notFinite` where it is no number; weights, moments and gradients are then as they were.
    @discardableResult
    public func step(rate: Float, maximumNorm: Float = .infinity, team: ThreadTeam) throws(TrainingFailure) -> Float {
        let blocks = blocks
        var partial = [Double](repeating: 0, count: blocks.count)
        partial.withUnsafeMutableBufferPointer { sums in
            nonisolated(unsafe) let sums = sums
            team.split(blocks.count) { for i in $0 { sums[i] = GradientKernels.sumOfSquares(gradient(blocks[i]), count: blocks[i].range.count) } }
        }
        let norm = Float(partial.reduce(0, +).squareRoot())
        guard norm.isFinite else { throw .notFinite(what: "gradient", step: steps + 1) }
        steps += 1
        func factors(_ decays: Bool) -> GradientKernels.AdamWFactors {
            .init(
                rate: rate, beta1: options.beta1, beta2: options.beta2, epsilon: options.epsilon, decay: decays ? 1 - rate * options.weightDecay : 1,
                gradientScale: norm > maximumNorm ? maximumNorm / norm : 1, meanCorrection: correction(options.beta1),
                squareCorrection: correction(options.beta2))
        }
        let (decaying, plain) = (factors(true), factors(false))
        team.split(blocks.count) {
            for block in blocks[$0] {
                let parameter = parameters[block.parameter]
                let start = block.range.lowerBound
                GradientKernels.adamW(
                    parameter.value.pointer + start, gradient: gradient(block), mean: means[block.parameter].pointer + start,
                    square: squares[block.parameter].pointer + start, count: block.range.count, parameter.decays ? decaying : plain)
                gradient(block).update(repeating: 0, count: block.range.count)
            }
        }
        return norm
    }

    private func gradient(_ block: Block) -> UnsafeMutablePointer<Float> { parameters[block.parameter].gradient.pointer + block.range.lowerBound }

    /// 1 / (1 − βᵗ), by repeated squaring in double precision: the same on every machine.
    private func correction(_ beta: Float) -> Float {
        var (power, base, exponent) = (1.0, Double(beta), steps)
        while exponent > 0 {
            if exponent & 1 == 1 { power *= base }
            base *= base
            exponent >>= 1
        }
        return Float(1 / (1 - power))
    }
}

/// What ends a training before its time.
public enum TrainingFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// - Parameter what: the loss or the gradient.
    case notFinite(what: String, step: Int)

    public var description: String {
        switch self {
        case .notFinite(let what, let step):
            "the \(what) of step \(step) is not a finite number; the last checkpoint is kept (a smaller learning rate or less mixed data may help)"
        }
    }
}
