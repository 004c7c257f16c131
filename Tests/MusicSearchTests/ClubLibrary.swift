import Foundation
import MusicSearch

/// A small library of made-up recordings that the search tests share.
enum ClubLibrary {
    static let indexed: IndexedLibrary = {
        do {
            return try IndexedLibrary(lines, vocabulary: Repository.tables)
        } catch {
            fatalError("the test library cannot be indexed: \(error)")
        }
    }()
    static var library: Library { indexed.library }

    /// Id · artist · title · year · seconds · descriptors by facet, with "_" for a space. "-" is unknown.
    private static let rows = """
        blue · Mira Stone · Blue Lantern · 1958 · 312 · genre:bebop mood:calm instrument:piano,trumpet voice:instrumental tempo:slow
        harbour · Mira Stone · Harbour Steps · 1958 · 250 · genre:jazz mood:upbeat instrument:piano,saxophone voice:instrumental tempo:fast
        rainy · Mira Stone · Rainy Stairs · 1959 · 410 · genre:jazz mood:sad instrument:piano voice:instrumental tempo:slow
        rainy-live · Mira Stone · Rainy Stairs (Live) · 1961 · 500 · genre:jazz mood:sad instrument:piano voice:instrumental tempo:slow
        dawn · Mira Stone · Dawn Walk · 1962 · 200 · genre:jazz mood:happy instrument:piano,violin tempo:slow
        dawn-2 · Mira Stone · Dawn Walk (2011 Remaster) · 2011 · 201 · genre:jazz mood:happy instrument:piano,violin tempo:slow
        dawn-3 · MIRA STONE · Dawn Walk - Single Version · 1962 · 150 · genre:jazz mood:happy instrument:piano,violin tempo:slow
        lamp · Otto Vane · Lamp Post · 1955 · 180 · genre:jazz mood:happy instrument:trumpet tempo:fast
        lamp-twin · Otto Vane · Lamp Shade · 1955 · 181 · genre:jazz mood:happy,sad instrument:trumpet tempo:fast
        cellar · Otto Vane · Cellar Door · 1957 · 244 · genre:bebop mood:energetic instrument:trumpet,saxophone
        swing · The Nightjars · Kite Swing · 1938 · 170 · genre:swing mood:upbeat instrument:clarinet theme:dance
        kite · The Nightjars · Kite Song · 1939 · 171 · genre:swing mood:playful instrument:clarinet voice:female_vocals
        iron · Hammerfall Yard · Iron Yard · 1984 · 222 · genre:heavy_metal mood:aggressive instrument:electric_guitar,drums tempo:fast
        rust · Hammerfall Yard · Rust Bell · 1985 · 260 · genre:heavy_metal mood:dark instrument:electric_guitar,drums
        anvil · Hammerfall Yard · Anvil Hymn · 1986 · 301 · genre:heavy_metal mood:aggressive instrument:electric_guitar
        slag · Hammerfall Yard · Slag Heap · 1987 · 302 · genre:heavy_metal mood:aggressive instrument:electric_guitar
        forge · Hammerfall Yard · Forge Song · 1988 · 303 · genre:heavy_metal mood:aggressive instrument:electric_guitar
        gravel · Pale Kings · Gravel Road · 1972 · 210 · genre:rock mood:energetic instrument:electric_guitar,drums voice:male_vocals
        tower · Pale Kings · Tower Light · 1974 · 390 · genre:rock mood:sad instrument:electric_guitar,piano voice:male_vocals
        quarry · Pale Kings · Quarry · 1975 · 205 · genre:rock mood:happy instrument:electric_guitar voice:male_vocals tempo:fast
        neon · Vela Six · Neon Ladder · 1996 · 420 · genre:techno mood:hypnotic instrument:synthesizer,drum_machine tempo:fast
        grid · Vela Six · Grid Nine · 1997 · 430 · genre:techno mood:dark instrument:synthesizer voice:instrumental
        pulse · Vela Six · Pulse Yard · 1998 · 380 · genre:house mood:upbeat instrument:synthesizer theme:party
        mist · Lowland · Mist Over Water · 2004 · 600 · genre:ambient mood:calm instrument:synthesizer voice:instrumental theme:sleep
        moss · Lowland · Moss · 2005 · 720 · genre:ambient mood:peaceful instrument:synthesizer,piano voice:instrumental
        tide · Lowland · Tide Table · 2006 · 540 · genre:ambient mood:sad instrument:synthesizer
        trench · Ras Elder · Trench Town Rain · 1976 · 230 · genre:reggae mood:relaxed instrument:bass_guitar voice:male_vocals
        riddim · Ras Elder · Riddim Kitchen · 1977 · 231 · genre:dub mood:dark instrument:bass_guitar voice:instrumental
        pulpit · Della Grace · Pulpit · 1969 · 190 · genre:soul mood:joyful instrument:organ voice:female_vocals
        porch · Della Grace · Porch Light · 1970 · 195 · genre:soul mood:sad instrument:strings voice:female_vocals tempo:slow
        saw · Old Timers · Saw Mill Waltz · 1931 · 160 · genre:folk mood:eerie instrument:musical_saw,violin
        glen · Old Timers · Glen March · 1933 · 161 · genre:folk mood:proud instrument:bagpipes
        reel · Old Timers · Barn Reel · 1935 · 162 · genre:folk mood:upbeat instrument:violin theme:dance tempo:fast
        nocturne · A. Keller · Nocturne No. 2 · 1990 · 280 · genre:classical mood:calm instrument:piano voice:instrumental tempo:slow
        quartet · A. Keller · Quartet in D · 1991 · 1500 · genre:classical mood:sad instrument:violin,cello voice:instrumental
        plain · - · Untitled Demo · - · - · genre:rock
        words · Nobody Special · The Cartographer's Lullaby · - · - ·
        """

    static let lines: [String] =
        rows.split(separator: "\n").map { row in
            let cells = row.components(separatedBy: " ·").map { $0.trimmingCharacters(in: .whitespaces) }
            var track: [String: Any] = ["id": cells[0], "title": cells[2]]
            if cells[1] != "-" { track["artist"] = cells[1] }
            if let year = Int(cells[3]) { track["year"] = year }
            if let seconds = Double(cells[4]) { track["duration"] = seconds }
            var descriptors: [String: [String]] = [:]
            for word in cells[5].split(separator: " ") {
                let parts = word.split(separator: ":")
                descriptors[String(parts[0])] = parts[1].split(separator: ",").map { $0.replacingOccurrences(of: "_", with: " ") }
            }
            track["descriptors"] = descriptors
            return json(track)
        } + [
            json(
                [
                    "id": "odd", "title": "A <b>\"Bold\"</b> & 'Odd'\nTitle\u{1}\u{85}\\", "artist": "R&B <Crew>", "album": "]]> & more", "duration": 61.6,
                    "file": "/music/ä folder/100% #1?.mp3", "mbid": "0b1c2d3e-0000-4000-8000-000000000001", "isrc": "USAAA0000001",
                    "descriptors": ["genre": ["polka"], "instrument": ["accordion"]],
                ] as [String: Any])
        ]

    private static func json(_ value: [String: Any]) -> String {
        guard let data = try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys]) else { fatalError("no JSON: \(value)") }
        return String(decoding: data, as: UTF8.self)
    }
}

extension SearchResponse {
    var ids: [String] { hits.map(\.id) }

    func bytes() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension SearchOptions {
    /// The whole candidate set, one hit per track.
    static var everything: SearchOptions {
        var options = SearchOptions()
        options.limit = SearchOptions.largestLimit
        options.perArtist = nil
        options.foldingVersions = false
        options.facets = true
        return options
    }
}
