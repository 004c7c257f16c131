import Foundation
import Ranking
import TestSupport
import VectorIndex

/// Unit vectors of four sorts, row after row, and what is truly nearest among them.
struct RandomRows {
    enum Sort: CaseIterable {
        /// In all directions.
        case scattered
        /// In some twenty narrow bundles.
        case clustered
        /// Bundles so narrow that codes are all but equal, vectors not.
        case nearlyRepeated
        /// A few dozen vectors, each many times over.
        case repeated
    }

    let count: Int
    let dimension: Int
    let floats: [Float]

    init(_ sort: Sort, count: Int, dimension: Int = 24, seed: UInt64) {
        self.count = count
        self.dimension = dimension
        var random = SeededGenerator(seed: seed)
        let centres = (0..<(sort == .repeated ? 40 : 20)).map { _ in Self.direction(dimension, &random) }
        floats = (0..<count).flatMap { _ -> [Float] in
            let centre = centres[Int.random(in: 0..<centres.count, using: &random)]
            switch sort {
            case .scattered: return Self.direction(dimension, &random)
            case .repeated: return centre
            case .nearlyRepeated: return Self.unit(zip(centre, Self.direction(dimension, &random)).map { $0 + 1e-4 * $1 })
            case .clustered: return Self.unit(zip(centre, Self.direction(dimension, &random)).map { $0 + 0.4 * $1 })
            }
        }
    }

    static func direction(_ dimension: Int, _ random: inout SeededGenerator) -> [Float] {
        // Sums of uniform numbers are near enough to normal ones to have no favourite direction.
        unit((0..<dimension).map { _ in (0..<4).reduce(Float(0)) { sum, _ in sum + Float.random(in: -1...1, using: &random) } })
    }

    static func unit(_ vector: [Float]) -> [Float] {
        let length = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        return vector.map { Float(Double($0) / length) }
    }

    func row(_ i: Int) -> [Float] { Array(floats[i * dimension..<(i + 1) * dimension]) }

    /// Queries near the rows.
    func queries(_ count: Int, seed: UInt64) -> [[Float]] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            guard self.count > 0 else { return Self.direction(dimension, &random) }
            let row = row(Int.random(in: 0..<self.count, using: &random))
            return Self.unit(zip(row, Self.direction(dimension, &random)).map { $0 + 0.2 * $1 })
        }
    }

    /// The k nearest by sums in double precision.
    func nearest(to query: [Float], k: Int, filter: DocumentBitmap? = nil) -> [Scored] {
        var top = TopK(k)
        for i in 0..<count where filter?.contains(UInt32(i)) ?? true {
            let score = zip(query, row(i)).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            top.insert(Scored(document: UInt32(i), score: Float(score)))
        }
        return top.sorted()
    }

    /// Some of the rows, `share` of them on average.
    func filter(share: Double, seed: UInt64) -> DocumentBitmap {
        var random = SeededGenerator(seed: seed)
        return DocumentBitmap(capacity: count, (0..<UInt32(count)).filter { _ in Double.random(in: 0..<1, using: &random) < share })
    }
}

/// Every way to index rows.
enum IndexKind: CaseIterable {
    case flatFloat32, flatInt8, flatResidual, flatTwoThreads, graphFloat32, graphInt8, graphResidual, graphWithFloat32

    var format: RowFormat {
        switch self {
        case .flatFloat32, .flatTwoThreads, .graphFloat32: .float32
        case .flatInt8, .graphInt8: .int8
        case .flatResidual, .graphResidual: .int8WithResidual
        case .graphWithFloat32: .int8WithFloat32
        }
    }

    /// How far a score may be from the true one: half a step of the codes in every dimension, in the worst direction; the sum's own rounding.
    var tolerance: Float {
        switch format {
        case .float32, .int8WithFloat32: 2e-6
        case .int8: 0.02
        case .int8WithResidual: 0.0015
        }
    }

    static let parameters = HNSWParameters(m: 8, efConstruction: 60)

    func index(_ rows: RandomRows) throws -> any VectorIndex {
        try rows.floats.withUnsafeBufferPointer { floats in
            switch self {
            case .flatFloat32, .flatInt8, .flatResidual:
                try FlatIndex(inMemory: FlatBuilder(rows: floats, dimension: rows.dimension, encoder: "test 1", format: format))
            case .flatTwoThreads:
                try FlatIndex(inMemory: FlatBuilder(rows: floats, dimension: rows.dimension, encoder: "test 1", format: format, threads: 2), threads: 2)
            default:
                try HNSWIndex(
                    inMemory: HNSWBuilder(rows: floats, dimension: rows.dimension, encoder: "test 1", format: format, parameters: Self.parameters, threads: 2))
            }
        }
    }
}
