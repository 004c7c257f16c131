import TextAnalysis

/// When two tracks are versions of one recording: same artist, and titles that differ only by what stands in brackets or after a dash
/// ("Heroes", "Heroes (2017 Remaster)", "Heroes - Single Version").
enum RecordingIdentity {
    /// Artist without case, accents, "the" and guests.
    static func artist(_ name: String) -> String {
        var folded = WordSegmenter.fold(name)
        for cut in [" feat. ", " feat ", " ft. ", " ft ", " featuring ", ";"] {
            if let range = folded.firstRange(of: cut) { folded = String(folded[..<range.lowerBound]) }
        }
        if folded.hasPrefix("the ") { folded.removeFirst(4) }
        return String(folded.filter { $0.isLetter || $0.isNumber })
    }

    /// Nil when nothing identifies it. A live take or a cover is another recording, so "live" stays in the name.
    static func recording(title: String, artist: String, isrc: String) -> String? {
        var folded = WordSegmenter.fold(title)
        var kept = ""
        for part in qualifiers(of: &folded)
        where ["live", "acoustic", "demo", "remix", "instrumental", "cover", "unplugged", "mix", "dub", "version of"].contains(where: part.contains) {
            kept += "|" + part.filter { $0.isLetter || $0.isNumber }
        }
        let name = String(folded.filter { $0.isLetter || $0.isNumber })
        if name.isEmpty || artist.isEmpty { return isrc.isEmpty ? nil : "isrc " + isrc }
        return artist + "|" + name + kept
    }

    /// Takes what stands in brackets or after " - " off a title.
    private static func qualifiers(of title: inout String) -> [String] {
        var parts: [String] = []
        while let open = title.firstIndex(where: { $0 == "(" || $0 == "[" }), open > title.startIndex {
            let close = title[open...].firstIndex { $0 == ")" || $0 == "]" } ?? title.index(before: title.endIndex)
            parts.append(String(title[title.index(after: open)..<close]))
            title.removeSubrange(open...close)
        }
        if let dash = title.firstRange(of: " - "), dash.lowerBound > title.startIndex {
            parts.append(String(title[dash.upperBound...]))
            title = String(title[..<dash.lowerBound])
        }
        return parts
    }
}
