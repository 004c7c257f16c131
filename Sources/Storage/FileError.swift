/// A file that cannot be what it should be: what, where, expected and found.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        /// The system refused: the text is its own message.
        case system(operation: String, message: String)
        /// Not this kind of file at all.
        case foreign(expected: String, found: String)
        /// Written by another version of the format.
        case version(expected: UInt32, found: UInt32)
        /// Content that contradicts itself or its checksum, at a byte offset.
        case damaged(offset: Int, expected: String, found: String)
    }

    public var path: String
    public var reason: Reason

    public init(path: String, _ reason: Reason) {
        self.path = path
        self.reason = reason
    }

    public var description: String {
        switch reason {
        case .system(let operation, let message): "\(path): cannot \(operation): \(message)"
        case .foreign(let expected, let found): "\(path): not a \(expected) file (it begins with \(found))"
        case .version(let expected, let found):
            found > expected
                ? "\(path): format version \(found) is newer than \(expected), the one this program reads; use a newer descant"
                : "\(path): format version \(found) is older than \(expected); index again"
        case .damaged(let offset, let expected, let found): "\(path): damaged at byte \(offset): expected \(expected), found \(found)"
        }
    }
}
