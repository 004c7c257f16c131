import TestSupport
import Testing
import TextAnalysis

@Suite struct WordPieceTextTests {
    private static let wordPiece: WordPiece = {
        let words = "lo fi beat it s mellow drummer ##s kit r b f a the 4 80 song ##ing sing don t".split(separator: " ").map(String.init)
        let marks = Array(",.!?;:()-/'\"#%&").map(String.init)
        guard
            let vocabulary = try? WordPieceVocabulary(
                Array((["[PAD]", "[UNK]", "[CLS]", "[SEP]"] + words + marks).joined(separator: "\n").utf8), path: "vocab.txt")
        else { preconditionFailure("no vocabulary") }
        return WordPiece(vocabulary: vocabulary)
    }()

    @Test(arguments: [
        "a lo-fi beat, 4/4; it's mellow", "the drummers' kit", "(a song) the beat!", "a \"mellow beat\" song", "80's song", "f# song: sing", "singing, don't",
        "r & b song", "\"a\", \"b\"",
    ])
    func marksStandAsInEnglish(text: String) {
        #expect(Self.wordPiece.text(of: Self.wordPiece.pieces(of: text).ids) == text)
    }

    @Test func textHasItsPiecesAgain() {
        var generator = SeededGenerator(seed: 11)
        let first = Self.wordPiece.pieces(of: "lo").ids[0]
        let initial = (Int(first)..<Self.wordPiece.vocabulary.count).map(Int32.init).filter { !Self.wordPiece.vocabulary.piece($0).hasPrefix("##") }
        for _ in 0..<200 {
            let ids = (0..<generator.integer(in: 0...12)).map { _ in initial[generator.integer(in: 0...(initial.count - 1))] }
            #expect(Self.wordPiece.pieces(of: Self.wordPiece.text(of: ids)).ids == ids)
        }
    }
}
