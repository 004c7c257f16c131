import CKernels
import TestSupport
import Testing

/// Every level of the kernels against their naive references. Serialised: the level is one for the process.
@Suite(.serialized) struct DotTests {
    static let levels: [ck_level] = [CK_PORTABLE, CK_AVX2, CK_AVX512, CK_AVX512_VNNI].filter { $0.rawValue <= ck_level_available().rawValue }
    static let lengths = Array(0...130) + [383, 384, 385, 768, 1000]

    /// The results at every level, the level above all restored afterwards.
    private func atEveryLevel<T>(_ body: () -> T) -> [T] {
        defer { ck_limit_level(CK_AVX512_VNNI) }
        return Self.levels.map {
            ck_limit_level($0)
            return body()
        }
    }

    private func floats(_ count: Int, _ random: inout SeededGenerator) -> [Float] { (0..<count).map { _ in Float.random(in: -1...1, using: &random) } }

    /// With the extremes, which an instruction that saturates would get wrong.
    private func bytes(_ count: Int, _ random: inout SeededGenerator) -> [Int8] {
        let extreme = Int.random(in: 0..<3, using: &random)
        return (0..<count).map { _ in extreme == 0 ? (Bool.random(using: &random) ? 127 : -128) : Int8.random(in: -128...127, using: &random) }
    }

    @Test func aLevelIsCutToTheAvailable() {
        defer { ck_limit_level(CK_AVX512_VNNI) }
        for level in [CK_PORTABLE, CK_AVX2, CK_AVX512, CK_AVX512_VNNI] {
            ck_limit_level(level)
            #expect(ck_level_in_use().rawValue == min(level.rawValue, ck_level_available().rawValue))
        }
        #expect(Set([CK_PORTABLE, CK_AVX2, CK_AVX512, CK_AVX512_VNNI].map { String(cString: ck_level_name($0)) }).count == 4)
    }

    @Test func floatSumsAreTheSameBitsAtEveryLevelAndNearTheTruth() {
        var random = SeededGenerator(seed: 1)
        for n in Self.lengths {
            let a = floats(n, &random)
            let b = floats(n, &random)
            let sums = atEveryLevel { ck_dot_f32(a, b, n) }
            #expect(Set(sums.map(\.bitPattern)).count == 1, "n \(n)")
            let magnitude = zip(a, b).reduce(Float(0)) { $0 + abs($1.0 * $1.1) }
            // As dot.h says: half an ulp (2^-24) for each addition a term goes through; one more for the reference's own rounding.
            let bound = magnitude * Float(n / 64 + 8) * 0x1p-24
            #expect(abs(sums[0] - ck_dot_f32_reference(a, b, n)) <= bound, "n \(n)")
        }
    }

    @Test func byteSumsAreExactAtEveryLevel() {
        var random = SeededGenerator(seed: 2)
        for n in Self.lengths + [Int(CK_DOT_I8_LIMIT)] {
            for _ in 0..<3 {
                let a = bytes(n, &random)
                let b = bytes(n, &random)
                #expect(atEveryLevel { ck_dot_i8(a, b, n) }.allSatisfy { $0 == ck_dot_i8_reference(a, b, n) }, "n \(n)")
            }
        }
        let least = [Int8](repeating: -128, count: Int(CK_DOT_I8_LIMIT))
        #expect(atEveryLevel { ck_dot_i8(least, least, least.count) }.allSatisfy { $0 == 1 << 30 })
    }

    @Test func rowsAndIdsAreTheSingleProducts() {
        var random = SeededGenerator(seed: 3)
        for (n, stride) in [(1, 1), (5, 7), (64, 64), (100, 128), (130, 130), (384, 384)] {
            let count = 37
            let query = floats(n, &random)
            let rows = floats(count * stride, &random)
            let ids = (0..<50).map { _ in UInt32.random(in: 0..<UInt32(count), using: &random) }
            var expected = [Float](repeating: 0, count: 50)
            ck_dot_ids_f32_reference(query, rows, ids, ids.count, n, stride, &expected)
            for (byRow, byID) in atEveryLevel({
                var byRow = [Float](repeating: .nan, count: count)
                var byID = [Float](repeating: .nan, count: ids.count)
                ck_dot_rows_f32(query, rows, count, n, stride, &byRow)
                ck_dot_ids_f32(query, rows, ids, ids.count, n, stride, &byID)
                return (byRow, byID)
            }) {
                for row in 0..<count { #expect(byRow[row] == rows.withUnsafeBufferPointer { ck_dot_f32(query, $0.baseAddress! + row * stride, n) }) }
                for i in ids.indices {
                    #expect(byID[i] == byRow[Int(ids[i])])
                    #expect(abs(byID[i] - expected[i]) <= Float(n) * 0x1p-20)
                }
            }

            let byteQuery = bytes(n, &random)
            let byteRows = bytes(count * stride, &random)
            var exactRows = [Int32](repeating: 0, count: count)
            var exactIDs = [Int32](repeating: 0, count: ids.count)
            ck_dot_rows_i8_reference(byteQuery, byteRows, count, n, stride, &exactRows)
            ck_dot_ids_i8_reference(byteQuery, byteRows, ids, ids.count, n, stride, &exactIDs)
            for (byRow, byID) in atEveryLevel({
                var byRow = [Int32](repeating: .max, count: count)
                var byID = [Int32](repeating: .max, count: ids.count)
                ck_dot_rows_i8(byteQuery, byteRows, count, n, stride, &byRow)
                ck_dot_ids_i8(byteQuery, byteRows, ids, ids.count, n, stride, &byID)
                return (byRow, byID)
            }) {
                #expect(byRow == exactRows && byID == exactIDs)
            }
        }
    }

    @Test func quantisedVectorsAreTheSameBytesAtEveryLevelAndNearTheTruth() {
        var random = SeededGenerator(seed: 4)
        for n in Self.lengths {
            let x = floats(n, &random)
            let padded = (n + 63) / 64 * 64
            let query = floats(n, &random) + [Float](repeating: 0, count: padded - n)
            func quantised(_ function: (UnsafePointer<Float>, Int, UnsafeMutablePointer<Int8>, UnsafeMutablePointer<UInt8>) -> Float) -> (
                [Int8], [UInt8], Float
            ) {
                var codes = [Int8](repeating: 77, count: padded + 1)
                var residual = [UInt8](repeating: 77, count: padded / 2 + 1)
                let scale = function(x, n, &codes, &residual)
                return (codes, residual, scale)
            }
            let expected = quantised { ck_quantize_i8_reference($0, $1, $2, $3) }
            #expect(expected.0[padded] == 77 && expected.1[padded / 2] == 77, "nothing is written behind the end")
            for (codes, residual, scale) in atEveryLevel({ quantised { ck_quantize_i8($0, $1, $2, $3) } }) {
                #expect(codes == expected.0 && residual == expected.1 && scale == expected.2, "n \(n)")
            }
            for i in 0..<padded {
                let packed = expected.1[i / 64 * 32 + i % 32]
                let fine = Int(i % 64 < 32 ? packed & 15 : packed >> 4) - 8
                let value = Float(16 * Int(expected.0[i]) + fine) * (expected.2 / 16)
                #expect(abs(value - (i < n ? x[i] : 0)) <= expected.2 / 16 * 0.51, "n \(n), element \(i)")
                #expect(expected.0[i] >= -127)
            }
            for residual in [expected.1, nil] {
                let sums = atEveryLevel { ck_dot_f32_i12(query, expected.0, residual, padded) }
                #expect(Set(sums.map(\.bitPattern)).count == 1, "n \(n)")
                #expect(abs(sums[0] - ck_dot_f32_i12_reference(query, expected.0, residual, padded)) <= Float(n) * 2048 * 0x1p-22)
            }
        }
    }

    @Test func vectorsWithoutLengthQuantiseToZeros() {
        for x in [[Float](repeating: 0, count: 70), [Float](repeating: 1e-38, count: 70)] {
            for (codes, scale) in atEveryLevel({
                var codes = [Int8](repeating: 1, count: 128)
                let scale = ck_quantize_i8(x, 70, &codes, nil)
                return (codes, scale)
            }) {
                #expect(codes.allSatisfy { $0 == 0 } && scale == 0)
            }
        }
    }
}
