public import Encoders
public import LexicalIndex
public import QueryPlanning
import Ranking
import Storage
import TrackCatalogue
public import Vocabulary

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

/// A corpus indexed on disk, opened for searching. Immutable: a newer generation is a new `Library`.
public final class Library: Sendable {
    /// The fields of the lexical index.
    enum IndexField {
        /// Descriptors and their broader ones, by `DescriptorID` text, weight = degree.
        static let descriptor = 0
        /// Words of title, artist, album and caption.
        static let text = 1

        static let all = [
            Field("descriptor", .weighted, scorer: .impact), Field("text", .text, scorer: .bm25(k1: 1.2, b: 0.75)),
        ]
    }

    enum FileName {
        static let vocabulary = "vocabulary.idx"
        static let lexical = "lexical.idx"
        static let tracks = "tracks.idx"
        static let names = "names.idx"
        static let dense = "dense.idx"
        static let phraseVectors = "phrases.vec"
        static let setVectors = "sets.vec"
        static let trackRows = "likeness.idx"
        static let trackVectors = "likeness.vec"
        static let moods = "moods.idx"
        static let kinship = "kinship.vec"
        /// A dial that was trained elsewhere.
        static let dial = "models/mood.safetensors"
        /// Vectors of texts that were encoded, kept from build to build.
        static let embeddings = "embeddings.cache"
        static let catalogue = "catalogue.sqlite"
        static let lock = "LOCK"
        /// Present while an index run writes.
        static let marker = "INDEXING"
    }

    public let path: String
    public let manifest: Manifest
    public let vocabulary: Vocabulary
    public let index: LexicalIndex
    public let tracks: TrackStore
    public let names: NameDirectory
    public let planner: QueryPlanner
    /// An index run that did not finish, in words.
    public let notice: String?
    /// Vectors and their encoder; nil where the library has none, or the encoder is not to be had.
    let dense: DenseChannel?
    /// What tracks are like and their moods; nil where the library has no vectors of them.
    let likeness: LikenessChannel?
    /// Why a request is answered by words alone, where it is.
    public let lexicalOnly: String?
    /// Term of each descriptor in the index, −1 when no track has it.
    let terms: [Int32]

    /// Opens the current generation; every file is held to its checksum.
    ///
    /// - Parameter encoder: asked for the encoder that the library's vectors were made with; without one, requests are answered by words alone.
    /// - Throws: `LibraryError`, `FileError`, `ModelError` when the encoder's vectors are of another width than the library's.
    /// - Complexity: O(bytes of the generation), at memory speed.
    public init(path: String, encoder provider: EncoderProvider? = nil) throws {
        self.path = path
        let manifest = try Manifest.read(library: path)
        self.manifest = manifest
        let folder = path + "/" + Manifest.generationFolder(manifest.generation) + "/"
        vocabulary = try Vocabulary(compiled: SectionFile(path: folder + FileName.vocabulary, kind: Vocabulary.kind, version: Vocabulary.version))
        index = try LexicalIndex(path: folder + FileName.lexical)
        tracks = try TrackStore(
            SectionFile(path: folder + FileName.tracks, kind: TrackStore.kind, version: TrackStore.version), descriptorCount: vocabulary.count)
        names = try NameDirectory(SectionFile(path: folder + FileName.names, kind: NameDirectory.kind, version: NameDirectory.version))
        guard index.documentCount == tracks.count, tracks.count == manifest.tracks, index.fields == IndexField.all else {
            throw LibraryError.changed(
                path: folder, expected: "\(manifest.tracks) tracks in every file", found: "\(index.documentCount) indexed, \(tracks.count) stored")
        }
        let index = index
        terms = vocabulary.descriptors.map { Int32(index.term($0.id.description, field: IndexField.descriptor) ?? -1) }
        (dense, lexicalOnly) = try Self.openDense(path: path, folder, manifest, vocabulary, terms, index, provider)
        likeness = try Self.openLikeness(folder, manifest, vocabulary)
        planner = QueryPlanner(vocabulary, names: names, semantics: dense)
        notice = Self.interruption(path)
    }

    private static func openDense(
        path: String, _ folder: String, _ manifest: Manifest, _ vocabulary: Vocabulary, _ terms: [Int32], _ lexical: LexicalIndex, _ provider: EncoderProvider?
    ) throws -> (DenseChannel?, String?) {
        guard let model = manifest.models.first else { return (nil, "the library was indexed without a text model") }
        guard let provider else { return (nil, nil) }
        guard let encoder = try provider(model.identity) else { return (nil, "the text model \(model.identity) of this library is not installed") }
        let index = try DenseIndex(folder: folder, descriptorCount: vocabulary.count, documentCount: manifest.tracks)
        guard encoder.identity == index.encoder else {
            return (nil, "the library's vectors were made by \(index.encoder), the installed model is \(encoder.identity); index again")
        }
        guard encoder.dimension == index.dimension else {
            throw ModelError.mismatch(
                what: "\(path), made by \(index.encoder)", expected: "vectors of \(index.dimension) elements",
                found: "\(encoder.dimension) from \(encoder.identity)")
        }
        let frequencies = terms.map { $0 < 0 ? 0 : lexical.documentFrequency(Int($0)) }
        return (DenseChannel(index: index, encoder: encoder, fusion: encoder.fusion, frequencies: frequencies), nil)
    }

    private static func openLikeness(_ folder: String, _ manifest: Manifest, _ vocabulary: Vocabulary) throws -> LikenessChannel? {
        let files = Set(manifest.files.keys.map { $0.split(separator: "/").last.map(String.init) ?? $0 })
        guard files.contains(FileName.trackVectors) else { return nil }
        let vectors = try TrackVectors(folder: folder, documentCount: manifest.tracks)
        let moods =
            try !files.contains(FileName.moods)
            ? nil : MoodIndex(folder: folder, rows: vectors.count, vocabulary, hasProfiles: files.contains(FileName.kinship))
        return LikenessChannel(vectors: vectors, moods: moods, isSound: manifest.sound != nil)
    }

    /// The same library with other parameters of its encoder, to see what they are worth.
    public func fused(by fusion: FusionParameters) -> Library { Library(self, fusion: fusion, likeness: likeness) }

    /// The same library without vectors of tracks, to see what they are worth and what they cost.
    public var withoutLikeness: Library { Library(self, fusion: nil, likeness: nil) }

    /// - Parameter fusion: nil for what the other has.
    init(_ other: Library, fusion: FusionParameters?, likeness: LikenessChannel?) {
        (path, manifest, vocabulary, index, tracks) = (other.path, other.manifest, other.vocabulary, other.index, other.tracks)
        (names, notice, lexicalOnly, terms) = (other.names, other.notice, other.lexicalOnly, other.terms)
        self.likeness = likeness
        let frequencies = other.terms.indices.map(other.documentFrequency)
        dense = other.dense.map { DenseChannel(index: $0.index, encoder: $0.encoder, fusion: fusion ?? $0.fusion, frequencies: frequencies) }
        planner = QueryPlanner(other.vocabulary, names: other.names, semantics: dense)
    }

    /// Documents that have a descriptor or a narrower one.
    public func documentFrequency(_ descriptor: Int) -> Int {
        terms[descriptor] < 0 ? 0 : index.documentFrequency(Int(terms[descriptor]))
    }

    /// Rarity of a descriptor here, `ln((N + 1) / (df + 1)) + 1`.
    func idf(_ descriptor: Int) -> Float {
        Self.idf(documentFrequency(descriptor), of: tracks.count)
    }

    static func idf(_ documentFrequency: Int, of count: Int) -> Float {
        logf(Float(count + 1) / Float(documentFrequency + 1)) + 1
    }

    private static func interruption(_ path: String) -> String? {
        let marker = path + "/" + FileName.marker
        guard let data = FileManager.default.contents(atPath: marker), !IndexLock.isHeld(library: path) else { return nil }
        let started = String(decoding: data, as: UTF8.self).trimmingPrefix("started ")
        return "an index run that began \(started) did not finish; the library is as it was before it. Run it again to complete it."
    }

    /// Holds every file of the current generation to the SHA-256 in the manifest.
    /// - Throws: the first `LibraryError` or `FileError` met.
    public static func verify(path: String) throws -> Manifest {
        let manifest = try Manifest.read(library: path)
        for (name, file) in manifest.files.sorted(by: { $0.key < $1.key }) {
            let found = try Checksum.sha256(fileAt: path + "/" + name)
            guard found == file.sha256 else { throw LibraryError.changed(path: path + "/" + name, expected: file.sha256, found: found) }
        }
        _ = try Library(path: path)
        return manifest
    }
}
