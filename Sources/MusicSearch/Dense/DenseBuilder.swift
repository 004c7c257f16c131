import Encoders
import LinearAlgebra
import QueryPlanning
import Ranking
import Storage
import TrackCatalogue
import VectorIndex
import Vocabulary

/// Collects what the dense half of a generation is made of, and writes it: the vectors of descriptor sets and of people's words for descriptors.
struct DenseBuilder {
    private let vocabulary: Vocabulary
    private var numbers: [[Int]: Int] = [:]
    private var sets: [[Int]] = []
    private var setOfDocument: [UInt32] = []

    /// Marks a track without descriptors, which has no vector.
    private static let none = UInt32.max

    init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

    /// The next document's own descriptors.
    mutating func add(_ descriptors: [Int]) {
        guard !descriptors.isEmpty else { return setOfDocument.append(Self.none) }
        let set = DescriptorSetText.canonical(descriptors, vocabulary)
        if let number = numbers[set] { return setOfDocument.append(UInt32(number)) }
        numbers[set] = sets.count
        setOfDocument.append(UInt32(sets.count))
        sets.append(set)
    }

    /// - Parameters:
    ///   - present: whether tracks here have a descriptor or a narrower one; only their words are kept.
    ///   - progress: texts encoded, of how many.
    /// - Returns: the vectors of the documents' descriptor sets.
    /// - Throws: `FileError`; `VectorError` when the encoder yields what is no unit vector.
    func write(
        to folder: String, tables: VocabularyTables, present: (Int) -> Bool, store: EmbeddingStore, encoder: String, progress: (_ done: Int, _ of: Int) -> Void
    ) throws -> TrackVectorsBuilder {
        let words = phrases(tables, present)
        let texts = sets.map { DescriptorSetText.text($0, vocabulary) }
        let total = words.count + texts.count
        let phraseVectors = try store.encode(words.map(\.text)) { progress($0, total) }
        let setVectors = try store.encode(texts) { progress(words.count + $0, total) }

        try build(phraseVectors, encoder).write(to: folder + "/" + Library.FileName.phraseVectors)
        try build(setVectors, encoder).write(to: folder + "/" + Library.FileName.setVectors)
        var file = SectionFileWriter(kind: DenseIndex.kind, version: DenseIndex.version)
        file.add("descriptors", words.map { UInt32($0.descriptor) })
        var ends = [UInt32](repeating: 0, count: sets.count)
        for set in setOfDocument where set != Self.none { ends[Int(set)] += 1 }
        var total32: UInt32 = 0
        for i in ends.indices {
            total32 += ends[i]
            ends[i] = total32
        }
        var next = [0] + ends.dropLast().map(Int.init)
        var documents = [DocumentID](repeating: 0, count: Int(total32))
        for (document, set) in setOfDocument.enumerated() where set != Self.none {
            documents[next[Int(set)]] = DocumentID(document)
            next[Int(set)] += 1
        }
        file.add("ends", ends)
        file.add("documents", documents)
        try file.write(to: folder + "/" + Library.FileName.dense)
        var tracks = TrackVectorsBuilder(encoder: encoder, dimension: setVectors.columns)
        for (document, set) in setOfDocument.enumerated() where set != Self.none { tracks.add(setVectors.row(Int(set)), document: DocumentID(document)) }
        return tracks
    }

    private func build(_ vectors: Matrix, _ encoder: String) throws(VectorError) -> HNSWBuilder {
        try vectors.values.withUnsafeBufferPointer { rows throws(VectorError) in
            try HNSWBuilder(rows: rows, dimension: vectors.columns, encoder: encoder, threads: ThreadTeam.shared.size)
        }
    }

    /// All that people call the descriptors that are here, each text once for a descriptor.
    private func phrases(_ tables: VocabularyTables, _ present: (Int) -> Bool) -> [(text: String, descriptor: Int)] {
        var result: [(String, Int)] = []
        for row in tables.descriptors {
            guard let descriptor = vocabulary.index(of: row.id), present(descriptor) else { continue }
            var seen: Set<String> = []
            for name in [row.label] + row.aliases + (tables.usages[row.id] ?? []) where seen.insert(name.lowercased()).inserted {
                result.append((name, descriptor))
            }
        }
        return result
    }
}

extension Library {
    /// The texts that the tracks' descriptor sets are encoded as, each once, in the order of their first track.
    public var distinctDescriptorSets: [String] {
        var seen: Set<[Int]> = []
        return (0..<UInt32(tracks.count)).compactMap { document in
            let set = DescriptorSetText.canonical(tracks.links(document).map { Int($0.descriptor) }, vocabulary)
            return set.isEmpty || !seen.insert(set).inserted ? nil : DescriptorSetText.text(set, vocabulary)
        }
    }
}

/// How a descriptor set is written out for the encoder: labels joined by a space, by facet and then by number, so that a set has one text.
enum DescriptorSetText {
    static func canonical(_ descriptors: [Int], _ vocabulary: Vocabulary) -> [Int] {
        Array(Set(descriptors)).sorted { order($0, vocabulary) < order($1, vocabulary) }
    }

    static func text(_ set: [Int], _ vocabulary: Vocabulary) -> String { set.map { vocabulary.descriptors[$0].label }.joined(separator: " ") }

    /// Facets in the order of their declaration, which is that of how much they tell.
    private static func order(_ descriptor: Int, _ vocabulary: Vocabulary) -> (Int, Int) {
        (Facet.allCases.firstIndex(of: vocabulary.descriptors[descriptor].id.facet) ?? 0, descriptor)
    }
}
