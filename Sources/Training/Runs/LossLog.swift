public import Storage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Writes `losses.tsv` while a training runs: every step is in the file when `append` returns, and survives a `kill -9`.
///
/// ```swift
/// let log = try LossLog(path: folder + "/losses.tsv", parts: ["margin", "list"], after: checkpoint?.step ?? 0)
/// try log.append(LossRecord(step: step, loss: 0.73, parts: [0.6, 0.13], learningRate: 5e-7, seconds: log.seconds + elapsed))
/// ```
public struct LossLog: ~Copyable {
    public static let fileName = "losses.tsv"

    /// Of work up to the last line that was kept.
    public let seconds: Double
    private let path: String
    private let parts: Int
    private let descriptor: Int32

    /// Opens the file behind a step, for a training that goes on from its checkpoint. Later lines go: those steps are done again.
    ///
    /// - Parameters:
    ///   - parts: distinct names without tabs and line ends.
    ///   - step: of the checkpoint; 0 begins anew.
    /// - Throws: `FileError`; `LineError` where a file with this step in it is damaged before its last line.
    public init(path: String, parts: [String] = [], after step: Int = 0) throws {
        precondition(step >= 0, "step \(step)")
        precondition(parts.allSatisfy { !$0.contains { $0 == "\t" || $0.isNewline } }, "names of parts \(parts)")
        var kept = ""
        var seconds = 0.0
        if step > 0, access(path, F_OK) == 0 {
            let curve = try LossCurve.read(path)
            guard curve.parts == parts else {
                throw FileError(path: path, .damaged(offset: 0, expected: LossCurve.header(parts: parts), found: LossCurve.header(parts: curve.parts)))
            }
            for record in curve.records.prefix(while: { $0.step <= step }) {
                kept += LossCurve.line(record)
                seconds = record.seconds
            }
        }
        try writeDurably([Array((LossCurve.header(parts: parts) + kept).utf8)], to: path)
        try self.init(appendingTo: path, parts: parts.count, seconds: seconds)
    }

    init(appendingTo path: String, parts: Int, seconds: Double) throws(FileError) {
        self.path = path
        self.parts = parts
        self.seconds = seconds
        descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: path, .system(operation: "open", message: systemMessage())) }
    }

    /// - Throws: `FileError` when the line cannot be written, as on a full disk.
    public func append(_ record: LossRecord) throws(FileError) {
        precondition(record.parts.count == parts, "\(record.parts.count) parts of a loss, not \(parts)")
        let bytes = Array(LossCurve.line(record).utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileError(path: path, .system(operation: "write", message: systemMessage())) }
            written += count
        }
    }

    deinit { close(descriptor) }
}
