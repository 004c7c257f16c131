import LinearAlgebra
import NeuralNetworks
import TestSupport
import Testing

/// Holds the gradients of an expression to central finite differences.
///
/// The outputs y are weighted with random numbers r of ±1 and added up in double precision, f = Σ r y, so that each output counts and every one that a change does not reach
/// cancels to the bit. With d(h) = (f(x + h) − f(x − h)) / 2h the estimate is (4 d(h) − d(2h)) / 3, whose error is of order h⁴ (Richardson).
///
/// Values near 1 carry a rounding of 6e-8 each, which h = 1/64 turns into about 4e-6, and operations whose fifth derivative is near 1 add 1e-7. The tolerance is a
/// thousandth of the element and of the parameter's typical (root mean square) gradient, far above both and far below what a wrong sign, a factor or a
/// forgotten path does. A check of gradients that are nearly zero would hold nothing, and fails.
struct GradientCheck {
    /// h, a power of two, so that x ± h differ by 2h exactly.
    var step: Float = 0x1p-6
    var tolerance = 1e-3
    /// Elements of a parameter that are held; all where it has no more.
    var sample = 32

    func callAsFunction(
        _ what: String, _ parameters: [Parameter], seed: UInt64 = 1, _ location: SourceLocation = #_sourceLocation, _ expression: (Tape) -> Variable
    ) {
        // Not the numbers that parameters are made of: a weight along x would hide what `normalize` does across it.
        var random = SeededGenerator(seed: ~seed)
        let tape = Tape(team: testTeams[1])
        let out = expression(tape)
        let weights = random.floats(out.count)
        #expect(out.values.allSatisfy { $0.isFinite }, "\(what): outputs that are no numbers", sourceLocation: location)
        parameters.forEach { $0.clearGradient() }
        // The mean of 1 − y r over the rows, times −rows.
        let mean = tape.cosineLoss(tape.pairedProducts(out, tape.constant(rows: out.rows, columns: out.columns, weights)))
        tape.backward(from: mean, scale: -Float(out.rows))

        func value() -> Double { zip(expression(Tape(team: testTeams[0])).values, weights).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
        for parameter in parameters {
            let gradients = parameter.gradients
            let chosen = Array(random.shuffled(Array(0..<parameter.count)).prefix(sample))
            let differences = chosen.map { index in
                let element = parameter.value.pointer + index
                let x = element.pointee
                defer { element.pointee = x }
                func difference(_ h: Float) -> Double {
                    element.pointee = x + h
                    let (above, higher) = (value(), element.pointee)
                    element.pointee = x - h
                    return (above - value()) / Double(higher - element.pointee)
                }
                return (4 * difference(step) - difference(2 * step)) / 3
            }
            let typical = (differences.reduce(0) { $0 + $1 * $1 } / Double(max(1, differences.count))).squareRoot()
            #expect(typical > 0.01, "\(what): the gradient of \(parameter.name) is too small to be held to anything", sourceLocation: location)
            for (index, expected) in zip(chosen, differences) {
                let found = Double(gradients[index])
                #expect(
                    abs(found - expected) <= tolerance * (typical + abs(expected)),
                    "\(what): d \(parameter.name)[\(index)] is \(found), by differences \(expected)", sourceLocation: location)
            }
        }
    }
}

let testTeams = [1, 2, 3].map { ThreadTeam(size: $0) }

extension Parameter {
    var gradients: [Float] { Array(UnsafeBufferPointer(start: gradient.pointer, count: count)) }

    /// Values in ±1.
    convenience init(_ name: String, _ shape: Int..., seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        self.init(name, shape: shape, decays: false, values: random.floats(shape.reduce(1, *)))
    }

    /// Values in ±1 and at least 0.1 from 0, for functions with a kink there.
    convenience init(apart name: String, _ shape: Int..., seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        self.init(name, shape: shape, decays: false, values: random.floats(shape.reduce(1, *)).map { $0 < 0 ? 0.9 * $0 - 0.1 : 0.9 * $0 + 0.1 })
    }

    convenience init(_ rows: [[Float]]) {
        self.init("x", shape: [rows.count, rows.first?.count ?? 0], decays: false, values: rows.flatMap { $0 })
    }
}

extension Tape {
    /// A matrix parameter as a variable.
    func rows(of parameter: Parameter) -> Variable { embedding([(parameter, (0..<Int32(parameter.shape[0])).map { $0 })]) }
}

/// What an expression of one parameter gives, and the gradient of its first output.
func evaluate(_ x: Parameter, _ expression: (Tape, Variable) -> Variable) -> (value: Float, gradient: [Float]) {
    let tape = Tape(team: testTeams[0])
    x.clearGradient()
    let loss = expression(tape, tape.rows(of: x))
    let value = loss.scalar
    tape.backward(from: loss)
    return (value, x.gradients)
}

func expectNear(_ found: [Float], _ expected: [Float], within tolerance: Float = 1e-6, _ location: SourceLocation = #_sourceLocation) {
    #expect(
        found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance }, "\(found) for \(expected)", sourceLocation: location)
}

func expectExactly(_ found: (value: Float, gradient: [Float]), _ value: Float, _ gradient: [Float], _ location: SourceLocation = #_sourceLocation) {
    #expect(found.value == value && found.gradient == gradient, "\(found)", sourceLocation: location)
}
