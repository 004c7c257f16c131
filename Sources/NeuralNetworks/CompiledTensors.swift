public import LinearAlgebra
public import Storage

/// Weights as the kernels want them, to be mapped into memory: a model then opens in milliseconds, and its pages are shared between processes.
///
/// Names are kept short, as sections of a file have at most sixteen characters.
public struct CompiledTensorsWriter {
    public var file: SectionFileWriter

    public init(kind: String, version: UInt32) { file = SectionFileWriter(kind: kind, version: version) }

    public mutating func add<Element: BitwiseCopyable>(_ name: String, _ buffer: AlignedBuffer<Element>) {
        file.add(name, Array(UnsafeBufferPointer(start: buffer.pointer, count: buffer.count)))
    }
}

/// The other side of `CompiledTensorsWriter`.
public struct CompiledTensors: Sendable {
    public let file: SectionFile

    /// - Throws: `FileError`.
    public init(path: String, kind: String, version: UInt32) throws(FileError) {
        file = try SectionFile(path: path, kind: kind, version: version)
    }

    /// - Throws: `FileError` when the section is missing or has not `count` elements.
    public func buffer<Element: BitwiseCopyable & Sendable>(_ name: String, count: Int, of type: Element.Type = Element.self) throws(FileError)
        -> AlignedBuffer<Element>
    {
        let values: MappedArray<Element> = try file.array(name)
        guard values.count == count else { throw file.damaged(section: name, expected: "\(count) elements", found: "\(values.count)") }
        return AlignedBuffer(borrowing: values.buffer, from: file.file)
    }
}
