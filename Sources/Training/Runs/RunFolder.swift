import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A training run on disk.
///
/// ```
/// RUNS/NAME/
///   config.json              the configuration it was last started with, every default written out
///   folds.json               which caption is in which fold
///   generate-0f3a…/          a stage: its products, and stage.json
///   teach-91bc…/
/// ```
/// A stage's folder bears the key of its recipe, so configurations under one name share the stages that they have in common, and none overwrites another's.
public struct RunFolder: Hashable, Sendable {
    public static let standardRuns = "runs"
    static let configurationName = "config.json"

    public let path: String

    /// - Parameter runs: folder of all runs; made when it is needed.
    /// - Throws: `RunError.name`.
    public init(runs: String = standardRuns, name: String) throws(RunError) {
        guard Self.isName(name) else { throw .name(name) }
        path = runs + "/" + name
    }

    static let nameRule = "1 to 64 letters, digits, '-', '_' and '.', the first no '.'"

    static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && !name.hasPrefix(".")
            && name.unicodeScalars.allSatisfy { $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_.".unicodeScalars.contains($0)) }
    }

    /// Keeps the configuration in place of an earlier one, whose stages stay.
    public func keep(_ configuration: some StageOptions) throws {
        try make()
        try writeDurably([jsonFile(configuration)], to: path + "/" + Self.configurationName)
    }

    /// Records the folds. A run has one cut: with two, a model could be judged on rows that it was trained on.
    ///
    /// - Throws: `RunError.otherFolds` when another cut is recorded, `.unreadable` when the record is damaged; `FileError`.
    public func keep(_ folds: Folds) throws {
        try make()
        let file = path + "/" + Folds.fileName
        if FileManager.default.fileExists(atPath: file) {
            let found = try Self.folds(at: file)
            func words(_ folds: Folds) -> String { "\(folds.count) folds of \(folds.fold.count) rows, seed \(folds.seed)" }
            guard found == folds else { throw RunError.otherFolds(path: file, expected: words(folds), found: words(found)) }
            return
        }
        try writeDurably([Array(JSONValue(encoding: folds).canonical.utf8) + [UInt8(ascii: "\n")]], to: file)
    }

    /// - Throws: `RunError.unreadable`, `FileError`.
    public func folds() throws -> Folds { try Self.folds(at: path + "/" + Folds.fileName) }

    private static func folds(at path: String) throws -> Folds {
        let file = try MappedFile(path: path)
        let data = withExtendedLifetime(file) { Data(file.bytes) }
        guard let folds = try? JSONDecoder().decode(Folds.self, from: data), folds.count >= 2, folds.fold.allSatisfy({ (0..<folds.count).contains($0) }) else {
            throw RunError.unreadable(path: path, why: "no record of folds (\(data.count) bytes)")
        }
        return folds
    }

    private func make() throws(FileError) { try makeFolder(path) }
}

/// Makes a folder and those above it, where they are missing.
func makeFolder(_ path: String) throws(FileError) {
    do {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
        throw FileError(path: path, .system(operation: "create the folder", message: systemMessage()))
    }
}
