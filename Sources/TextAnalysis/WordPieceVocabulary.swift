/// The pieces of a WordPiece tokenizer: a `vocab.txt` of BERT, one piece a line, whose id is its line number from 0.
///
/// A piece that begins with `##` continues a word; any other begins one. The pieces lie as bytes one after the other, found through an open-addressing hash
/// table with linear probing, so that looking one up makes no string.
///
/// - SeeAlso: Schuster and Nakajima, Japanese and Korean voice search, ICASSP 2012, doi:10.1109/ICASSP.2012.6289079.
public struct WordPieceVocabulary: Sendable {
    /// Where a piece may stand.
    enum Position {
        case initial, continuation

        /// Where the hash starts; the two kinds share a table, and "a" is not "##a".
        var hashBasis: UInt64 { self == .initial ? 0xCBF2_9CE4_8422_2325 : 0x9AE1_6A3B_2F90_404F }
    }

    /// The special tokens that must be there.
    enum Special: String, CaseIterable {
        case padding = "[PAD]"
        case unknown = "[UNK]"
        case classification = "[CLS]"
        case separator = "[SEP]"
    }

    /// The largest file that is taken for a vocabulary, in bytes; BERT's largest, of 119,547 pieces, has less than 1 MB.
    public static let largestFile = 1 << 24

    private var bytes: [UInt8] = []
    /// Piece i, without `##`, is `bytes[starts[i] ..< starts[i + 1]]`.
    private var starts: [UInt32] = [0]
    /// Upper half of the hash in the upper half; below it the id plus 1, so that 0 is a free slot. At most half of the slots are taken.
    private var slots: [UInt64] = []
    private var continuations: [Bool] = []
    /// Bytes of the longest piece, without `##`.
    private(set) var longestPiece = 0
    private var specials: [Special: Int32] = [:]

    /// Number of pieces, special tokens among them.
    public var count: Int { continuations.count }

    /// - Parameters:
    ///   - file: the bytes of `vocab.txt`, UTF-8; lines end in LF or CR LF.
    ///   - path: how errors name the file.
    /// - Complexity: O(bytes).
    public init(_ file: some Collection<UInt8>, path: String) throws(WordPieceVocabularyError) {
        func fail(_ problem: WordPieceVocabularyError.Problem, line: Int? = nil) -> WordPieceVocabularyError {
            WordPieceVocabularyError(path: path, line: line, problem: problem)
        }
        guard !file.isEmpty else { throw fail(.empty) }
        guard file.count <= Self.largestFile else { throw fail(.tooLarge(bytes: file.count, limit: Self.largestFile)) }

        let file = Array(file)
        var lines = file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        if String(validating: file, as: UTF8.self) == nil {
            // No character spans two lines, so one of the lines is at fault.
            throw fail(.notUTF8, line: lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }.map { $0 + 1 })
        }
        var capacity = 16
        while capacity < lines.count * 2 { capacity *= 2 }
        slots = Array(repeating: 0, count: capacity)
        bytes.reserveCapacity(file.count)
        for (index, line) in lines.enumerated() {
            let piece = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard !piece.isEmpty else { throw fail(.emptyPiece, line: index + 1) }
            if let first = insert(piece) { throw fail(.duplicate(String(decoding: piece, as: UTF8.self), firstLine: first + 1), line: index + 1) }
            if piece.first == UInt8(ascii: "["), let special = Special(rawValue: String(decoding: piece, as: UTF8.self)) { specials[special] = Int32(index) }
        }
        for special in Special.allCases where specials[special] == nil {
            throw fail(.missingSpecial(special.rawValue), line: nil)
        }
    }

    /// A piece as it stands in the file, with its `##`.
    /// - Precondition: `id` is from 0 to below `count`.
    public func piece(_ id: Int32) -> String {
        let id = Int(id)
        return (continuations[id] ? "##" : "") + String(decoding: bytes[Int(starts[id])..<Int(starts[id + 1])], as: UTF8.self)
    }

    subscript(special: Special) -> Int32 {
        guard let id = specials[special] else { preconditionFailure("init lets no vocabulary without \(special.rawValue) through") }
        return id
    }

    /// Adds a piece under the next id, or returns the id of the one that is there already.
    private mutating func insert(_ piece: ArraySlice<UInt8>) -> Int? {
        let isContinuation = piece.starts(with: "##".utf8)
        let position: Position = isContinuation ? .continuation : .initial
        let text = isContinuation ? piece.dropFirst(2) : piece
        let hash = text.reduce(position.hashBasis, Self.extend)
        let found = text.withUnsafeBufferPointer { id(of: $0[...], hash: hash, position) }
        if let found { return Int(found) }

        var slot = firstSlot(hash)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = (hash & ~0xFFFF_FFFF) | UInt64(count + 1)
        continuations.append(isContinuation)
        bytes += text
        starts.append(UInt32(bytes.count))
        longestPiece = max(longestPiece, text.count)
        return nil
    }

    // MARK: Looking up

    /// One step of FNV-1a over 64 bits: the hash of a prefix is on the way to that of the whole.
    @inline(__always) static func extend(_ hash: UInt64, by byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }

    @inline(__always) private func firstSlot(_ hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash ^ hash >> 29) & (slots.count - 1)
    }

    /// The id of the piece with these bytes (without `##`) and their hash from the basis of `position`.
    /// - Complexity: O(bytes) on average.
    func id(of text: Slice<UnsafeBufferPointer<UInt8>>, hash: UInt64, _ position: Position) -> Int32? {
        var slot = firstSlot(hash)
        while true {
            let entry = slots[slot]
            if entry == 0 { return nil }
            if entry >> 32 == hash >> 32 {
                let id = Int(entry & 0xFFFF_FFFF) - 1
                let piece = Int(starts[id])..<Int(starts[id + 1])
                if piece.count == text.count, continuations[id] == (position == .continuation), bytes[piece].elementsEqual(text) { return Int32(id) }
            }
            slot = (slot + 1) & (slots.count - 1)
        }
    }
}

/// A `vocab.txt` that cannot be a WordPiece vocabulary: which file, which line, why.
public struct WordPieceVocabularyError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Hashable, Sendable {
        case empty
        case tooLarge(bytes: Int, limit: Int)
        case notUTF8
        case emptyPiece
        case duplicate(String, firstLine: Int)
        case missingSpecial(String)
    }

    public var path: String
    /// From 1; nil where the whole file is meant.
    public var line: Int?
    public var problem: Problem

    public var description: String {
        let place = line.map { "\(path):\($0)" } ?? path
        return switch problem {
        case .empty: "\(place): the vocabulary is empty"
        case .tooLarge(let bytes, let limit): "\(place): \(bytes) bytes are no vocabulary; the largest allowed has \(limit)"
        case .notUTF8: "\(place): not UTF-8"
        case .emptyPiece: "\(place): an empty line is no piece"
        case .duplicate(let piece, let first): "\(place): the piece '\(piece)' already stands on line \(first)"
        case .missingSpecial(let token): "\(place): the special token \(token) is missing"
        }
    }
}
