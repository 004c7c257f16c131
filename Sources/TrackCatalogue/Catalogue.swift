import GRDB
import Vocabulary

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The tracks of a library in SQLite: what an index is built from, and what survives it.
///
/// Descriptors are kept in one text column, a line `facet:slug weight provenance` each: a track is always read whole, and one row per track imports three
/// times faster than one per descriptor.
public final class Catalogue: Sendable {
    private let database: DatabasePool

    /// Opens or creates `catalogue.sqlite`, in WAL mode, migrated to the newest schema.
    /// - Throws: `DatabaseError`.
    public init(path: String) throws {
        database = try DatabasePool(path: path)
        try Self.migrator.migrate(database)
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("tracks") { database in
            try database.execute(
                sql: """
                    CREATE TABLE track (
                      id TEXT PRIMARY KEY NOT NULL, title TEXT NOT NULL, artist TEXT NOT NULL, album TEXT NOT NULL, year INTEGER, duration REAL,
                      mbid TEXT NOT NULL, isrc TEXT NOT NULL, file TEXT NOT NULL, caption TEXT NOT NULL, descriptors TEXT NOT NULL
                    ) WITHOUT ROWID;
                    CREATE TABLE import (path TEXT PRIMARY KEY NOT NULL, format TEXT NOT NULL, rows INTEGER NOT NULL, failed INTEGER NOT NULL,
                      finished TEXT NOT NULL);
                    """)
        }
        migrator.registerMigration("sound") { database in
            try database.execute(
                sql: """
                    CREATE TABLE sound (
                      file TEXT PRIMARY KEY NOT NULL, root TEXT NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL, model TEXT NOT NULL, failure TEXT,
                      embedding BLOB NOT NULL, details TEXT NOT NULL, present INTEGER NOT NULL
                    ) WITHOUT ROWID;
                    CREATE INDEX sound_root ON sound (root);
                    CREATE TABLE vector (track TEXT PRIMARY KEY NOT NULL, encoder TEXT NOT NULL, vector BLOB NOT NULL) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("measured") { database in
            // As JSON: it is always read whole.
            try database.execute(sql: "ALTER TABLE track ADD COLUMN measured TEXT")
        }
        return migrator
    }

    func read<Result>(_ body: (Database) throws -> Result) throws -> Result { try database.read(body) }

    /// One transaction of its own.
    func update(_ body: (Database) throws -> Void) throws { try database.write(body) }

    public func count() throws -> Int {
        try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM track") ?? 0 }
    }

    /// What was imported: path, format, rows that went in, rows that failed, when.
    public func imports() throws -> [ImportRecord] {
        try database.read { database in
            try Row.fetchAll(database, sql: "SELECT path, format, rows, failed, finished FROM import ORDER BY finished, path").map {
                ImportRecord(path: $0[0], format: $0[1], rows: $0[2], failed: $0[3], finished: $0[4])
            }
        }
    }

    /// Runs `body` in one transaction: all that it writes goes in, or nothing.
    public func write<Result>(_ body: (CatalogueWriter) throws -> Result) throws -> Result {
        try database.writeWithoutTransaction { database in
            var result: Result?
            try database.inTransaction {
                result = try body(try CatalogueWriter(database))
                return .commit
            }
            guard let result else { throw DatabaseError(message: "the transaction returned nothing") }
            return result
        }
    }

    /// Calls `body` for every track in the order of ids, holding one at a time.
    public func forEachTrack(_ body: (Track) throws -> Void) throws {
        try database.read { try CatalogueWriter.forEachTrack($0, body) }
    }

    public func track(id: String) throws -> Track? {
        try database.read { database in
            try Row.fetchOne(database, sql: "SELECT \(CatalogueWriter.columns) FROM track WHERE id = ?", arguments: [id]).map(CatalogueWriter.track)
        }
    }
}

/// One finished import, as the catalogue remembers it.
public struct ImportRecord: Hashable, Sendable {
    public var path: String
    public var format: String
    public var rows: Int
    public var failed: Int
    /// ISO 8601.
    public var finished: String

    public init(path: String, format: String, rows: Int, failed: Int, finished: String) {
        self.path = path
        self.format = format
        self.rows = rows
        self.failed = failed
        self.finished = finished
    }
}

/// Writes tracks inside one transaction.
public final class CatalogueWriter {
    static let columns = "id, title, artist, album, year, duration, mbid, isrc, file, caption, descriptors, measured"

    let database: Database
    private let upsert: Statement

    init(_ database: Database) throws {
        self.database = database
        upsert = try database.makeStatement(
            sql: "INSERT OR REPLACE INTO track (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    }

    /// Adds a track or replaces the one with its id; what is known of its sound stays.
    public func put(_ track: Track) throws {
        upsert.setUncheckedArguments([
            track.id, track.title, track.artist, track.album, track.year, track.duration, track.mbid, track.isrc, track.file, track.caption,
            Self.text(track.descriptors), try track.measured.map { String(decoding: try Self.encoder.encode($0), as: UTF8.self) },
        ])
        try upsert.execute()
    }

    public func removeAll() throws {
        try database.execute(sql: "DELETE FROM track; DELETE FROM vector; DELETE FROM import")
    }

    public func record(_ record: ImportRecord) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO import VALUES (?, ?, ?, ?, ?)",
            arguments: [record.path, record.format, record.rows, record.failed, record.finished])
    }

    /// Every track that the transaction sees, in the order of ids.
    public func forEachTrack(_ body: (Track) throws -> Void) throws {
        try Self.forEachTrack(database, body)
    }

    static func forEachTrack(_ database: Database, _ body: (Track) throws -> Void) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT \(columns) FROM track ORDER BY id")
        while let row = try rows.next() { try body(track(row)) }
    }

    static func track(_ row: Row) -> Track {
        Track(
            id: row[0], title: row[1], artist: row[2], album: row[3], year: row[4], duration: row[5], mbid: row[6], isrc: row[7], file: row[8],
            caption: row[9], descriptors: descriptors(row[10]), measured: measured(row[11]))
    }

    private static let encoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return encoder
    }()

    private static func measured(_ text: String?) -> Measured? { text.flatMap { try? JSONDecoder().decode(Measured.self, from: Data($0.utf8)) } }

    private static func text(_ descriptors: [TrackDescriptor]) -> String {
        descriptors.map { descriptor in
            // One line each: a provenance of several lines would read back as other descriptors.
            "\(descriptor.id) \(descriptor.weight) \(String(descriptor.provenance.map { $0.isNewline ? " " : $0 }))"
        }.joined(separator: "\n")
    }

    private static func descriptors(_ text: String) -> [TrackDescriptor] {
        text.utf8.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
            guard parts.count >= 2, let id = DescriptorID(String(Substring(parts[0]))), let weight = Double(Substring(parts[1])) else { return nil }
            return TrackDescriptor(id, weight: weight, provenance: parts.count > 2 ? String(Substring(parts[2])) : "")
        }
    }
}
