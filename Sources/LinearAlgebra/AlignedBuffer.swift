/// Memory of fixed size on a 64-byte boundary (a cache line, a vector register), set to zero.
public final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {  // owners guard their own writes
    public let count: Int
    /// Not to be written through where the memory is borrowed.
    public let pointer: UnsafeMutablePointer<Element>
    /// Who owns borrowed memory; nil for memory of its own.
    private let owner: (any AnyObject & Sendable)?

    public init(count: Int) {
        precondition(count >= 0, "a buffer of \(count) elements")
        self.count = count
        let raw = UnsafeMutableRawPointer.allocate(byteCount: max(64, count * MemoryLayout<Element>.stride), alignment: 64)
        raw.initializeMemory(as: UInt8.self, repeating: 0, count: max(64, count * MemoryLayout<Element>.stride))
        pointer = raw.bindMemory(to: Element.self, capacity: count)
        owner = nil
    }

    public convenience init(_ values: [Element]) {
        self.init(count: values.count)
        values.withUnsafeBufferPointer { if let base = $0.baseAddress { pointer.update(from: base, count: values.count) } }
    }

    /// Memory that `owner` keeps, to be read only; its boundary is whatever the owner's is.
    public init(borrowing elements: UnsafeBufferPointer<Element>, from owner: some AnyObject & Sendable) {
        count = elements.count
        pointer = elements.baseAddress.map(UnsafeMutablePointer.init(mutating:)) ?? UnsafeMutablePointer(bitPattern: 64).unsafelyUnwrapped
        self.owner = owner
    }

    deinit { if owner == nil { UnsafeMutableRawPointer(pointer).deallocate() } }
}
