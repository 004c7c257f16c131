import AudioAnalysis
import MusicSearch
import QueryPlanning
import Vocabulary

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

extension Operation {
    private static let id = Parameter(path: "id", "The track's id, percent-encoded.")

    static let track = Operation(
        id: "track", method: .get, path: "/v1/tracks/{id}", about: "All that the library says of a track.", parameters: [id], reply: .json(TrackDetail.schema),
        errors: [.unknownTrack]
    ) { call throws(ServiceError) in .json(TrackDetail(try call.document(), call.library)) }

    static let similar = Operation(
        id: "similar", method: .get, path: "/v1/tracks/{id}/similar", about: "Tracks like a track, perhaps in another mood.",
        parameters: [
            id, Parameter(RequestSchemas.limit), Parameter(ObjectSchema.Field("mood", .descriptor, "A mood to move to, as mood:calm.")),
            Parameter(RequestSchemas.strength), Parameter(RequestSchemas.keep), Parameter(RequestSchemas.facets), Parameter(RequestSchemas.explain),
            Parameter(RequestSchemas.perArtist), Parameter(RequestSchemas.variation),
        ], reply: .json(Answer.schema), errors: [.unknownTrack, .unknownDescriptor]
    ) { call throws(ServiceError) in .json(try similar(call.path["id"] ?? "", call.query, call.library, at: "query")) }

    static func similar(_ id: String, _ json: JSONValue, _ library: Library, at place: String) throws(ServiceError) -> Answer {
        let document = try library.document(id, at: place == "query" ? "path.id" : "\(place).track")
        var move: MoodMove?
        if let text = json["mood"]?.string {
            let mood = try library.descriptor(text, at: "\(place).mood")
            move = MoodMove(targets: [.init(descriptor: mood, change: .more)], strength: json["strength"]?.number ?? MoodMove.plainStrength)
        }
        let keep = (json["keep"]?.array ?? []).compactMap { $0.string.flatMap(Facet.init) }
        let plan = library.plan(like: [document], move: move, keep: keep.reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
        return SearchCall(Conversation(plan), try SearchOptions(json, library, at: place), library).answer()
    }

    static let explain = Operation(
        id: "explain", method: .get, path: "/v1/tracks/{id}/explain", about: "Why a track is among the answers to a request, or is not.",
        parameters: [
            id, Parameter(ObjectSchema.Field("plan", RequestSchemas.state.schema, "Handle of the turn.")), Parameter(RequestSchemas.state),
            Parameter(RequestSchemas.text, as: "q"), Parameter(RequestSchemas.perArtist),
        ], reply: .json(TrackVerdict.schema), errors: [.unknownTrack, .badState, .contradiction]
    ) { call throws(ServiceError) in
        let query = call.query["plan"] == nil ? call.query : call.query.renaming("plan", to: "state")
        return .json(try verdict(call.path["id"] ?? "", query.renaming("q", to: "text"), call.library, at: "query"))
    }

    static func verdict(_ id: String, _ json: JSONValue, _ library: Library, at place: String) throws(ServiceError) -> TrackVerdict {
        let document = try library.document(id, at: place == "query" ? "path.id" : "\(place).track")
        let search = try SearchCall(json, library, at: place)
        return library.verdict(document, search.conversation.plan, search.options)
    }

    static let audio = Operation(
        id: "audio", method: .get, path: "/v1/tracks/{id}/audio", about: "A track's own file; ranges of bytes are honoured.", parameters: [id],
        reply: .media(["audio/*"]), errors: [.unknownTrack, .noAudio, .badRange]
    ) { call throws(ServiceError) in
        let document = try call.document()
        let file = call.library.tracks.file(document)
        guard call.service.servesAudio, let ending = AudioFormat.ending(of: file) else {
            throw ServiceError(.noAudio, call.service.servesAudio ? "this track has no file of sound" : "this service plays no files", at: "path.id")
        }
        guard let size = LocalFile.size(file) else { throw ServiceError(.noAudio, "the track's file is not there any more", at: "path.id") }
        let type = AudioType.of(ending)
        guard let header = call.request.headers["range"], ByteRange.isAsked(header), call.request.method == "GET" else {
            return ServiceReply(200, type: type, body: .file(path: file, range: 0..<size), headers: [("Accept-Ranges", "bytes")])
        }
        guard let range = ByteRange.read(header, size: size) else {
            throw ServiceError(
                .badRange, "expected bytes=FROM-TO within \(size) bytes, found '\(header.prefix(60))'", at: "header.range",
                headers: ["Content-Range": "bytes */\(size)"])
        }
        return ServiceReply(
            206, type: type, body: .file(path: file, range: range),
            headers: [("Accept-Ranges", "bytes"), ("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)")])
    }

    static let artwork = Operation(
        id: "artwork", method: .get, path: "/v1/tracks/{id}/artwork", about: "A picture: the cover beside the track's file or in it, else one drawn for it.",
        parameters: [id], reply: .media(["image/svg+xml", "image/jpeg", "image/png", "image/webp"]), errors: [.unknownTrack]
    ) { call throws(ServiceError) in
        let document = try call.document()
        let cached = [(name: "Cache-Control", value: "private, max-age=3600")]
        let file = call.library.tracks.file(document)
        if call.service.servesAudio, LocalFile.size(file) != nil {
            if let cover = Cover.beside(file), let size = LocalFile.size(cover.path) {
                return ServiceReply(200, type: cover.type, body: .file(path: cover.path, range: 0..<size), headers: cached)
            }
            if let picture = Cover.inside(file) { return ServiceReply(type: picture.type, picture.bytes, headers: cached) }
        }
        let drawn = Cover.drawn(TrackDetail(document, call.library))
        return ServiceReply(type: "image/svg+xml", Array(drawn.utf8), headers: cached)
    }
}

/// The one range of bytes that a player asks for (RFC 9110 §14).
enum ByteRange {
    /// Whether a header asks for one range of bytes; what it asks for else is passed over, as if it were not there.
    static func isAsked(_ header: String) -> Bool { header.hasPrefix("bytes=") && !header.contains(",") }

    /// - Returns: nil for what is no range, or lies outside the file.
    static func read(_ header: String, size: Int) -> Range<Int>? {
        let parts = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }) else { return nil }
        if parts[0].isEmpty {
            guard let count = Int(parts[1]), count > 0, size > 0 else { return nil }
            return max(0, size - count)..<size
        }
        guard let start = Int(parts[0]), start < size else { return nil }
        guard !parts[1].isEmpty else { return start..<size }
        guard let end = Int(parts[1]), end >= start else { return nil }
        return start..<(end < size ? end + 1 : size)
    }
}

enum LocalFile {
    /// Bytes of an ordinary file that can be read, by its whole path; nil for everything else.
    static func size(_ path: String) -> Int? {
        var status = stat()
        guard path.hasPrefix("/"), stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, access(path, R_OK) == 0 else { return nil }
        return Int(status.st_size)
    }
}

enum AudioType {
    static func of(_ ending: String) -> String {
        switch ending {
        case "mp3", "mp2": "audio/mpeg"
        case "m4a", "m4b", "m4p", "mp4", "alac": "audio/mp4"
        case "aac": "audio/aac"
        case "flac": "audio/flac"
        case "ogg", "oga", "opus": "audio/ogg"
        case "wav", "wave": "audio/wav"
        case "webm", "weba": "audio/webm"
        case "mka": "audio/x-matroska"
        case "aif", "aiff", "aifc": "audio/aiff"
        case "wma": "audio/x-ms-wma"
        default: "application/octet-stream"
        }
    }
}

/// Pictures of tracks.
enum Cover {
    private static let names = ["cover", "folder", "front", "Cover", "Folder", "Front"]
    private static let types = [("jpg", "image/jpeg"), ("jpeg", "image/jpeg"), ("png", "image/png"), ("webp", "image/webp")]

    /// A cover in the folder of a track's file.
    static func beside(_ file: String) -> (path: String, type: String)? {
        guard let slash = file.lastIndex(of: "/"), AudioFormat.ending(of: file) != nil else { return nil }
        for name in names {
            for (ending, type) in types {
                let path = file[...slash] + name + "." + ending
                if LocalFile.size(String(path)) != nil { return (String(path), type) }
            }
        }
        return nil
    }

    /// The picture that a file carries, where it is of a kind that browsers show.
    static func inside(_ file: String) -> (bytes: [UInt8], type: String)? {
        guard AudioFormat.ending(of: file) != nil, let bytes = (try? AudioFile(path: file, rate: 16_000))?.picture else { return nil }
        let kinds: [([UInt8], String)] = [
            ([0xFF, 0xD8, 0xFF], "image/jpeg"), ([0x89, 0x50, 0x4E, 0x47], "image/png"), ([0x52, 0x49, 0x46, 0x46], "image/webp"),
        ]
        return kinds.first { bytes.starts(with: $0.0) }.map { (bytes, $0.1) }
    }

    /// Rings in the colours of a track's own mood and name: the same track has the same picture.
    static func drawn(_ track: TrackDetail) -> String {
        let seed = (track.artist + "/" + (track.album ?? track.title)).unicodeScalars.reduce(UInt32(5381)) { $0 &* 33 &+ $1.value }
        let hue = Int(seed % 360)
        let lightness = 42 + Int((track.mood?.valence ?? 0) * 12), width = 5 + Int(((track.mood?.arousal ?? 0) + 1) * 4)
        let letters = (track.artist.isEmpty ? track.title : track.artist).split(separator: " ").prefix(2).compactMap(\.first).map { String($0).uppercased() }
        let rings = (1...4).map { i in
            "<circle cx=\"\(20 + Int(seed >> 3) % 60)\" cy=\"\(20 + Int(seed >> 9) % 60)\" r=\"\(i * (10 + Int(seed >> 5) % 6))\" stroke-width=\"\(width)\" "
                + "stroke=\"hsl(\((hue + i * 24) % 360) 45% \(min(85, lightness + i * 7))%)\"/>"
        }
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 100\" width=\"200\" height=\"200\"><rect width=\"100\" height=\"100\" "
            + "fill=\"hsl(\(hue) 40% \(lightness)%)\"/><g fill=\"none\">\(rings.joined())</g><text x=\"50\" y=\"62\" font-family=\"sans-serif\" font-size=\"34\" "
            + "font-weight=\"600\" text-anchor=\"middle\" fill=\"#fff\" fill-opacity=\"0.92\">\(Markup.escape(letters.joined()))</text></svg>"
    }
}
