import Foundation
import LinearAlgebra
import NeuralNetworks
import TestSupport
import Testing

/// Random tensors by name, and a reader of a file that holds them.
private struct LayerWeights {
    private(set) var values: [String: [Float]] = [:]
    private var shapes: [String: [Int]] = [:]
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func add(_ name: String, _ shape: Int...) {
        shapes[name] = shape
        values[name] = random.floats(shape.reduce(1, *))
    }

    func reader() throws -> TensorReader {
        let path = FileManager.default.temporaryDirectory.path + "/layers-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var file = SafetensorsWriter()
        for (name, values) in values { file.add(name, shape: shapes[name] ?? [], values) }
        try file.write(to: path)
        return TensorReader(try SafetensorsFile(path: path))
    }
}

private let teams = [1, 2, 3].map { ThreadTeam(size: $0) }

/// `x · Wᵀ + b` in double precision, row by row.
private func product(_ x: [Float], rows: Int, _ w: [Float], _ b: [Float]) -> [Double] {
    let inputs = x.count / rows
    return (0..<rows).flatMap { row in
        b.indices.map { n in (0..<inputs).reduce(Double(b[n])) { $0 + Double(x[row * inputs + $1]) * Double(w[n * inputs + $1]) } }
    }
}

private func expectNear(_ found: [Float], _ expected: [Double], within tolerance: Double, _ location: SourceLocation = #_sourceLocation) {
    let worst = zip(found, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
    #expect(found.count == expected.count && worst <= tolerance, "off by \(worst)", sourceLocation: location)
}

@Suite struct LinearTests {
    private static func forward(_ layer: Linear, _ x: [Float], rows: Int, team: ThreadTeam) -> [Float] {
        var x = x
        var out = [Float](repeating: .nan, count: rows * layer.weights.outputs)
        let room = layer.weights.precision == .int8 ? QuantizedActivations(rows: rows, width: layer.weights.inputs) : nil
        x.withUnsafeMutableBufferPointer { x in
            out.withUnsafeMutableBufferPointer { layer.forward(x.baseAddress!, rows: rows, room: room, into: $0.baseAddress!, team: team) }
        }
        return out
    }

    /// K = 37 values of at most 1: 38 roundings of at most 2^-24 of 38 make 9e-5 at worst; a random sum stays a hundredth of that.
    @Test func equalsTheDefinition() throws {
        var weights = LayerWeights(seed: 1)
        weights.add("dense.weight", 45, 37)
        weights.add("dense.bias", 45)
        var random = SeededGenerator(seed: 2)
        let x = random.floats(7 * 37)
        let tensors = try weights.reader()
        let sums = product(x, rows: 7, weights.values["dense.weight"]!, weights.values["dense.bias"]!)
        let activations: [(Activation, (Double) -> Double)] = [
            (.identity, { $0 }), (.relu, { max($0, 0) }), (.tanh, { tanh($0) }), (.gelu, { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) }),
        ]
        for (activation, function) in activations {
            let layer = Linear(tensors.scope("dense"), outputs: 45, inputs: 37, activation: activation, precision: .float32)
            try tensors.finish()
            expectNear(Self.forward(layer, x, rows: 7, team: teams[1]), sums.map(function), within: 4e-6)
        }
        // Steps of 1/127 of at most 1 on both sides, half of one off: 37 · (1 + ¼ / 127) / 127 at worst, and the root of that where they are random.
        let small = Linear(tensors.scope("dense"), outputs: 45, inputs: 37, precision: .int8)
        expectNear(Self.forward(small, x, rows: 7, team: teams[1]), sums, within: 0.05)
    }

    @Test(arguments: Precision.allCases) func threadsAndOtherRowsChangeNoBit(precision: Precision) throws {
        var weights = LayerWeights(seed: 3)
        weights.add("weight", 100, 33)
        weights.add("bias", 100)
        let layer = Linear(try weights.reader(), outputs: 100, inputs: 33, activation: .gelu, precision: precision)
        var random = SeededGenerator(seed: 4)
        let x = random.floats(25 * 33)
        let whole = Self.forward(layer, x, rows: 25, team: teams[0])
        for team in teams[1...] { #expect(Self.forward(layer, x, rows: 25, team: team) == whole, "\(team.size) threads") }
        for row in 0..<25 {
            let alone = Self.forward(layer, Array(x[row * 33..<(row + 1) * 33]), rows: 1, team: teams[0])
            #expect(alone == Array(whole[row * 100..<(row + 1) * 100]), "row \(row)")
        }
    }

    @Test(arguments: Precision.allCases) func joinedLayersFollowEachOther(precision: Precision) throws {
        var weights = LayerWeights(seed: 5)
        for name in ["a", "b", "c"] {
            weights.add("\(name).weight", 9, 13)
            weights.add("\(name).bias", 9)
        }
        let tensors = try weights.reader()
        let scopes = ["a", "b", "c"].map { tensors.scope($0) }
        let joined = Linear(joining: scopes, outputs: 9, inputs: 13, precision: precision)
        let apart = scopes.map { Linear($0, outputs: 9, inputs: 13, precision: precision) }
        try tensors.finish()
        var random = SeededGenerator(seed: 6)
        let x = random.floats(4 * 13)
        let found = Self.forward(joined, x, rows: 4, team: teams[1])
        for (part, layer) in apart.enumerated() {
            let own = Self.forward(layer, x, rows: 4, team: teams[0])
            for row in 0..<4 { #expect(found[row * 27 + part * 9..<row * 27 + part * 9 + 9] == own[row * 9..<row * 9 + 9]) }
        }
    }

    @Test func whatDoesNotFitIsSaidWithItsWholeName() throws {
        var weights = LayerWeights(seed: 7)
        weights.add("layer.query.weight", 4, 5)
        weights.add("layer.query.bias", 3)
        weights.add("layer.key.bias", 4)
        let tensors = try weights.reader()
        _ = Linear(joining: ["query", "key"].map { tensors.scope("layer").scope($0) }, outputs: 4, inputs: 5, precision: .int8)
        let error = #expect(throws: WeightsError.self) { try tensors.finish() }
        #expect(
            error?.problems == [
                .init(name: "layer.key.weight", .missing(expected: [4, 5])), .init(name: "layer.query.bias", .misshapen(expected: [4], found: [3])),
            ])
    }
}

@Suite struct LayerNormTests {
    /// Deviations are near 1 here, so the error is a few roundings of values up to 6.
    @Test(arguments: [false, true]) func equalsTheDefinitionOnAnyNumberOfThreads(withResidual: Bool) throws {
        let (rows, width) = (11, 29)
        var weights = LayerWeights(seed: 8)
        weights.add("weight", width)
        weights.add("bias", width)
        let layer = LayerNorm(try weights.reader(), width: width, epsilon: 1e-12)
        var random = SeededGenerator(seed: 9)
        let x = random.floats(rows * width, in: -3...3)
        var residual = random.floats(rows * width, in: -3...3)
        let results = teams.map { team in
            var y = x
            y.withUnsafeMutableBufferPointer { y in
                residual.withUnsafeMutableBufferPointer {
                    layer.forward(y.baseAddress!, plus: withResidual ? $0.baseAddress : nil, rows: rows, team: team)
                }
            }
            return y
        }
        let expected = (0..<rows).flatMap { row in
            let sums = (row * width..<(row + 1) * width).map { Double(x[$0]) + (withResidual ? Double(residual[$0]) : 0) }
            let mean = sums.reduce(0, +) / Double(width)
            let deviation = (sums.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width) + 1e-12).squareRoot()
            return sums.indices.map { (sums[$0] - mean) / deviation * Double(weights.values["weight"]![$0]) + Double(weights.values["bias"]![$0]) }
        }
        expectNear(results[0], expected, within: 2e-6)
        #expect(results[1] == results[0] && results[2] == results[0])
    }
}

@Suite struct SelfAttentionTests {
    private static let (width, heads) = (30, 3)

    private static func layer(_ precision: Precision) throws -> (SelfAttention, LayerWeights) {
        var weights = LayerWeights(seed: 10)
        for name in ["query", "key", "value"] {
            weights.add("\(name).weight", width, width)
            weights.add("\(name).bias", width)
        }
        let tensors = try weights.reader()
        let layer = SelfAttention(tensors, width: width, heads: heads, precision: precision)
        try tensors.finish()
        return (layer, weights)
    }

    private static func forward(_ layer: SelfAttention, _ x: [Float], starts: [Int], team: ThreadTeam) -> [Float] {
        let tokens = x.count / width
        let longest = zip(starts, starts.dropFirst()).map { $1 - $0 }.max() ?? 0
        let scratchSize = RowKernels.attentionScratch(tokens: longest, headWidth: width / heads)
        let input = AlignedBuffer(x), qkv = AlignedBuffer<Float>(count: tokens * 3 * width), context = AlignedBuffer<Float>(count: tokens * width)
        let scratch = AlignedBuffer<Float>(count: scratchSize * team.size)
        layer.projection.forward(
            input.pointer, rows: tokens, room: QuantizedActivations(rows: tokens, width: width), into: qkv.pointer, team: team)
        layer.forward(qkv.pointer, starts: starts, into: context.pointer, scratch: scratch.pointer, scratchSize: scratchSize, team: team)
        return Array(UnsafeBufferPointer(start: context.pointer, count: context.count))
    }

    /// softmax(q kᵀ / √D) v in double precision. Sums of 30 and 10 products of size 1 in float32: some 1e-6, which scores up to 20 magnify tenfold.
    @Test func equalsTheDefinition() throws {
        let (layer, weights) = try Self.layer(.float32)
        var random = SeededGenerator(seed: 11)
        let t = 9
        let x = random.floats(t * Self.width)
        func projected(_ name: String) -> [Double] { product(x, rows: t, weights.values["\(name).weight"]!, weights.values["\(name).bias"]!) }
        let (q, k, v) = (projected("query"), projected("key"), projected("value"))
        let d = Self.width / Self.heads
        var expected = [Double](repeating: 0, count: t * Self.width)
        for head in 0..<Self.heads {
            for row in 0..<t {
                let weight = (0..<t).map { j in
                    exp((0..<d).reduce(0) { $0 + q[row * Self.width + head * d + $1] * k[j * Self.width + head * d + $1] } / Double(d).squareRoot())
                }
                let total = weight.reduce(0, +)
                for i in head * d..<(head + 1) * d {
                    expected[row * Self.width + i] = (0..<t).reduce(0) { $0 + weight[$1] * v[$1 * Self.width + i] } / total
                }
            }
        }
        expectNear(Self.forward(layer, x, starts: [0, t], team: teams[0]), expected, within: 2e-5)
    }

    @Test(arguments: Precision.allCases) func sequencesDoNotSeeEachOtherAndThreadsChangeNoBit(precision: Precision) throws {
        let layer = try Self.layer(precision).0
        var random = SeededGenerator(seed: 12)
        let starts = [0, 5, 6, 23, 25]
        let x = random.floats(25 * Self.width)
        let whole = Self.forward(layer, x, starts: starts, team: teams[0])
        for team in teams[1...] { #expect(Self.forward(layer, x, starts: starts, team: team) == whole, "\(team.size) threads") }
        for (start, end) in zip(starts, starts.dropFirst()) {
            let rows = start * Self.width..<end * Self.width
            #expect(Self.forward(layer, Array(x[rows]), starts: [0, end - start], team: teams[1]) == Array(whole[rows]), "tokens \(start)..<\(end)")
        }
    }
}
