import Evaluation
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import Vocabulary

@testable import Training

@Suite struct GenerateGrammarTests {
    private func options(wording: Double = 0, alias: Double = 0, typos: Double = 0, whole: Double = 0) -> RequestGrammar.Options {
        var options = RequestGrammar.Options()
        (options.wordingRate, options.aliasRate, options.typoRate, options.wholeSetRate) = (wording, alias, typos, whole)
        return options
    }

    private func drafts(_ grammar: RequestGrammar, count: Int = 300) -> [(row: DescriptorMatching.Row, draft: RequestDraft)] {
        var grammar = grammar
        return GenerateFixtures.rows(count).enumerated().compactMap { position, row in
            grammar.draft(of: row.tags, song: position, .captionSet, seed: 5, position: position, draw: 0).map { (row, $0) }
        }
    }

    @Test func nothingIsNegatedAndNoSetIsEmpty() throws {
        let table = try GenerateFixtures.table.get()
        let drafts = try drafts(GenerateFixtures.grammar(options(wording: 0.4, alias: 0.4, typos: 0.2, whole: 0.5)))
        #expect(drafts.count > 290)
        for (row, draft) in drafts {
            #expect(!table.negates(draft.text), "\(draft.text)")
            #expect(!draft.tags.isEmpty && Set(draft.tags).isSubset(of: row.tags) && !draft.text.isEmpty)
        }
    }

    @Test(arguments: [
        ("piano, no drums", true), ("drums don’t stop", true), ("music w/o vocals", true), ("ohne Gesang", true), ("notes of a nocturne", false),
        ("piano and knots", false), ("canto", false),
    ])
    func negationIsKnown(text: String, isNegated: Bool) throws {
        #expect(try GenerateFixtures.table.get().negates(text) == isNegated)
    }

    /// With no wordings, no aliases and no typing errors a target of said tags alone stands in its request word by word.
    @Test func theTargetIsWhatIsSaid() throws {
        for (_, draft) in try drafts(GenerateFixtures.grammar(options())) {
            let words = Set(GenerateFixtures.stems(draft.text))
            for tag in draft.tags { #expect(words.isSuperset(of: GenerateFixtures.stems(tag)), "\(tag) in \(draft.text)") }
        }
    }

    @Test func theWholeSetStaysWhereItIsAskedFor() throws {
        for (row, draft) in try drafts(GenerateFixtures.grammar(options(whole: 1))) { #expect(draft.tags == row.tags) }
    }

    @Test func excludedWordingsAreNotSaid() throws {
        let grammar = try GenerateFixtures.grammar(options(wording: 1))
        let usages = Set(grammar.wordings.usages().map { $0.wording.lowercased() })
        let excluded = Set(usages.sorted().prefix(usages.count / 2))
        let left = try TagWordings(GenerateFixtures.tables.get(), GenerateFixtures.table.get(), excluding: excluded)
        let names = Set(left.usages().map { $0.wording.lowercased() } + left.aliases().map { $0.wording.lowercased() })
        #expect(excluded.count > 1000 && names.isDisjoint(with: excluded))
        #expect(names.count > 1000)
    }

    @Test func wordingsStandForTheirDescriptor() throws {
        let grammar = try GenerateFixtures.grammar(options())
        var generator = SeededGenerator(seed: 1)
        let draft = grammar.bareDraft(("pint by the peat fire", "celtic"), song: 4, &generator)
        #expect(draft == RequestDraft(text: "pint by the peat fire", tags: ["celtic"], source: .grammar, song: 4))
        let wordings = grammar.wordings
        #expect(wordings.descriptor(named: "acousticguitar").map(wordings.label) == "acoustic guitar")
        #expect(wordings.descriptor(named: "ACOUSTIC guitars").map(wordings.label) == "acoustic guitar")
        #expect(wordings.descriptor(named: "acoustic guitar picking") == nil)
        #expect(grammar.label(for: "drumnbass") == "drum and bass")
        #expect(grammar.label(for: "a tag of nobody") == "a tag of nobody")
        #expect(!wordings.reading(of: "no voice").canBeSaid)
    }

    @Test(arguments: [0.02, 0.1, 0.5])
    func typosComeAtTheirRate(rate: Double) {
        var generator = SeededGenerator(seed: 11)
        let words = (0..<20_000).map { ["slow", "piano", "Relaxing", "melancholic", "aaaa"][$0 % 5] } + ["a", "of", "the", "80s", "añejo"]
        let result = TypingErrors.strike(words.joined(separator: " "), rate: rate, &generator) { _ in true }
        #expect(result.words == 20_000)
        // Four deviations of a binomial; "aaaa" cannot be swapped, and is struck in another way.
        #expect(abs(Double(result.struck) / 20_000 - rate) < 4 * (rate * (1 - rate) / 20_000).squareRoot())
        var changed = 0
        for (before, after) in zip(words, result.text.components(separatedBy: " ")) where before != after {
            changed += 1
            let distance = Array(before.utf8).withUnsafeBufferPointer { a in
                Array(after.utf8).withUnsafeBufferPointer { EditDistance.alignment(a, $0, limit: 2) }
            }
            #expect(distance == 1, "\(before) → \(after)")
        }
        #expect(changed == result.struck)
    }

    @Test func wordsThatMayNotComeOutStayAsTheyWere() {
        var generator = SeededGenerator(seed: 11)
        let result = TypingErrors.strike("note tone", rate: 1, &generator) { _ in false }
        #expect(result == TypingErrors.Result(text: "note tone", struck: 0, words: 2))
    }

    // MARK: Sentences, by hand

    private static let smallTable = """
        kind\tweight\ttext
        frame\t1\t{list}
        with\t1\twith {}
        for\t1\tfor {}
        about\t1\tabout {}
        period\t1\tfrom {}
        place\t1\tfrom {}
        like\t1\t, think {}
        join\t1\t{} {}
        mass\t1\tmusic
        plural\t1\tsongs
        singular\t1\tsong

        """

    private func sentence(_ frame: String, _ mentions: [Mention]) throws -> String {
        let folder = try TemporaryFolder()
        // The frame outweighs the list by far.
        let table = try RequestTable(path: folder.write(Self.smallTable + "frame\t1e15\t\(frame)\n", to: "requests.tsv"))
        var generator = SeededGenerator(seed: 0)
        return RequestRealization(table, mentions).realized(&generator).text
    }

    private static let all = [
        Mention("calm", .adjective), Mention("old", .adjective), Mention("jazz", .style), Mention("piano", .part),
        Mention("slow tempo", as: "a slow tempo", .part),
        Mention("party", as: "a party", .context), Mention("love", .subject), Mention("1980s", as: "the 1980s", .period), Mention("Cuba", .place),
        Mention("blue smoke", .loose),
    ]

    @Test(arguments: [
        (
            "play {mass}",
            "play calm old jazz music with piano and a slow tempo from Cuba from the 1980s about love for a party, think blue smoke"
        ),
        ("{singular}?", "a calm old jazz song with piano and a slow tempo from Cuba from the 1980s about love for a party, think blue smoke?"),
        ("Any {plural}", "Any calm old jazz songs with piano and a slow tempo from Cuba from the 1980s about love for a party, think blue smoke"),
    ])
    func everythingHasItsPlace(frame: String, expected: String) throws {
        #expect(try sentence(frame, Self.all) == expected)
    }

    @Test func nounPhrasesAgree() throws {
        let funny = [Mention("euphoric", .adjective), Mention("love ballad", .complete)]
        #expect(try sentence("{singular}", funny) == "a euphoric love ballad")
        #expect(try sentence("{plural}", funny) == "euphoric love ballads")
        #expect(try sentence("{singular}", [Mention("old", .adjective), Mention("elevator music", .complete)]) == "a piece of old elevator music")
        #expect(try sentence("{something} please", [Mention("upbeat", .adjective), Mention("airy", .adjective)]) == "something upbeat and airy please")
        #expect(try sentence("{list} music", [Mention("elevator music", .complete)]) == "elevator music")
        #expect(English.withArticle("80s song") == "an 80s song" && English.withArticle("unique song") == "a unique song")
        #expect(English.withArticle("uplifting song") == "an uplifting song" && English.withArticle("unintrusive song") == "an unintrusive song")
        #expect(English.plural("lullaby") == "lullabies" && English.plural("jazz songs") == "jazz songs")
    }

    /// A frame with no place for most of the words gives way to the list; what it leaves out is not counted as said.
    @Test func framesSayEnough() throws {
        #expect(try sentence("{adjectives}", Self.all).split(separator: " ").count > 10)
        let folder = try TemporaryFolder()
        let table = try RequestTable(path: folder.write(Self.smallTable + "frame\t1e15\t{adjectives}!\n", to: "requests.tsv"))
        var generator = SeededGenerator(seed: 0)
        let realized = RequestRealization(table, [Mention("calm", .adjective), Mention("party", .context), Mention("old", .adjective)]).realized(&generator)
        #expect(realized.text == "calm and old!" && realized.said == [0, 2])
    }

    @Test(arguments: [
        ("frame\t1\t{mess}\n", 13), ("frame\t0\t{list}\n", 13), ("frame\t1\tmusic\n", 13), ("frame\t1\t{list} {list}\n", 13), ("frame\t1\n", 13),
        ("with\t1\tmusic\n", 13), ("join\t1\t{}\n", 13), ("noun\t3\tdrums\n", 13), ("as\t\tfilm: a film\n", 13), ("verb\t\tsing\n", 13),
    ])
    func damagedTablesAreNamed(row: String, line: Int) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.smallTable + row, to: "requests.tsv")
        let error = #expect(throws: LineError.self) { try RequestTable(path: path) }
        #expect(error?.file == path && error?.line == line)
    }

    @Test func tablesWithoutWhatIsNeededAreRefused() throws {
        let folder = try TemporaryFolder()
        for (text, name) in [("", "empty"), ("a\tb\n", "foreign"), (Self.smallTable.replacing("frame\t1\t{list}\n", with: ""), "no list")] {
            let path = try folder.write(text, to: name)
            #expect(throws: LineError.self) { try RequestTable(path: path) }
        }
    }
}
