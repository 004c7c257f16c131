import TestSupport
import Testing

@testable import TextAnalysis

@Suite struct WordSegmenterTests {
    let segmenter = WordSegmenter()

    /// The fast path for ASCII is held to ICU, mixed so that words, numbers and joining marks meet. Left out is what ICU itself changes from version to
    /// version: whether `@` is a letter, whether `:` joins two, and whether underscores alone are a word.
    @Test(arguments: 0..<40) func asciiPathEqualsICU(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabets: [[UInt8]] = [
            Array(0..<58) + Array(59..<64) + Array(65..<128), Array("ab1 '.,;_-&".utf8), Array("aZ09'.,;_ \n\r\t".utf8), Array("abc xyz 12's".utf8),
        ]
        for _ in 0..<100 {
            let alphabet = alphabets[Int.random(in: 0..<alphabets.count, using: &random)]
            var text = String(
                decoding: (0..<Int.random(in: 0...40, using: &random)).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }, as: UTF8.self)
            while text.contains("__") { text = text.replacing("__", with: "_") }
            let fast = text.withUTF8 { WordSegmenter.asciiTokens($0) }
            #expect(fast == segmenter.icuTokens(text), "\(text.debugDescription)")
        }
    }

    @Test(arguments: [
        "I don't want rock'n'roll", "U.S.A. e.g. 3.14 1,000 12:30", "snake_case _a_ a_1", "C# A&R 4/4 80's 'quoted' \"double\"", "", " ", "\r\n", "\0a\0",
        "...", "a.b.c.",
    ]) func asciiPathEqualsICUOnRealText(text: String) {
        var text = text
        #expect(text.withUTF8 { WordSegmenter.asciiTokens($0) } == segmenter.icuTokens(text))
    }

    static let languages = [
        "明るいスチールドラムの音楽が聴きたい", "夏の夜に聴くジャズ、ボーカルなし", "ฉันอยากฟังเพลงแจ๊สที่ไม่มีเสียงร้อง", "موسيقى هادئة بدون غناء، من فضلك", "שיר שמח בלי תופים",
        "ruhige Musik für draußen, bitte – ohne Gesang", "Chansons françaises d'après-guerre", "música alegre ¿sin voz?", "Тихая музыка без слов", "조용한 재즈 음악",
        "सुबह के लिए शांत संगीत", "🎷 jazz 👩‍🎤👩🏽‍🎤 🇫🇷 chanson", "cafe\u{301} naïve e\u{301}\u{327}", "a\u{0}b\u{1}c\u{7F}d\u{85}e", "ﬁnale Ⅷ ½ ①②", "Ａｃｉｄ　ｊａｚｚ",
        "Motörhead & Björk — ØYA",
        "\u{FEFF}bom \u{200B}zero\u{200D}width\u{202E}right", "İstanbul'da ılık", "Dvořák’s “Rusalka”", "B♭ C♯", "",
    ]

    /// Every span is whole characters of the source in rising order, and what it covers folds to the token.
    @Test(arguments: languages) func spansCoverTheirSource(text: String) {
        let bytes = Array(text.utf8)
        var end = 0
        for token in segmenter.tokens(text) {
            #expect(token.span.lowerBound >= end && token.span.upperBound <= bytes.count && !token.span.isEmpty)
            end = token.span.upperBound
            let source = String(validating: bytes[token.span], as: UTF8.self)
            #expect(source != nil, "a span that cuts a character: \(token.span)")
            guard token.kind == .word, let source else { continue }
            #expect(WordSegmenter.fold(source).filter { $0 != "'" && $0 != "\u{2019}" } == token.text)
        }
        #expect(segmenter.tokens(text).map(\.text) == segmenter.icuTokens(text).map(\.text))
    }

    @Test(arguments: 0..<40) func spansLieInAnyText(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("ab é日本ไทยعربي🎷👩‍🎤\u{301}\u{200D}\u{FEFF}'’-–.♯Ⅷﬁß\u{0}\n").map(String.init) + ["\u{1F1EB}", "\u{0E48}", "\u{20DD}"]
        for _ in 0..<25 {
            let text = (0..<Int.random(in: 0...30, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) }.joined()
            var end = 0
            for token in segmenter.tokens(text) {
                #expect(token.span.lowerBound >= end && token.span.upperBound <= text.utf8.count && !token.span.isEmpty, "\(text.debugDescription)")
                end = token.span.upperBound
                #expect(!token.text.isEmpty)
            }
        }
    }

    @Test(arguments: [
        ("明るいジャズ", ["明るい", "ジャズ"]), ("ภาษาไทย", ["ภาษา", "ไทย"]), ("موسيقى هادئة", ["موسيقى", "هادئة"]), ("don’t stop", ["dont", "stop"]),
        ("AC/DC", ["ac", "/", "dc"]), ("rock'n'roll", ["rocknroll"]), ("🎷 jazz", ["jazz"]), ("", []), ("\u{0}\u{7}", []),
    ]) func wordsAreThoseOfTheLanguage(text: String, words: [String]) {
        #expect(segmenter.tokens(text).map(\.text) == words)
    }

    // MARK: Folding

    @Test(arguments: [
        ("Beyoncé", "beyonce"), ("MOTÖRHEAD", "motorhead"), ("Sigur Rós", "sigur ros"), ("Straße", "strasse"), ("ØYA", "oya"), ("Łódź", "lodz"),
        ("ﬁnale", "finale"),
        ("Ａｃｉｄ", "acid"), ("Ⅷ", "viii"), ("ΆΛΦΑ", "αλφα"), ("Ёлка", "елка"), ("ไม่", "ไม่"), ("हिंदी", "हिंदी"), ("が", "が"), ("ガ", "ガ"), ("e\u{301}", "e"), ("", ""),
        ("plain ASCII", "plain ascii"),
    ]) func foldingDropsCaseAndAccentsOfLatinGreekAndCyrillicOnly(text: String, folded: String) {
        #expect(WordSegmenter.fold(text) == folded)
    }

    @Test(arguments: languages) func foldingTwiceIsFoldingOnce(text: String) {
        let once = WordSegmenter.fold(text)
        #expect(WordSegmenter.fold(once) == once)
    }

    /// One character may fold to eighteen.
    @Test func foldingGrowsAsFarAsItMust() {
        #expect(WordSegmenter.fold(String(repeating: "\u{FDFA}", count: 1000)).unicodeScalars.count == 18_000)
    }

    @Test func oneSegmenterServesManyThreads() async {
        let expected = Self.languages.map { segmenter.tokens($0) }
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 { group.addTask { (0..<20).allSatisfy { _ in Self.languages.map { segmenter.tokens($0) } == expected } } }
            for await same in group { #expect(same) }
        }
    }
}
