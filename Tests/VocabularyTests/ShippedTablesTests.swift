import Foundation
import Testing

@testable import Vocabulary

/// The tables in `vocab/`. They grow all the time: only floors are held here.
@Suite struct ShippedTablesTests {
    @Test func theTablesAreAsLargeAsPromised() {
        let counts = Shipped.vocabulary.descriptors.reduce(into: [Facet: Int]()) { $0[$1.id.facet, default: 0] += 1 }
        #expect(Shipped.vocabulary.count >= 1500)
        #expect(counts[.genre, default: 0] >= 500)
        #expect(counts[.mood, default: 0] >= 250)
        #expect(counts[.instrument, default: 0] >= 250)
        #expect(counts[.theme, default: 0] >= 150)
        #expect(Facet.allCases.allSatisfy { counts[$0, default: 0] > 0 })
    }

    @Test func everyNameFindsItsOwnDescriptor() throws {
        for (i, descriptor) in try VocabularyTables(folder: Shipped.folder).descriptors.enumerated() {
            let found = Shipped.vocabulary.descriptor(named: descriptor.label)
            #expect(found == i, "'\(descriptor.label)' finds \(Shipped.vocabulary.id(found) ?? "nothing"), not \(descriptor.id)")
        }
    }

    @Test func moodsLieInTheCircumplex() {
        #expect(Shipped.vocabulary.moods.allSatisfy { (-1...1).contains($0.place.valence) && (-1...1).contains($0.place.arousal) })
        #expect(Shipped.vocabulary.moods.count == Shipped.vocabulary.descriptors.count { $0.id.facet == .mood })
    }

    // MARK: MTG-Jamendo

    static let genres = """
        60s 70s 80s 90s acidjazz alternative alternativerock ambient atmospheric blues bluesrock bossanova breakbeat celtic chanson chillout choir
        classical classicrock club contemporary country dance darkambient darkwave deephouse disco downtempo drumnbass dub dubstep easylistening edm
        electronic electronica electropop ethno eurodance experimental folk funk fusion groove grunge hard hardrock hiphop house idm improvisation
        indie industrial instrumentalpop instrumentalrock jazz jazzfusion latin lounge medieval metal minimal newage newwave orchestral pop popfolk
        poprock postrock progressive psychedelic punkrock rap reggae rnb rock rocknroll singersongwriter soul soundtrack swing symphonic synthpop
        techno trance triphop world worldfusion
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    static let instruments = """
        accordion acousticbassguitar acousticguitar bass beat bell bongo brass cello clarinet classicalguitar computer doublebass drummachine drums
        electricguitar electricpiano flute guitar harmonica harp horn keyboard oboe orchestra organ pad percussion piano pipeorgan rhodes sampler
        saxophone strings synthesizer trombone trumpet viola violin voice
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    static let moodsAndThemes = """
        action adventure advertising background ballad calm children christmas commercial cool corporate dark deep documentary drama dramatic dream
        emotional energetic epic fast film fun funny game groovy happy heavy holiday hopeful inspiring love meditative melancholic melodic
        motivational movie nature party positive powerful relaxing retro romantic sad sexy slow soft soundscape space sport summer trailer travel
        upbeat uplifting
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    /// All 183 tags of MTG-Jamendo name a descriptor, and one of a fitting facet.
    @Test(arguments: [
        (genres, 87, [Facet.genre, .era, .voice]), (instruments, 40, [.instrument, .voice]),
        (moodsAndThemes, 56, [.mood, .theme, .tempo, .era, .genre, .texture]),
    ]) func theTagsOfMTGJamendoResolve(tags: [String], count: Int, facets: [Facet]) throws {
        try #require(Set(tags).count == count)
        for tag in tags {
            guard let index = Shipped.vocabulary.descriptor(named: tag) else {
                Issue.record("'\(tag)' names nothing")
                continue
            }
            let id = Shipped.vocabulary.descriptors[index].id
            #expect(facets.contains(id.facet), "'\(tag)' is \(id)")
        }
    }

    // MARK: MusicCaps

    static let musicCaps = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../../shared/data/musiccaps/musiccaps-dev.csv"

    /// Of all aspects that the captions' writers gave, counted as often as they occur, a descriptor is found in 85 of 100.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: musicCaps), "MusicCaps is not at ../shared/data/musiccaps"))
    func aspectsOfMusicCapsResolve() throws {
        let text = try String(contentsOfFile: Self.musicCaps, encoding: .utf8)
        var occurrences = 0
        var counts: [String: Int] = [:]
        for list in text.matches(of: /"\[((?:'|"")[^\n]*?(?:'|""))\]"/) {
            for item in list.1.replacing("\"\"", with: "\"").matches(of: /'([^']*)'|"([^"]*)"/) {
                counts[String(item.1 ?? item.2 ?? ""), default: 0] += 1
                occurrences += 1
            }
        }
        try #require(occurrences > 20_000)
        let resolved = counts.reduce(0) { $0 + (Shipped.vocabulary.resolve($1.key).isEmpty ? 0 : $1.value) }
        let share = Double(resolved) / Double(occurrences)
        #expect(share >= 0.85, "\(resolved) of \(occurrences)")
    }
}
