public import LinearAlgebra

/// Reverse-mode differentiation: operations run at once and leave on the tape how their gradients come to be; `backward` plays it from the end.
///
/// ```swift
/// let tape = Tape(team: .shared)
/// let hidden = tape.gelu(tape.linear(x, weight, bias))
/// let loss = tape.meanSquaredError(tape.linear(hidden, weight2, bias2), target)
/// tape.backward(from: loss)          // gradients are added to those of the parameters
/// ```
///
/// Every operation lies in `Operations/` or `Losses/`, its backward beside its forward. Memory is lent from a pool and goes back while the tape is played, so that
/// a training step allocates nothing after the first ones. Work is split among threads by position, and sums run in a fixed order: one and two threads give
/// the same bytes.
///
/// Source: Griewank & Walther 2008, *Evaluating Derivatives*, doi:10.1137/1.9780898717761.
public final class Tape {
    public let team: ThreadTeam
    /// Of the products of linear layers, forward and backward; all else is float32.
    public let precision: Product.Precision
    private let pool: BufferPool
    private var entries: [Entry] = []

    private struct Entry {
        var output: Variable
        var scratch: [AlignedBuffer<Float>]
        var backward: (_ upstream: UnsafeMutablePointer<Float>) -> Void
    }

    /// - Parameters:
    ///   - pool: of the steps of one training; a tape is made for each of them.
    ///   - precision: of the products of linear layers.
    public init(team: ThreadTeam, pool: BufferPool = BufferPool(), precision: Product.Precision = .float32) {
        self.team = team
        self.precision = precision
        self.pool = pool
    }

    /// A variable for an operation to fill; its values are whatever the memory held.
    func variable(rows: Int, columns: Int) -> Variable { Variable(rows: rows, columns: columns, value: pool.take(rows * columns)) }

    func scratch(_ count: Int) -> AlignedBuffer<Float> { pool.take(count) }
    func giveBack(_ buffer: AlignedBuffer<Float>) { pool.giveBack(buffer) }

    /// A constant: its gradient is not asked for.
    public func constant(rows: Int, columns: Int, _ values: [Float]) -> Variable {
        precondition(values.count == rows * columns, "\(values.count) values for \(rows) × \(columns)")
        let result = variable(rows: rows, columns: columns)
        values.withUnsafeBufferPointer { if let base = $0.baseAddress { result.value.pointer.update(from: base, count: values.count) } }
        return result
    }

    /// Leaves an operation on the tape.
    ///
    /// - Parameters:
    ///   - scratch: what `backward` needs and nothing else does; it goes back to the pool afterwards.
    ///   - backward: adds to the inputs' gradients, given the output's; not called where nobody asked for that.
    func record(_ output: Variable, scratch: [AlignedBuffer<Float>] = [], backward: @escaping (_ upstream: UnsafeMutablePointer<Float>) -> Void) {
        entries.append(Entry(output: output, scratch: scratch, backward: backward))
    }

    /// The gradient's memory, zeros at first.
    func gradient(_ variable: Variable) -> UnsafeMutablePointer<Float> {
        if let gradient = variable.gradient { return gradient.pointer }
        let gradient = pool.take(variable.count)
        gradient.pointer.update(repeating: 0, count: variable.count)
        variable.gradient = gradient
        return gradient.pointer
    }

    /// The gradient's memory for an operation that sets all of it; `nil` where another operation added to it before and adding is needed.
    func freshGradient(_ variable: Variable) -> UnsafeMutablePointer<Float>? {
        guard variable.gradient == nil else { return nil }
        let gradient = pool.take(variable.count)
        variable.gradient = gradient
        return gradient.pointer
    }

    /// Adds d loss / d parameter to the gradients of all parameters that the loss depends on. The tape is empty afterwards, and the values of its
    /// variables are gone.
    ///
    /// - Parameters:
    ///   - loss: a single number.
    ///   - scale: of the gradients, for steps made of several passes.
    public func backward(from loss: Variable, scale: Float = 1) {
        precondition(loss.count == 1, "a loss of \(loss.rows) × \(loss.columns)")
        gradient(loss).pointee = scale
        while let entry = entries.popLast() {
            if let gradient = entry.output.gradient {
                entry.backward(gradient.pointer)
                entry.output.gradient = nil
                pool.giveBack(gradient)
            }
            entry.scratch.forEach(pool.giveBack)
            pool.giveBack(entry.output.value)
        }
    }
}

/// Values on a tape, row-major, and their gradient while the tape is played.
public final class Variable {
    public let rows: Int
    public let columns: Int
    let value: AlignedBuffer<Float>
    fileprivate(set) var gradient: AlignedBuffer<Float>?

    public var count: Int { rows * columns }

    init(rows: Int, columns: Int, value: AlignedBuffer<Float>) {
        self.rows = rows
        self.columns = columns
        self.value = value
    }

    var pointer: UnsafeMutablePointer<Float> { value.pointer }

    /// A copy; take it before `backward`.
    public var values: [Float] { Array(UnsafeBufferPointer(start: value.pointer, count: count)) }
    /// The one value of a loss.
    public var scalar: Float {
        precondition(count == 1, "\(rows) × \(columns) values, not one")
        return value.pointer.pointee
    }
}

/// Memory that steps of training hand on to each other.
public final class BufferPool {
    private var free: [Int: [AlignedBuffer<Float>]] = [:]

    public init() {}

    /// Sizes are rounded up, so that steps of slightly different lengths share memory: to an eighth of the power of two below.
    private static func size(_ count: Int) -> Int {
        guard count > 64 else { return 64 }
        let step = 1 << (Int.bitWidth - count.leadingZeroBitCount - 4)
        return (count + step - 1) / step * step
    }

    func take(_ count: Int) -> AlignedBuffer<Float> {
        let size = Self.size(count)
        return free[size]?.popLast() ?? AlignedBuffer(count: size)
    }

    func giveBack(_ buffer: AlignedBuffer<Float>) { free[buffer.count, default: []].append(buffer) }
}
