import Foundation
import MusicSearch
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct PlaylistTests {
    private let odd = ClubLibrary.library.search(plan(want("genre:polka")), .everything).hits.filter { $0.id == "odd" }
    private let many = ClubLibrary.library.search(plan(want("genre:jazz")), .everything).hits
    private let title = "polka & <\"rock\">\n#2 \u{2}"

    @Test func m3u8KeepsOneLinePerThing() throws {
        let text = PlaylistFormat.m3u8.text(odd + many, title: title)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(text.hasSuffix("\n"))
        #expect(lines.count == 2 + 2 * (1 + many.count) + 1)
        #expect(lines[0] == "#EXTM3U")
        #expect(lines[1].hasPrefix("#PLAYLIST:polka & <"))
        #expect(lines[2].hasPrefix("#EXTINF:62,R&B <Crew> - A <b>\"Bold\"</b> & 'Odd' Title"))
        #expect(lines[3] == "/music/ä folder/100% #1?.mp3")
        for (line, hit) in zip(stride(from: 4, to: lines.count - 1, by: 2), many) {
            #expect(lines[line].hasPrefix("#EXTINF:\(hit.duration.map { Int($0.rounded()) } ?? -1),"))
            #expect(lines[line + 1] == hit.id)
        }
    }

    @Test func xspfParses() throws {
        let reader = XSPFReader()
        let text = PlaylistFormat.xspf.text(odd + many, title: title)
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = reader
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        #expect(reader.tracks.count == 1 + many.count)
        let track = try #require(reader.tracks.first)
        #expect(track["title"]?.hasPrefix("A <b>\"Bold\"</b> & 'Odd'") == true)
        #expect(track["creator"] == "R&B <Crew>")
        #expect(track["album"] == "]]> & more")
        #expect(track["location"] == "file:///music/%C3%A4%20folder/100%25%20%231%3F.mp3")
        #expect(track["identifier"] == "https://musicbrainz.org/recording/0b1c2d3e-0000-4000-8000-000000000001")
        #expect(track["duration"] == "61600")
        #expect(reader.order == ["location", "identifier", "title", "creator", "annotation", "album", "duration"])
        #expect(reader.playlistTitle.hasPrefix("polka & <\"rock\">"))
        #expect(reader.tracks.dropFirst().map { $0["creator"] } == many.map { Optional($0.artist) })
    }

    @Test func jspfParses() throws {
        let text = PlaylistFormat.jspf.text(odd + many, title: title)
        let root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let playlist = try #require(root["playlist"] as? [String: Any])
        #expect(playlist["title"] as? String == title)
        let tracks = try #require(playlist["track"] as? [[String: Any]])
        #expect(tracks.count == 1 + many.count)
        #expect(tracks[0]["title"] as? String == odd.first?.title)
        #expect(tracks[0]["duration"] as? Int == 61600)
        #expect(tracks[0]["location"] as? [String] == ["file:///music/%C3%A4%20folder/100%25%20%231%3F.mp3"])
    }

    @Test(arguments: PlaylistFormat.allCases) func anEmptyListIsAPlaylistToo(format: PlaylistFormat) throws {
        let text = format.text([], title: "")
        switch format {
        case .m3u8: #expect(text == "#EXTM3U\n#PLAYLIST:\n")
        case .xspf: #expect(XMLParser(data: Data(text.utf8)).parse())
        case .jspf: #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) is [String: Any])
        }
    }
}

/// Collects the text of each element of each track.
private final class XSPFReader: NSObject, XMLParserDelegate {
    var tracks: [[String: String]] = []
    /// Elements of the first track.
    var order: [String] = []
    var playlistTitle = ""
    private var text = ""
    private var isInTrack = false

    func parser(_ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String] = [:]) {
        text = ""
        if name == "track" {
            isInTrack = true
            tracks.append([:])
        }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        if name == "track" {
            isInTrack = false
        } else if isInTrack {
            tracks[tracks.count - 1][name] = text
            if tracks.count == 1 { order.append(name) }
        } else if name == "title" {
            playlistTitle = text
        }
    }
}
