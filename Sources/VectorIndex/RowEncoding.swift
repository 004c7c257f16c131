import CKernels
import LinearAlgebra
import Storage

/// Rows in memory of their own, checked and brought into their format.
final class RowMemory: @unchecked Sendable {  // written while it is made, read afterwards
    let count: Int
    let dimension: Int
    let format: RowFormat
    private let codes: UnsafeMutableBufferPointer<Int8>
    private let scales: UnsafeMutableBufferPointer<Float>
    private let residuals: UnsafeMutableBufferPointer<UInt8>
    private let floats: UnsafeMutableBufferPointer<Float>

    /// - Parameters:
    ///   - source: rows of `dimension` floats.
    ///   - order: row i of the memory is row order[i] of the source; nil is the source's own order.
    init(_ source: UnsafeBufferPointer<Float>, dimension: Int, format: RowFormat, order: [UInt32]? = nil, team: ThreadTeam) {
        self.dimension = dimension
        self.format = format
        let count = order?.count ?? source.count / dimension
        self.count = count
        let stride = Rows.stride(dimension)
        codes = Self.allocate(format.hasCodes ? count * stride : 0)
        scales = Self.allocate(format.hasCodes ? count : 0)
        residuals = Self.allocate(format.hasResidual ? count * stride / 2 : 0)
        floats = Self.allocate(format.hasFloats ? count * dimension : 0)
        guard count > 0, let base = source.baseAddress else { return }
        team.run { part, parts in
            for i in part * count / parts..<(part + 1) * count / parts {
                let row = base + (order.map { Int($0[i]) } ?? i) * dimension
                if let codes = self.codes.baseAddress {
                    self.scales[i] = ck_quantize_i8(row, dimension, codes + i * stride, self.residuals.baseAddress.map { $0 + i * stride / 2 })
                }
                self.floats.baseAddress.map { ($0 + i * dimension).update(from: row, count: dimension) }
            }
        }
    }

    private static func allocate<T>(_ count: Int) -> UnsafeMutableBufferPointer<T> {
        guard count > 0 else { return UnsafeMutableBufferPointer(start: nil, count: 0) }
        let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: count * MemoryLayout<T>.stride, alignment: 64)
        return raw.bindMemory(to: T.self)
    }

    deinit {
        UnsafeMutableRawBufferPointer(codes).deallocate()
        UnsafeMutableRawBufferPointer(scales).deallocate()
        UnsafeMutableRawBufferPointer(residuals).deallocate()
        UnsafeMutableRawBufferPointer(floats).deallocate()
    }

    var rows: Rows {
        Rows(
            format: format, dimension: dimension, codes: UnsafePointer(codes.baseAddress), scales: UnsafePointer(scales.baseAddress),
            residuals: UnsafePointer(residuals.baseAddress), floats: UnsafePointer(floats.baseAddress))
    }

    func write(to file: inout SectionFileWriter) {
        if format.hasCodes {
            file.add("codes", Array(codes))
            file.add("scales", Array(scales))
        }
        if format.hasResidual { file.add("residuals", Array(residuals)) }
        if format.hasFloats { file.add("floats", Array(floats)) }
    }

    /// - Precondition: `source` holds whole rows, no more than an index can number.
    /// - Throws: `VectorError` for the first row with an element that is not finite, of no length, or of another length than 1.
    static func check(_ source: UnsafeBufferPointer<Float>, dimension: Int) throws(VectorError) {
        precondition((1...IndexShape.dimensionLimit).contains(dimension), "dimension \(dimension) is not in 1...\(IndexShape.dimensionLimit)")
        precondition(source.count % dimension == 0, "\(source.count) floats are no rows of \(dimension)")
        precondition(source.count / dimension < Candidate.nodeLimit, "\(source.count / dimension) rows are too many")
        guard let base = source.baseAddress else { return }
        for row in 0..<source.count / dimension {
            let values = base + row * dimension
            let square = ck_dot_f32(values, values, dimension)
            // Infinite squares of finite elements are caught here too: their length is not 1.
            if abs(square - 1) <= 0.002 { continue }
            if let column = (0..<dimension).first(where: { !values[$0].isFinite }) { throw VectorError(row: row, reason: .notFinite(column: column)) }
            throw VectorError(row: row, reason: square == 0 ? .zero : .notUnit(length: square.squareRoot()))
        }
    }
}

/// Rows of a mapped file.
struct MappedRows: Sendable {
    let rows: Rows
    /// Keeps the mapping alive.
    private let file: SectionFile

    /// - Throws: `FileError` when a section is missing or of another length than `count` rows have, or a scale is no length.
    init(_ file: SectionFile, count: Int, dimension: Int, format: RowFormat) throws(FileError) {
        self.file = file
        let stride = Rows.stride(dimension)
        func section<T: BitwiseCopyable & Sendable>(_ name: String, _ isKept: Bool, _ length: Int, _: T.Type) throws(FileError) -> UnsafeBufferPointer<T>? {
            guard isKept else { return nil }
            let values: MappedArray<T> = try file.array(name)
            guard values.count == length else { throw file.damaged(section: name, expected: "\(length) values", found: "\(values.count)") }
            return values.buffer
        }
        let codes = try section("codes", format.hasCodes, count * stride, Int8.self)
        let scales = try section("scales", format.hasCodes, count, Float.self)
        let residuals = try section("residuals", format.hasResidual, count * stride / 2, UInt8.self)
        let floats = try section("floats", format.hasFloats, count * dimension, Float.self)
        if let wrong = scales?.first(where: { !($0 >= 0 && $0 < 1) }) {
            throw file.damaged(section: "scales", expected: "scales from 0 to 1", found: "\(wrong)")
        }
        rows = Rows(
            format: format, dimension: dimension, codes: codes?.baseAddress, scales: scales?.baseAddress, residuals: residuals?.baseAddress,
            floats: floats?.baseAddress)
    }
}
