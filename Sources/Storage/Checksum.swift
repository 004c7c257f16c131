import CHash

/// Hashes of file content.
public enum Checksum {
    /// XXH3, 64 bits: fast enough to hold every file to it at every opening (memory bandwidth).
    public static func xxh3(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        chash_xxh3(bytes.baseAddress, bytes.count)
    }

    /// SHA-256 in lower-case hexadecimal, for manifests.
    public static func sha256(_ bytes: UnsafeRawBufferPointer) -> String {
        let state = chash_sha256_open()
        chash_sha256_update(state, bytes.baseAddress, bytes.count)
        var digest = [UInt8](repeating: 0, count: 32)
        chash_sha256_close(state, &digest)
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// SHA-256 of a whole file.
    public static func sha256(fileAt path: String) throws(FileError) -> String {
        let file = try MappedFile(path: path)
        return withExtendedLifetime(file) { sha256(file.bytes) }
    }
}
