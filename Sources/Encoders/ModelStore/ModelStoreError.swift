/// Why a model cannot be installed or used.
public enum ModelStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file that is not what the model's description says.
    public enum Fault: Hashable, Sendable, CustomStringConvertible {
        case missing(path: String)
        case size(path: String, expected: Int, found: Int)
        case hash(path: String, expected: String, found: String)

        public var description: String {
            switch self {
            case .missing(let path): "\(path): missing"
            case .size(let path, let expected, let found): "\(path): expected \(expected) bytes, found \(found)"
            case .hash(let path, let expected, let found): "\(path): expected SHA-256 \(expected), found \(found)"
            }
        }
    }

    case unknown(name: String, known: [String])
    case notInstalled(name: String, path: String)
    /// Files of the source or of the store, never empty.
    case wrong(model: String, faults: [Fault])
    case archive(path: String, member: String?, why: String)
    case busy(path: String)
    case noProgram(name: String, remedy: String)
    case failed(command: String, status: Int32, lastLines: [String], remedy: String)
    /// The registry knows no place to fetch it from.
    case noSource(name: String)

    public var description: String {
        switch self {
        case .unknown(let name, let known): "there is no model '\(name)'; known: \(known.joined(separator: ", "))"
        case .notInstalled(let name, let path): "\(path): the model '\(name)' is not installed; install it with: descant models install \(name)"
        case .wrong(let model, let faults):
            "not the files of '\(model)':" + (faults.count == 1 ? " \(faults[0])" : faults.map { "\n  \($0)" }.joined())
        case .archive(let path, let member, let why): "\(path)\(member.map { ", \($0)" } ?? ""): \(why)"
        case .busy(let path): "\(path): another descant is installing models here"
        case .noProgram(let name, let remedy): "no '\(name)' on the PATH; \(remedy)"
        case .failed(let command, let status, let lastLines, let remedy):
            "\(command) failed (\(status))" + lastLines.map { "\n  \($0)" }.joined() + "\n\(remedy)"
        case .noSource(let name): "no place is known to fetch '\(name)' from; give --from a file, folder, wheel or URL"
        }
    }
}
