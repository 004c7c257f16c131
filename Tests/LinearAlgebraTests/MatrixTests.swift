import CKernels
import LinearAlgebra
import TestSupport
import Testing

@Suite struct MatrixTests {
    /// rows, inner, columns.
    static let shapes = [(1, 1, 1), (1, 7, 5), (2, 33, 1), (3, 64, 33), (5, 1, 70), (17, 70, 50), (25, 65, 31), (33, 60, 64), (150, 20, 9)]
    static let teams = [1, 2, 3].map { ThreadTeam(size: $0) }

    private static func random(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
        var random = SeededGenerator(seed: seed)
        return Matrix(rows: rows, columns: columns, values: random.floats(rows * columns))
    }

    /// Rounding of K products and their sum in whatever order: K + 1 times half a unit in the last place of Σ|a b|.
    private static func expectProduct(_ found: [Float], of a: Matrix, _ b: Matrix, _ location: SourceLocation = #_sourceLocation) {
        for row in 0..<a.rows {
            for column in 0..<b.columns {
                let terms = (0..<a.columns).map { Double(a[row, $0]) * Double(b[$0, column]) }
                let bound = Double(a.columns + 1) * 0x1p-24 * terms.reduce(0) { $0 + abs($1) }
                #expect(
                    abs(Double(found[row * b.columns + column]) - terms.reduce(0, +)) <= bound, "\(a.rows) × \(a.columns) × \(b.columns) at \(row), \(column)",
                    sourceLocation: location)
            }
        }
    }

    @Test(arguments: shapes) func productEqualsTheDefinitionOnAnyNumberOfThreads(_ rows: Int, _ inner: Int, _ columns: Int) {
        let a = Self.random(rows, inner, seed: 1), b = Self.random(inner, columns, seed: 2)
        let products = Self.teams.map { a.product(b, team: $0) }
        Self.expectProduct(products[0].values, of: a, b)
        #expect(products[0].rows == rows && products[0].columns == columns)
        #expect(products[1] == products[0] && products[2] == products[0], "threads change bits")
    }

    /// What `product` goes through where no OpenBLAS is.
    @Test(arguments: shapes) func packedMatrixEqualsTheDefinitionOnAnyNumberOfThreads(_ rows: Int, _ inner: Int, _ columns: Int) {
        let a = Self.random(rows, inner, seed: 3), b = Self.random(inner, columns, seed: 4)
        let weights = PackedMatrix(b.transposed.values, outputs: columns, inputs: inner, precision: .float32)
        let products = Self.teams.map { team in
            var out = [Float](repeating: .nan, count: rows * columns)
            out.withUnsafeMutableBufferPointer { out in
                team.split(weights.panels) { weights.multiply(a.values, rows: rows, bias: nil, activation: .identity, into: out.baseAddress!, panels: $0) }
            }
            return out
        }
        Self.expectProduct(products[0], of: a, b)
        #expect(products[1] == products[0] && products[2] == products[0], "threads change bits")
    }

    @Test func emptyProducts() {
        #expect(Matrix(rows: 0, columns: 3).product(Matrix(rows: 3, columns: 2)) == Matrix(rows: 0, columns: 2))
        #expect(Matrix(rows: 2, columns: 0).product(Matrix(rows: 0, columns: 2)) == Matrix(rows: 2, columns: 2, values: [0, 0, 0, 0]))
        #expect(Matrix(rows: 2, columns: 1).product(Matrix(rows: 1, columns: 0)) == Matrix(rows: 2, columns: 0))
    }

    @Test func transposedTwiceIsItself() {
        let a = Self.random(5, 7, seed: 5)
        #expect(a.transposed.transposed == a)
        for row in 0..<5 { #expect(Array(a.row(row)) == (0..<7).map { a.transposed[$0, row] }) }
        #expect(Matrix([[1, 2], [3, 4], [5, 6]]).transposed == Matrix([[1, 3, 5], [2, 4, 6]]))
    }

    /// Panels of 32 outputs; int8 has a byte a weight, inputs in fours, and 8 bytes of scale and offset an output.
    @Test func packedMatrixSaysWhatItTakes() {
        let w = [Float](repeating: 1, count: 33 * 5)
        let plain = PackedMatrix(w, outputs: 33, inputs: 5, precision: .float32), small = PackedMatrix(w, outputs: 33, inputs: 5, precision: .int8)
        #expect(plain.panels == 2 && small.panels == 2)
        #expect(plain.byteCount == 64 * 5 * 4)
        #expect(small.byteCount == 64 * 8 + 64 * 8)
        #expect(plain.precision == .float32 && small.precision == .int8)
    }

    @Test func alignedBuffersAreAlignedAndZero() {
        for count in 0...33 {
            let buffer = AlignedBuffer<Float>(count: count)
            #expect(UInt(bitPattern: buffer.pointer) % 64 == 0)
            #expect((0..<count).allSatisfy { buffer.pointer[$0] == 0 })
        }
        let filled = AlignedBuffer<Float>([1, 2, 3])
        #expect((0..<3).map { filled.pointer[$0] } == [1, 2, 3])
    }
}

/// OpenBLAS 0.3.21 takes newer processors for a Prescott and is then five times too slow.
@Suite(.enabled(if: BLAS.shared != nil, "no OpenBLAS is installed")) struct BLASTests {
    @Test(.enabled(if: ck_level_available().rawValue >= CK_AVX2.rawValue, "the processor has no AVX2"))
    func runsAsAProcessorWithWideRegisters() throws {
        let blas = try #require(BLAS.shared)
        #expect(!["Prescott", "unknown"].contains(blas.coreType), "\(blas.configuration)")
        #expect(blas.configuration.contains("OpenBLAS"))
    }
}
