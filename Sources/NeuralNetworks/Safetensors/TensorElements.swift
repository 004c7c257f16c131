extension SafetensorsFile {
    /// The elements of a floating-point tensor in row-major order, converted to `Float`.
    ///
    /// F16 and BF16 are converted exactly, F64 is rounded to the nearest `Float`.
    /// - Throws: `WeightsError` with one problem: there is no such tensor, it holds integers, or an element is not finite as a `Float`: a trained weight
    ///   that is not a number makes every later result none, so it is refused where it can still be named.
    /// - Complexity: O(elements), one copy.
    public func floats(of name: String) throws(WeightsError) -> [Float] {
        let tensor = try tensor(name)
        guard tensor.type.isFloatingPoint else { throw mistyped(tensor, expected: ElementType.allCases.filter(\.isFloatingPoint)) }
        let values = withBytes(of: tensor) { bytes in
            [Float](unsafeUninitializedCapacity: tensor.count) { values, count in
                switch tensor.type {
                case .float32: UnsafeMutableRawBufferPointer(values).copyMemory(from: bytes)
                case .float16: convert(bytes, to: values) { (bits: UInt16) in Float(Float16(bitPattern: bits)) }
                case .bfloat16: convert(bytes, to: values) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
                case .float64: convert(bytes, to: values) { (bits: UInt64) in Float(Double(bitPattern: bits)) }
                case .int64, .int32, .int16, .int8, .uint8, .bool: preconditionFailure("\(tensor.type) is no floating-point type")
                }
                count = tensor.count
            }
        }
        if let index = firstNonFinite(values) {
            let value = values[index]
            // A finite F64 may be too large for a Float: show what stands in the file.
            let found = tensor.type == .float64 ? "\(withBytes(of: tensor) { $0.loadUnaligned(fromByteOffset: index * 8, as: Double.self) })" : "\(value)"
            throw WeightsError(path: path, problems: [.init(name: name, .nonFinite(index: index, found: found))])
        }
        return values
    }

    /// The elements of an I8 tensor, such as quantized weights, in row-major order.
    /// - Throws: `WeightsError` with one problem: there is no such tensor, or it is of another type.
    public func int8s(of name: String) throws(WeightsError) -> [Int8] {
        let tensor = try tensor(name)
        guard tensor.type == .int8 else { throw mistyped(tensor, expected: [.int8]) }
        return withBytes(of: tensor) { $0.map { Int8(bitPattern: $0) } }
    }

    /// The elements of a U8 or BOOL tensor, such as flags, in row-major order.
    /// - Throws: `WeightsError` with one problem: there is no such tensor, or it is of another type.
    public func uint8s(of name: String) throws(WeightsError) -> [UInt8] {
        let tensor = try tensor(name)
        guard tensor.type == .uint8 || tensor.type == .bool else { throw mistyped(tensor, expected: [.uint8, .bool]) }
        return withBytes(of: tensor) { Array($0) }
    }

    private func tensor(_ name: String) throws(WeightsError) -> Tensor {
        guard let tensor = self[name] else { throw WeightsError(path: path, problems: [.init(name: name, .missing(expected: nil))]) }
        return tensor
    }

    private func mistyped(_ tensor: Tensor, expected: [ElementType]) -> WeightsError {
        WeightsError(path: path, problems: [.init(name: tensor.name, .mistyped(expected: expected, found: tensor.type))])
    }
}

private func convert<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, to values: UnsafeMutableBufferPointer<Float>, _ value: (Bits) -> Float
) {
    for i in values.indices {
        values.initializeElement(at: i, to: value(Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: i * Bits.bitWidth / 8, as: Bits.self))))
    }
}

/// Index of the first NaN or infinity: all exponent bits set.
func firstNonFinite(_ values: [Float]) -> Int? {
    values.withUnsafeBufferPointer { values in
        var found = false
        // Without a way out of the loop, so that it runs several elements at a time; the index is looked for only when there is one.
        for value in values { found = found || value.bitPattern & 0x7F80_0000 == 0x7F80_0000 }
        return found ? values.firstIndex { !$0.isFinite } : nil
    }
}
