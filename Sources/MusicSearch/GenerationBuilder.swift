import LexicalIndex
import QueryPlanning
import Ranking
import Storage
import TextAnalysis
import TrackCatalogue
import Vocabulary

/// Turns tracks, in the order of their ids, into the files of one generation.
struct GenerationBuilder {
    /// A track with a narrow descriptor has its broader ones too, each step up at this share of the weight: techno is electronic music,
    /// but a track marked "electronic" itself comes first.
    static let broaderShare = 0.85

    private let vocabulary: Vocabulary
    private let analyzer: Analyzer
    private var index = IndexBuilder(fields: Library.IndexField.all)
    private var store = TrackStoreBuilder()
    private var names: NameDirectory.Builder
    /// Per descriptor: its term in the index, and those of the broader ones with their share.
    private var terms: [Int: [(term: Int, share: Double)]] = [:]
    private var descriptorOfTerm: [Int: Int] = [:]
    /// Tracks that have a descriptor or a narrower one.
    private var documentFrequencies: [Int]
    private var eras: [(years: ClosedRange<Int>, descriptor: Int)] = []
    private(set) var count = 0
    /// Made only where there is an encoder.
    private var dense: DenseBuilder?
    private var moods: MoodIndexBuilder

    init(_ vocabulary: Vocabulary, impliedMoods: ImpliedMoods? = nil, dial: TrainedDial? = nil, isDense: Bool = false) {
        dense = isDense ? DenseBuilder(vocabulary) : nil
        moods = MoodIndexBuilder(vocabulary, implied: impliedMoods, trained: dial)
        self.vocabulary = vocabulary
        analyzer = vocabulary.analyzer
        names = NameDirectory.Builder(vocabulary.analyzer)
        documentFrequencies = Array(repeating: 0, count: vocabulary.count)
        for (i, descriptor) in vocabulary.descriptors.enumerated() {
            if case .era(let years) = descriptor.attributes, years.count == 10, descriptor.id.slug.hasSuffix("0s") { eras.append((years, i)) }
        }
    }

    mutating func add(_ track: Track) {
        let document = DocumentID(count)
        count += 1
        index.reserve(document: document)
        var own: [(index: Int, weight: UInt8, provenance: String)] = []
        for descriptor in track.descriptors {
            guard let i = vocabulary.index(of: descriptor.id), !own.contains(where: { $0.index == i }) else { continue }
            own.append((i, UInt8(max(1, min(255, (descriptor.weight * 255).rounded()))), descriptor.provenance))
        }
        if let year = track.year, let era = eras.first(where: { $0.years.contains(year) }), !own.contains(where: { $0.index == era.descriptor }) {
            own.append((era.descriptor, 255, "editorial"))
        }
        var postings: [Int: UInt8] = [:]
        for (i, weight, _) in own {
            for (term, share) in self.terms(of: i) {
                postings[term] = max(postings[term] ?? 1, UInt8(max(1, (Double(weight) * share).rounded())))
            }
        }
        for (term, weight) in postings {
            index.add(term: term, document: document, weight: weight)
            if let descriptor = descriptorOfTerm[term] { documentFrequencies[descriptor] += 1 }
        }
        store.add(track, descriptors: own)
        dense?.add(own.map(\.index))
        moods.add(own.map { ($0.index, Float($0.weight) / 255, $0.provenance.hasPrefix("tagger:")) })
        names.add(artist: track.artist, title: track.title, track: track.id)
        let text = [track.title, track.artist, track.album, track.caption].filter { !$0.isEmpty }.joined(separator: " | ")
        if !text.isEmpty { index.add(analyzer.terms(text), field: Library.IndexField.text, document: document) }
    }

    private mutating func terms(of descriptor: Int) -> [(term: Int, share: Double)] {
        if let known = terms[descriptor] { return known }
        var result: [(Int, Double)] = []
        for (target, distance) in [(index: descriptor, distance: 0)] + vocabulary.ancestors(of: descriptor) {
            var share = 1.0
            for _ in 0..<distance { share *= Self.broaderShare }
            let term = index.term(vocabulary.descriptors[target].id.description, field: Library.IndexField.descriptor)
            descriptorOfTerm[term] = target
            result.append((term, share))
        }
        terms[descriptor] = result
        return result
    }

    /// - Throws: `FileError` when a file cannot be written.
    mutating func write(to folder: String) throws(FileError) {
        let total = count
        let idf = documentFrequencies.map { Library.idf($0, of: total) }
        try index.write(to: folder + "/" + Library.FileName.lexical)
        try store.write(to: folder + "/" + Library.FileName.tracks, idf: idf)
        try names.write(to: folder + "/" + Library.FileName.names)
    }

    /// The vectors of the same tracks. - Returns, throws: as `DenseBuilder.write`.
    func writeVectors(
        to folder: String, tables: VocabularyTables, store: EmbeddingStore, encoder: String, progress: (_ done: Int, _ of: Int) -> Void
    ) throws -> TrackVectorsBuilder? {
        try dense?.write(
            to: folder, tables: tables, present: { documentFrequencies[$0] > 0 }, store: store, encoder: encoder, progress: progress)
    }

    /// Why a dial that was trained elsewhere is not used; nil where it is.
    func misfit(_ dial: TrainedDial, _ vectors: TrackVectorsBuilder) -> String? { moods.misfit(dial, vectors) }

    /// What the tracks are like. - Returns: the files written.
    mutating func writeLikeness(_ vectors: TrackVectorsBuilder, to folder: String) throws -> [String] {
        try vectors.write(to: folder)
        return try [Library.FileName.trackRows, Library.FileName.trackVectors] + moods.write(vectors, to: folder)
    }
}
