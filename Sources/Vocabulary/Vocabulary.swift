public import Storage
public import TextAnalysis

/// The controlled vocabulary: descriptors, how people name them, and how they relate.
///
/// ```swift
/// let vocabulary = try Vocabulary(compiled: SectionFile(path: path, kind: Vocabulary.kind, version: Vocabulary.version))
/// vocabulary.match(analyzer.tokens("mellow steel drums")[...], at: 1)   // instrument:steelpan over 2 tokens
/// ```
///
/// It is compiled from `VocabularyTables` when a library is built and mapped into memory when one is opened, so that a command answers in milliseconds
/// and a library keeps the meaning it was indexed with.
public final class Vocabulary: Sendable {
    /// Longest name in words that is looked for.
    public static let longestName = 7

    public let descriptors: [Descriptor]
    public let spellings: MusicSpellings
    public let analyzer: Analyzer
    public let names: PhraseTable
    /// Singulars and stems of names, looked up only after the names themselves.
    let derivedNames: PhraseTable
    public let fuzzyNames: FuzzyMatcher
    private let commonWords: PhraseTable
    private let artists: PhraseTable
    private let artistNames: StringTable
    private let artistEnds: MappedArray<UInt32>
    private let artistLinks: MappedArray<UInt32>
    private let indices: [DescriptorID: Int]
    /// Directly narrower descriptors, by index.
    private let narrower: [[Int]]
    private let broader: [[Int]]
    private let referring: [[Int]]
    /// All moods with their place in the plane.
    public let moods: [(index: Int, place: (valence: Double, arousal: Double))]

    public var count: Int { descriptors.count }

    /// - Parameter file: written by `VocabularyCompiler`.
    /// - Throws: `FileError` when the content contradicts itself.
    public init(compiled file: SectionFile) throws(FileError) {
        let records: MappedArray<DescriptorRecord> = try file.array("records")
        let links: MappedArray<UInt32> = try file.array("links")
        let slugs = try StringTable(file, "slugs")
        let labels = try StringTable(file, "labels")
        guard slugs.count == records.count, labels.count == records.count else {
            throw file.damaged(section: "records", expected: "\(slugs.count) records", found: "\(records.count)")
        }
        guard links.allSatisfy({ Int($0) < records.count }) else {
            throw file.damaged(section: "links", expected: "links to \(records.count) descriptors", found: "a link beyond")
        }
        var ids: [DescriptorID] = []
        ids.reserveCapacity(records.count)
        for (i, record) in records.enumerated() {
            guard Int(record.facet) < Facet.allCases.count, record.linksStart <= record.broaderEnd, record.broaderEnd <= record.linksEnd,
                Int(record.linksEnd) <= links.count, record.low <= record.high || record.facet == Facet.mood.index
            else { throw file.damaged(section: "records", expected: "a record with links in order", found: "record \(i)") }
            ids.append(DescriptorID(Facet.allCases[Int(record.facet)], slugs[i]))
        }
        var descriptors: [Descriptor] = []
        var broader: [[Int]] = []
        descriptors.reserveCapacity(records.count)
        for (i, record) in records.enumerated() {
            let up = links[Int(record.linksStart)..<Int(record.broaderEnd)].map(Int.init)
            let side = links[Int(record.broaderEnd)..<Int(record.linksEnd)].map(Int.init)
            broader.append(up)
            descriptors.append(
                Descriptor(
                    id: ids[i], label: labels[i], broader: up.map { ids[$0] }, related: side.map { ids[$0] }, attributes: record.attributes))
        }
        var narrower = [[Int]](repeating: [], count: records.count)
        for (i, up) in broader.enumerated() {
            for parent in up { narrower[parent].append(i) }
        }
        self.descriptors = descriptors
        self.broader = broader
        self.narrower = narrower
        var referring = [[Int]](repeating: [], count: records.count)
        for (i, record) in records.enumerated() {
            for link in links[Int(record.broaderEnd)..<Int(record.linksEnd)] { referring[Int(link)].append(i) }
        }
        self.referring = referring
        moods = descriptors.enumerated().compactMap { index, descriptor in
            if case .mood(let valence, let arousal) = descriptor.attributes { (index, (valence, arousal)) } else { nil }
        }
        indices = Dictionary(ids.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        names = try PhraseTable(file, "names")
        for i in 0..<names.phrases.count {
            guard names.values(at: i).allSatisfy({ NameValue($0).descriptor < records.count }) else {
                throw file.damaged(section: "names.values", expected: "names of \(records.count) descriptors", found: "name \(i) of another")
            }
        }
        derivedNames = try PhraseTable(file, "derived")
        for i in 0..<derivedNames.phrases.count {
            guard derivedNames.values(at: i).allSatisfy({ NameValue($0).descriptor < records.count }) else {
                throw file.damaged(section: "derived.values", expected: "names of \(records.count) descriptors", found: "name \(i) of another")
            }
        }
        fuzzyNames = FuzzyMatcher(names.phrases)
        commonWords = try PhraseTable(file, "common")
        artists = try PhraseTable(file, "artist")
        artistNames = try StringTable(file, "artists")
        artistEnds = try file.array("artist.ends")
        artistLinks = try file.array("artist.links")
        guard artistEnds.count == artistNames.count, zip(artistEnds, artistEnds.dropFirst()).allSatisfy({ $0 <= $1 }),
            Int(artistEnds.last ?? 0) == artistLinks.count, artistLinks.allSatisfy({ Int($0) < records.count })
        else { throw file.damaged(section: "artist.ends", expected: "links of \(artistNames.count) artists", found: "others") }
        let artistCount = artistNames.count
        for i in 0..<artists.phrases.count {
            guard artists.values(at: i).allSatisfy({ Int($0) < artistCount }) else {
                throw file.damaged(section: "artist.values", expected: "artists up to \(artistNames.count)", found: "one beyond")
            }
        }
        let canonical = try StringTable(file, "spelled")
        let variants = try StringTable(file, "variants")
        guard canonical.count == variants.count else {
            throw file.damaged(section: "variants.at", expected: "\(canonical.count) rows", found: "\(variants.count)")
        }
        spellings = MusicSpellings(table: (0..<canonical.count).map { (canonical[$0], [variants[$0]]) })
        analyzer = Analyzer(spellings: spellings)
    }

    // MARK: Descriptors

    public func index(of id: DescriptorID) -> Int? { indices[id] }

    public func descriptor(_ id: DescriptorID) -> Descriptor? { indices[id].map { descriptors[$0] } }

    /// Every broader descriptor with its distance in steps (1 = direct), nearest first.
    public func ancestors(of index: Int) -> [(index: Int, distance: Int)] { closure(of: index, through: broader) }

    /// Every narrower descriptor with its distance in steps.
    public func descendants(of index: Int) -> [(index: Int, distance: Int)] { closure(of: index, through: narrower) }

    /// Whether one is the other, or narrower.
    public func isKind(_ index: Int, of other: Int) -> Bool { index == other || ancestors(of: index).contains { $0.index == other } }

    /// Descriptors that name this one as related.
    public func referring(to index: Int) -> [Int] { referring[index] }

    private func closure(of index: Int, through links: [[Int]]) -> [(index: Int, distance: Int)] {
        var seen: Set<Int> = [index]
        var result: [(Int, Int)] = []
        var frontier = [index]
        var distance = 1
        while !frontier.isEmpty {
            var next: [Int] = []
            for node in frontier {
                for target in links[node] where seen.insert(target).inserted {
                    next.append(target)
                    result.append((target, distance))
                }
            }
            frontier = next
            distance += 1
        }
        return result
    }

    /// Longest artist's name in words that is looked for.
    public static let longestArtist = 6

    /// A well-known artist by the words of the name, and what they sound like, most typical first.
    public func artist(_ tokens: ArraySlice<Token>) -> (name: String, descriptors: [Int])? {
        guard let index = artists.values(of: PhraseKey.surface(tokens)).first.map(Int.init) else { return nil }
        let start = index == 0 ? 0 : Int(artistEnds[index - 1])
        return (artistNames[index], artistLinks[start..<Int(artistEnds[index])].map(Int.init))
    }

    /// Whether a word is ordinary English, to be left alone by spelling correction.
    public func isCommon(_ word: String) -> Bool { commonWords.index(of: word) != nil }
}

/// One descriptor's fixed-width part on disk.
struct DescriptorRecord: BitwiseCopyable, Sendable {
    var facet: UInt32
    var linksStart: UInt32
    var broaderEnd: UInt32
    var linksEnd: UInt32
    /// Valence, lowest bpm or first year.
    var low: Float
    /// Arousal, highest bpm or last year.
    var high: Float

    var attributes: Descriptor.Attributes {
        switch Facet.allCases[Int(facet)] {
        case .mood: .mood(valence: Self.rounded(low), arousal: Self.rounded(high))
        case .tempo: .tempo(bpm: Double(low)...Double(high))
        case .era where low.isFinite && high.isFinite && abs(low) < 1e6 && abs(high) < 1e6: .era(years: Int(low)...Int(high))
        default: .none
        }
    }

    /// Two decimals, as the tables give them: a Float's binary tail is no information.
    private static func rounded(_ value: Float) -> Double { (Double(value) * 100).rounded() / 100 }
}

/// What a name in the phrase table stands for: a descriptor, and how many words the name was written with.
public struct NameValue: Hashable, Sendable {
    public var descriptor: Int
    public var words: Int

    init(_ packed: UInt32) {
        descriptor = Int(packed & 0xFF_FFFF)
        words = Int(packed >> 24)
    }

    init(descriptor: Int, words: Int) {
        self.descriptor = descriptor
        self.words = words
    }

    var packed: UInt32 { UInt32(descriptor) | UInt32(min(words, 255)) << 24 }
}
