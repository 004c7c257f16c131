import Ranking
import Storage

/// Walks one term's postings forward, decoding a block at a time.
struct PostingCursor {
    private let index: LexicalIndex
    private let records: UnsafeBufferPointer<BlockRecord>
    private let bytes: UnsafePointer<UInt8>?
    private(set) var block = 0
    private var decoded = -1
    private var documents = [UInt32](repeating: 0, count: BlockRecord.capacity)
    private var weights = [UInt16](repeating: 0, count: BlockRecord.capacity)

    init(_ index: LexicalIndex, term: Int) {
        self.index = index
        let record = index.terms[term]
        records = UnsafeBufferPointer(rebasing: index.blocks.buffer[Int(record.firstBlock)..<Int(record.endBlock)])
        bytes = index.postings.buffer.baseAddress
    }

    var blockCount: Int { records.count }
    var isAtEnd: Bool { block >= records.count }
    /// Where the current block is in the whole index, for bounds kept per block.
    func record(_ block: Int) -> BlockRecord { records[block] }

    /// Moves to the first block that may hold `document` or a later one.
    mutating func seek(_ document: UInt32) {
        while block < records.count, records[block].last < document { block += 1 }
    }

    /// Calls `body` for every posting in `range`, from the current block on.
    @inline(__always)
    mutating func forEach(in range: Range<UInt32>, _ body: (_ document: UInt32, _ weight: UInt16) -> Void) {
        seek(range.lowerBound)
        while block < records.count, records[block].first < range.upperBound {
            let count = decode()
            let isWhole = records[block].first >= range.lowerBound && records[block].last < range.upperBound
            documents.withUnsafeBufferPointer { documents in
                weights.withUnsafeBufferPointer { weights in
                    if isWhole {
                        for i in 0..<count { body(documents[i], weights[i]) }
                    } else {
                        for i in 0..<count where range.contains(documents[i]) { body(documents[i], weights[i]) }
                    }
                }
            }
            if records[block].last >= range.upperBound { return }
            block += 1
        }
    }

    /// The weight of one document at or after the last one asked for, 0 when it has none.
    mutating func weight(of document: UInt32) -> UInt16 {
        seek(document)
        guard block < records.count, records[block].first <= document else { return 0 }
        let count = decode()
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if documents[middle] < document { low = middle + 1 } else { high = middle }
        }
        return low < count && documents[low] == document ? weights[low] : 0
    }

    /// Decodes the current block unless it is decoded already; returns its postings.
    private mutating func decode() -> Int {
        let record = records[block]
        let count = record.count
        guard decoded != block, let bytes else { return count }
        decoded = block
        let source = bytes + Int(record.offset)
        let documentBits = Int(record.documentBits)
        documents.withUnsafeMutableBufferPointer { out in
            if documentBits == 0 {
                for i in 0..<count { out[i] = record.first &+ UInt32(truncatingIfNeeded: i) }
            } else {
                for i in 0..<count {
                    out[i] = record.first &+ UInt32(truncatingIfNeeded: i) &+ BitPacking.value(source, i, bits: documentBits)
                }
            }
        }
        let weightSource = source + record.documentBytes
        let weightBits = Int(record.weightBits)
        weights.withUnsafeMutableBufferPointer { out in
            if weightBits == 0 {
                for i in 0..<count { out[i] = record.leastWeight }
            } else {
                for i in 0..<count {
                    out[i] = record.leastWeight &+ UInt16(truncatingIfNeeded: BitPacking.value(weightSource, i, bits: weightBits))
                }
            }
        }
        return count
    }
}
