/// A row-major matrix of Float32.
///
///     let similarities = queries.product(documents.transposed)      // [queries][documents]
///
/// Products go through OpenBLAS where it is installed and through this module's own kernels where it is not (see `BLAS`).
public struct Matrix: Hashable, Sendable {
    public let rows: Int
    public let columns: Int
    /// `rows × columns` values, row by row.
    public var values: [Float]

    public init(rows: Int, columns: Int, values: [Float]) {
        precondition(rows >= 0 && columns >= 0 && values.count == rows * columns, "\(values.count) values for a \(rows) × \(columns) matrix")
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    public init(rows: Int, columns: Int) {
        self.init(rows: rows, columns: columns, values: Array(repeating: 0, count: rows * columns))
    }

    /// - Parameter vectors: rows of equal length.
    public init(_ vectors: [[Float]]) {
        let columns = vectors.first?.count ?? 0
        precondition(vectors.allSatisfy { $0.count == columns }, "rows of different lengths")
        self.init(rows: vectors.count, columns: columns, values: Array(vectors.joined()))
    }

    public subscript(row: Int, column: Int) -> Float {
        get { values[row * columns + column] }
        set { values[row * columns + column] = newValue }
    }

    public func row(_ row: Int) -> ArraySlice<Float> { values[row * columns..<(row + 1) * columns] }

    public var transposed: Matrix {
        var result = Matrix(rows: columns, columns: rows)
        for row in 0..<rows {
            for column in 0..<columns { result[column, row] = self[row, column] }
        }
        return result
    }

    /// `self · other`, [rows][other.columns].
    ///
    /// - Complexity: O(rows · columns · other.columns).
    public func product(_ other: Matrix, team: ThreadTeam = .shared) -> Matrix {
        precondition(columns == other.rows, "a \(rows) × \(columns) matrix times a \(other.rows) × \(other.columns) one")
        var result = Matrix(rows: rows, columns: other.columns)
        guard rows > 0, columns > 0, other.columns > 0 else { return result }
        if let blas = BLAS.shared {
            result.values.withUnsafeMutableBufferPointer { out in
                guard let out = out.baseAddress else { return }
                blas.multiply(values, other.values, rows: rows, inner: columns, columns: other.columns, into: out, team: team)
            }
        } else {
            let weights = PackedMatrix(other.transposed.values, outputs: other.columns, inputs: columns, precision: .float32)
            result.values.withUnsafeMutableBufferPointer { out in
                guard let out = out.baseAddress else { return }
                team.split(weights.panels) { weights.multiply(values, rows: rows, bias: nil, activation: .identity, into: out, panels: $0) }
            }
        }
        return result
    }
}
