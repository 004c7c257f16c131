import Ranking
public import Storage

/// An inverted index over several fields, mapped into memory.
///
/// Postings are bit-packed in blocks of 128 with their largest contribution beside them (`PostingBlock.swift`), scorers are chosen per field when searching
/// (`FieldScoring`), the best k are found by block-max pruning (`TopKSearch.swift`; Ding & Suel 2011, doi:10.1145/2009916.2010048) and are exactly those that
/// scoring every document would give.
public struct LexicalIndex: Sendable {
    public static let kind = "lexical"
    public static let version: UInt32 = 1

    public let fields: [Field]
    public let documentCount: Int
    let dictionary: PhraseTable
    let terms: MappedArray<TermRecord>
    let blocks: MappedArray<BlockRecord>
    let postings: MappedArray<UInt8>
    let lengths: [MappedArray<UInt32>]

    /// - Throws: `FileError` for a file that is missing, foreign, newer, or contradicts itself anywhere.
    public init(path: String) throws(FileError) {
        try self.init(SectionFile(path: path, kind: Self.kind, version: Self.version))
    }

    /// An index that never goes to disk.
    public init(inMemory builder: IndexBuilder) throws(FileError) {
        let content = MappedFile(content: builder.file().content(), named: "index in memory")
        try self.init(SectionFile(content, kind: Self.kind, version: Self.version))
    }

    private init(_ file: SectionFile) throws(FileError) {
        let names = try StringTable(file, "fields")
        let contents: MappedArray<UInt32> = try file.array("content")
        let count: MappedArray<UInt32> = try file.array("documents")
        guard count.count == 1, contents.count == names.count else {
            throw file.damaged(section: "content", expected: "\(names.count) fields", found: "\(contents.count)")
        }
        documentCount = Int(count[0])
        var fields: [Field] = []
        var lengths: [MappedArray<UInt32>] = []
        for i in 0..<names.count {
            let parts = names[i].split(separator: "\t", maxSplits: 1)
            guard parts.count == 2, let scorer = Scorer(String(parts[1])), let content = Field.Content(rawValue: contents[i]) else {
                throw file.damaged(section: "fields.utf8", expected: "name, scorer and content", found: names[i])
            }
            fields.append(Field(String(parts[0]), content, scorer: scorer))
            lengths.append(try file.array("length.\(i)"))
            guard lengths[i].count == (content == .text ? documentCount : 0) else {
                throw file.damaged(section: "length.\(i)", expected: "a length for each of \(documentCount) documents", found: "\(lengths[i].count)")
            }
        }
        self.fields = fields
        self.lengths = lengths
        dictionary = try PhraseTable(file, "term")
        terms = try file.array("terms")
        blocks = try file.array("blocks")
        postings = try file.array("postings")
        try validate(file)
    }

    /// Structure that the search relies on without looking again.
    private func validate(_ file: SectionFile) throws(FileError) {
        guard dictionary.phrases.count == terms.count else {
            throw file.damaged(section: "terms", expected: "\(dictionary.phrases.count) terms", found: "\(terms.count)")
        }
        var block: UInt32 = 0
        for (i, term) in terms.enumerated() {
            guard Int(term.field) < fields.count, term.firstBlock == block, term.endBlock > term.firstBlock, Int(term.endBlock) <= blocks.count,
                dictionary.values(at: i).elementsEqual([UInt32(i)])
            else { throw file.damaged(section: "terms", expected: "term \(i) with blocks from \(block)", found: "\(term)") }
            block = term.endBlock
            var last = -1
            var count = 0
            for record in blocks[Int(term.firstBlock)..<Int(term.endBlock)] {
                let end = Int(record.offset) + record.documentBytes + record.weightBytes
                guard Int(record.first) > last, record.last >= record.first, Int(record.last) < documentCount, record.documentBits <= 32,
                    record.weightBits <= 16, end + BitPacking.padding <= postings.count, record.count <= BlockRecord.capacity
                else { throw file.damaged(section: "blocks", expected: "a block in order, inside \(postings.count) bytes", found: "\(record)") }
                guard areRising(record) else {
                    throw file.damaged(section: "postings", expected: "rising documents up to \(record.last)", found: "others, in block \(record.first)")
                }
                last = Int(record.last)
                count += record.count
            }
            guard count == Int(term.documentFrequency) else {
                throw file.damaged(section: "terms", expected: "\(term.documentFrequency) postings", found: "\(count)")
            }
        }
    }

    /// Whether the packed documents rise to the recorded last one: a decoded document can then never lie outside.
    private func areRising(_ record: BlockRecord) -> Bool {
        guard let base = postings.buffer.baseAddress else { return false }
        let source = base + Int(record.offset)
        let bits = Int(record.documentBits)
        guard bits > 0 else { return record.first &+ UInt32(record.count - 1) == record.last }
        var previous: UInt32 = 0
        for i in 0..<record.count {
            let gap = BitPacking.value(source, i, bits: bits)
            if gap < previous { return false }
            previous = gap
        }
        let last = UInt64(record.first) + UInt64(record.count - 1) + UInt64(previous)
        return BitPacking.value(source, 0, bits: bits) == 0 && last == UInt64(record.last)
    }

    static func key(field: Int, term: String) -> String { "\(field)\u{1}\(term)" }

    /// The number of a term; nil when no document has it.
    public func term(_ text: String, field: Int) -> Int? {
        dictionary.values(of: Self.key(field: field, term: text)).first.map(Int.init)
    }

    public func documentFrequency(_ term: Int) -> Int { Int(terms[term].documentFrequency) }

    /// Bytes of postings with their block records.
    public var postingBytes: Int { postings.count + blocks.count * MemoryLayout<BlockRecord>.stride }

    public var termCount: Int { terms.count }

    /// Terms of a field, by number, with their text.
    public func termText(_ term: Int) -> String {
        let key = dictionary.phrases[term]
        return key.firstIndex(of: "\u{1}").map { String(key[key.index(after: $0)...]) } ?? key
    }
}
