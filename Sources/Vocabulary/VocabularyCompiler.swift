public import Storage
import TextAnalysis

extension Vocabulary {
    public static let kind = "vocab"
    public static let version: UInt32 = 3

    /// Writes tables in the form that a library carries.
    /// - Throws: `FileError` when the file cannot be written.
    public static func compile(_ tables: VocabularyTables, to path: String) throws(FileError) {
        var file = SectionFileWriter(kind: kind, version: version)
        let index = Dictionary(uniqueKeysWithValues: tables.descriptors.enumerated().map { ($1.id, UInt32($0)) })
        var records: [DescriptorRecord] = []
        var links: [UInt32] = []
        var slugs = StringTableBuilder()
        var labels = StringTableBuilder()
        var names = PhraseTableBuilder()
        var derived = PhraseTableBuilder()
        let analyzer = Analyzer(spellings: MusicSpellings(table: tables.spellings))
        for (i, descriptor) in tables.descriptors.enumerated() {
            slugs.append(descriptor.id.slug)
            labels.append(descriptor.label)
            let start = UInt32(links.count)
            links += descriptor.broader.compactMap { index[$0] }
            let broaderEnd = UInt32(links.count)
            links += descriptor.related.compactMap { index[$0] }
            var (low, high): (Float, Float) = (0, 0)
            switch descriptor.attributes {
            case .none: break
            case .mood(let valence, let arousal): (low, high) = (Float(valence), Float(arousal))
            case .tempo(let bpm): (low, high) = (Float(bpm.lowerBound), Float(bpm.upperBound))
            case .era(let years): (low, high) = (Float(years.lowerBound), Float(years.upperBound))
            }
            records.append(
                DescriptorRecord(
                    facet: UInt32(descriptor.id.facet.index), linksStart: start, broaderEnd: broaderEnd, linksEnd: UInt32(links.count),
                    low: low, high: high))
            for name in [descriptor.label] + descriptor.aliases {
                let tokens = analyzer.tokens(name)
                names.add(PhraseKey.surface(tokens[...]), NameValue(descriptor: i, words: tokens.count).packed)
            }
        }
        // A second pass and a table of their own, so that a derived key never takes a name from the descriptor that is spelled just so.
        for (i, descriptor) in tables.descriptors.enumerated() {
            for name in [descriptor.label] + descriptor.aliases {
                let tokens = analyzer.tokens(name)
                let value = NameValue(descriptor: i, words: tokens.count).packed
                // A plural names what its singular does; a stem is weaker evidence and is asked for last.
                let singular = PhraseKey.singular(tokens[...])
                if !names.contains(singular) { names.add(singular, value) }
                guard PhraseKey.meetsByStem(tokens[...]) else { continue }
                let stem = PhraseKey.stemmed(tokens[...])
                if !derived.contains(stem) { derived.add(stem, value) }
            }
        }
        // An id's own words name it where nothing else has taken them.
        for (i, descriptor) in tables.descriptors.enumerated() {
            let tokens = analyzer.tokens(descriptor.id.slug)
            let key = PhraseKey.surface(tokens[...])
            if !names.contains(key) { names.add(key, NameValue(descriptor: i, words: tokens.count).packed) }
        }
        // Spellings that the analyzer joins never reach the table as they are written; a misspelt one must still find its neighbour here.
        let segmenter = WordSegmenter()
        for row in tables.spellings {
            guard let owner = names.first(row.canonical) else { continue }
            for variant in row.variants {
                let key = segmenter.tokens(variant).filter { $0.kind == .word }.map(\.text).joined()
                if !key.isEmpty, !names.contains(key) { names.add(key, NameValue(descriptor: NameValue(owner).descriptor, words: 0).packed) }
            }
        }
        file.add("records", records)
        file.add("links", links)
        slugs.write("slugs", to: &file)
        labels.write("labels", to: &file)
        names.write("names", to: &file)
        derived.write("derived", to: &file)
        var common = PhraseTableBuilder()
        for word in tables.commonWords { common.add(word, 0) }
        common.write("common", to: &file)
        var artists = PhraseTableBuilder()
        var artistNames = StringTableBuilder()
        var artistEnds: [UInt32] = []
        var artistLinks: [UInt32] = []
        for (i, artist) in tables.artists.enumerated() {
            artistNames.append(artist.name)
            artistLinks += artist.descriptors.compactMap { index[$0] }
            artistEnds.append(UInt32(artistLinks.count))
            let key = PhraseKey.surface(analyzer.tokens(artist.name)[...])
            if !key.isEmpty { artists.add(key, UInt32(i)) }
            if artist.name.lowercased().hasPrefix("the ") {
                let short = PhraseKey.surface(analyzer.tokens(String(artist.name.dropFirst(4)))[...])
                if short.utf8.count > 6, !artists.contains(short) { artists.add(short, UInt32(i)) }
            }
        }
        artists.write("artist", to: &file)
        artistNames.write("artists", to: &file)
        file.add("artist.ends", artistEnds)
        file.add("artist.links", artistLinks)
        var canonical = StringTableBuilder()
        var variants = StringTableBuilder()
        for row in tables.spellings {
            for variant in row.variants {
                canonical.append(row.canonical)
                variants.append(variant)
            }
        }
        canonical.write("spelled", to: &file)
        variants.write("variants", to: &file)
        try file.write(to: path)
    }
}
