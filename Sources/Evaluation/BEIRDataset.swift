#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A retrieval test collection as a folder in the layout of BEIR.
///
/// ```
/// FOLDER/corpus.jsonl        {"_id": "d7", "title": "…", "text": "…"}
/// FOLDER/queries.jsonl       {"_id": "q1", "text": "…"}
/// FOLDER/qrels/test.tsv      query-id <tab> corpus-id <tab> score, under a header of those three names
/// ```
///
/// Source: Thakur et al. 2021, "BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation of Information Retrieval Models",
/// arXiv 2104.08663. Other members of a JSON line (`metadata`) are not read.
public struct BEIRDataset: Hashable, Sendable {
    public struct Document: Hashable, Sendable {
        public var id: String
        /// Empty where the line has none.
        public var title: String
        public var text: String

        public init(id: String, title: String, text: String) {
            self.id = id
            self.title = title
            self.text = text
        }
    }

    public struct Query: Hashable, Sendable {
        public var id: String
        public var text: String

        public init(id: String, text: String) {
            self.id = id
            self.text = text
        }
    }

    /// In the order of the file.
    public var documents: [Document]
    /// In the order of the file: often those of all splits, so more than `qrels` judges.
    public var queries: [Query]
    public var qrels: Qrels

    public init(documents: [Document], queries: [Query], qrels: Qrels) {
        self.documents = documents
        self.queries = queries
        self.qrels = qrels
    }

    /// - Parameter split: whose judgements to read: the name of a file in `qrels/`; "test" is the default.
    /// - Throws: ``LineError``; what Foundation throws where a file cannot be read.
    public init(folder: URL, split: String = "test") throws {
        let files = BEIRFiles(folder: folder, split: split)
        documents = try BEIRLineReader.read(contentsOf: files.corpus).map {
            Document(id: $0.id, title: $0.title ?? "", text: $0.text)
        }
        queries = try BEIRLineReader.read(contentsOf: files.queries).map { Query(id: $0.id, text: $0.text) }
        qrels = try BEIRQrelsReader.read(contentsOf: files.qrels)
    }

    /// Makes the folder where there is none, and replaces its three files.
    ///
    /// - Throws: ``UnwritableValue`` for an id that `qrels` cannot hold; what Foundation throws where a file cannot be written.
    public func write(to folder: URL, split: String = "test") throws {
        let files = BEIRFiles(folder: folder, split: split)
        let judgements = try qrels.beirText()
        try FileManager.default.createDirectory(
            at: files.qrels.deletingLastPathComponent(), withIntermediateDirectories: true)
        try BEIRLine.text(documents.map { BEIRLine(id: $0.id, title: $0.title, text: $0.text) })
            .write(to: files.corpus, options: .atomic)
        try BEIRLine.text(queries.map { BEIRLine(id: $0.id, title: nil, text: $0.text) }).write(to: files.queries, options: .atomic)
        try Data(judgements.utf8).write(to: files.qrels, options: .atomic)
    }
}

private struct BEIRFiles {
    let corpus: URL
    let queries: URL
    let qrels: URL

    init(folder: URL, split: String) {
        corpus = folder.appendingPathComponent("corpus.jsonl")
        queries = folder.appendingPathComponent("queries.jsonl")
        qrels = folder.appendingPathComponent("qrels").appendingPathComponent("\(split).tsv")
    }
}
