import MusicSearch
import Storage

/// The web page: its files, and its first answer as plain HTML for browsers without scripts.
public struct Page: Sendable {
    private struct File: Sendable {
        var type: String
        var bytes: [UInt8]
        var tag: String
    }

    private let template: String
    private let files: [String: File]

    /// - Parameters:
    ///   - template: with `{{title}}`, `{{query}}` and `{{results}}`.
    ///   - files: by name, each told by its ending.
    public init(template: [UInt8], files: [String: [UInt8]]) {
        self.template = String(decoding: template, as: UTF8.self)
        self.files = files.reduce(into: [:]) { result, file in
            let type =
                switch file.key.split(separator: ".").last {
                case "js": "text/javascript; charset=utf-8"
                case "css": "text/css; charset=utf-8"
                case "svg": "image/svg+xml"
                default: "application/octet-stream"
                }
            let tag = "\"\(String(file.value.withUnsafeBytes { Checksum.xxh3($0) }, radix: 16))\""
            result[file.key] = File(type: type, bytes: file.value, tag: tag)
        }
    }

    func file(_ segments: [String]) -> ServiceReply? {
        guard segments.count == 2, segments[0] == "page", let file = files[segments[1]] else { return nil }
        return ServiceReply(type: file.type, file.bytes, headers: [("Cache-Control", "no-cache"), ("ETag", file.tag)])
    }

    /// The page with the answer to what was typed into its form.
    func home(_ query: String?, _ library: Library) -> ServiceReply {
        let text = (query ?? "").withoutControls
        let asked = text.contains { !$0.isWhitespace }
        var options = SearchOptions()
        options.limit = 20
        let results = asked ? Self.list(library.search(String(text.prefix(4_096)), options)) : ""
        let html =
            template.replacing(/\{\{(title|query|results)\}\}/) { match in
                switch match.output.1 {
                case "title": asked ? Markup.escape(text) + " · Descant" : "Descant"
                case "query": Markup.escape(text)
                default: results
                }
            }
        return ServiceReply(
            type: "text/html; charset=utf-8", Array(html.utf8), headers: [("Cache-Control", "no-store"), ("Content-Security-Policy", Self.policy)])
    }

    /// Nothing of elsewhere, and nothing written into the page itself.
    private static let policy = "default-src 'self'; img-src 'self' data:; media-src 'self'; frame-ancestors 'none'"

    private static func list(_ response: SearchResponse) -> String {
        let hits = response.hits.map { hit in
            let about = [hit.artist, hit.album ?? "", hit.year.map { "\($0)" } ?? ""].filter { !$0.isEmpty }
            let why = hit.reasons.filter { $0.value > 0 && $0.kind != .focus }.prefix(4).map(\.text).joined(separator: ", ")
            let listen = TrackAddress.audio(hit.id, file: hit.file).map { "<p><a href=\"\(Markup.escape($0))\">listen</a></p>" } ?? ""
            return "<li class=\"hit\"><div class=\"cover\"><img src=\"\(Markup.escape(TrackAddress.artwork(hit.id)))\" alt=\"\" width=\"64\" height=\"64\" "
                + "loading=\"lazy\"></div><div class=\"what\"><h3>\(Markup.escape(hit.title))</h3><p class=\"by\">"
                + about.enumerated().map { "<span\($0 == 0 && !hit.artist.isEmpty ? " class=\"artist\"" : "")>\(Markup.escape($1))</span>" }.joined(
                    separator: " ")
                + "</p><p>\(Markup.escape(why))</p>\(listen)</div><div class=\"score\">\(Int((hit.score * 100).rounded()))</div></li>"
        }
        return "<p>\(Markup.escape(response.say))</p><ol class=\"hits\">\(hits.joined())</ol>"
    }
}
