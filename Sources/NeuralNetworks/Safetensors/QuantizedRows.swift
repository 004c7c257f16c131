/// A matrix in int8 with one scale for every row: value = code × scale, and a row's greatest magnitude is code ±127.
///
/// Rows that are read back and packed by `PackedMatrix` in int8 get these codes and these scales again, to the bit: a row is rounded as the packing rounds
/// it, and its scale is one that multiplying by 127 and dividing again gives back.
public struct QuantizedRows: Hashable, Sendable {
    public let columns: Int
    /// [rows][columns], −127…127.
    public let codes: [Int8]
    /// One a row; 0 for a row of zeros.
    public let scales: [Float]

    /// Rows smaller than this, 2⁻¹⁰⁰, are zeros: their inverse scale is not to be had. As in the kernels.
    private static let least: Float = 0x1p-100

    /// - Parameter values: [rows][columns], finite.
    public init(_ values: [Float], columns: Int) {
        precondition(columns > 0 && values.count.isMultiple(of: columns), "\(values.count) values in rows of \(columns)")
        self.columns = columns
        var codes = [Int8](repeating: 0, count: values.count)
        var scales = [Float](repeating: 0, count: values.count / columns)
        for row in scales.indices {
            let range = row * columns..<(row + 1) * columns
            let greatest = values[range].reduce(Float(0)) { max($0, abs($1)) }
            guard greatest >= Self.least else { continue }
            let inverse = 127 / greatest
            for i in range { codes[i] = Int8((values[i] * inverse).rounded(.toNearestOrEven)) }
            scales[row] = Self.stable(greatest / 127)
        }
        (self.codes, self.scales) = (codes, scales)
    }

    init(codes: [Int8], scales: [Float], columns: Int) { (self.codes, self.scales, self.columns) = (codes, scales, columns) }

    /// [rows][columns], multiplied out.
    public var values: [Float] {
        [Float](unsafeUninitializedCapacity: codes.count) { values, count in
            for (row, scale) in scales.enumerated() {
                for i in row * columns..<(row + 1) * columns { values.initializeElement(at: i, to: Float(codes[i]) * scale) }
            }
            count = codes.count
        }
    }

    /// The scale itself, or its neighbour: one in 128 comes back from × 127 / 127 as its neighbour, which then stays.
    private static func stable(_ scale: Float) -> Float { 127 * scale / 127 }
}

extension SafetensorsFile {
    /// What follows the name of an I8 matrix in the name of its rows' scales.
    static let scaleSuffix = "_scale"

    /// An I8 matrix with its rows' scales, multiplied out.
    /// - Throws: `WeightsError` with one problem: as `int8s` and `floats`, scales that are not one a row, or a product that is not finite.
    func quantizedRows(of name: String) throws(WeightsError) -> [Float] {
        let codes = try int8s(of: name), scales = try floats(of: name + Self.scaleSuffix)
        let rows = self[name]?.shape.first ?? 0
        guard scales.count == rows, let shape = self[name + Self.scaleSuffix]?.shape, shape.count == 1 else {
            let found = self[name + Self.scaleSuffix]?.shape ?? []
            throw WeightsError(path: path, problems: [.init(name: name + Self.scaleSuffix, .misshapen(expected: [rows], found: found))])
        }
        guard !codes.isEmpty else { return [] }
        let values = QuantizedRows(codes: codes, scales: scales, columns: codes.count / rows).values
        if let index = firstNonFinite(values) {
            throw WeightsError(path: path, problems: [.init(name: name, .nonFinite(index: index, found: "\(values[index])"))])
        }
        return values
    }
}

extension SafetensorsWriter {
    /// Adds a matrix as I8 and its rows' scales as F32 under `name_scale`; a `TensorReader` reads them as one tensor of `Float`.
    /// - Parameter shape: [rows, columns].
    public mutating func addQuantized(_ name: String, shape: [Int], _ values: [Float]) {
        precondition(shape.count == 2, "'\(name)' of shape \(shape) is no matrix")
        let rows = QuantizedRows(values, columns: shape[1])
        add(name, shape: shape, rows.codes)
        add(name + SafetensorsFile.scaleSuffix, shape: [shape[0]], rows.scales)
    }
}
