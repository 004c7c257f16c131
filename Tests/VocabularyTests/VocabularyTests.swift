import Foundation
import Storage
import TestSupport
import Testing
import TextAnalysis

@testable import Vocabulary

enum FileBytes {
    static func write(_ bytes: [UInt8], to path: String) -> Bool { FileManager.default.createFile(atPath: path, contents: Data(bytes)) }
}

@Suite struct VocabularyTests {
    // MARK: Compiling

    @Test func compiledDescriptorsAreThoseOfTheTables() throws {
        let tables = try Tables()
        let written = try VocabularyTables(folder: tables.folder).descriptors
        let vocabulary = try tables.vocabulary()
        #expect(vocabulary.count == written.count)
        for (i, descriptor) in written.enumerated() {
            var expected = descriptor
            expected.aliases = []  // looked up in the phrase table instead
            #expect(vocabulary.descriptors[i] == expected)
            #expect(vocabulary.index(of: descriptor.id) == i && vocabulary.descriptor(descriptor.id) == expected)
            for name in [descriptor.label] + descriptor.aliases { #expect(vocabulary.descriptor(named: name) == i, "\(name)") }
        }
        #expect(vocabulary.isCommon("long") && !vocabulary.isCommon("metal"))
        #expect(vocabulary.moods.map { vocabulary.id($0.index) } == ["mood:upbeat", "mood:relaxing"])
        #expect(vocabulary.analyzer.terms("Steel drum, LO FI") == ["steelpan", "lofi"], "spellings come along")
    }

    @Test func theCompiledFileDoesNotDependOnTheDay() throws {
        let tables = try Tables()
        let contents = try (0..<2).map { number in
            try Vocabulary.compile(VocabularyTables(folder: tables.folder), to: "\(tables.folder)/\(number)")
            return try Data(contentsOf: URL(fileURLWithPath: "\(tables.folder)/\(number)"))
        }
        #expect(contents[0] == contents[1])
    }

    @Test func aDamagedFileIsATypedError() throws {
        let tables = try Tables()
        let path = tables.folder + "/compiled"
        try Vocabulary.compile(VocabularyTables(folder: tables.folder), to: path)
        let content = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var random = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            var damaged = content
            damaged[Int.random(in: 16..<content.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            #expect(throws: FileError.self) {
                try Vocabulary(compiled: SectionFile(MappedFile(content: damaged, named: "m"), kind: Vocabulary.kind, version: Vocabulary.version))
            }
        }
    }

    // MARK: Relations

    @Test func ancestorsAndDescendantsComeNearestFirst() throws {
        let vocabulary = try Tables().vocabulary()
        func closure(_ list: [(index: Int, distance: Int)]) -> [String] { list.map { "\(vocabulary.id($0.index) ?? "") \($0.distance)" } }
        let rock = try #require(vocabulary.index(of: DescriptorID(.genre, "rock")))
        let doom = try #require(vocabulary.index(of: DescriptorID(.genre, "doom")))
        #expect(closure(vocabulary.ancestors(of: doom)) == ["genre:metal 1", "genre:rock 2"])
        #expect(closure(vocabulary.descendants(of: rock)) == ["genre:metal 1", "genre:doom 2"])
        #expect(vocabulary.ancestors(of: rock).isEmpty && vocabulary.descendants(of: doom).isEmpty)
        let upbeat = try #require(vocabulary.index(of: DescriptorID(.mood, "upbeat")))
        #expect(vocabulary.referring(to: upbeat) == [rock])
    }

    /// Two ways up to one ancestor: it counts once, by the shorter.
    @Test func aSharedAncestorIsCountedOnce() throws {
        let genre =
            "id | label | broader | aliases | related\ntop | top |  |  |\nleft | left | top |  |\nright | right | top, left |  |\nlow | low | left, right |  |"
        let vocabulary = try Tables(["genre.tsv": genre]).vocabulary()
        let low = try #require(vocabulary.index(of: DescriptorID(.genre, "low")))
        #expect(vocabulary.ancestors(of: low).map { vocabulary.id($0.index) ?? "" } == ["genre:left", "genre:right", "genre:top"])
        #expect(vocabulary.ancestors(of: low).map(\.distance) == [1, 1, 2])
    }

    // MARK: Matching

    @Test(arguments: [
        ("doom metal", ["genre:doom"]), ("heavy metal", ["genre:metal"]), ("metal doom metal rock", ["genre:metal", "genre:doom", "genre:rock"]),
        ("rock music and drums", ["genre:rock", "instrument:drums"]), ("", []), ("nothing here", []),
    ]) func theLongestNameWins(text: String, expected: [String]) throws {
        let vocabulary = try Tables().vocabulary()
        #expect(vocabulary.resolve(text).map { vocabulary.id($0.descriptor) } == expected)
    }

    @Test(arguments: [
        ("doommetal", "genre:doom"), ("heavymetal", "genre:metal"), ("heavy-metal", "genre:metal"), ("rock-music", "genre:rock"),
        ("steeldrum", "instrument:steelpan"), ("lo fi", "texture:lofi"),
        ("Drums", "instrument:drums"), ("eighties", "era:1980s"), ("80's", "era:1980s"), ("relaxed", "mood:relaxing"), ("athome", "genre:at-home"),
        ("at home", "genre:at-home"),
    ]) func namesMayBeJoinedOrApart(text: String, expected: String) throws {
        let vocabulary = try Tables().vocabulary()
        #expect(vocabulary.id(vocabulary.descriptor(named: text)) == expected)
    }

    /// "be at" is not "beat", and "a t home" is not "at home": a run with a function word must match word for word.
    @Test(arguments: ["up be at", "be at", "in it"]) func functionWordsAreNotJoined(text: String) throws {
        let theme = "id | label | broader | aliases | related\nbeat | beat |  |  |\ninit | init |  |  |"
        let vocabulary = try Tables(["theme.tsv": theme]).vocabulary()
        #expect(vocabulary.resolve(text).isEmpty)
        #expect(vocabulary.resolve("beat init").count == 2)
    }

    /// An adverb is seldom the adjective that its stem is.
    @Test func anAdverbIsNotItsAdjective() throws {
        let vocabulary = try Tables([
            "mood.tsv": "id | label | broader | aliases | related | valence | arousal\nupbeat | upbeat |  |  |  | 0.7 | 0.6\ntense | tense |  |  |  | 0 | 0.5"
        ]).vocabulary()
        #expect(vocabulary.descriptor(named: "tensely") == nil)
        #expect(vocabulary.id(vocabulary.descriptor(named: "tense")) == "mood:tense")
    }

    @Test(arguments: ["The Melvins", "melvins", "THE MELVINS"]) func anArtistIsKnownByItsName(name: String) throws {
        let vocabulary = try Tables().vocabulary()
        let artist = try #require(vocabulary.artist(vocabulary.analyzer.tokens(name)[...]))
        #expect(artist.name == "The Melvins")
        #expect(artist.descriptors.map { vocabulary.id($0) } == ["mood:upbeat", "tempo:fast"])
        #expect(vocabulary.artist(vocabulary.analyzer.tokens(name + " quartet")[...]) == nil)
    }

    @Test func facetsCanBeChosen() throws {
        let vocabulary = try Tables().vocabulary()
        let found = vocabulary.resolve("upbeat rock with drums", within: [.mood, .instrument])
        #expect(found.map { vocabulary.id($0.descriptor) } == ["mood:upbeat", "instrument:drums"])
        #expect(found.map(\.tokens) == [0..<1, 3..<4])
    }

    @Test func aTagNamesOneThingWhole() throws {
        let vocabulary = try Tables().vocabulary()
        #expect(vocabulary.descriptor(named: "rock and metal") == nil)
        #expect(vocabulary.descriptor(named: "!!") == nil)
    }
}
