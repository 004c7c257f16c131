/// Up to 128 postings of one term, bit-packed.
///
/// Documents are stored as `document − first − position` ("frame of reference": no prefix sum is needed to decode), weights as `weight − least`;
/// both with the fewest bits that hold the block's largest value.
struct BlockRecord: BitwiseCopyable, Sendable {
    static let capacity = 128

    var first: UInt32
    var last: UInt32
    /// Byte offset of the packed documents; the packed weights follow at the next byte.
    var offset: UInt32
    /// Postings − 1.
    var countLessOne: UInt8
    var documentBits: UInt8
    var weightBits: UInt8
    var unused: UInt8 = 0
    var leastWeight: UInt16
    var greatestWeight: UInt16
    /// Largest contribution of any posting here under the field's default scorer, before the term's own factor.
    var bound: Float

    var count: Int { Int(countLessOne) + 1 }
    var documentBytes: Int { (count * Int(documentBits) + 7) / 8 }
    var weightBytes: Int { (count * Int(weightBits) + 7) / 8 }
}

/// Fixed-width bit packing, least significant bit first.
enum BitPacking {
    /// Bytes that must follow packed data so that eight bytes can always be loaded.
    static let padding = 8

    static func bits(for largest: UInt32) -> Int { 32 - largest.leadingZeroBitCount }

    static func pack(_ values: [UInt32], bits: Int, into bytes: inout [UInt8]) {
        guard bits > 0 else { return }
        var accumulator: UInt64 = 0
        var filled = 0
        for value in values {
            accumulator |= UInt64(value) << filled
            filled += bits
            while filled >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: accumulator))
                accumulator >>= 8
                filled -= 8
            }
        }
        if filled > 0 { bytes.append(UInt8(truncatingIfNeeded: accumulator)) }
    }

    /// One value; at most 57 bits wide with its offset inside the first byte, so one load holds it.
    @inline(__always)
    static func value(_ source: UnsafePointer<UInt8>, _ index: Int, bits: Int) -> UInt32 {
        let bit = index * bits
        let word = UnsafeRawPointer(source + (bit >> 3)).loadUnaligned(as: UInt64.self)
        return UInt32(truncatingIfNeeded: (word >> UInt64(bit & 7)) & ((1 << UInt64(bits)) - 1))
    }
}
