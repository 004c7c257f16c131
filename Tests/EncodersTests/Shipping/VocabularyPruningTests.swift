import Encoders
import TestSupport
import Testing
import TextAnalysis

/// Laws of a pruned vocabulary, on random vocabularies and texts.
@Suite struct VocabularyPruningTests {
    private static let letters = Array("abcdef")

    private static func vocabulary(_ pieces: [String]) throws -> WordPieceVocabulary {
        let singles = letters.map { String($0) } + letters.map { "##\($0)" }
        var seen: Set<String> = []
        let all = ["[PAD]", "[unused0]", "[unused1]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + (singles + pieces).filter { seen.insert($0).inserted }
        return try WordPieceVocabulary(Array(all.joined(separator: "\n").utf8), path: "vocab.txt")
    }

    private static func word(_ length: ClosedRange<Int>, _ random: inout SeededGenerator, letters: [Character] = letters) -> String {
        String((0..<Int.random(in: length, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" })
    }

    private static func pieces(_ vocabulary: WordPieceVocabulary) -> [String] { (0..<Int32(vocabulary.count)).map(vocabulary.piece) }

    @Test(arguments: 0..<20 as Range<UInt64>) func laws(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let original = try Self.vocabulary((0..<60).map { ($0 % 2 == 0 ? "##" : "") + Self.word(2...4, &random) })
        let subject = (0..<20).map { _ in (0..<5).map { _ in Self.word(1...7, &random) }.joined(separator: " ") }
        let size = Int.random(in: 0...80, using: &random)
        let pruning = VocabularyPruning(original, subject: subject, general: (0..<20).map { _ in Self.word(2...4, &random) }, size: size)

        #expect(Self.pieces(pruning.vocabulary) == pruning.kept.map(original.piece), "row i is the old row kept[i]")
        #expect(zip(pruning.kept, pruning.kept.dropFirst()).allSatisfy { $0 < $1 }, "the old order")
        #expect(pruning.kept.count <= max(size, 5 + 2 * Self.letters.count))
        let kept = Set(Self.pieces(pruning.vocabulary))
        #expect(kept.isSuperset(of: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]) && kept.isDisjoint(with: ["[unused0]", "[unused1]"]))

        let texts = (0..<100).map { _ in (0..<4).map { _ in Self.word(1...9, &random, letters: Self.letters + ["z", ","]) }.joined(separator: " ") }
        let old = WordPiece(vocabulary: original), new = WordPiece(vocabulary: pruning.vocabulary)
        for text in texts {
            let before = old.pieces(of: text).ids, after = new.pieces(of: text).ids
            func spelling(_ ids: [Int32], _ vocabulary: WordPieceVocabulary) -> String {
                ids.map { vocabulary.piece($0).replacing("##", with: "") }.joined()
            }
            #expect(spelling(before, original) == spelling(after, pruning.vocabulary), "\(text)")
        }
        #expect(pruning.coverage(of: texts).lost == 0)
        let whole = VocabularyPruning(original, subject: subject, general: [], size: 1000)
        #expect(whole.coverage(of: subject).unchangedShare == 1, "with room for all pieces of the subject")
    }

    /// Room for one: the piece that the texts have more often.
    @Test func theMostFrequentPiecesAreKeptFirstThenOrdinaryOnes() throws {
        let original = try Self.vocabulary(["ab", "cd", "##ef", "fa", "bb"])
        let singles = 5 + 2 * Self.letters.count
        func added(_ size: Int) -> [String] {
            let pruning = VocabularyPruning(original, subject: ["cd cd", "bb ab cd ab"], general: ["fa"], size: size)
            return Self.pieces(pruning.vocabulary).filter { $0.replacing("##", with: "").count > 1 && !$0.hasPrefix("[") }
        }
        #expect(added(0) == [])
        #expect(added(singles + 1) == ["cd"])
        #expect(added(singles + 2) == ["ab", "cd"])
        #expect(added(singles + 3) == ["ab", "cd", "bb"])
        #expect(added(singles + 4) == ["ab", "cd", "##ef", "bb"])
        #expect(added(1000) == ["ab", "cd", "##ef", "fa", "bb"])
    }

    /// "abef cd": ab ##ef | cd, and without ##ef: ab ##e ##f | cd. "zz" is unknown before and after.
    @Test func coverageByHand() throws {
        let original = try Self.vocabulary(["ab", "cd", "##ef"])
        let pruning = VocabularyPruning(original, subject: ["ab cd"], general: [], size: 5 + 2 * Self.letters.count + 2)
        let coverage = pruning.coverage(of: ["abef cd", "zz", ""])
        #expect(coverage.tokens == 4 && coverage.unchanged == 2 && coverage.pruned == 5 && coverage.lost == 0)
        #expect(coverage.unchangedShare == 0.5 && coverage.extraShare == 0.25)
    }
}
