import CKernels

/// Products of row-major matrices by pointers, in the three forms that a linear layer and its gradients need.
///
/// ```swift
/// let room = AlignedBuffer<Float>(count: Product.packedCount(n: n, k: k, precision: .bfloat16, team: team))
/// Product.multiply(x, b, m: m, n: n, k: k, precision: .bfloat16, packed: room.pointer, into: out, team: team)
/// ```
/// A sum runs over blocks of the inner dimension in rising order, so that neither the number of threads nor the processor changes a bit of it.
public enum Product {
    /// What factors are rounded to; matrices in memory, sums and results are float32 in either case.
    public enum Precision: String, Codable, Hashable, Sendable, CaseIterable {
        case float32
        /// 8 significant bits with the range of float32, rounded to nearest: factors are off by 2⁻⁸ of themselves at most. Twice as fast as float32 where
        /// `Processor.hasBFloat16`, and the same result, emulated, elsewhere. Numbers below 2⁻¹²⁶ count as 0.
        ///
        /// Source: Kalamkar et al. 2019, *A Study of BFLOAT16 for Deep Learning Training*, arXiv 1905.12322.
        case bfloat16
    }

    /// Floats of `packed` for a product with a right-hand matrix of `n` columns and `k` rows (its transpose being given or not).
    public static func packedCount(n: Int, k: Int, precision: Precision = .float32, team: ThreadTeam) -> Int {
        (ck_product_packed_size(n, k, precision.isRounded) + team.size * ck_product_room()) / MemoryLayout<Float>.stride
    }

    /// `out[m][n] = x[m][k] · b[k][n]`, or `+=` with `accumulate`.
    ///
    /// - Parameter packed: room for `packedCount(n:k:precision:team:)` floats.
    /// - Complexity: O(m · n · k).
    public static func multiply(
        _ x: UnsafePointer<Float>, _ b: UnsafePointer<Float>, m: Int, n: Int, k: Int, accumulate: Bool = false, precision: Precision = .float32,
        packed: UnsafeMutablePointer<Float>, into out: UnsafeMutablePointer<Float>, team: ThreadTeam
    ) {
        let (x, b) = (Strided(x, row: k, column: 1), Strided(b, row: n, column: 1))
        multiply(x, b, bias: nil, m: m, n: n, k: k, accumulate: accumulate, precision, packed: packed, into: out, team: team)
    }

    /// `out[m][n] = xᵀ · b` for `x[k][m]` and `b[k][n]`, or `+=` with `accumulate`.
    ///
    /// - Parameter packed: room for `packedCount(n:k:precision:team:)` floats.
    /// - Complexity: O(m · n · k).
    public static func multiplyTransposed(
        _ x: UnsafePointer<Float>, _ b: UnsafePointer<Float>, m: Int, n: Int, k: Int, accumulate: Bool = false, precision: Precision = .float32,
        packed: UnsafeMutablePointer<Float>, into out: UnsafeMutablePointer<Float>, team: ThreadTeam
    ) {
        let (x, b) = (Strided(x, row: 1, column: m), Strided(b, row: n, column: 1))
        multiply(x, b, bias: nil, m: m, n: n, k: k, accumulate: accumulate, precision, packed: packed, into: out, team: team)
    }

    /// `out[m][n] = x[m][k] · wᵀ` for `w[n][k]`, plus `bias[n]`.
    ///
    /// - Parameter packed: room for `packedCount(n:k:precision:team:)` floats.
    /// - Complexity: O(m · n · k).
    public static func multiplyByTransposed(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, bias: UnsafePointer<Float>?, m: Int, n: Int, k: Int, precision: Precision = .float32,
        packed: UnsafeMutablePointer<Float>, into out: UnsafeMutablePointer<Float>, team: ThreadTeam
    ) {
        let (x, b) = (Strided(x, row: k, column: 1), Strided(w, row: 1, column: k))
        multiply(x, b, bias: bias, m: m, n: n, k: k, accumulate: false, precision, packed: packed, into: out, team: team)
    }

    /// A matrix that may be read transposed: floats from row to row and from column to column, one of which is 1.
    private struct Strided {
        let pointer: UnsafePointer<Float>
        let row: Int
        let column: Int

        init(_ pointer: UnsafePointer<Float>, row: Int, column: Int) { (self.pointer, self.row, self.column) = (pointer, row, column) }
    }

    /// `x · b`. The whole of `b` is packed before anyone reads it; rows of `x` are packed by whoever multiplies them.
    private static func multiply(
        _ x: Strided, _ b: Strided, bias: UnsafePointer<Float>?, m: Int, n: Int, k: Int, accumulate: Bool, _ precision: Precision,
        packed: UnsafeMutablePointer<Float>, into out: UnsafeMutablePointer<Float>, team: ThreadTeam
    ) {
        let rounded = precision.isRounded
        let matrix = UnsafeMutableRawPointer(packed), blocks = matrix + ck_product_packed_size(n, k, rounded)
        nonisolated(unsafe) let (x, b, bias, out) = (x, b, bias, out)
        let panel = Int(CK_PANEL), tile = Int(CK_PRODUCT_TILE), tiles = (m + tile - 1) / tile
        team.split((n + panel - 1) / panel) { ck_product_pack(b.pointer, b.row, b.column, n, k, rounded, matrix, $0.lowerBound, $0.upperBound) }
        team.run { part, parts in
            let rows = min(m, tiles * part / parts * tile)..<min(m, tiles * (part + 1) / parts * tile)
            ck_product(
                x.pointer + rows.lowerBound * x.row, x.row, x.column, matrix, bias, rows.count, n, k, rounded, accumulate ? 1 : 0, out + rows.lowerBound * n,
                n, blocks + part * ck_product_room())
        }
    }
}

extension Product.Precision {
    /// As the kernels have it.
    fileprivate var isRounded: Int32 { self == .bfloat16 ? 1 : 0 }
}
