import Testing
import Vocabulary

@testable import TrackCatalogue

@Suite struct SoundImportTests {
    private let vocabulary: Vocabulary
    private let taggers = [
        "ear": [
            TaggerTag(tag: "Jazz", descriptor: DescriptorID(.genre, "jazz"), background: 0.1),
            TaggerTag(tag: "jazzy", descriptor: DescriptorID(.genre, "jazz"), background: 0.02),
            TaggerTag(tag: "sad", descriptor: DescriptorID(.mood, "sad"), background: 0.05),
        ]
    ]

    init() { vocabulary = Repository.vocabulary }

    private func sound(_ change: (inout SoundRecord.Details) -> Void) -> SoundRecord {
        var sound = SoundRecord(file: "/m/Music/Ann/03. Island Sun.mp3", root: "/m/Music", size: 1, modified: 1, model: "ear")
        change(&sound.details)
        return sound
    }

    @Test func confidenceIsWhatExceedsTheBackground() {
        let tag = taggers["ear"]?[0]
        #expect(tag?.confidence(0.05) == 0 && tag?.confidence(0.1) == 0)
        #expect(abs((tag?.confidence(0.2) ?? 0) - 1.0 / 3) < 1e-12 && abs((tag?.confidence(0.3) ?? 0) - 0.5) < 1e-12)
    }

    @Test func whatTheFileSaysComesBeforeWhatIsHeard() {
        var importer = SoundImporter(vocabulary, taggers: taggers)
        let track = importer.track(
            sound {
                $0.tags = ["Jazz"]
                $0.activations = ["Jazz": 0.9, "sad": 0.15, "rock": 0.9]
            })
        #expect(track.id == "Music/Ann/03. Island Sun.mp3" && track.title == "Island Sun" && track.file == "/m/Music/Ann/03. Island Sun.mp3")
        #expect(track.descriptors.map(\.id.description) == ["genre:jazz", "mood:sad"])
        #expect(track.descriptors.map(\.provenance) == ["editorial", "tagger:ear"])
        #expect(track.descriptors[0].weight == 1 && abs(track.descriptors[1].weight - 0.5) < 1e-6)
    }

    @Test func theSurerOfTwoTagsCounts() {
        var importer = SoundImporter(vocabulary, taggers: taggers)
        let track = importer.track(sound { $0.activations = ["Jazz": 0.2, "jazzy": 0.1] })
        #expect(track.descriptors.count == 1 && abs(track.descriptors[0].weight - 0.08 / 0.12) < 1e-6)
        let weak = importer.track(sound { $0.activations = ["Jazz": 0.11] })
        #expect(weak.descriptors.isEmpty)
    }

    @Test func titlesLoseNumbersAndNothingElse() {
        #expect(SoundImporter.title(of: "/a/01 - Noon.flac") == "Noon")
        #expect(SoundImporter.title(of: "/a/1999.mp3") == "1999")
        #expect(SoundImporter.title(of: "/a/7_Seconds.mp3") == "Seconds")
        #expect(SoundImporter.title(of: "/a/05.mp3") == "05")
        #expect(SoundImporter.title(of: "/a/St. James.ogg") == "St. James")
    }

    @Test func ofAnUnknownTaggerNothingIsTaken() {
        var importer = SoundImporter(vocabulary, taggers: [:])
        #expect(importer.track(sound { $0.activations = ["Jazz": 0.9] }).descriptors.isEmpty)
    }
}
