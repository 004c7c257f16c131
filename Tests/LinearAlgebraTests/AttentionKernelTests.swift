import CKernels
import TestSupport
import Testing

extension KernelTests {
    @Suite(.serialized) struct Attention {
        /// With queries, keys and values in ±1 a score is off by at most D / √D · D · 2^-24 (D = 40: 1.5e-5), mostly far less, and an output by as much.
        @Test func equalsTheReferenceAtEveryLevel() throws {
            let widths = [1, 3, 8, 15, 16, 17, 31, 32, 33, 40]
            for t in 1...33 {
                let (d, heads) = (widths[t % widths.count], 1 + t % 3)
                let c = d * heads
                let stride = 3 * c + 2
                var random = SeededGenerator(seed: UInt64(t))
                let qkv = random.floats(t * stride)
                let guarded = KernelTests.atEveryLevel("T \(t) D \(d) H \(heads)") {
                    var out = GuardedRows(rows: t, width: c)
                    var scratch = [Float](repeating: .nan, count: ck_attention_scratch(t, d)) + [GuardedRows.untouched]
                    for head in 0..<heads { ck_attention(qkv, stride, t, c, d, head, &out.values, out.stride, &scratch) }
                    return out.values + scratch.suffix(1)
                }
                #expect(guarded.last == GuardedRows.untouched, "wrote beyond its scratch")
                var out = GuardedRows(rows: t, width: c)
                out.values = guarded.dropLast()
                let found = try #require(out.rows(t), "wrote beside its rows")
                var expected = [Float](repeating: 0, count: t * c), scratch = [Float](repeating: 0, count: t)
                for head in 0..<heads { ck_attention_reference(qkv, stride, t, c, d, head, &expected, c, &scratch) }
                for i in expected.indices { #expect(abs(found[i] - expected[i]) <= 1e-5, "T \(t) D \(d) value \(i)") }
            }
        }

        /// One head writes its own columns.
        @Test func aHeadLeavesTheOthersAlone() {
            let (t, d, c) = (5, 6, 18)
            var random = SeededGenerator(seed: 3)
            let qkv = random.floats(t * 3 * c)
            var out = [Float](repeating: 9, count: t * c), scratch = [Float](repeating: 0, count: ck_attention_scratch(t, d))
            ck_attention(qkv, 3 * c, t, c, d, 1, &out, c, &scratch)
            for i in out.indices { #expect((out[i] == 9) == !(d..<2 * d).contains(i % c)) }
        }

        /// Scores in the hundreds of thousands choose one value; zeros share evenly.
        @Test func extremesChooseOrShare() {
            let (t, d) = (19, 16)
            let keys = (0..<t).map { $0 == 7 ? Float(1e4) : -1e4 }
            func row(_ query: Float, _ token: Int) -> [Float] {
                Array(repeating: query, count: d) + Array(repeating: keys[token], count: d) + Array(repeating: Float(token), count: d)
            }
            for (query, expected) in [(Float(1e4), Float(7)), (0, 9), (.leastNonzeroMagnitude, 9)] {
                let found = KernelTests.atEveryLevel("query \(query)") {
                    var out = [Float](repeating: 0, count: t * d), scratch = [Float](repeating: 0, count: ck_attention_scratch(t, d))
                    ck_attention((0..<t).flatMap { row(query, $0) }, 3 * d, t, d, d, 0, &out, d, &scratch)
                    return out
                }
                #expect(found.allSatisfy { abs($0 - expected) <= 1e-5 }, "query \(query)")
            }
        }
    }
}
