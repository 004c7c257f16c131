import Foundation
import Testing
import TrackCatalogue

@Suite struct FormatRecognitionTests {
    @Test(arguments: [
        ("a.jsonl", "{\"id\": \"x\"}\n", CorpusFormat.jsonl), ("noname", "\u{FEFF}{\"id\": \"x\"}", .jsonl),
        ("a.tsv", "track_id\tartist_id\tgenre\tmood_theme\n", .jamendo), ("a.csv", "ytid,start_s,aspect_list,caption\n", .musiccaps),
        ("a.csv", "\"clip_id\"\t\"no voice\"\t\"mp3_path\"\n", .magnatagatune), ("a.csv", "title,artist\n", .csv), ("a.tsv", "title\tartist\n", .csv),
    ])
    func byTheFirstLine(name: String, content: String, format: CorpusFormat) throws {
        let found = try withFile(name, Array(content.utf8)) { try CorpusFormat.recognise($0) }
        #expect(found == format)
    }

    @Test func aFolderWithACorpusIsBEIR() throws {
        let found = try withFile("corpus.jsonl", Array("{\"_id\": \"d\"}".utf8)) { try CorpusFormat.recognise(($0 as NSString).deletingLastPathComponent) }
        #expect(found == .beir)
    }

    @Test(arguments: ["", "just words\n", "\u{0}\u{1}\u{2}", "title\n"]) func anythingElseIsAnError(content: String) throws {
        try withFile("a.txt", Array(content.utf8)) { path in
            #expect(throws: ImportError.self) { try CorpusFormat.recognise(path) }
        }
    }

    @Test func anUnknownFormatNamesTheKnownOnes() throws {
        try withTemporaryFolder { folder in
            #expect(throws: ImportError.unknownFormat(path: folder, known: CorpusFormat.allCases.map(\.rawValue))) { try CorpusFormat.recognise(folder) }
        }
        let error = ImportError.unknownFormat(path: "p", known: ["jsonl", "csv"])
        #expect(error.description.contains("--format") && error.description.contains("jsonl, csv"))
    }
}

@Suite struct BEIRImportTests {
    @Test func documentsBecomeTracks() throws {
        let lines = [
            #"{"_id": "d1", "title": "A title", "text": "upbeat jazz with steel drum"}"#, #"{"_id": ""}"#, "broken", #"{"_id": "d2"}"#, #"{"title": "x"}"#,
        ]
        try withFile("corpus.jsonl", Array(lines.joined(separator: "\n").utf8)) { path in
            let imported = try importFile((path as NSString).deletingLastPathComponent, as: .beir)
            #expect(imported.tracks.map(\.id) == ["d1", "d2"])
            #expect(imported.tracks[0].title == "A title")
            #expect(imported.tracks[0].caption == "upbeat jazz with steel drum")
            #expect(Set(imported.tracks[0].descriptorNames).isSuperset(of: ["genre:jazz", "instrument:steelpan", "mood:upbeat"]))
            #expect(imported.report.failed == 3)
            #expect(zip(imported.report.problems, [2, 3, 5]).allSatisfy { $0.hasPrefix("\(path):\($1): ") })
        }
    }
}
