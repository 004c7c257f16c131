import Evaluation
import Foundation
import Testing

@Suite struct BEIRDatasetTests {
    let dataset = BEIRDataset(
        documents: [
            .init(id: "d 1", title: "Título", text: "two\nlines, \"quotes\" and \\ / \u{2028}"),
            .init(id: "d2", title: "", text: ""),
        ],
        queries: [.init(id: "q1", text: "brass 🎺"), .init(id: "q2", text: "\t")],
        qrels: Qrels(grades: ["q1": ["d 1": 2, "d2": 0]]))

    @Test func roundTrip() throws {
        try withTemporaryFolder { folder in
            try dataset.write(to: folder)
            #expect(try BEIRDataset(folder: folder) == dataset)
            try dataset.write(to: folder.appendingPathComponent("new/nested"), split: "dev")
            #expect(try BEIRDataset(folder: folder.appendingPathComponent("new/nested"), split: "dev") == dataset)
        }
    }

    @Test func filesAreLaidOutAsInBEIR() throws {
        try withTemporaryFolder { folder in
            try dataset.write(to: folder)
            func text(_ path: String) throws -> String {
                String(decoding: try Data(contentsOf: folder.appendingPathComponent(path)), as: UTF8.self)
            }
            #expect(try text("qrels/test.tsv") == "query-id\tcorpus-id\tscore\nq1\td 1\t2\nq1\td2\t0\n")
            #expect(try text("queries.jsonl").hasPrefix(#"{"_id":"q1","text":"brass 🎺"}"# + "\n"))
            #expect(try text("corpus.jsonl").hasSuffix(#"{"_id":"d2","text":"","title":""}"# + "\n"))
            #expect(try text("corpus.jsonl").filter { $0 == "\n" }.count == 2)
        }
    }

    @Test func titleAndOtherMembersAreOptional() throws {
        try withFolder(corpus: #"{"metadata": {"url": 1}, "text": "t", "_id": "a"}"# + "\r\n\n") { folder in
            let documents = try BEIRDataset(folder: folder).documents
            #expect(documents == [.init(id: "a", title: "", text: "t")])
        }
    }

    @Test(arguments: ["{", "[]", "5", #"{"_id": 1, "text": "t"}"#, #"{"_id": "a"}"#, #"{"text": "t"}"#, #"{"_id": "b", "text": null}"#])
    func aMalformedDocumentIsNamed(line: String) throws {
        try withFolder(corpus: #"{"_id": "x", "text": ""}"# + "\n" + line) { folder in
            let file = folder.appendingPathComponent("corpus.jsonl").path
            let expected = "a JSON object with the strings \"_id\" and \"text\""
            #expect(throws: LineError(file: file, line: 2, expected: expected, found: line)) { try BEIRDataset(folder: folder) }
        }
    }

    @Test func anIdMayOccurOnce() throws {
        let line = #"{"_id": "x", "text": ""}"#
        try withFolder(corpus: line + "\n" + line) { folder in
            let file = folder.appendingPathComponent("corpus.jsonl").path
            #expect(throws: LineError(file: file, line: 2, expected: "an \"_id\" not seen before", found: "x")) {
                try BEIRDataset(folder: folder)
            }
        }
    }

    @Test(arguments: [
        ("", 1, "the header query-id, corpus-id, score, separated by tabs", ""),
        ("q1\td1\t1\n", 1, "the header query-id, corpus-id, score, separated by tabs", "q1\td1\t1"),
        ("query-id\tcorpus-id\tscore\nq1\td1", 2, "query id, document id, grade, separated by tabs", "q1\td1"),
        ("query-id\tcorpus-id\tscore\nq1 d1 1", 2, "query id, document id, grade, separated by tabs", "q1 d1 1"),
        ("query-id\tcorpus-id\tscore\r\nq1\td1\thigh\r\n", 2, "an integer grade", "high"),
        ("query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td1\t2", 3, "a document without a grade for query \"q1\"", "d1"),
    ])
    func aMalformedJudgementIsNamed(qrels: String, line: Int, expected: String, found: String) throws {
        try withFolder(qrels: qrels) { folder in
            let file = folder.appendingPathComponent("qrels/test.tsv").path
            #expect(throws: LineError(file: file, line: line, expected: expected, found: found)) { try BEIRDataset(folder: folder) }
        }
    }

    @Test func aMissingFileAndAnUnwritableIdAreErrors() throws {
        try withTemporaryFolder { folder in
            #expect(throws: (any Error).self) { try BEIRDataset(folder: folder) }
            var tabbed = dataset
            tabbed.qrels["q\t1"] = ["d": 1]
            #expect(throws: UnwritableValue.identifier("q\t1", format: "BEIR")) { try tabbed.write(to: folder) }
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(files == [], "nothing is written by half")
        }
    }

    private func withFolder(
        corpus: String = "", qrels: String = "query-id\tcorpus-id\tscore\n", _ body: (URL) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent("qrels"), withIntermediateDirectories: false)
            try Data(corpus.utf8).write(to: folder.appendingPathComponent("corpus.jsonl"))
            try Data().write(to: folder.appendingPathComponent("queries.jsonl"))
            try Data(qrels.utf8).write(to: folder.appendingPathComponent("qrels/test.tsv"))
            try body(folder)
        }
    }
}
