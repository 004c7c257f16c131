/// Why a run of training cannot go on.
public enum RunError: Error, Hashable, Sendable, CustomStringConvertible {
    case name(String)
    case unreadable(path: String, why: String)
    /// A stage's folder that holds files and no record of a stage.
    case foreign(folder: String, files: [String])
    /// A record that is not of the configuration that its folder's name says.
    case otherConfiguration(folder: String, expected: String, found: String)
    /// A product that is not what was made.
    case changed(path: String, expected: String, found: String)
    case lost(path: String)
    case busy(folder: String)
    /// The run's rows were cut into other folds before.
    case otherFolds(path: String, expected: String, found: String)
    /// Asked to stop; everything done is kept.
    case stopped(stage: String, signal: Int32)

    public var description: String {
        switch self {
        case .name(let name): "the run's name is \"\(name)\"; expected \(RunFolder.nameRule)"
        case .unreadable(let path, let why): "\(path): \(why)"
        case .foreign(let folder, let files):
            "\(folder): holds \(files.prefix(3).joined(separator: ", "))\(files.count > 3 ? ", …" : "") and no \(StageRecord.fileName), so no stage made it; "
                + "move it away"
        case .otherConfiguration(let folder, let expected, let found):
            "\(folder): made with another configuration: expected \(expected), found \(found); move it away to make the stage again"
        case .changed(let path, let expected, let found):
            "\(path): not what the stage made: expected \(expected), found \(found); move the stage's folder away to make it again"
        case .lost(let path): "\(path): missing, and the stage had made it; move the stage's folder away to make it again"
        case .busy(let folder): "\(folder): another descant works on this stage"
        case .otherFolds(let path, let expected, let found): "\(path): the run has \(found); expected \(expected): use another name for the run"
        case .stopped(let stage, _): "stopped during \(stage)"
        }
    }
}
