import Foundation

/// WordPiece as its description reads, a whole string at a time: the oracle of the scalar-by-scalar reading.
///
/// It takes Unicode as the standard library and Foundation know it, so it holds for texts of ``alphabet`` only.
struct NaiveWordPiece {
    private let ids: [[Unicode.Scalar]: Int32]

    /// - Parameter file: a `vocab.txt`.
    init(_ file: [UInt8]) {
        let lines = file.split(separator: UInt8(ascii: "\n")).map { Array(String(decoding: $0, as: UTF8.self).unicodeScalars) }
        ids = Dictionary(uniqueKeysWithValues: zip(lines, Int32(0)...))
    }

    /// Every scalar of Unicode 8 whose category has not changed since.
    static let alphabet: [Unicode.Scalar] = (UInt32(0)...0x10FFFF).compactMap(Unicode.Scalar.init).filter { scalar in
        guard let age = scalar.properties.age, age.major <= 8 else { return false }
        return ![0x1734, 0x1171E, 0x1885, 0x1886, 0xA9BD, 0x111C9, 0x166D].contains(scalar.value)
    }

    static func normalize(_ text: String) -> [Unicode.Scalar] {
        var spaced = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isSpace(scalar) {
                spaced.append(" ")
            } else if isChinese(scalar) {
                spaced.append(contentsOf: [" ", scalar, " "])
            } else if scalar != "\u{FFFD}", !isOther(scalar) {
                spaced.append(scalar)
            }
        }
        let decomposed = String(spaced).decomposedStringWithCanonicalMapping.unicodeScalars
        return decomposed.filter { $0.properties.generalCategory != .nonspacingMark }.flatMap { Array($0.properties.lowercaseMapping.unicodeScalars) }
    }

    func pieces(of text: String) -> [Int32] {
        var words: [[Unicode.Scalar]] = [[]]
        for scalar in Self.normalize(text) {
            if isSpace(scalar) {
                words.append([])
            } else if isPunctuation(scalar) {
                words += [[scalar], []]
            } else {
                words[words.count - 1].append(scalar)
            }
        }
        return words.filter { !$0.isEmpty }.flatMap { word in word.count > 100 ? [unknown] : spell(word[...], after: []) ?? [unknown] }
    }

    private var unknown: Int32 { ids[Array("[UNK]".unicodeScalars), default: -1] }

    private func spell(_ rest: ArraySlice<Unicode.Scalar>, after prefix: [Unicode.Scalar]) -> [Int32]? {
        if rest.isEmpty { return [] }
        for length in (1...rest.count).reversed() {
            if let id = ids[prefix + rest.prefix(length)] { return spell(rest.dropFirst(length), after: ["#", "#"]).map { [id] + $0 } }
        }
        return nil
    }
}

private func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace && (!isOther(scalar) || ["\t", "\n", "\r"].contains(scalar))
}

private func isOther(_ scalar: Unicode.Scalar) -> Bool {
    [.control, .format, .privateUse].contains(scalar.properties.generalCategory)
}

private func isChinese(_ scalar: Unicode.Scalar) -> Bool {
    let blocks: [ClosedRange<UInt32>] = [
        0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F, 0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F,
    ]
    return blocks.contains { $0.contains(scalar.value) }
}

private func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return (0x21...0x7E).contains(scalar.value) && !scalar.properties.isAlphabetic && scalar.properties.numericType == nil }
    return [
        .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation,
    ].contains(scalar.properties.generalCategory)
}
