import Ranking
import Storage
import VectorIndex

/// What each track is like, as a unit vector: of its sound where the library has heard any, else of its descriptors' text.
///
/// Row r is of document `documents[r]`; a track that was not heard, or has no descriptors, has no row.
struct TrackVectors: Sendable {
    static let kind = "likeness"
    static let version: UInt32 = 1

    /// What the vectors were made by.
    var encoder: String { vectors.encoder }
    var dimension: Int { vectors.dimension }
    var count: Int { vectors.count }
    let vectors: FlatIndex
    /// The document of every row, rising.
    let documents: MappedArray<DocumentID>

    /// - Throws: `FileError` when a file is damaged or they contradict each other.
    init(folder: String, documentCount: Int) throws(FileError) {
        vectors = try FlatIndex(path: folder + Library.FileName.trackVectors)
        let file = try SectionFile(path: folder + Library.FileName.trackRows, kind: Self.kind, version: Self.version)
        documents = try file.array("documents")
        guard documents.count == vectors.count, zip(documents, documents.dropFirst()).allSatisfy(<), Int(documents.last ?? 0) < max(1, documentCount) else {
            throw file.damaged(section: "documents", expected: "\(vectors.count) rising documents below \(documentCount)", found: "\(documents.count)")
        }
    }

    /// The row of a document; nil for a track of which there is no vector.
    /// - Complexity: O(log tracks).
    func row(of document: DocumentID) -> Int? {
        var low = 0, high = documents.count
        while low < high {
            let middle = (low + high) / 2
            if documents[middle] < document { low = middle + 1 } else { high = middle }
        }
        return low < documents.count && documents[low] == document ? low : nil
    }
}

/// Collects the vectors of a generation's tracks and writes them.
struct TrackVectorsBuilder {
    let encoder: String
    let dimension: Int
    /// Of unit length.
    private(set) var rows: [Float] = []
    private(set) var documents: [DocumentID] = []

    init(encoder: String, dimension: Int) {
        self.encoder = encoder
        self.dimension = dimension
    }

    /// Documents must come in rising order. A vector without a direction says nothing, and is left out.
    mutating func add(_ vector: some Collection<Float>, document: DocumentID) {
        precondition(vector.count == dimension, "\(vector.count) elements in a library of \(dimension)")
        let length = vector.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
        guard length > 0, length.isFinite else { return }
        rows.append(contentsOf: vector.lazy.map { $0 / length })
        documents.append(document)
    }

    var isEmpty: Bool { documents.isEmpty }

    /// - Throws: `FileError`; `VectorError` for what is no unit vector.
    func write(to folder: String) throws {
        let builder = try rows.withUnsafeBufferPointer { try FlatBuilder(rows: $0, dimension: dimension, encoder: encoder, format: .int8) }
        try builder.write(to: folder + "/" + Library.FileName.trackVectors)
        var file = SectionFileWriter(kind: TrackVectors.kind, version: TrackVectors.version)
        file.add("documents", documents)
        try file.write(to: folder + "/" + Library.FileName.trackRows)
    }
}
