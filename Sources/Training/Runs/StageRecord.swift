import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `stage.json`: what a stage's folder is made from, and how far it is.
public struct StageRecord: Codable, Hashable, Sendable {
    public static let currentVersion = 1
    static let fileName = "stage.json"

    public enum Status: String, Codable, CaseIterable, Sendable {
        case inProgress = "in progress"
        case done
    }

    public struct Product: Codable, Hashable, Sendable {
        public var bytes: Int
        public var sha256: String
    }

    /// Of this file's layout.
    public var version = currentVersion
    public var recipe: StageRecipe
    public var status = Status.inProgress
    /// ISO 8601, of the first beginning.
    public var started: String
    /// How often it was begun or gone on with.
    public var sessions = 0
    /// Of work, over the sessions that were not killed.
    public var seconds = 0.0
    /// Once it is done: every file by its path inside the folder.
    public var products: [String: Product] = [:]

    init(recipe: StageRecipe, started: String) {
        self.recipe = recipe
        self.started = started
    }

    /// The record in a folder; nil where there is none.
    ///
    /// - Throws: `RunError.unreadable`, also for another version; `FileError` where it cannot be opened.
    static func read(folder: String) throws -> StageRecord? {
        let path = folder + "/" + fileName
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let file = try MappedFile(path: path)
        let data = withExtendedLifetime(file) { Data(file.bytes) }
        struct Version: Decodable { var version: Int }
        if let found = try? JSONDecoder().decode(Version.self, from: data).version, found != currentVersion {
            throw RunError.unreadable(path: path, why: "version \(found) of the record, expected \(currentVersion)")
        }
        do {
            return try JSONDecoder().decode(StageRecord.self, from: data)
        } catch {
            throw RunError.unreadable(path: path, why: "no record of a stage (\(data.count) bytes)")
        }
    }

    func write(folder: String) throws { try writeDurably([jsonFile(self)], to: folder + "/" + Self.fileName) }
}
