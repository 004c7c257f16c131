import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

/// One file fetched by the program `curl` into the store, begun again where the last try stopped.
///
/// While it runs the file is called `.MODEL-HASH.part`, by the hash of its address, and `.MODEL-HASH.download` once it is whole; both stay for the next
/// installation until one succeeds.
struct Download {
    let address: String
    /// Nil when it is not known before.
    let bytes: Int?
    /// More than this is refused.
    let limit: Int
    private let base: String

    init(_ address: String, bytes: Int?, limit: Int, store: String, model: String) {
        (self.address, self.bytes, self.limit) = (address, bytes, limit)
        base = store + "/." + model + "-" + String(Array(address.utf8).withUnsafeBytes { Checksum.xxh3($0) }, radix: 16)
    }

    static func isUnfinished(_ name: String) -> Bool { name.hasSuffix(".part") || name.hasSuffix(".download") }

    private var part: String { base + ".part" }
    private var whole: String { base + ".download" }

    /// Fetches it.
    /// - Parameter scratch: folder for the program's messages.
    /// - Returns: where the whole file lies.
    /// - Throws: `ModelStoreError` when `curl` is missing or fails; what came over stays.
    func fetch(scratch: String, lock: borrowing FileLock, progress: (InstallStep) -> Void) throws -> String {
        if FileManager.default.fileExists(atPath: whole) { return whole }
        // A last try that was killed after the last byte.
        if let bytes, size(of: part) == bytes {
            try move(part, to: whole)
            return whole
        }
        var status = try run(scratch: scratch, lock: lock, progress: progress)
        if size(of: part) > 0, isRefusedResumption(status, scratch: scratch) {
            unlink(part)
            status = try run(scratch: scratch, lock: lock, progress: progress)
        }
        guard status == 0 else {
            throw ModelStoreError.failed(
                command: "curl \(address)", status: status, lastLines: ChildProcess.lastLines(of: scratch + "/curl.err"),
                remedy: "what came over stays: the same command goes on from there")
        }
        try move(part, to: whole)
        return whole
    }

    /// Moves the whole file away, to `path` on the same file system.
    func deliver(to path: String) throws(FileError) { try move(whole, to: path) }

    private func run(scratch: String, lock: borrowing FileLock, progress: (InstallStep) -> Void) throws -> Int32 {
        let arguments = [
            "--fail", "--location", "--continue-at", "-", "--silent", "--show-error", "--globoff", "--proto", "=http,https,file",
            "--connect-timeout", "20", "--speed-time", "60", "--speed-limit", "1", "--max-filesize", String(limit),
            "--write-out", "%{http_code}", "--output", part, "--url", address,
        ]
        let status = try ChildProcess.run("curl", arguments, output: scratch + "/curl.out", errors: scratch + "/curl.err", lock: lock) {
            progress(.download(address: address, bytes: size(of: part), of: bytes))
        }
        guard let status else {
            throw ModelStoreError.noProgram(name: "curl", remedy: "install it (apt-get install curl), or fetch the files yourself and give --from their folder")
        }
        return status
    }

    /// Whether the server cannot go on where the part stops: curl's own codes 33 and 36, or HTTP 416 (range not satisfiable).
    private func isRefusedResumption(_ status: Int32, scratch: String) -> Bool {
        status == 33 || status == 36 || (status == 22 && ChildProcess.lastLines(of: scratch + "/curl.out").last == "416")
    }

    private func size(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    private func move(_ old: String, to new: String) throws(FileError) {
        guard rename(old, new) == 0 else { throw FileError(path: old, .system(operation: "rename", message: systemMessage())) }
    }
}
