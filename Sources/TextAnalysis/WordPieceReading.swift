/// One text on its way through ``WordPiece``: the normalised word that is being read, and the ids of the words before it.
///
/// Normalising and parting go scalar by scalar, so nothing is held but a word of at most 100 characters. Canonical order is the only rule that looks
/// further: marks that are not stripped wait until the scalar after their run.
struct WordPieceReading {
    private let vocabulary: WordPieceVocabulary
    private let unknown: Int32
    private let limit: Int

    private(set) var ids: [Int32] = []
    /// Indices of the ids that follow white space or stand beside a Chinese character, and of the first.
    private(set) var starts: [Int] = []
    /// White space or a Chinese character came since the last id.
    private var isParted = true
    /// A word began when the limit was reached, or its pieces went beyond it; reading is over.
    private(set) var truncated = false

    /// UTF-8 of the word so far. Beyond the longest length that can be spelled out, characters are counted only.
    private var word: [UInt8] = []
    private var wordLength = 0
    /// Marks whose combining class is not 0, in text order.
    private var waiting: [(mark: BERTCharacter, order: UInt8)] = []
    /// Room for the hashes of the prefixes of what is left of a word.
    private var prefixHashes: [UInt64]

    init(_ vocabulary: WordPieceVocabulary, unknown: Int32, limit: Int) {
        self.vocabulary = vocabulary
        self.unknown = unknown
        self.limit = limit
        let longestWordBytes = 4 * WordPiece.longestWord
        prefixHashes = Array(repeating: 0, count: min(vocabulary.longestPiece, longestWordBytes) + 1)
        word.reserveCapacity(longestWordBytes)
    }

    /// - Parameter text: the valid UTF-8 of a `String`.
    mutating func read(_ text: UnsafeBufferPointer<UInt8>) {
        ids.reserveCapacity(min(limit, text.count / 4 + 4))
        let roles = BERTCharacter.byteRoles
        var i = 0
        while i < text.count, !truncated {
            let byte = text[i]
            if byte < 0x80 {
                i += 1
                let role = roles[Int(byte)]
                if role == .removed { continue }
                releaseMarks()
                switch role {
                case .letter: append(byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte)
                case .punctuation:
                    endWord()
                    append(byte)
                    endWord()
                default:
                    endWord()
                    isParted = true
                }
            } else {
                let length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
                var value = UInt32(byte) & (0x7F >> UInt32(length))
                for continuation in text[i + 1..<i + length] { value = value << 6 | UInt32(continuation & 0x3F) }
                i += length
                if let scalar = Unicode.Scalar(value) { read(BERTCharacter(scalar)) }
            }
        }
        releaseMarks()
        endWord()
    }

    // MARK: Characters

    private mutating func read(_ character: BERTCharacter) {
        if character.isRemoved { return }
        let isIdeograph = character.isIdeograph
        if isIdeograph || character.isWhitespace {
            releaseMarks()
            endWord()
            isParted = true
            if !isIdeograph { return }
        }
        character.decompose { part in
            let order = part.combiningClass
            if order == 0 { releaseMarks() }
            if part.isStripped { return }
            if order == 0 { put(part) } else { waiting.append((part, order)) }
        }
        if isIdeograph {
            releaseMarks()
            endWord()
            isParted = true
        }
    }

    /// Ends a run of marks: they go on in rising combining class, those of one class in the order of the text.
    private mutating func releaseMarks() {
        if waiting.isEmpty { return }
        let run = waiting.enumerated().sorted { ($0.element.order, $0.offset) < ($1.element.order, $1.offset) }
        waiting.removeAll(keepingCapacity: true)
        for (_, entry) in run { put(entry.mark) }
    }

    private mutating func put(_ character: BERTCharacter) {
        character.lowercase { lower in
            let isPunctuation = lower.isPunctuation
            if isPunctuation { endWord() }
            append(lower.scalar)
            if isPunctuation { endWord() }
        }
    }

    // MARK: Words

    private mutating func append(_ byte: UInt8) {
        if wordLength < WordPiece.longestWord { word.append(byte) }
        wordLength += 1
        truncated = truncated || ids.count >= limit
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        if wordLength < WordPiece.longestWord { word += UTF8.encode(scalar).unsafelyUnwrapped }
        wordLength += 1
        truncated = truncated || ids.count >= limit
    }

    private mutating func endWord() {
        if wordLength == 0 { return }
        let count = ids.count
        if wordLength > WordPiece.longestWord || !spellOut() {
            ids.removeSubrange(count...)
            ids.append(unknown)
        }
        if ids.count > limit {
            ids.removeSubrange(limit...)
            truncated = true
        }
        if isParted, ids.count > count {
            starts.append(count)
            isParted = false
        }
        word.removeAll(keepingCapacity: true)
        wordLength = 0
    }

    /// Appends the pieces of the word, longest first; false where one is missing, with those before it appended.
    private mutating func spellOut() -> Bool {
        word.withUnsafeBufferPointer { word in
            var start = 0
            var position = WordPieceVocabulary.Position.initial
            while start < word.count {
                let reach = min(word.count - start, vocabulary.longestPiece)
                prefixHashes[0] = position.hashBasis
                for i in 0..<reach { prefixHashes[i + 1] = WordPieceVocabulary.extend(prefixHashes[i], by: word[start + i]) }
                // A prefix that cuts a character is not UTF-8, so no piece equals it.
                var length = reach
                var found: Int32?
                while length > 0 {
                    found = vocabulary.id(of: word[start..<start + length], hash: prefixHashes[length], position)
                    if found != nil { break }
                    length -= 1
                }
                guard let found else { return false }
                ids.append(found)
                start += length
                position = .continuation
            }
            return true
        }
    }
}
