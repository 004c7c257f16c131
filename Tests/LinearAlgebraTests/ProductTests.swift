import LinearAlgebra
import TestSupport
import Testing

private let teams = [1, 2, 3].map { ThreadTeam(size: $0) }

/// A product in one of its three forms, x and b lying as the form wants them.
private enum Form: CaseIterable {
    case multiply, multiplyTransposed, multiplyByTransposed

    func product(_ x: [Float], _ b: [Float], _ size: Size, accumulate: Bool, _ precision: Product.Precision, _ team: ThreadTeam) -> [Float] {
        let (m, n, k) = (size.m, size.n, size.k)
        let packed = AlignedBuffer<Float>(count: Product.packedCount(n: n, k: k, precision: precision, team: team))
        var out = [Float](repeating: accumulate ? 0.5 : .nan, count: m * n)
        out.withUnsafeMutableBufferPointer { out in
            guard let out = out.baseAddress else { return }
            switch self {
            case .multiply:
                Product.multiply(x, b, m: m, n: n, k: k, accumulate: accumulate, precision: precision, packed: packed.pointer, into: out, team: team)
            case .multiplyTransposed:
                Product.multiplyTransposed(x, b, m: m, n: n, k: k, accumulate: accumulate, precision: precision, packed: packed.pointer, into: out, team: team)
            case .multiplyByTransposed:
                let bias = accumulate ? [Float](repeating: 0.5, count: n) : nil
                Product.multiplyByTransposed(x, b, bias: bias, m: m, n: n, k: k, precision: precision, packed: packed.pointer, into: out, team: team)
            }
        }
        return out
    }

    /// Σ over the inner dimension of `term`, in double precision, plus one half where something is added to.
    func sums(_ size: Size, accumulate: Bool, _ term: (_ x: Int, _ b: Int) -> Double) -> [Double] {
        (0..<size.m * size.n).map { place in
            let (row, column) = place.quotientAndRemainder(dividingBy: size.n)
            return (0..<size.k).reduce(accumulate ? 0.5 : 0) {
                $0
                    + term(
                        self == .multiplyTransposed ? $1 * size.m + row : row * size.k + $1,
                        self == .multiplyByTransposed ? column * size.k + $1 : $1 * size.n + column)
            }
        }
    }
}

private struct Size: CustomTestStringConvertible {
    let m, n, k: Int
    init(_ m: Int, _ n: Int, _ k: Int) { (self.m, self.n, self.k) = (m, n, k) }
    var testDescription: String { "\(m) × \(n) × \(k)" }
}

@Suite struct ProductTests {
    private static let sizes = [Size(1, 1, 1), Size(5, 70, 33), Size(40, 33, 401), Size(205, 65, 12), Size(13, 200, 7)]

    /// A float32 sum rounds at most K + 4 times by 2⁻²⁴ of Σ|x b|. Rounded to bfloat16, a factor is off by 2⁻⁸ of itself at most, and a product by (1 + 2⁻⁸)² − 1.
    @Test(arguments: sizes, Product.Precision.allCases) fileprivate func staysWithinTheErrorBound(size: Size, precision: Product.Precision) {
        var random = SeededGenerator(seed: UInt64(size.k))
        let x = random.floats(size.m * size.k), b = random.floats(size.n * size.k)
        let bound = Double(size.k + 4) * 0x1p-24 + (precision == .bfloat16 ? 0x1p-7 + 0x1p-16 : 0)
        for form in Form.allCases {
            for accumulate in [false, true] {
                let expected = form.sums(size, accumulate: accumulate) { Double(x[$0]) * Double(b[$1]) }
                let magnitude = form.sums(size, accumulate: accumulate) { abs(Double(x[$0]) * Double(b[$1])) }
                let found = form.product(x, b, size, accumulate: accumulate, precision, teams[0])
                let worst = zip(found, zip(expected, magnitude)).map { abs(Double($0) - $1.0) / $1.1 }.max() ?? .infinity
                #expect(worst <= bound, "\(form) accumulate \(accumulate): off by \(worst), \(bound) allowed")
                for team in teams[1...] {
                    #expect(form.product(x, b, size, accumulate: accumulate, precision, team) == found, "\(form) with \(team.size) threads")
                }
            }
        }
    }

    /// Values of 8 significant bits are products that bfloat16 has exactly: as long as sums are exact too, both precisions give the same.
    @Test func smallIntegersAreExact() {
        var random = SeededGenerator(seed: 3)
        let size = Size(29, 45, 500)
        let x = (0..<size.m * size.k).map { _ in Float(random.integer(in: -128...128)) },
            b = (0..<size.n * size.k).map { _ in Float(random.integer(in: -128...128)) }
        for form in Form.allCases {
            #expect(
                form.product(x, b, size, accumulate: false, .bfloat16, teams[1])
                    == form.sums(size, accumulate: false) { Double(x[$0] * b[$1]) }.map { Float($0) },
                "\(form)")
        }
    }
}
