import CZlib

/// Short texts packed by raw deflate (RFC 1951), with a dictionary that both sides know: what is in it costs almost nothing.
public enum Deflate {
    /// The same bytes for the same input, by one version of zlib.
    public static func pack(_ bytes: [UInt8], dictionary: [UInt8] = []) -> [UInt8] {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        // A text that is short needs no large tables, which take longer to clear than it takes to pack.
        let isShort = bytes.count + dictionary.count <= 1 << shortWindowBits
        let (window, memory): (Int32, Int32) = isShort ? (shortWindowBits, 5) : (windowBits, 8)
        // Negative window bits: no header and no checksum, what holds the result has its own.
        guard deflateInit2_(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -window, memory, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK else {
            preconditionFailure("zlib is not the one that this program was built with: \(ZLIB_VERSION)")
        }
        defer { deflateEnd(&stream) }
        if !dictionary.isEmpty { deflateSetDictionary(&stream, dictionary, UInt32(dictionary.count)) }
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
        var input = bytes
        let count = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
                (stream.next_out, stream.avail_out) = (output.baseAddress, UInt32(output.count))
                let status = deflate(&stream, Z_FINISH)
                precondition(status == Z_STREAM_END, "deflate ends with \(status) though the output has room for \(output.count) bytes")
                return Int(stream.total_out)
            }
        }
        return Array(output.prefix(count))
    }

    /// - Parameter limit: the most bytes that may come out: a few bytes can stand for very many.
    /// - Returns: nil for what is not packed, cut off, longer than the limit, or followed by something else.
    public static func unpack(_ bytes: ArraySlice<UInt8>, dictionary: [UInt8] = [], limit: Int) -> [UInt8]? {
        var stream = z_stream()
        guard inflateInit2_(&stream, -windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        if !dictionary.isEmpty, inflateSetDictionary(&stream, dictionary, UInt32(dictionary.count)) != Z_OK { return nil }
        var input = Array(bytes)
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        return input.withUnsafeMutableBufferPointer { input -> [UInt8]? in
            (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
            while true {
                let (status, count) = buffer.withUnsafeMutableBufferPointer { output in
                    (stream.next_out, stream.avail_out) = (output.baseAddress, UInt32(output.count))
                    return (inflate(&stream, Z_NO_FLUSH), output.count - Int(stream.avail_out))
                }
                result += buffer[..<count]
                guard result.count <= limit else { return nil }
                if status == Z_STREAM_END { return stream.avail_in == 0 ? result : nil }
                guard status == Z_OK, count > 0 || stream.avail_in > 0 else { return nil }
            }
        }
    }

    private static let windowBits: Int32 = 15
    private static let shortWindowBits: Int32 = 13
}
