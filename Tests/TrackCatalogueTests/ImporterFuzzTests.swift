import Foundation
import TestSupport
import Testing
import TrackCatalogue

/// Content of a file never traps: whatever the bytes, an import ends with a report or an `ImportError`.
@Suite struct ImporterFuzzTests {
    static let valid: [(format: CorpusFormat, name: String, text: String)] = [
        (
            .jsonl, "c.jsonl",
            "{\"id\": \"a\", \"year\": 1990, \"duration\": 3.5, \"descriptors\": {\"genre\": [\"jazz\", [\"rock\", 0.5]]}, \"tags\": [\"happy\"]}\n{\"title\": \"é\\u0041\", \"artist\": \"B\"}\n"
        ),
        (.csv, "c.csv", "id,title,year,duration,tags\n1,\"a \"\"b\"\"\nc\",1990,3.5,\"jazz; rock\"\n2,x,,,\"['happy', \"\"it's\"\"]\"\n"),
        (
            .jamendo, "c.tsv",
            "track_id\talbum_id\tpath\tduration\tgenre\tinstrument\tmood_theme\ttitle\tartist_name\nt1\tb\tp.mp3\t10.5\tjazz\tpiano\thappy\tT\tA\n"
        ),
        (.musiccaps, "c.csv", "ytid,aspect_list,caption\nabc,\"['jazz', 'piano']\",\"two\nlines\"\n"),
        (.magnatagatune, "c.csv", "\"clip_id\"\t\"jazz\"\t\"mp3_path\"\n\"2\"\t\"1\"\t\"f.mp3\"\n"),
        (.beir, "corpus.jsonl", "{\"_id\": \"d\", \"title\": \"t\", \"text\": \"happy jazz\"}\n"),
    ]

    private func importQuietly(_ bytes: [UInt8], _ name: String, _ format: CorpusFormat) throws {
        try withFile(name, bytes) { path in
            let path = format == .beir ? (path as NSString).deletingLastPathComponent : path
            do {
                let imported = try importFile(path, as: format)
                #expect(imported.report.imported == imported.tracks.count)
                #expect(imported.report.problems.count == min(100, imported.report.failed))
                #expect(imported.tracks.allSatisfy { !$0.id.isEmpty && $0.descriptors.allSatisfy { $0.weight > 0 && $0.weight <= 1 } })
            } catch is ImportError {}
            do {
                _ = try CorpusFormat.recognise(path)
            } catch is ImportError {}
        }
    }

    @Test(arguments: valid.indices) func theSamplesAreValid(sample: Int) throws {
        let (format, name, text) = Self.valid[sample]
        try withFile(name, Array(text.utf8)) { path in
            let path = format == .beir ? (path as NSString).deletingLastPathComponent : path
            let imported = try importFile(path, as: format)
            #expect(imported.report.failed == 0)
            #expect(!imported.tracks.isEmpty)
            #expect(try CorpusFormat.recognise(path) == format)
        }
    }

    @Test(arguments: valid.indices) func randomBytes(sample: Int) throws {
        var numbers = SeededGenerator(seed: UInt64(sample))
        let (format, name, _) = Self.valid[sample]
        for _ in 0..<60 {
            let bytes = (0..<Int.random(in: 0...400, using: &numbers)).map { _ in UInt8.random(in: 0...255, using: &numbers) }
            try importQuietly(bytes, name, format)
        }
    }

    @Test(arguments: valid.indices) func mutationsOfValidFiles(sample: Int) throws {
        var numbers = SeededGenerator(seed: 100 + UInt64(sample))
        let (format, name, text) = Self.valid[sample]
        for _ in 0..<150 {
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &numbers) where !bytes.isEmpty {
                let position = Int.random(in: 0..<bytes.count, using: &numbers)
                switch Int.random(in: 0..<5, using: &numbers) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &numbers)
                case 1: bytes.remove(at: position)
                case 2: bytes.insert(Array("\"'[]{},\t\n\\0-e".utf8).randomElement(using: &numbers) ?? 0, at: position)
                case 3: bytes.removeSubrange(position...)
                default: bytes.insert(contentsOf: bytes[position..<min(bytes.count, position + 20)], at: position)
                }
            }
            try importQuietly(bytes, name, format)
        }
    }

    @Test func anArrayNestedDeeplyInOneRowIsABadRow() throws {
        let imported = try importText(#"{"id": "a", "tags": "# + String(repeating: "[", count: 20_000) + "\n{\"id\": \"b\"}")
        #expect(imported.tracks.map(\.id) == ["b"])
        #expect(imported.report.failed == 1)
    }
}
