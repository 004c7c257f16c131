import CKernels

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Which documents have the very same vector. A graph holds each vector once: many equal ones would link only to each other and cut themselves off.
struct DistinctRows {
    /// The first document of every distinct vector, rising.
    private(set) var firsts: [UInt32] = []
    /// The distinct vector of every document.
    private(set) var groups: [UInt32] = []

    init(_ rows: UnsafeBufferPointer<Float>, dimension: Int) {
        guard let base = rows.baseAddress else { return }
        let count = rows.count / dimension
        firsts.reserveCapacity(count)
        groups.reserveCapacity(count)
        var size = 2
        while size < 2 * count { size *= 2 }
        var slots = [UInt32](repeating: .max, count: size)
        let bytes = dimension * MemoryLayout<Float>.stride
        for document in 0..<count {
            let row = base + document * dimension
            var slot = Int(truncatingIfNeeded: Self.hash(row, dimension)) & (size - 1)
            while slots[slot] != .max, memcmp(base + Int(firsts[Int(slots[slot])]) * dimension, row, bytes) != 0 { slot = (slot + 1) & (size - 1) }
            if slots[slot] == .max {
                slots[slot] = UInt32(firsts.count)
                firsts.append(UInt32(document))
            }
            groups.append(slots[slot])
        }
    }

    /// Of the bits of all elements, two at a time.
    private static func hash(_ row: UnsafePointer<Float>, _ dimension: Int) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for i in 0..<dimension { hash = (hash ^ UInt64(row[i].bitPattern)) &* 0x9E37_79B9_7F4A_7C15 }
        return hash ^ hash >> 29
    }
}
