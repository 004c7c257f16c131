import Testing

@testable import Vocabulary

@Suite struct VocabularyTablesTests {
    static let genre = "id | label | broader | aliases | related\n"

    /// Each kind of error with the file and the line of the row at fault, and its message.
    @Test(arguments: [
        ("genre.tsv", "", "", VocabularyError.Problem.unreadable("no such file, or no permission")),
        ("common-words.txt", "", "", .unreadable("no such file, or no permission")),
        ("genre.tsv", "id | label | broader | related\nrock | rock |  |", ":1", .missingColumn("aliases")),
        ("mood.tsv", "# moods\n\n" + genre + "happy | happy |  |  |", ":3", .missingColumn("valence")),
        ("spellings.tsv", "spelling\nlofi", ":1", .missingColumn("variants")),
        ("genre.tsv", genre + "rock | rock |  |  |\njazz | jazz |", ":3", .cellCount(expected: 5, found: 3)),
        ("genre.tsv", genre + "rock | rock |  |  |  |", ":2", .cellCount(expected: 5, found: 6)),
        ("genre.tsv", genre + "Rock | rock |  |  |", ":2", .badID("Rock")),
        ("genre.tsv", genre + "hip--hop | hip hop |  |  |", ":2", .badID("hip--hop")),
        ("genre.tsv", genre + " | rock |  |  |", ":2", .badID("")),
        ("genre.tsv", genre + "bébop | rock |  |  |", ":2", .badID("bébop")),
        ("genre.tsv", genre + "rock | rock |  |  |\n# again\nrock | rocking |  |  |", ":4", .duplicateID(DescriptorID(.genre, "rock"), first: ":2")),
        ("genre.tsv", genre + "rock | rock |  | beat music |\npop | pop |  | Beat-Music |", ":3", .duplicateAlias("Beat-Music", first: ":2")),
        ("genre.tsv", genre + "rock | rock |  |  |\nrocks | rocks |  |  |", ":3", .duplicateAlias("rocks", first: ":2")),
        ("genre.tsv", genre + "rock | rock |  | !!! |", ":2", .emptyAlias("!!!")),
        ("genre.tsv", genre + "rock |  |  |  |", ":2", .emptyAlias("")),
        ("genre.tsv", genre + "rock | rock | noise |  |", ":2", .unknownDescriptor(column: "broader", "genre:noise")),
        ("genre.tsv", genre + "rock | rock | mood:upbeat |  |", ":2", .unknownDescriptor(column: "broader", "mood:upbeat")),
        ("genre.tsv", genre + "rock | rock |  |  | mood:nowhere", ":2", .unknownDescriptor(column: "related", "mood:nowhere")),
        ("genre.tsv", genre + "rock | rock |  |  | colour:red", ":2", .unknownDescriptor(column: "related", "colour:red")),
        (
            "genre.tsv", genre + "a | aa | b |  |\nb | bb | a |  |", ":2",
            .cycle([DescriptorID(.genre, "a"), DescriptorID(.genre, "b"), DescriptorID(.genre, "a")])
        ),
        ("genre.tsv", genre + "a | aa | a |  |", ":2", .cycle([DescriptorID(.genre, "a"), DescriptorID(.genre, "a")])),
        (
            "mood.tsv", "id | label | broader | aliases | related | valence | arousal\nupbeat | upbeat |  |  |  | 1.5 | 0", ":2",
            .outOfRange(column: "valence", found: "1.5", allowed: "-1.0 to 1.0")
        ),
        (
            "mood.tsv", "id | label | broader | aliases | related | valence | arousal\nupbeat | upbeat |  |  |  | 0.5 | high", ":2",
            .outOfRange(column: "arousal", found: "high", allowed: "-1.0 to 1.0")
        ),
        (
            "mood.tsv", "id | label | broader | aliases | related | valence | arousal\nupbeat | upbeat |  |  |  | nan | 0", ":2",
            .outOfRange(column: "valence", found: "nan", allowed: "-1.0 to 1.0")
        ),
        (
            "tempo.tsv", "id | label | broader | aliases | related | bpm_low | bpm_high\nfast | fast |  |  |  | 120 | 80", ":2",
            .outOfRange(column: "bpm_high", found: "80", allowed: "120.0 to 1000.0")
        ),
        ("artists.tsv", "artist | descriptors\nNobody | genre:rock, genre:noise", ":2", .unknownDescriptor(column: "descriptors", "genre:noise")),
        (
            "era.tsv", "id | label | broader | aliases | related | year_from | year_to\n1980s | 1980s |  |  |  | 1980 | 3000", ":2",
            .outOfRange(column: "year_to", found: "3000", allowed: "1980.0 to 2100.0")
        ),
    ]) func aRowThatCannotStandIsNamed(file: String, content: String, line: String, problem: VocabularyError.Problem) throws {
        let tables = try Tables([file: content])
        let error = #expect(throws: VocabularyError.self) { try VocabularyTables(folder: tables.folder) }
        #expect(error?.place == "\(tables.folder)/\(file)\(line)")
        let path = "\(tables.folder)/\(file)"
        let expected: VocabularyError.Problem =
            switch problem {
            case .duplicateID(let id, let first): .duplicateID(id, first: path + first)
            case .duplicateAlias(let alias, let first): .duplicateAlias(alias, first: path + first)
            default: problem
            }
        #expect(error?.problem == expected)
        #expect(error?.description.hasPrefix("\(path)\(line): ") == true)
    }

    @Test func aTableThatIsNotTextIsNamed() throws {
        let tables = try Tables()
        try #require(FileBytes.write([0x69, 0x64, 0xFF, 0xFE], to: tables.folder + "/genre.tsv"))
        #expect(throws: VocabularyError(place: tables.folder + "/genre.tsv", problem: .unreadable("it is not UTF-8"))) {
            try VocabularyTables(folder: tables.folder)
        }
    }

    @Test func tablesAreReadWithTheirPlaces() throws {
        let tables = try Tables()
        let read = try VocabularyTables(folder: tables.folder)
        #expect(
            read.descriptors.map(\.id.description) == [
                "genre:rock", "genre:metal", "genre:doom", "genre:be-bop", "genre:at-home", "mood:upbeat", "mood:relaxing", "instrument:steelpan",
                "instrument:drums", "voice:vocals", "era:1980s", "tempo:fast", "texture:lofi",
            ])
        #expect(read.places.first == tables.folder + "/genre.tsv:3", "comments and the header count as lines")
        #expect(
            read.descriptors[0]
                == Descriptor(id: DescriptorID(.genre, "rock"), label: "rock", aliases: ["rock music"], related: [DescriptorID(.mood, "upbeat")]))
        #expect(read.descriptors[5].attributes == .mood(valence: 0.7, arousal: 0.6))
        #expect(read.spellings.map(\.canonical) == ["lofi", "steelpan"] && read.commonWords == ["long", "relax"])
    }

    @Test func columnsMayStandInAnyOrderAndOthersAreLeftOut() throws {
        let tables = try Tables(["theme.tsv": "note | related | aliases | label | broader | id\nsummer | mood:upbeat | at the beach | beach |  | beach"])
        let beach = try #require(VocabularyTables(folder: tables.folder).descriptors.first { $0.id.facet == .theme })
        #expect(beach == Descriptor(id: DescriptorID(.theme, "beach"), label: "beach", aliases: ["at the beach"], related: [DescriptorID(.mood, "upbeat")]))
    }

    @Test func impliedMoodsNeedABase() throws {
        let header = "descriptor | valence | arousal\n"
        let plain = try Tables()
        #expect(try VocabularyTables(folder: plain.folder).impliedMoods == nil)
        let tables = try Tables(["implied-moods.tsv": header + "* | 0.3 | 0.2\ngenre:metal | -0.1 | 0.4"])
        let implied = try #require(VocabularyTables(folder: tables.folder).impliedMoods)
        #expect(implied.base == .init(valence: 0.3, arousal: 0.2) && implied.changes == [DescriptorID(.genre, "metal"): .init(valence: -0.1, arousal: 0.4)])
        for (row, problem) in [
            ("genre:polka | 0 | 0", VocabularyError.Problem.unknownDescriptor(column: "descriptor", "genre:polka")),
            ("* | 2 | 0", .outOfRange(column: "valence", found: "2", allowed: "-1 to 1")),
        ] {
            let broken = try Tables(["implied-moods.tsv": header + row])
            #expect(throws: VocabularyError(place: broken.folder + "/implied-moods.tsv:2", problem: problem)) { try VocabularyTables(folder: broken.folder) }
        }
    }
}
