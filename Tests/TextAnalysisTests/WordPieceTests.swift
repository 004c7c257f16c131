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
        var random = SeededGenerator(seed: seed)
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
        var random = SeededGenerator(seed: seed)
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

    /// One word at a time gives the ids of all together, so the naive reading of each word says where words begin.
    @Test(arguments: 0..<8) func wordsBeginAfterWhiteSpaceAndAtChineseCharacters(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("drumsling  a,-.\t音楽\u{A0}\u{0}\u{301}é".unicodeScalars)
        for _ in 0..<100 {
            let text = Self.text(of: alphabet, 0...40, &random)
            var spaced = String.UnicodeScalarView()
            for scalar in text.unicodeScalars { spaced.append(contentsOf: "音楽".unicodeScalars.contains(scalar) ? [" ", scalar, " "] : [scalar]) }
            let words = spaced.split { $0 == " " || $0 == "\t" || $0 == "\u{A0}" }.map { Self.naive.pieces(of: String($0)) }.filter { !$0.isEmpty }
            let (ids, starts, truncated) = Self.mini.words(of: text)
            #expect(ids == words.flatMap { $0 } && !truncated)
            var next = 0
            #expect(
                starts
                    == words.map { word in
                        next += word.count
                        return next - word.count
                    }, "\(text.debugDescription)")
        }
    }

    @Test(arguments: WordPieceRecordedText.all) func wordsHaveTheIdsOfPieces(recorded: WordPieceRecordedText) {
        let all = Self.mini.words(of: recorded.text).starts
        for limit in [0, 1, 2, 5, 9, Int.max] {
            let (ids, starts, truncated) = Self.mini.words(of: recorded.text, limit: limit)
            let pieces = Self.mini.pieces(of: recorded.text, limit: limit)
            #expect(ids == pieces.ids && truncated == pieces.truncated)
            #expect(starts == all.filter { $0 < ids.count })
        }
    }

    @Test func marksBelongToTheWordTheyTouch() {
        // don ' t | loud , | slow - beat | 音 | 楽
        #expect(Self.mini.words(of: "  don't loud,\nslow-beat音楽 ").starts == [0, 3, 5, 8, 9])
        #expect(Self.mini.words(of: " \t").starts == [])
    }

    /// Beyond the naive reading's alphabet: unassigned, young and private scalars.
    @Test(arguments: 0..<4) func noScalarTraps(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
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
