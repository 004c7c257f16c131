public import Storage
public import TextAnalysis
import Vocabulary

/// The artists and titles of a library, for recognising them in requests, also misspelt.
public struct NameDirectory: Sendable {
    public static let kind = "names"
    public static let version: UInt32 = 1
    /// Longest name in words that is looked for.
    static let longestName = 12

    /// What a name stands for.
    public struct Entity: Hashable, Sendable {
        public enum Kind: UInt32, Sendable { case artist, title }
        public var kind: Kind
        /// As the library writes it.
        public var name: String
        /// For a title, the track's id and its artist.
        public var track: String
        public var artist: String
    }

    private let phrases: PhraseTable
    private let kinds: MappedArray<UInt32>
    private let names: StringTable
    private let tracks: StringTable
    private let artists: StringTable
    private let fuzzy: FuzzyMatcher

    public var count: Int { kinds.count }

    /// - Throws: `FileError` when the content contradicts itself.
    public init(_ file: SectionFile) throws(FileError) {
        phrases = try PhraseTable(file, "phrase")
        kinds = try file.array("kinds")
        names = try StringTable(file, "names")
        tracks = try StringTable(file, "tracks")
        artists = try StringTable(file, "artists")
        fuzzy = FuzzyMatcher(phrases.phrases)
        guard kinds.count == names.count, tracks.count == names.count, artists.count == names.count, kinds.allSatisfy({ $0 <= 1 }) else {
            throw file.damaged(section: "kinds", expected: "\(names.count) artists or titles", found: "\(kinds.count), or others")
        }
        for i in 0..<phrases.phrases.count {
            guard phrases.values(at: i).allSatisfy({ Int($0) < kinds.count }) else {
                throw file.damaged(section: "phrase.values", expected: "names up to \(kinds.count)", found: "phrase \(i) beyond")
            }
        }
    }

    func entities(_ tokens: ArraySlice<Token>) -> [Entity] {
        phrases.values(of: PhraseKey.surface(tokens)).map { entity(Int($0)) }
    }

    /// The title of a name that is by an artist.
    func title(_ name: String, by artist: String, _ analyzer: Analyzer) -> Entity? {
        entities(analyzer.tokens(name)[...]).first { $0.kind == .title && $0.artist == artist }
    }

    /// Entities whose name is within the typing errors that its length allows.
    func nearest(_ tokens: ArraySlice<Token>) -> (entities: [Entity], distance: Int)? {
        let key = PhraseKey.surface(tokens)
        let allowance = FuzzyMatcher.allowance(key.utf8.count)
        guard allowance > 0, let found = fuzzy.nearest(key, within: allowance) else { return nil }
        return (phrases.values(at: found.index).map { entity(Int($0)) }, found.distance)
    }

    private func entity(_ index: Int) -> Entity {
        Entity(kind: kinds[index] == 0 ? .artist : .title, name: names[index], track: tracks[index], artist: artists[index])
    }

    // MARK: Writing

    /// Collects the names of tracks.
    public struct Builder {
        private let analyzer: Analyzer
        private var phrases = PhraseTableBuilder()
        private var kinds: [UInt32] = []
        private var names = StringTableBuilder()
        private var tracks = StringTableBuilder()
        private var artistNames = StringTableBuilder()
        private var artists: Set<String> = []

        public init(_ analyzer: Analyzer) {
            self.analyzer = analyzer
        }

        public mutating func add(artist: String, title: String, track: String) {
            if !artist.isEmpty, artists.insert(artist).inserted { add(.artist, artist, track: "", artist: "") }
            if !title.isEmpty { add(.title, title, track: track, artist: artist) }
        }

        private mutating func add(_ kind: Entity.Kind, _ name: String, track: String, artist: String) {
            let index = UInt32(kinds.count)
            kinds.append(kind.rawValue)
            names.append(name)
            tracks.append(track)
            artistNames.append(artist)
            for spelling in Self.spellings(of: name, kind) {
                let tokens = analyzer.tokens(spelling)
                if !tokens.isEmpty, tokens.count <= NameDirectory.longestName { phrases.add(PhraseKey.surface(tokens[...]), index) }
            }
        }

        /// A name as it stands, and as people shorten it: without "The", without a bracket or a version after a dash, without guests.
        private static func spellings(of name: String, _ kind: Entity.Kind) -> [String] {
            var spellings = [name]
            if let bracket = name.firstIndex(where: { $0 == "(" || $0 == "[" }), bracket > name.startIndex { spellings.append(String(name[..<bracket])) }
            let cuts = kind == .title ? [" - ", " / "] : [" feat. ", " ft. ", " featuring ", " with ", " & ", " and "]
            for cut in cuts {
                if let range = name.firstRange(of: cut) { spellings.append(String(name[..<range.lowerBound])) }
            }
            for spelling in spellings where spelling.lowercased().hasPrefix("the ") { spellings.append(String(spelling.dropFirst(4))) }
            return spellings
        }

        /// - Throws: `FileError` when the file cannot be written.
        public func write(to path: String) throws(FileError) {
            var file = SectionFileWriter(kind: NameDirectory.kind, version: NameDirectory.version)
            phrases.write("phrase", to: &file)
            file.add("kinds", kinds)
            names.write("names", to: &file)
            tracks.write("tracks", to: &file)
            artistNames.write("artists", to: &file)
            try file.write(to: path)
        }
    }
}
