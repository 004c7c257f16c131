import Foundation
import Testing

@testable import TextAnalysis
@testable import Vocabulary

@Suite struct MusicSpellingsTests {
    /// The table that ships.
    static let analyzer: Analyzer = {
        do {
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../vocab"
            return Analyzer(spellings: MusicSpellings(table: try VocabularyTables(folder: folder).spellings))
        } catch {
            preconditionFailure("the tables in vocab/: \(error)")
        }
    }()

    @Test(arguments: [
        ["lo-fi", "lofi", "lo fi", "Lo-Fi", "LO FI"],
        ["hip hop", "hip-hop", "hiphop", "Hip-Hop", "HIP HOP"],
        ["r&b", "rnb", "r and b", "R&B", "R & B", "r'n'b", "rhythm and blues"],
        ["drum'n'bass", "dnb", "drum and bass", "drum & bass", "drum n bass", "D&B", "Drum’n’Bass"],
        ["80s", "80's", "eighties", "1980s", "'80s", "1980's", "nineteen eighties", "80’s", "’80s"],
        ["4/4"], ["808", "TR-808"], ["C# minor", "c sharp min", "C♯ minor", "C-sharp minor"],
        ["steeldrum", "steel drum", "steelpan", "Steel Drums", "steel pan", "steelpans"],
        ["Bb major", "b flat major", "B♭ major", "B-flat maj"],
    ]) func variantsAreOneTokenWithOneMeaning(variants: [String]) {
        let tokens = variants.map { Self.analyzer.tokensAndSymbols($0) }
        for (variant, found) in zip(variants, tokens) {
            #expect(found.count == 1, "'\(variant)' gives \(found.map(\.text))")
            #expect(found.first?.text == tokens[0].first?.text, "'\(variant)'")
            #expect(found.first?.stem == tokens[0].first?.stem, "'\(variant)'")
            #expect(found.first?.span == 0..<variant.utf8.count, "'\(variant)'")
        }
    }

    /// Inside a sentence too, with the span of the listener's own words.
    @Test(arguments: ["lo-fi", "R and B", "drum'n'bass", "the '80s", "steel drum", "C# minor", "6/8"]) func aSpellingIsFoundInASentence(spelling: String) throws
    {
        let text = "give me \(spelling), please"
        let last = try #require(Self.analyzer.tokens(text).dropLast().last)
        let source = String(decoding: Array(text.utf8)[last.span], as: UTF8.self)
        #expect(source == spelling.replacing("the ", with: ""))
    }

    @Test(arguments: [
        ("80s", "1980s"), ("20s", "1920s"), ("10s", "2010s"), ("00s", "2000s"), ("90's", "1990s"), ("1860s", "1860s"), ("noughties", "2000s"),
        ("nineteen sixties", "1960s"),
        ("sixties", "1960s"), ("7/8", "7/8"), ("06/8", "6/8"), ("a minor", "aminor"), ("f# maj", "f#major"), ("Ebminor", "ebminor"), ("eb moll", "ebminor"),
        ("g dur", "gmajor"),
    ]) func rulesReadDecadesMetresAndKeys(text: String, expected: String) {
        #expect(Analyzer().tokens(text).map(\.text) == [expected])
    }

    @Test(arguments: [
        ("85s", ["85s"]), ("5/6", ["5", "6"]), ("4 / 4", ["4", "4"]), ("0/4", ["0", "4"]), ("33/4", ["33", "4"]), ("h minor", ["h", "minor"]),
        ("minor", ["minor"]), ("808", ["808"]),
        ("3000s", ["3000s"]), ("nineteen songs", ["nineteen", "songs"]),
    ]) func rulesLeaveOtherTextAlone(text: String, expected: [String]) {
        #expect(Analyzer().tokens(text).map(\.text) == expected)
    }

    @Test func theLongestVariantWins() {
        let spellings = MusicSpellings(table: [("x", ["a b"]), ("y", ["a b c"]), ("z", ["c"])])
        let analyzer = Analyzer(stemmer: .none, spellings: spellings)
        #expect(analyzer.terms("a b c") == ["y"])
        #expect(analyzer.terms("a b d c") == ["x", "d", "z"])
        #expect(analyzer.terms("a") == ["a"])
    }

    @Test func symbolsAreKeptForThePlannerAndDroppedForTheIndex() {
        let analyzer = Analyzer()
        #expect(analyzer.tokensAndSymbols("jazz, rock & soul").map(\.text) == ["jazz", ",", "rock", "&", "soul"])
        #expect(analyzer.tokens("jazz, rock & soul").map(\.text) == ["jazz", "rock", "soul"])
        #expect(analyzer.terms("Relaxing Guitars!") == ["relax", "guitar"])
    }
}
