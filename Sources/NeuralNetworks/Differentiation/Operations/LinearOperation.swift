import LinearAlgebra

extension Tape {
    /// `out[m][n] = x[m][k] · weightᵀ + bias`, for `weight[n][k]` and `bias[n]`.
    public func linear(_ x: Variable, _ weight: Parameter, _ bias: Parameter?) -> Variable {
        let (m, n, k) = (x.rows, weight.shape[0], x.columns)
        precondition(weight.shape == [n, k] && (bias?.count ?? n) == n, "\(weight.name) of shape \(weight.shape) for rows of \(k)")
        let out = variable(rows: m, columns: n)
        withPacked(n: n, k: k) { packed in
            Product.multiplyByTransposed(
                x.pointer, weight.value.pointer, bias: bias?.value.pointer, m: m, n: n, k: k, precision: precision, packed: packed, into: out.pointer,
                team: team)
        }
        record(out) { [self] upstream in
            withPacked(n: k, k: n) { packed in
                let fresh = freshGradient(x)
                Product.multiply(
                    upstream, weight.value.pointer, m: m, n: k, k: n, accumulate: fresh == nil, precision: precision, packed: packed,
                    into: fresh ?? gradient(x), team: team)
            }
            withPacked(n: k, k: m) { packed in
                Product.multiplyTransposed(
                    upstream, x.pointer, m: n, n: k, k: m, accumulate: true, precision: precision, packed: packed, into: weight.gradient.pointer, team: team)
            }
            if let bias { addRows(upstream, rows: m, columns: n, to: bias.gradient.pointer) }
        }
        return out
    }

    /// Lends a product room for its packed right-hand matrix.
    ///
    /// - Parameter precision: of the product; the tape's by default.
    func withPacked(n: Int, k: Int, precision: Product.Precision? = nil, _ body: (UnsafeMutablePointer<Float>) -> Void) {
        let packed = scratch(Product.packedCount(n: n, k: k, precision: precision ?? self.precision, team: team))
        body(packed.pointer)
        giveBack(packed)
    }

    /// `to[columns] +=` the sum of the rows, in one order: columns are shared out, rows are not.
    func addRows(_ x: UnsafePointer<Float>, rows: Int, columns: Int, to: UnsafeMutablePointer<Float>) {
        nonisolated(unsafe) let (x, to) = (x, to)
        team.split((columns + 63) / 64) { blocks in
            let range = blocks.lowerBound * 64..<min(columns, blocks.upperBound * 64)
            for row in 0..<rows { GradientKernels.add(x + row * columns + range.lowerBound, to: to + range.lowerBound, count: range.count) }
        }
    }
}
