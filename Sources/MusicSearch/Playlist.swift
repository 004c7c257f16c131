/// A ranking as a playlist file.
public enum PlaylistFormat: String, CaseIterable, Sendable {
    /// Extended M3U, UTF-8.
    case m3u8
    /// XML Shareable Playlist Format 1 (xspf.org).
    case xspf
    /// The same in JSON.
    case jspf

    /// - Parameter title: the request, as a rule.
    public func text(_ hits: [Hit], title: String) -> String {
        switch self {
        case .m3u8: m3u8(hits, title)
        case .xspf: xspf(hits, title)
        case .jspf: jspf(hits, title)
        }
    }

    private func m3u8(_ hits: [Hit], _ title: String) -> String {
        var lines = ["#EXTM3U", "#PLAYLIST:\(oneLine(title))"]
        for hit in hits {
            lines.append("#EXTINF:\(hit.duration.map { Int($0.rounded()) } ?? -1),\(oneLine(hit.artist.isEmpty ? hit.title : hit.artist + " - " + hit.title))")
            lines.append(oneLine(hit.file ?? hit.id))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func oneLine(_ text: String) -> String { String(text.map { $0.isNewline ? " " : $0 }) }

    private func xspf(_ hits: [Hit], _ title: String) -> String {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\">\n"
        text += "  <title>\(Markup.escape(title))</title>\n  <trackList>\n"
        for hit in hits {
            text += "    <track>\n"
            for (name, value) in fields(hit) { text += "      <\(name)>\(Markup.escape(value))</\(name)>\n" }
            text += "    </track>\n"
        }
        return text + "  </trackList>\n</playlist>\n"
    }

    /// Elements in the order that XSPF's schema wants.
    private func fields(_ hit: Hit) -> [(String, String)] {
        var fields: [(String, String)] = []
        if let file = hit.file { fields.append(("location", uri(file))) }
        if let mbid = hit.mbid { fields.append(("identifier", "https://musicbrainz.org/recording/" + mbid)) }
        if !hit.title.isEmpty { fields.append(("title", hit.title)) }
        if !hit.artist.isEmpty { fields.append(("creator", hit.artist)) }
        fields.append(("annotation", hit.reasons.filter { $0.kind != .focus }.map(\.text).joined(separator: "; ")))
        if let album = hit.album { fields.append(("album", album)) }
        if let duration = hit.duration { fields.append(("duration", String(Int((duration * 1000).rounded())))) }
        return fields
    }

    private func uri(_ path: String) -> String {
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
        let digits = Array("0123456789ABCDEF")
        var text = path.hasPrefix("/") ? "file://" : ""
        for byte in path.utf8 {
            if allowed.contains(byte) { text.append(Character(UnicodeScalar(byte))) } else { text += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])" }
        }
        return text
    }

    private func jspf(_ hits: [Hit], _ title: String) -> String {
        let tracks = hits.map { hit in
            let pairs = fields(hit).map { name, value in
                name == "duration"
                    ? "\"duration\": \(value)" : name == "location" || name == "identifier" ? "\"\(name)\": [\(json(value))]" : "\"\(name)\": \(json(value))"
            }
            return "      {" + pairs.joined(separator: ", ") + "}"
        }
        return "{\n  \"playlist\": {\n    \"title\": \(json(title)),\n    \"track\": [\n\(tracks.joined(separator: ",\n"))\n    ]\n  }\n}\n"
    }

    private func json(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
