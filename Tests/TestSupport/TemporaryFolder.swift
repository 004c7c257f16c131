import Foundation
import Synchronization

/// A folder that lives as long as the test that asked for it.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("descant-test-" + UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        Self.made.withLock { $0.append(path) }
        _ = Self.cleaning
    }

    /// Folders that tests share live in statics, which nothing frees: they go when the process does.
    private static let made = Mutex<[String]>([])
    private static let cleaning: Int32 = atexit {
        for path in TemporaryFolder.made.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: path) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    public func write(_ text: String, to name: String) throws -> String { try write(Array(text.utf8), to: name) }

    public func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
        return path + "/" + name
    }
}
