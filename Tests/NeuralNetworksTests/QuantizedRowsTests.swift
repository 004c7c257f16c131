import LinearAlgebra
import Storage
import TestSupport
import Testing

@testable import NeuralNetworks

/// Matrices in int8 with a scale for every row, in memory and in a file.
@Suite struct QuantizedRowsTests {
    /// Rows of magnitudes from 10⁻²⁵ to 10²⁵.
    private static func matrix(rows: Int, columns: Int, seed: UInt64) -> [Float] {
        var random = SeededGenerator(seed: seed)
        return (0..<rows).flatMap { _ in
            let size = Float(sign: .plus, exponent: Int.random(in: -80...80, using: &random), significand: Float.random(in: 1..<2, using: &random))
            return (0..<columns).map { _ in Float.random(in: -1...1, using: &random) * size }
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func everyValueIsWithinHalfAScale(seed: UInt64) {
        let columns = 7, values = Self.matrix(rows: 500, columns: columns, seed: seed)
        let quantized = QuantizedRows(values, columns: columns)
        for row in 0..<500 {
            let range = row * columns..<(row + 1) * columns
            #expect(quantized.codes[range].map { abs(Int($0)) }.max() == 127, "row \(row)")
            for i in range {
                let error = abs(Double(values[i]) - Double(quantized.codes[i]) * Double(quantized.scales[row]))
                #expect(error <= 0.50002 * Double(quantized.scales[row]), "row \(row)")
            }
        }
    }

    /// 4000 rows: one in 128 would have another scale without care.
    @Test func multipliedOutAndQuantizedAgainIsTheSameToTheBit() {
        let once = QuantizedRows(Self.matrix(rows: 4000, columns: 3, seed: 4), columns: 3)
        #expect(QuantizedRows(once.values, columns: 3) == once)
    }

    /// The kernels' packing of float weights and of what is read from an int8 file: the same codes, and the file's scales.
    @Test func packingGivesTheCodesOfTheFile() throws {
        let outputs = 640, inputs = 9
        let values = Self.matrix(rows: outputs, columns: inputs, seed: 5)
        let rows = QuantizedRows(values, columns: inputs)
        func packed(_ values: [Float]) throws -> (codes: [Int8], scales: [Float]) {
            let matrix = PackedMatrix(values, outputs: outputs, inputs: inputs, precision: .int8)
            guard case .int8(let codes, let scales, _) = matrix.storage else { throw FileError(path: "", .system(operation: "pack", message: "")) }
            return (
                Array(UnsafeBufferPointer(start: codes.pointer, count: codes.count)), Array(UnsafeBufferPointer(start: scales.pointer, count: outputs))
            )
        }
        let direct = try packed(values), read = try packed(rows.values)
        #expect(direct.codes == read.codes)
        #expect(read.scales == rows.scales)
        #expect(zip(direct.scales, read.scales).allSatisfy { abs($0 - $1) <= $0.ulp })
    }

    @Test func rowsOfZerosAndNextToZeros() {
        let quantized = QuantizedRows([0, 0, 1e-38, -1e-40, 2, -1], columns: 2)
        #expect(quantized.codes == [0, 0, 0, 0, 127, -64])
        #expect(quantized.scales[..<2] == [0, 0] && quantized.values[..<4] == [0, 0, 0, 0])
        #expect(QuantizedRows([], columns: 3).values == [])
    }

    // MARK: Files

    private func reader(_ build: (inout SafetensorsWriter) -> Void) throws -> TensorReader {
        let folder = try TemporaryFolder()
        var writer = SafetensorsWriter()
        build(&writer)
        try writer.write(to: folder.path("w.safetensors"))
        return TensorReader(try SafetensorsFile(path: folder.path("w.safetensors")))
    }

    @Test func aReaderTakesEitherForm() throws {
        let values = Self.matrix(rows: 4, columns: 6, seed: 6)
        let reader = try reader {
            $0.addQuantized("a.weight", shape: [4, 6], values)
            $0.add("b.weight", shape: [4, 6], values)
        }
        #expect(reader.scope("a").tensor("weight", shape: [4, 6]) == QuantizedRows(values, columns: 6).values)
        #expect(reader.scope("b").tensor("weight", shape: [4, 6]) == values)
        try reader.finish()
    }

    @Test func whatIsWrongWithAQuantizedTensorIsNamed() throws {
        let codes = [Int8](repeating: 127, count: 6)
        let reader = try reader {
            $0.add("alone", shape: [2, 3], codes)
            $0.add("long", shape: [2, 3], codes)
            $0.add("long_scale", shape: [3], [Float](repeating: 1, count: 3))
            $0.add("square", shape: [2, 3], codes)
            $0.add("square_scale", shape: [2, 1], [Float](repeating: 1, count: 2))
            $0.add("huge", shape: [2, 3], codes)
            $0.add("huge_scale", shape: [2], [1, 3e38] as [Float])
            $0.add("turned", shape: [3, 2], codes)
            $0.add("turned_scale", shape: [3], [Float](repeating: 1, count: 3))
        }
        for name in ["alone", "long", "square", "huge", "turned"] { #expect(reader.tensor(name, shape: [2, 3]) == [Float](repeating: 0, count: 6)) }
        let error = #expect(throws: WeightsError.self) { try reader.finish() }
        #expect(
            error?.problems.prefix(5) == [
                .init(name: "alone", .mistyped(expected: ElementType.allCases.filter(\.isFloatingPoint), found: .int8)),
                .init(name: "long_scale", .misshapen(expected: [2], found: [3])), .init(name: "square_scale", .misshapen(expected: [2], found: [2, 1])),
                .init(name: "huge", .nonFinite(index: 3, found: "inf")), .init(name: "turned", .misshapen(expected: [2, 3], found: [3, 2])),
            ])
    }
}
