import CICU

/// What BERT's uncased normaliser and pre-tokeniser do with one Unicode scalar.
///
/// A model was trained on what these rules made of its texts, so they are those of the reference implementation (`BertNormalizer` and `BertPreTokenizer` of
/// Hugging Face's `tokenizers`), and so is their age: its marks, format characters and punctuation are those of Unicode 8 and its decompositions those of
/// Unicode 12, whatever the standard library or ICU knows by now. A younger character is a letter like any other.
struct BERTCharacter {
    let scalar: Unicode.Scalar
    /// Looked up once: it answers most questions about most characters.
    private let category: Unicode.GeneralCategory

    private static let categoriesVersion = 8
    private static let normalizationVersion = 12

    init(_ scalar: Unicode.Scalar) {
        self.scalar = scalar
        category = scalar.properties.generalCategory
    }

    private func isKnown(since version: Int) -> Bool {
        scalar.properties.age.map { $0.major <= version } ?? false
    }

    /// Control, format and private-use characters and U+FFFD, which vanish without parting a word. Tab, line feed and carriage return are white space.
    var isRemoved: Bool {
        switch category {
        case .control: !isWhitespace
        case .privateUse: true
        case .format: isKnown(since: Self.categoriesVersion)
        default: scalar == "\u{FFFD}"
        }
    }

    var isWhitespace: Bool {
        switch category {
        case .control: scalar == "\t" || scalar == "\n" || scalar == "\r"
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// The blocks of Chinese characters each of which is a word; kana, Hangul and the extensions after E are not among them.
    var isIdeograph: Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0xF900...0xFAFF: true
        case 0x20000...0x2A6DF, 0x2A700...0x2B81F, 0x2B920...0x2CEAF, 0x2F800...0x2FA1F: true
        default: false
        }
    }

    /// A mark of category Mn, which "strip accents" drops: accents, and also the vowel signs of many scripts.
    var isStripped: Bool {
        switch scalar.value {
        case 0x1734, 0x1171E: true  // Mn until Unicode 14
        case 0x1885, 0x1886, 0xA9BD, 0x111C9: false  // Mn only since Unicode 9 and 11
        default: category == .nonspacingMark && isKnown(since: Self.categoriesVersion)
        }
    }

    /// A word of its own: every ASCII symbol, and the categories P*.
    var isPunctuation: Bool {
        switch category {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation:
            isKnown(since: Self.categoriesVersion)
        case .mathSymbol, .currencySymbol, .modifierSymbol: scalar.isASCII
        default: scalar == "\u{166D}" || scalar == "\u{111C9}"  // Po until Unicode 12 and 11
        }
    }

    /// The canonical combining class, 0...254: marks other than 0 that follow each other stand in rising order after decomposition.
    var combiningClass: UInt8 {
        switch category {
        case .nonspacingMark, .spacingMark, .enclosingMark:
            isKnown(since: Self.normalizationVersion) ? scalar.properties.canonicalCombiningClass.rawValue : 0
        default: 0
        }
    }

    /// Calls `body` with each character of the full canonical decomposition, in canonical order among themselves.
    func decompose(_ body: (BERTCharacter) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Int(CICU_DECOMPOSITION_ROOM)) { parts in
            let count = Int(cicu_decompose(scalar.value, parts.baseAddress))
            guard count > 0, isKnown(since: Self.normalizationVersion) else { return body(self) }
            for part in parts[..<count] {
                if let part = Unicode.Scalar(part) { body(BERTCharacter(part)) }
            }
        }
    }

    /// Calls `body` with each character of the lower case, found without regard to its neighbours: every Σ becomes σ, also at a word's end.
    func lowercase(_ body: (BERTCharacter) -> Void) {
        switch category {
        case .lowercaseLetter, .otherLetter, .modifierLetter: return body(self)
        default: break
        }
        guard scalar.properties.changesWhenLowercased else { return body(self) }
        for lower in scalar.properties.lowercaseMapping.unicodeScalars { body(BERTCharacter(lower)) }
    }

    // MARK: ASCII

    /// What becomes of an ASCII byte.
    enum ByteRole: UInt8 {
        case removed, space, punctuation, letter
    }

    /// The roles of the 128 ASCII bytes, made from the rules above.
    static let byteRoles: [ByteRole] = (UInt8(0)..<0x80).map { byte in
        let character = BERTCharacter(Unicode.Scalar(byte))
        return character.isRemoved ? .removed : character.isWhitespace ? .space : character.isPunctuation ? .punctuation : .letter
    }
}
