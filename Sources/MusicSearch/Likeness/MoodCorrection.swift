public import QueryPlanning
import Storage
public import Vocabulary

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a listener says about the mood of one track: moods by name, or a place in the valence–arousal plane.
public struct MoodCorrection: Codable, Hashable, Sendable {
    public var track: String
    public var moods: [DescriptorID]
    /// Both in −1…1.
    public var place: MoodMove.Point?

    public init(track: String, moods: [DescriptorID] = [], place: MoodMove.Point? = nil) {
        (self.track, self.moods, self.place) = (track, moods, place)
    }
}

/// The corrections of one listener, in a file of the library: `listeners/NAME.json`.
///
/// They are kept beside the generations, so that indexing again leaves them as they are. One for a track that is not there waits for it.
public struct MoodCorrections: Sendable {
    public static let defaultListener = "me"
    private static let version = 1

    public let path: String
    /// One a track, in the order of tracks' ids.
    public private(set) var corrections: [MoodCorrection]

    private struct Content: Codable {
        var version: Int
        var corrections: [MoodCorrection]
    }

    /// - Parameter listener: letters, digits, "-" and "_".
    /// - Throws: `LibraryError` for another name, or a file that is none of these.
    public init(library: String, listener: String) throws {
        guard !listener.isEmpty, listener.utf8.count <= 64, listener.allSatisfy({ $0.isLetter || $0.isNumber || "-_".contains($0) }) else {
            throw LibraryError.unreadable(path: library, why: "'\(listener)' is no name of a listener; expected up to 64 letters, digits, - and _")
        }
        path = library + "/listeners/" + listener + ".json"
        guard FileManager.default.fileExists(atPath: path) else {
            corrections = []
            return
        }
        let content: Content
        do {
            content = try JSONDecoder().decode(Content.self, from: try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw LibraryError.unreadable(path: path, why: "it holds no corrections: \(error)")
        }
        guard content.version == Self.version else {
            throw FileError(path: path, .version(expected: UInt32(Self.version), found: UInt32(clamping: content.version)))
        }
        if let place = content.corrections.compactMap(\.place).first(where: { !(-1...1).contains($0.valence) || !(-1...1).contains($0.arousal) }) {
            throw LibraryError.unreadable(path: path, why: "a place (\(place)) lies outside −1…1")
        }
        corrections = content.corrections
    }

    /// Takes the place of what was said of the track before.
    public mutating func put(_ correction: MoodCorrection) {
        remove(track: correction.track)
        corrections.append(correction)
        corrections.sort { $0.track < $1.track }
    }

    /// - Returns: whether there was one.
    @discardableResult
    public mutating func remove(track: String) -> Bool {
        let count = corrections.count
        corrections.removeAll { $0.track == track }
        return corrections.count < count
    }

    /// Writes the file, whole or not at all.
    /// - Throws: `LibraryError`, `FileError`.
    public func write() throws {
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw LibraryError.unwritable(path: folder, why: "the folder cannot be made")
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        try writeDurably([Array(try encoder.encode(Content(version: Self.version, corrections: corrections))) + [UInt8(ascii: "\n")]], to: path)
    }
}

extension Library {
    /// The same library with moods as a listener has them, whoever's it had before.
    /// - Throws: as `MoodCorrections.init`.
    public func asHeard(by listener: String) throws -> Library {
        let corrections = try MoodCorrections(library: path, listener: listener).corrections
        guard var channel = likeness, let moods = channel.moods, !corrections.isEmpty || !channel.corrections.isEmpty else { return self }
        channel.corrections = CorrectedMoods(corrections, channel, moods, vocabulary) { tracks.document(id: $0) }
        return Library(self, fusion: nil, likeness: channel)
    }
}
