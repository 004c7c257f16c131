import CKernels

/// Pointers to the rows of an index or of one being built: the one place that knows how a row is kept.
///
/// Letters: n = dimension. A code row has `stride` = n rounded up to 64 elements, the rest zeros; residual rows half as many bytes, float rows n floats.
struct Rows: @unchecked Sendable {  // whoever made it keeps the memory alive and unchanged
    let format: RowFormat
    let dimension: Int
    let codes: UnsafePointer<Int8>?
    let scales: UnsafePointer<Float>?
    let residuals: UnsafePointer<UInt8>?
    let floats: UnsafePointer<Float>?

    var stride: Int { Self.stride(dimension) }
    static func stride(_ dimension: Int) -> Int { (dimension + 63) / 64 * 64 }

    /// A row as a query among its equals.
    @inline(__always) func query(row: UInt32) -> Query {
        Query(
            codes: codes.map { $0 + Int(row) * stride }, scale: scales.map { $0[Int(row)] } ?? 1,
            floats: floats.map { $0 + Int(row) * dimension })
    }

    /// What rows are compared with: codes where rows have codes, floats (`stride` of them, the rest zeros, if residuals are to be scored) where not.
    struct Query {
        var codes: UnsafePointer<Int8>?
        var scale: Float
        var floats: UnsafePointer<Float>?
    }

    /// out[i] = similarity of `query` to row ids[i], as searched: of the codes where there are codes. The same for a pair either way round.
    @inline(__always)
    func similarities(_ query: Query, _ ids: UnsafePointer<UInt32>, _ count: Int, _ out: UnsafeMutablePointer<Float>) {
        if let codes, let scales, let own = query.codes {
            // Sums are 32 bits wide, as floats are: they are made where the similarities go.
            out.withMemoryRebound(to: Int32.self, capacity: count) { ck_dot_ids_i8(own, codes, ids, count, stride, stride, $0) }
            for i in 0..<count { out[i] = Float(Int32(bitPattern: out[i].bitPattern)) * (query.scale * scales[Int(ids[i])]) }
        } else if let floats, let own = query.floats {
            ck_dot_ids_f32(own, floats, ids, count, dimension, dimension, out)
        }
    }

    /// The same for rows first ..< first + count.
    @inline(__always)
    func similarities(_ query: Query, from first: Int, _ count: Int, _ out: UnsafeMutablePointer<Float>) {
        if let codes, let scales, let own = query.codes {
            out.withMemoryRebound(to: Int32.self, capacity: count) { ck_dot_rows_i8(own, codes + first * stride, count, stride, stride, $0) }
            for i in 0..<count { out[i] = Float(Int32(bitPattern: out[i].bitPattern)) * (query.scale * scales[first + i]) }
        } else if let floats, let own = query.floats {
            ck_dot_rows_f32(own, floats + first * dimension, count, dimension, dimension, out)
        }
    }

    /// The score of a row, as exactly as the format allows.
    @inline(__always) func score(_ query: Query, _ row: Int) -> Float {
        guard let own = query.floats else { return 0 }
        if let floats { return ck_dot_f32(own, floats + row * dimension, dimension) }
        guard let codes, let scales else { return 0 }
        return ck_dot_f32_i12(own, codes + row * stride, residuals.map { $0 + row * stride / 2 }, stride) * (scales[row] / 16)
    }

    /// The elements of a row: of its codes where it has codes.
    func vector(_ row: Int) -> [Float] {
        if let codes, let scales { return (0..<dimension).map { Float(codes[row * stride + $0]) * scales[row] } }
        return floats.map { floats in (0..<dimension).map { floats[row * dimension + $0] } } ?? []
    }

    /// Asks for the memory that `score` will read beyond what searching read.
    @inline(__always) func prefetchScoring(_ row: Int) {
        if let residuals {
            for offset in Swift.stride(from: 0, to: stride / 2, by: 64) { ck_prefetch(residuals + row * stride / 2 + offset) }
        } else if let floats, codes != nil {
            for offset in Swift.stride(from: 0, to: dimension, by: 16) { ck_prefetch(floats + row * dimension + offset) }
        }
    }

    /// Whether searching sees other similarities than scoring.
    var isScoredAnew: Bool { codes != nil }
}
