import Storage

/// What every index file says of its vectors.
struct IndexShape: Hashable {
    static let dimensionLimit = 65_536

    var count: Int
    var dimension: Int
    var format: RowFormat
    var encoder: String

    init(count: Int, dimension: Int, format: RowFormat, encoder: String) {
        self.count = count
        self.dimension = dimension
        self.format = format
        self.encoder = encoder
    }

    /// The only metric: the dot product. Written so that a file with another will be told apart.
    private static let dotProduct: UInt64 = 0

    func write(to file: inout SectionFileWriter) {
        file.add("shape", [UInt64(count), UInt64(dimension), Self.dotProduct, format.rawValue])
        file.add("encoder", Array(encoder.utf8))
    }

    /// - Throws: `FileError` when a number is out of its range.
    init(_ file: SectionFile) throws(FileError) {
        let shape: MappedArray<UInt64> = try file.array("shape")
        guard shape.count == 4, shape[0] < UInt64(Candidate.nodeLimit), (1...UInt64(Self.dimensionLimit)).contains(shape[1]), shape[2] == Self.dotProduct,
            let format = RowFormat(rawValue: shape[3])
        else {
            throw file.damaged(section: "shape", expected: "count, dimension, metric and format", found: "\(Array(shape.prefix(4)))")
        }
        count = Int(shape[0])
        dimension = Int(shape[1])
        self.format = format
        let encoder: MappedArray<UInt8> = try file.array("encoder")
        self.encoder = String(decoding: encoder, as: UTF8.self)
    }
}
