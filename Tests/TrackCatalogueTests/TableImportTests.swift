import Testing
import TrackCatalogue
import Vocabulary

@Suite struct CSVImportTests {
    @Test func columnsAreFoundByName() throws {
        let imported = try importText(
            "ID,Title,artist,Year,duration,tags,other\n1,\"Hello, \"\"World\"\"\",Ann,1999,61.5,\"jazz; steel drum, zzyzxish\",x\n", named: "a.csv", as: .csv)
        let track = try #require(imported.track("1"))
        #expect(track.title == "Hello, \"World\"")
        #expect(track.artist == "Ann" && track.year == 1999 && track.duration == 61.5)
        #expect(track.descriptorNames == ["genre:jazz", "instrument:steelpan"])
        #expect(track.caption == "zzyzxish")
    }

    @Test func aMapNamesTheColumns() throws {
        let map = try #require(ColumnMap("title=Name,tags=Genre,tags=Mood,id=Key"))
        let imported = try importText("Key\tName\tGenre\tMood\nk\tSong\tjazz\t['joyful']\n", named: "a.tsv", as: .csv, columns: map)
        let track = try #require(imported.track("k"))
        #expect(track.title == "Song")
        #expect(track.descriptorNames == ["genre:jazz", "mood:joyful"])
    }

    @Test(arguments: ["flavour=Name", "title", "=x", "title=a,b"]) func aMapThatSaysNothingIsRefused(text: String) {
        #expect(ColumnMap(text) == nil)
    }

    @Test func aColumnThatIsMissingIsNamed() throws {
        let map = try #require(ColumnMap("title=Name"))
        try withFile("a.csv", Array("a,b\n1,2\n".utf8)) { path in
            #expect(throws: ImportError.missingColumn(path: path, column: "Name", found: ["a", "b"])) { try importFile(path, as: .csv, columns: map) }
            #expect(throws: ImportError.self) { try importFile(path, as: .csv) }
        }
    }

    @Test func badRowsAreNamedByTheLineWhereTheyBegin() throws {
        let text = "id,title,year,duration\n1,\"two\nlines\",1990,5\n2,x,soon,5\n3,x\n4,x,1990,-3\n5,x,1990,nan\n\n6,fine,,\n"
        let imported = try importText(text, named: "a.csv", as: .csv)
        #expect(imported.tracks.map(\.id) == ["1", "6"])
        #expect(imported.tracks.first?.title == "two\nlines")
        #expect(imported.report.failed == 4)
        let lines = imported.report.problems.map { $0.dropFirst(imported.path.count + 1).prefix { $0 != ":" } }
        #expect(lines == ["4", "5", "6", "7"])
    }

    @Test func aQuoteThatNeverEndsKeepsWhatCameBefore() throws {
        let imported = try importText("id,title\n1,one\n2,\"never\nends\n", named: "a.csv", as: .csv)
        #expect(imported.tracks.map(\.id) == ["1"])
        #expect(imported.report.problems == ["\(imported.path):3: a quoted cell never ends"])
    }

    @Test func rowsWithoutAnIdGetAStableOne() throws {
        let text = "title,artist\nSong,Ann\n,\n"
        let first = try importText(text, named: "a.csv", as: .csv).tracks.map(\.id)
        let again = try importText(text, named: "b.csv", as: .csv).tracks.map(\.id)
        #expect(first == again)
        #expect(Set(first).count == 2 && !first.contains(""))
    }
}

@Suite struct PublicFormatImportTests {
    @Test func jamendo() throws {
        let text = """
            track_id\tartist_id\talbum_id\tpath\tduration\tsplit\tgenre\tinstrument\tmood_theme\ttitle\tartist_name
            track_1\ta1\tb1\t14/214.mp3\t124.6\ttrain\tjazz\tpiano,violin\thappy\tBlue "Note\tAnn
            track_2\ta1\tb1\t14/215.mp3\tlong\ttrain\tjazz\t\t\t\t
            track_3\ta1\tb1\t14/216.mp3\t10\ttrain\trock\t\t\t\t
            """
        let imported = try importText(text, named: "jamendo.tsv", as: .jamendo)
        let track = try #require(imported.track("track_1"))
        #expect(track.title == "Blue \"Note" && track.artist == "Ann" && track.duration == 124.6 && track.file == "14/214.mp3" && track.album.isEmpty)
        #expect(track.descriptorNames == ["genre:jazz", "instrument:piano", "instrument:violin", "mood:happy"])
        #expect(imported.tracks.map(\.id) == ["track_1", "track_3"])
        #expect(imported.report.problems.count == 1)
        #expect(imported.report.problems[0].hasPrefix("\(imported.path):3: duration is 'long'"))
    }

    @Test func musicCapsWithCellsOverSeveralLines() throws {
        let text = """
            ytid,start_s,end_s,audioset_positive_labels,aspect_list,caption,author_id,is_balanced_subset,is_audioset_eval
            -abc,30,40,"/m/1,/m/2","['jazz', ""singer's piano"", 'fast tempo']","A ""live"" take,
            recorded at night.
            Third line.",0,False,False
            def,0,10,/m/3,['unclosed,caption,0,False,False
            ghi,0,10,/m/3,"['rock']",c,0,False,False
            """
        let imported = try importText(text, named: "musiccaps.csv", as: .musiccaps)
        let track = try #require(imported.track("-abc"))
        #expect(track.caption.hasPrefix("A \"live\" take,\nrecorded at night.\nThird line."))
        #expect(track.descriptorNames.contains("genre:jazz") && track.descriptorNames.contains("instrument:piano"))
        #expect(imported.tracks.map(\.id) == ["-abc", "ghi"])
        #expect(imported.report.problems.count == 1)
        #expect(imported.report.problems[0].hasPrefix("\(imported.path):5: "))
    }

    @Test func magnaTagATune() throws {
        let text =
            "\"clip_id\"\t\"jazz\"\t\"no voice\"\t\"piano\"\t\"mp3_path\"\n\"2\"\t\"1\"\t\"0\"\t\"1\"\t\"f/a.mp3\"\n\"\"\t\"1\"\t\"0\"\t\"1\"\t\"f/b.mp3\"\n"
        let imported = try importText(text, named: "annotations.csv", as: .magnatagatune)
        let track = try #require(imported.track("2"))
        #expect(track.file == "f/a.mp3")
        #expect(track.descriptorNames == ["genre:jazz", "instrument:piano"])
        #expect(imported.tracks.count == 1)
        #expect(imported.report.problems == ["\(imported.path):3: the id is empty"])
    }

    @Test(arguments: [CorpusFormat.jamendo, .musiccaps, .magnatagatune]) func aForeignHeaderIsATypedError(format: CorpusFormat) throws {
        try withFile("a.csv", Array("name,colour\nx,y\n".utf8)) { path in
            #expect(throws: ImportError.self) { try importFile(path, as: format) }
        }
    }
}
