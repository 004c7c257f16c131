/// Memory of fixed size on a 64-byte boundary (a cache line, a vector register), set to zero.
public final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {  // owners guard their own writes
    public let count: Int
    public let pointer: UnsafeMutablePointer<Element>

    public init(count: Int) {
        precondition(count >= 0, "a buffer of \(count) elements")
        self.count = count
        let raw = UnsafeMutableRawPointer.allocate(byteCount: max(64, count * MemoryLayout<Element>.stride), alignment: 64)
        raw.initializeMemory(as: UInt8.self, repeating: 0, count: max(64, count * MemoryLayout<Element>.stride))
        pointer = raw.bindMemory(to: Element.self, capacity: count)
    }

    public convenience init(_ values: [Element]) {
        self.init(count: values.count)
        values.withUnsafeBufferPointer { if let base = $0.baseAddress { pointer.update(from: base, count: values.count) } }
    }

    deinit { UnsafeMutableRawPointer(pointer).deallocate() }
}
