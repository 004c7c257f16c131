import TextAnalysis
import Vocabulary

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One line of Descant's JSON Lines:
///
/// ```json
/// {"id": "…", "title": "Yellow Bird", "artist": "…", "year": 1957, "descriptors": {"genre": ["calypso"], "mood": [["joyful", 0.8]]}, "tags": ["beach"]}
/// ```
/// `bpm` and `key` ("C♯ minor") may be there; what is neither counts as unknown. `descriptors` gives names by facet, alone or with a weight in 0…1; `tags` gives names whose facet the vocabulary knows.
/// Without `id`, artist and title make one.
private struct JSONTrack: Decodable {
    struct Name: Decodable {
        var text: String
        var weight: Double

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                (self.text, weight) = (text, 1)
                return
            }
            var pair = try decoder.unkeyedContainer()
            text = try pair.decode(String.self)
            weight = try pair.decode(Double.self)
        }
    }

    /// A number or a text; anything else is nothing.
    struct Loose: Decodable {
        var number: Double?
        var text: String?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            number = try? container.decode(Double.self)
            text = try? container.decode(String.self)
        }
    }

    var id: String?
    var title: String?
    var artist: String?
    var album: String?
    var year: Int?
    var duration: Double?
    var mbid: String?
    var isrc: String?
    var file: String?
    var caption: String?
    var provenance: String?
    var bpm: Loose?
    var key: Loose?
    var descriptors: [String: [Name]]?
    var tags: [Name]?
}

private struct BEIRDocument: Decodable {
    var _id: String
    var title: String?
    var text: String?
}

extension CorpusImporter {
    mutating func jsonTrack(_ line: String) throws -> Track {
        let row: JSONTrack = try Self.decode(line)
        let title = row.title ?? ""
        let artist = row.artist ?? ""
        let id = row.id ?? TrackSlug.id(artist: artist, title: title, fallback: "")
        guard !id.isEmpty else { throw RowProblem("it has neither id, nor artist or title to make one") }
        if let duration = row.duration, !(0...Track.longestDuration).contains(duration) { throw RowProblem("duration is \(duration)") }
        var track = Track(
            id: id, title: title, artist: artist, album: row.album ?? "", year: row.year, duration: row.duration, mbid: row.mbid ?? "",
            isrc: row.isrc ?? "", file: row.file ?? "", caption: row.caption ?? "")
        // Many write 0 or a number of their own for what they do not know: that is no reason to lose the track.
        let bpm = row.bpm?.number.flatMap { $0 > 0 && $0 <= 1000 ? $0 : nil }, key = row.key?.text.flatMap { MusicalKey($0) }
        if bpm != nil || key != nil {
            track.measured = Measured(tempo: bpm, tempoConfidence: bpm.map { _ in 1 }, key: key?.description, keyConfidence: key.map { _ in 1 })
        }
        let provenance = row.provenance ?? "editorial"
        for (facet, names) in (row.descriptors ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard Facet(rawValue: facet) != nil else {
                throw RowProblem("'\(facet)' is no facet; they are \(Facet.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            for name in names { try apply(name, provenance, to: &track) }
        }
        for name in row.tags ?? [] { try apply(name, provenance, to: &track) }
        return track
    }

    private mutating func apply(_ name: JSONTrack.Name, _ provenance: String, to track: inout Track) throws {
        guard name.weight > 0, name.weight <= 1 else { throw RowProblem("the weight of '\(name.text)' is \(name.weight), allowed is above 0 to 1") }
        tags.apply(name.text, to: &track, weight: name.weight, provenance: provenance)
    }

    /// A BEIR document: its text is taken as a list of tags where it reads like one, and is kept as the caption.
    mutating func beirTrack(_ line: String) throws -> Track {
        let row: BEIRDocument = try Self.decode(line)
        guard !row._id.isEmpty else { throw RowProblem("_id is empty") }
        var track = Track(id: row._id, title: row.title ?? "", caption: row.text ?? "")
        for match in vocabulary.resolve(row.text ?? "") {
            let id = vocabulary.descriptors[match.descriptor].id
            if !track.descriptors.contains(where: { $0.id == id }) { track.descriptors.append(TrackDescriptor(id)) }
        }
        return track
    }

    private static func decode<Row: Decodable>(_ line: String) throws -> Row {
        do {
            return try JSONDecoder().decode(Row.self, from: Data(line.utf8))
        } catch let error as DecodingError {
            throw RowProblem(describe(error))
        } catch {
            throw RowProblem("it is not JSON")
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        func path(_ context: DecodingError.Context) -> String { context.codingPath.map(\.stringValue).joined(separator: ".") }
        return switch error {
        case .keyNotFound(let key, _): "no '\(key.stringValue)'"
        case .typeMismatch(let type, let context): "'\(path(context))' is not a \(type)"
        case .valueNotFound(let type, let context): "'\(path(context))' is null, expected a \(type)"
        case .dataCorrupted(let context): context.codingPath.isEmpty ? "it is not JSON" : "'\(path(context))': \(context.debugDescription)"
        @unknown default: "it is not JSON"
        }
    }
}
