import GRDB

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What was heard in one file of a listener's, and which file that was: kept for as long as the library is, whatever becomes of the file.
public struct SoundRecord: Hashable, Sendable {
    /// Absolute path.
    public var file: String
    /// The folder that was indexed, an ancestor of the file.
    public var root: String
    /// Bytes, and nanoseconds since 1970, as the file had them when it was heard: another size or time is another file.
    public var size: Int
    public var modified: Int
    /// What heard it.
    public var model: String
    /// Why nothing could be heard; nil where something was.
    public var failure: String?
    /// Empty for silence, and where nothing could be heard.
    public var embedding: [Float]
    public var details: Details

    public struct Details: Codable, Hashable, Sendable {
        public var seconds: Double?
        /// LUFS.
        public var loudness: Double?
        /// Beats a minute.
        public var tempo: Double?
        public var tempoConfidence: Double?
        /// "E♭ minor".
        public var key: String?
        public var keyConfidence: Double?
        /// Hertz.
        public var brightness: Double?
        public var damagedPackets: Int?
        /// By the model's tag, those above a floor.
        public var activations: [String: Float] = [:]

        public var title: String?
        public var artist: String?
        public var album: String?
        public var year: Int?
        public var tags: [String] = []
        public var mbid: String?
        public var isrc: String?
        /// Decibels.
        public var replayGain: Double?

        public init() {}
    }

    public init(
        file: String, root: String, size: Int, modified: Int, model: String, failure: String? = nil, embedding: [Float] = [], details: Details = Details()
    ) {
        (self.file, self.root, self.size, self.modified, self.model) = (file, root, size, modified, model)
        (self.failure, self.embedding, self.details) = (failure, embedding, details)
    }
}

extension Catalogue {
    /// What is known of the files below a folder, without what was heard in them.
    public struct KnownSound: Hashable, Sendable {
        public var size: Int
        public var modified: Int
        public var model: String
        public var failure: String?
        /// Whether the last walk met the file.
        public var isPresent: Bool
    }

    /// By path. - Throws: `DatabaseError`.
    public func knownSounds(root: String) throws -> [String: KnownSound] {
        try read { database in
            var result: [String: KnownSound] = [:]
            let rows = try Row.fetchCursor(database, sql: "SELECT file, size, modified, model, failure, present FROM sound WHERE root = ?", arguments: [root])
            while let row = try rows.next() {
                result[row[0]] = KnownSound(size: row[1], modified: row[2], model: row[3], failure: row[4], isPresent: row[5])
            }
            return result
        }
    }

    /// Records files as heard, all or none.
    public func put(_ sounds: [SoundRecord]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try update { database in
            for sound in sounds {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO sound VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)",
                    arguments: [
                        sound.file, sound.root, sound.size, sound.modified, sound.model, sound.failure, Self.blob(sound.embedding),
                        String(decoding: try encoder.encode(sound.details), as: UTF8.self),
                    ])
            }
        }
    }

    /// Marks which files of a folder the last walk met; what was heard in the others stays.
    public func setPresence(root: String, present: [String]) throws {
        try update { database in
            try database.execute(sql: "UPDATE sound SET present = 0 WHERE root = ?", arguments: [root])
            let statement = try database.makeStatement(sql: "UPDATE sound SET present = 1 WHERE file = ?")
            for file in present { try statement.execute(arguments: [file]) }
        }
    }

    static func blob(_ vector: [Float]) -> Data { vector.withUnsafeBytes { Data($0) } }

    static func vector(_ blob: Data) -> [Float] {
        var vector = [Float](repeating: 0, count: blob.count / MemoryLayout<Float>.stride)
        _ = vector.withUnsafeMutableBytes { blob.copyBytes(to: $0) }
        return vector
    }
}

extension CatalogueWriter {
    /// The files of a folder in the order of their paths, with whether the last walk met them.
    public func forEachSound(root: String, _ body: (_ sound: SoundRecord, _ isPresent: Bool) throws -> Void) throws {
        let rows = try Row.fetchCursor(
            database, sql: "SELECT file, root, size, modified, model, failure, embedding, details, present FROM sound WHERE root = ? ORDER BY file",
            arguments: [root])
        let decoder = JSONDecoder()
        while let row = try rows.next() {
            let details: String = row[7]
            let sound = SoundRecord(
                file: row[0], root: row[1], size: row[2], modified: row[3], model: row[4], failure: row[5], embedding: Catalogue.vector(row[6]),
                details: (try? decoder.decode(SoundRecord.Details.self, from: Data(details.utf8))) ?? SoundRecord.Details())
            try body(sound, row[8])
        }
    }

    /// The embedding of a track's sound, in place of the one that it had; nil takes it away.
    public func putVector(_ vector: [Float]?, track: String, encoder: String) throws {
        guard let vector else { return try database.execute(sql: "DELETE FROM vector WHERE track = ?", arguments: [track]) }
        try database.execute(sql: "INSERT OR REPLACE INTO vector VALUES (?, ?, ?)", arguments: [track, encoder, Catalogue.blob(vector)])
    }

    /// The file of a track; nil when there is no such track.
    public func file(ofTrack id: String) throws -> String? { try String.fetchOne(database, sql: "SELECT file FROM track WHERE id = ?", arguments: [id]) }

    public func trackIDs() throws -> Set<String> { Set(try String.fetchAll(database, sql: "SELECT id FROM track")) }

    /// Takes a track out, and its vector. - Returns: whether it was there.
    @discardableResult
    public func remove(track: String) throws -> Bool {
        try database.execute(sql: "DELETE FROM vector WHERE track = ?", arguments: [track])
        try database.execute(sql: "DELETE FROM track WHERE id = ?", arguments: [track])
        return database.changesCount > 0
    }

    /// By which encoders, and of which widths, the vectors of tracks are that are here: the commonest first.
    public func vectorKinds() throws -> [(encoder: String, dimension: Int, count: Int)] {
        let sql = """
            SELECT vector.encoder, length(vector.vector) / 4, count(*) FROM vector JOIN track ON track.id = vector.track
            GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
            """
        return try Row.fetchAll(database, sql: sql).map { ($0[0], $0[1], $0[2]) }
    }

    /// Embeddings by one encoder of tracks that are here, in the order of the tracks' ids.
    public func forEachVector(encoder: String, dimension: Int, _ body: (_ track: String, _ vector: [Float]) throws -> Void) throws {
        let sql = """
            SELECT vector.track, vector.vector FROM vector JOIN track ON track.id = vector.track
            WHERE vector.encoder = ? AND length(vector.vector) = ? ORDER BY vector.track
            """
        let rows = try Row.fetchCursor(database, sql: sql, arguments: [encoder, dimension * MemoryLayout<Float>.stride])
        while let row = try rows.next() { try body(row[0], Catalogue.vector(row[1])) }
    }
}
