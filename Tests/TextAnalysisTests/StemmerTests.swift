import Testing

@testable import TextAnalysis

@Suite struct StemmerTests {
    /// From the Snowball project's own sample vocabulary for English.
    @Test(arguments: [
        ("consign", "consign"), ("consigned", "consign"), ("consistency", "consist"), ("consolations", "consol"), ("knackeries", "knackeri"),
        ("knightly", "knight"),
        ("dying", "die"), ("skies", "sky"), ("generously", "generous"), ("relaxing", "relax"), ("melancholic", "melanchol"), ("drums", "drum"),
        ("happiness", "happi"), ("", ""),
    ]) func snowballEnglish(word: String, stem: String) {
        #expect(Stemmer(.english).stem(word) == stem)
    }

    @Test(arguments: [
        ("melodies", "melody"), ("drums", "drum"), ("voices", "voice"), ("basses", "bass"), ("boxes", "box"), ("brass", "brass"), ("chorus", "chorus"),
        ("pies", "pie"),
        ("gas", "gas"), ("jazz", "jazz"), ("80s", "80s"), ("música", "música"), ("", ""),
    ]) func lightTakesPluralsOnly(word: String, stem: String) {
        #expect(Stemmer(.light).stem(word) == stem)
        #expect(Stemmer.singular(word) == stem)
    }

    @Test(arguments: Stemmer.Algorithm.allCases) func otherScriptsAndNumbersStayAsTheyAre(_ algorithm: Stemmer.Algorithm) {
        let stemmer = Stemmer(algorithm)
        for word in ["日本", "c#minor", "1980s", "4/4", "naïvely", "แจ๊ส", "🎷", "don't"] { #expect(stemmer.stem(word) == word) }
    }

    @Test func noneIsNone() {
        #expect(Stemmer(.none).stem("relaxing") == "relaxing")
    }

    @Test func oneStemmerServesManyThreads() async {
        let stemmer = Stemmer(.english)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<500).allSatisfy { stemmer.stem($0 % 2 == 0 ? "relaxing" : "happiness") == ($0 % 2 == 0 ? "relax" : "happi") } }
            }
            for await same in group { #expect(same) }
        }
    }

    // MARK: Character grams

    @Test(arguments: [
        ("jazz", 3...3, [" ja", "jaz", "azz", "zz "]),
        ("ab", 2...3, [" a", "ab", "b ", " ab", "ab "]),
        ("a", 3...3, [" a "]),
        ("a", 4...5, [" a "]),
        ("", 3...3, ["  "]),
        ("日本", 3...4, [" 日本", "日本 ", " 日本 "]),
        ("né", 4...4, [" né "]),
    ]) func gramsByHand(word: String, lengths: ClosedRange<Int>, grams: [String]) {
        #expect(CharacterGrams(lengths).grams(of: word) == grams)
    }
}
