public import LinearAlgebra

/// Least squares with a penalty on the weights: y ≈ mean + (x − mean of x) · W.
///
/// The weights solve (XᵀX + λI) W = XᵀY in closed form, by Cholesky's decomposition. Source: Hoerl & Kennard 1970, doi 10.1080/00401706.1970.10488634.
public struct RidgeRegression: Sendable {
    /// [dimension][targets].
    public let weights: Matrix
    public let inputMean: [Float]
    public let targetMean: [Float]

    /// One that was learnt before.
    public init(weights: Matrix, inputMean: [Float], targetMean: [Float]) {
        precondition(weights.rows == inputMean.count && weights.columns == targetMean.count, "means that do not fit the weights")
        (self.weights, self.inputMean, self.targetMean) = (weights, inputMean, targetMean)
    }

    /// - Parameters:
    ///   - x: [examples][dimension].
    ///   - y: [examples][targets].
    ///   - penalty: λ > 0.
    /// - Complexity: O(examples · dimension² + dimension³).
    public init(_ x: Matrix, _ y: Matrix, penalty: Double) {
        precondition(x.rows == y.rows && x.rows > 0 && penalty > 0, "\(x.rows) examples with \(y.rows) targets, penalty \(penalty)")
        let inputMean = x.columnMeans, targetMean = y.columnMeans
        let centred = x.subtracting(inputMean)
        let transposed = centred.transposed
        var system = transposed.product(centred).values.map(Double.init)
        for i in 0..<x.columns { system[i * x.columns + i] += penalty }
        let right = transposed.product(y.subtracting(targetMean))
        weights = Self.solve(&system, right)
        self.inputMean = inputMean
        self.targetMean = targetMean
    }

    /// [rows][targets].
    public func predict(_ x: Matrix) -> Matrix {
        var result = x.subtracting(inputMean).product(weights)
        for row in 0..<result.rows {
            for i in 0..<result.columns { result[row, i] += targetMean[i] }
        }
        return result
    }

    /// Solves a symmetric, positive definite system in place.
    private static func solve(_ a: inout [Double], _ right: Matrix) -> Matrix {
        let n = right.rows, targets = right.columns
        var b = right.values.map(Double.init)
        a.withUnsafeMutableBufferPointer { a in
            for i in 0..<n {
                for j in 0...i {
                    var sum = a[i * n + j]
                    for k in 0..<j { sum -= a[i * n + k] * a[j * n + k] }
                    // The penalty keeps the diagonal above 0; rounding may not.
                    a[i * n + j] = i == j ? max(sum, 1e-12).squareRoot() : sum / a[j * n + j]
                }
            }
            b.withUnsafeMutableBufferPointer { b in
                for i in 0..<n {
                    for k in 0..<i {
                        let factor = a[i * n + k]
                        for t in 0..<targets { b[i * targets + t] -= factor * b[k * targets + t] }
                    }
                    for t in 0..<targets { b[i * targets + t] /= a[i * n + i] }
                }
                for i in (0..<n).reversed() {
                    for k in i + 1..<max(n, i + 1) {
                        let factor = a[k * n + i]
                        for t in 0..<targets { b[i * targets + t] -= factor * b[k * targets + t] }
                    }
                    for t in 0..<targets { b[i * targets + t] /= a[i * n + i] }
                }
            }
        }
        return Matrix(rows: n, columns: targets, values: b.map { Float($0) })
    }
}

extension Matrix {
    /// The mean of the rows.
    public var columnMeans: [Float] {
        var sums = [Double](repeating: 0, count: columns)
        for row in 0..<rows {
            for (i, value) in self.row(row).enumerated() { sums[i] += Double(value) }
        }
        return sums.map { Float($0 / Double(max(1, rows))) }
    }

    func subtracting(_ row: [Float]) -> Matrix {
        var result = self
        for r in 0..<rows {
            for i in 0..<columns { result.values[r * columns + i] -= row[i] }
        }
        return result
    }
}
