import Encoders
import QueryPlanning
import Ranking
import Storage
import VectorIndex
import Vocabulary

#if canImport(Glibc)
    import Glibc
#endif

/// The dense half of a generation: which descriptors people mean by words that name none, and which tracks are described much as a request is.
struct DenseIndex: Sendable {
    static let kind = "dense"
    static let version: UInt32 = 1

    /// What the vectors were made by.
    let encoder: String
    var dimension: Int { sets.dimension }
    private let phrases: HNSWIndex
    /// The descriptor of every phrase.
    private let descriptors: MappedArray<UInt32>
    private let sets: HNSWIndex
    /// The documents of set s are `documents[ends[s − 1] ..< ends[s]]`.
    private let ends: MappedArray<UInt32>
    private let documents: MappedArray<DocumentID>

    /// - Throws: `FileError` when a file is damaged or they contradict each other.
    init(folder: String, descriptorCount: Int, documentCount: Int) throws(FileError) {
        phrases = try HNSWIndex(path: folder + Library.FileName.phraseVectors)
        sets = try HNSWIndex(path: folder + Library.FileName.setVectors)
        let file = try SectionFile(path: folder + Library.FileName.dense, kind: Self.kind, version: Self.version)
        descriptors = try file.array("descriptors")
        ends = try file.array("ends")
        documents = try file.array("documents")
        encoder = sets.encoder
        guard phrases.encoder == sets.encoder, phrases.dimension == sets.dimension else {
            throw file.damaged(
                section: "ends", expected: "phrases by \(sets.encoder), \(sets.dimension) wide", found: "\(phrases.encoder), \(phrases.dimension)")
        }
        guard descriptors.count == phrases.count, descriptors.allSatisfy({ $0 < descriptorCount }) else {
            throw file.damaged(section: "descriptors", expected: "\(phrases.count) of \(descriptorCount) descriptors", found: "\(descriptors.count)")
        }
        guard ends.count == sets.count, Int(ends.last ?? 0) == documents.count, zip(ends, ends.dropFirst()).allSatisfy({ $0 <= $1 }),
            documents.allSatisfy({ $0 < documentCount }), Set(documents).count == documents.count
        else { throw file.damaged(section: "ends", expected: "\(sets.count) rising ends of \(documentCount) documents, each once", found: "\(ends.count)") }
    }

    /// Descriptors that phrases near `vector` stand for, the likeliest first, with shares that add up to 1 and the greatest similarity.
    ///
    /// Each of the nearest phrases votes for its descriptor with prior × exp(similarity / temperature): one that is very near outweighs many that are not.
    /// - Parameters:
    ///   - except: descriptors whose phrases do not vote.
    ///   - prior: how likely a descriptor is to be meant before a word is read, by descriptor.
    func nearestDescriptors(
        _ vector: [Float], except: Set<Int>, prior: [Float], _ reading: FusionParameters.Reading
    ) -> (best: Float, shares: [(descriptor: Int, share: Float)]) {
        // Those that do not vote may be the nearest of all: more are fetched than are wanted.
        let found = phrases.search(vector, k: reading.neighbours * 3, ef: reading.neighbours * 4)
            .filter { !except.contains(Int(descriptors[Int($0.document)])) }.prefix(reading.neighbours)
        var votes: [Int: Float] = [:]
        for phrase in found {
            let descriptor = Int(descriptors[Int(phrase.document)])
            votes[descriptor, default: 0] += expf(phrase.score / Float(reading.temperature)) * prior[descriptor]
        }
        let ranked = votes.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
        // In that order: a sum of floats depends on it, and a dictionary has none.
        let total = max(ranked.reduce(Float(0)) { $0 + $1.value }, .leastNormalMagnitude)
        let shares = ranked.map { ($0.key, $0.value / total) }
        return (found.first?.score ?? 0, shares)
    }

    /// Documents whose descriptor sets are nearest to `vector`, by rising document, with their similarities.
    func nearestDocuments(_ vector: [Float], sets count: Int) -> [(document: DocumentID, similarity: Float)] {
        var result: [(DocumentID, Float)] = []
        for found in sets.search(vector, k: count, ef: count * 2) {
            let set = Int(found.document)
            for i in (set == 0 ? 0 : Int(ends[set - 1]))..<Int(ends[set]) { result.append((documents[i], found.score)) }
        }
        return result.sorted { $0.0 < $1.0 }
    }
}
