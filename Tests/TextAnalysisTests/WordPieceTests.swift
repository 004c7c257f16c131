import TestSupport
import Testing

@testable import TextAnalysis

@Suite struct WordPieceTests {
    static let mini = WordPiece(vocabulary: WordPieceMiniVocabulary.vocabulary)
    static let naive = NaiveWordPiece(WordPieceMiniVocabulary.file)

    // MARK: Oracles

    @Test(arguments: WordPieceRecordedText.all) func idsEqualTheReferences(recorded: WordPieceRecordedText) {
        let (ids, truncated) = Self.mini.pieces(of: recorded.text)
        #expect(ids == recorded.mini)
        #expect(!truncated)
    }

    /// ASCII takes a path of its own, by bytes: all of it, and texts close to prose, so that long pieces meet.
    @Test(arguments: 0..<8) func asciiEqualsTheNaiveReading(seed: UInt64) {
        var random = SeededGenerator(seed)
        let alphabets: [[Unicode.Scalar]] = [
            (UInt8(0)..<0x80).map(Unicode.Scalar.init), Array("abcdeilmnorstu BDS ,.'-".unicodeScalars), Array("drumslingbae ".unicodeScalars),
        ]
        for round in 0..<100 {
            let text = Self.text(of: alphabets[round % 3], 0...80, &random)
            #expect(Self.mini.pieces(of: text).ids == Self.naive.pieces(of: text), "\(text.debugDescription)")
        }
    }

    /// Any scalars together, and those of the recorded texts, for which the vocabulary has pieces.
    @Test(arguments: 0..<8) func anyTextEqualsTheNaiveReading(seed: UInt64) {
        var random = SeededGenerator(seed)
        let allowed = Set(NaiveWordPiece.alphabet)
        let recorded = WordPieceRecordedText.all.flatMap { $0.text.unicodeScalars }.filter(allowed.contains)
        let marks: [Unicode.Scalar] = ["a", "\u{323}", "\u{307}", "\u{302E}", "\u{302F}", "\u{1D165}", "\u{1D16E}", "\u{5B4}", "\u{93C}", "\u{200D}", " "]
        for round in 0..<150 {
            let text = Self.text(of: [NaiveWordPiece.alphabet, recorded, marks][round % 3], 0...30, &random)
            #expect(Self.mini.pieces(of: text).ids == Self.naive.pieces(of: text), "\(text.unicodeScalars.map { String($0.value, radix: 16) })")
        }
    }

    // MARK: Laws

    @Test func piecesWithoutUnknownOnesSpellTheText() {
        let pieces = String(decoding: WordPieceMiniVocabulary.file, as: UTF8.self).unicodeScalars.split(separator: "\n").map(Array.init)
        let allowed = Set(NaiveWordPiece.alphabet)
        var spelled = 0
        for recorded in WordPieceRecordedText.all where recorded.text.unicodeScalars.allSatisfy(allowed.contains) {
            let ids = Self.mini.pieces(of: recorded.text).ids
            if ids.contains(Self.mini.unknown) { continue }
            let joined = ids.flatMap { id in
                let piece = pieces[Int(id)]
                return piece.starts(with: "##".unicodeScalars) ? piece[2...] : piece[...]
            }
            #expect(joined == NaiveWordPiece.normalize(recorded.text).filter { $0 != " " })
            spelled += 1
        }
        #expect(spelled > 80)
    }

    @Test(arguments: WordPieceRecordedText.all) func aLimitCutsAndSaysSo(recorded: WordPieceRecordedText) {
        for limit in 0...recorded.mini.count + 1 {
            let (ids, truncated) = Self.mini.pieces(of: recorded.text, limit: limit)
            #expect(ids == Array(recorded.mini.prefix(limit)))
            #expect(truncated == (recorded.mini.count > limit))
        }
    }

    /// Beyond the naive reading's alphabet: unassigned, young and private scalars.
    @Test(arguments: 0..<4) func noScalarTraps(seed: UInt64) {
        var random = SeededGenerator(seed)
        for _ in 0..<200 {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                if let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random)) { scalars.append(scalar) }
            }
            let (all, _) = Self.mini.pieces(of: String(scalars))
            let (ids, truncated) = Self.mini.pieces(of: String(scalars), limit: 7)
            #expect(ids == Array(all.prefix(7)))
            #expect(truncated == (all.count > 7))
            #expect(all.allSatisfy { (0..<Int32(Self.mini.vocabulary.count)).contains($0) })
        }
    }

    @Test(arguments: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]) func aSpecialTokenInTheTextIsOrdinaryText(token: String) {
        let ids = Self.mini.pieces(of: "piano \(token) jazz").ids
        #expect(ids == Self.mini.pieces(of: "piano [ \(token.dropFirst().dropLast()) ] jazz").ids)
        #expect(ids.allSatisfy { $0 > 4 })
    }

    @Test func specialTokensHaveTheirOwnIds() {
        #expect([Self.mini.padding, Self.mini.unknown, Self.mini.classification, Self.mini.separator] == [0, 1, 2, 3])
    }

    /// Neither a long word nor a long run of marks takes more than its length; were one quadratic, this would take minutes.
    @Test(.timeLimit(.minutes(1))) func longTextIsReadOnce() {
        let marks = "a" + String(repeating: "\u{302E}\u{1E000}", count: 50_000) + " piano"
        #expect(Self.mini.pieces(of: marks).ids == [Self.mini.unknown] + Self.mini.pieces(of: "piano").ids)
        #expect(Self.mini.pieces(of: String(repeating: "x", count: 100_000)).ids == [Self.mini.unknown])
        #expect(Self.mini.pieces(of: String(repeating: "ф", count: 100_000)).ids == [Self.mini.unknown])
        #expect(Self.mini.pieces(of: String(repeating: "piano ", count: 20_000)).ids.count == 20_000)
        #expect(Self.mini.pieces(of: String(repeating: "piano ", count: 20_000), limit: 126).truncated)
    }

    static func text(of alphabet: [Unicode.Scalar], _ length: ClosedRange<Int>, _ random: inout SeededGenerator) -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: length, using: &random) { scalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)]) }
        return String(scalars)
    }
}
