public import Ranking
public import Storage

/// One column of what is searched.
public struct Field: Hashable, Sendable {
    /// What a posting's weight means.
    public enum Content: UInt32, Sendable {
        /// Term counts of a text; the document's length is kept.
        case text
        /// Weights 1…255 set by whoever indexes (a descriptor's degree).
        case weighted
    }

    public var name: String
    public var content: Content
    /// Scorer for which block maxima are stored, so that it prunes without a pass over the postings.
    public var scorer: Scorer

    public init(_ name: String, _ content: Content, scorer: Scorer) {
        self.name = name
        self.content = content
        self.scorer = scorer
    }
}

/// Collects postings and writes a `LexicalIndex`.
///
/// ```swift
/// var builder = IndexBuilder(fields: [Field("text", .text, scorer: .bm25(k1: 1.2, b: 0.75))])
/// builder.add(["steelpan", "upbeat"], field: 0, document: 0)
/// let index = try LexicalIndex(inMemory: builder)
/// ```
/// Documents of a field must come in rising order.
public struct IndexBuilder {
    public let fields: [Field]
    public private(set) var documentCount = 0
    private var terms: [[String: Int]]
    private var postings: [(field: Int, text: String, documents: [UInt32], weights: [UInt16])] = []
    private var lengths: [[UInt32]]

    public init(fields: [Field]) {
        self.fields = fields
        terms = Array(repeating: [:], count: fields.count)
        lengths = Array(repeating: [], count: fields.count)
    }

    /// A number for a term, for callers that add the same terms many times.
    public mutating func term(_ text: String, field: Int) -> Int {
        if let known = terms[field][text] { return known }
        postings.append((field, text, [], []))
        terms[field][text] = postings.count - 1
        return postings.count - 1
    }

    /// Adds a text's terms; a term that occurs n times gets weight n (at most 65,535).
    public mutating func add(_ text: [String], field: Int, document: DocumentID) {
        for text in text {
            let term = term(text, field: field)
            if postings[term].documents.last == document {
                if postings[term].weights[postings[term].weights.count - 1] < .max {
                    postings[term].weights[postings[term].weights.count - 1] += 1
                }
            } else {
                append(term, document, 1)
            }
        }
        setLength(UInt32(text.count), field: field, document: document)
    }

    /// Adds one weighted posting; the larger weight stays when a document has the term already.
    public mutating func add(term: Int, document: DocumentID, weight: UInt8) {
        precondition(weight > 0, "weight 0 of '\(postings[term].text)' in document \(document)")
        if postings[term].documents.last == document {
            let last = postings[term].weights.count - 1
            postings[term].weights[last] = max(postings[term].weights[last], UInt16(weight))
        } else {
            append(term, document, UInt16(weight))
        }
    }

    /// Makes room for a document that has no terms.
    public mutating func reserve(document: DocumentID) {
        documentCount = max(documentCount, Int(document) + 1)
    }

    private mutating func append(_ term: Int, _ document: DocumentID, _ weight: UInt16) {
        if let last = postings[term].documents.last {
            precondition(last < document, "document \(document) after \(last)")
        }
        postings[term].documents.append(document)
        postings[term].weights.append(weight)
        reserve(document: document)
    }

    private mutating func setLength(_ length: UInt32, field: Int, document: DocumentID) {
        reserve(document: document)
        while lengths[field].count <= Int(document) { lengths[field].append(0) }
        lengths[field][Int(document)] += length
    }

    /// - Throws: `FileError` when the file cannot be written.
    public func write(to path: String) throws(FileError) {
        try file().write(to: path)
    }

    func file() -> SectionFileWriter {
        var file = SectionFileWriter(kind: LexicalIndex.kind, version: LexicalIndex.version)
        var names = StringTableBuilder()
        for field in fields { names.append(field.name + "\t" + field.scorer.description) }
        names.write("fields", to: &file)
        file.add("content", fields.map(\.content.rawValue))
        file.add("documents", [UInt32(documentCount)])
        var totals: [UInt64] = []
        for (i, field) in fields.enumerated() {
            var lengths = field.content == .text ? self.lengths[i] : []
            if field.content == .text { lengths += [UInt32](repeating: 0, count: documentCount - lengths.count) }
            totals.append(lengths.reduce(0) { $0 + UInt64($1) })
            file.add("length.\(i)", lengths)
        }

        // In the order of the dictionary's keys; a term that was named but never given a document has no place.
        let keys = postings.map { LexicalIndex.key(field: $0.field, term: $0.text) }
        let order = postings.indices.filter { !postings[$0].documents.isEmpty }.sorted { keys[$0] < keys[$1] }
        let weightings = fields.indices.map { field in
            Weighting(fields[field].scorer, documentCount: documentCount, totalLength: totals[field], lengths: self.lengths[field])
        }
        var dictionary = PhraseTableBuilder()
        var records: [TermRecord] = []
        var blocks: [BlockRecord] = []
        var bytes: [UInt8] = []
        for (number, index) in order.enumerated() {
            let posting = postings[index]
            dictionary.add(LexicalIndex.key(field: posting.field, term: posting.text), UInt32(number))
            let firstBlock = UInt32(blocks.count)
            for start in stride(from: 0, to: posting.documents.count, by: BlockRecord.capacity) {
                let range = start..<min(start + BlockRecord.capacity, posting.documents.count)
                blocks.append(Self.pack(posting.documents[range], posting.weights[range], weightings[posting.field], into: &bytes))
            }
            records.append(
                TermRecord(
                    field: UInt32(posting.field), documentFrequency: UInt32(posting.documents.count), firstBlock: firstBlock,
                    endBlock: UInt32(blocks.count)))
        }
        bytes += [UInt8](repeating: 0, count: BitPacking.padding)
        dictionary.write("term", to: &file)
        file.add("terms", records)
        file.add("blocks", blocks)
        file.add("postings", bytes)
        return file
    }

    private static func pack(
        _ documents: ArraySlice<UInt32>, _ weights: ArraySlice<UInt16>, _ weighting: Weighting, into bytes: inout [UInt8]
    ) -> BlockRecord {
        let first = documents[documents.startIndex]
        let least = weights.min() ?? 0
        let greatest = weights.max() ?? 0
        let gaps = documents.enumerated().map { $1 - first - UInt32($0) }
        let documentBits = BitPacking.bits(for: gaps.last ?? 0)
        let weightBits = BitPacking.bits(for: UInt32(greatest - least))
        let offset = bytes.count
        BitPacking.pack(gaps, bits: documentBits, into: &bytes)
        BitPacking.pack(weights.map { UInt32($0 - least) }, bits: weightBits, into: &bytes)
        let bound = zip(documents, weights).map { weighting.part(weight: Float($1), document: Int($0)) }.max() ?? 0
        return BlockRecord(
            first: first, last: documents[documents.endIndex - 1], offset: UInt32(offset), countLessOne: UInt8(documents.count - 1),
            documentBits: UInt8(documentBits), weightBits: UInt8(weightBits), leastWeight: least, greatestWeight: greatest, bound: bound)
    }
}

/// One term of the dictionary.
struct TermRecord: BitwiseCopyable, Sendable {
    var field: UInt32
    var documentFrequency: UInt32
    var firstBlock: UInt32
    var endBlock: UInt32
}
