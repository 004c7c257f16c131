import Testing

@testable import TextAnalysis

@Suite struct WordPieceVocabularyTests {
    static let specials = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n"

    /// The problem and the line of the error that these bytes give.
    private func failure(_ bytes: some Collection<UInt8>) -> WordPieceVocabularyError? {
        do {
            _ = try WordPieceVocabulary(bytes, path: "vocab.txt")
            return nil
        } catch {
            return error
        }
    }

    private func failure(_ text: String) -> WordPieceVocabularyError? { failure(text.utf8) }

    @Test func everyPieceIsFoundUnderItsLine() {
        let vocabulary = WordPieceMiniVocabulary.vocabulary
        let lines = WordPieceMiniVocabulary.file.split(separator: UInt8(ascii: "\n"))
        #expect(vocabulary.count == lines.count)
        for (line, piece) in lines.enumerated() {
            let isContinuation = piece.starts(with: "##".utf8)
            let position: WordPieceVocabulary.Position = isContinuation ? .continuation : .initial
            let other: WordPieceVocabulary.Position = isContinuation ? .initial : .continuation
            let text = Array(isContinuation ? piece.dropFirst(2) : piece)
            let hasTwin = lines.contains(isContinuation ? text[...] : "##".utf8 + text[...])
            text.withUnsafeBufferPointer { text in
                #expect(vocabulary.id(of: text[...], hash: text.reduce(position.hashBasis, WordPieceVocabulary.extend), position) == Int32(line))
                #expect((vocabulary.id(of: text[...], hash: text.reduce(other.hashBasis, WordPieceVocabulary.extend), other) != nil) == hasTwin)
            }
        }
    }

    @Test func linesMayEndInCRLFAndTheLastInNothing() throws {
        let expected = try WordPiece(vocabulary: WordPieceVocabulary((Self.specials + "jazz\n##y\n").utf8, path: "vocab.txt")).pieces(of: "jazzy jazz").ids
        #expect(expected == [4, 5, 4])
        let bare = try WordPieceVocabulary((Self.specials + "jazz\n##y").utf8, path: "vocab.txt")
        #expect(WordPiece(vocabulary: bare).pieces(of: "jazzy jazz").ids == expected)
        let crlf = try WordPieceVocabulary((Self.specials + "jazz\n##y\n").replacing("\n", with: "\r\n").utf8, path: "vocab.txt")
        #expect(WordPiece(vocabulary: crlf).pieces(of: "jazzy jazz").ids == expected)
    }

    @Test func aBareContinuationMarkIsAPieceThatNoWordNeeds() throws {
        let vocabulary = try WordPieceVocabulary((Self.specials + "##\n#\na\n").utf8, path: "vocab.txt")
        #expect(WordPiece(vocabulary: vocabulary).pieces(of: "## a ab").ids == [5, 5, 6, 1])
    }

    /// Longer than any word that is spelled out, in characters of four bytes, the most that there are.
    @Test func aPieceMayBeLongerThanAnyWord() throws {
        let word = String(repeating: "🎵", count: 100)
        let vocabulary = try WordPieceVocabulary((Self.specials + word + word + "\n" + word + "\n").utf8, path: "vocab.txt")
        #expect(WordPiece(vocabulary: vocabulary).pieces(of: "\(word) \(word)\(word)").ids == [5, 1])
    }

    @Test func errorsNameTheLine() {
        typealias Expected = WordPieceVocabularyError
        #expect(failure("") == Expected(path: "vocab.txt", line: nil, problem: .empty))
        #expect(failure(Self.specials + "a\nb\na\n") == Expected(path: "vocab.txt", line: 7, problem: .duplicate("a", firstLine: 5)))
        #expect(failure(Self.specials + "##a\na\n##a\n") == Expected(path: "vocab.txt", line: 7, problem: .duplicate("##a", firstLine: 5)))
        #expect(failure(Self.specials + "a\n\nb\n") == Expected(path: "vocab.txt", line: 6, problem: .emptyPiece))
        #expect(failure(Array((Self.specials + "a\n").utf8) + [0xC3, 0x28, 0x0A]) == Expected(path: "vocab.txt", line: 6, problem: .notUTF8))
        for special in ["[PAD]", "[UNK]", "[CLS]", "[SEP]"] {
            let text = Self.specials.replacing(special, with: "x")
            #expect(failure(text) == Expected(path: "vocab.txt", line: nil, problem: .missingSpecial(special)))
        }
        let size = WordPieceVocabulary.largestFile + 1
        #expect(failure(repeatElement(UInt8(ascii: "a"), count: size))?.problem == .tooLarge(bytes: size, limit: size - 1))
    }

    @Test func errorsReadAsSentences() {
        #expect(failure(Self.specials + "a\na\n")?.description == "vocab.txt:6: the piece 'a' already stands on line 5")
        #expect(failure("a\n")?.description == "vocab.txt: the special token [PAD] is missing")
    }
}
