import Evaluation
import Foundation
import LinearAlgebra
import Testing

@Suite struct TRECRunTests {
    @Test func readsTheFieldsAndRanksAsTrecEvalDoes() throws {
        let run = try Run(
            trecLines: [
                "# a comment", "", "q1 Q0 d1 1 0.5 tag", "q1\tQ0\td2\t9\t2.5\ttag  more fields\r", "q2 Q0 d1 1 -1e-3 tag",
                "q1 Q0 d9 3 0.5 tag",
            ], file: "a.run")
        // by score, not by rank or place; d9 before d1 at equal scores: falling document id
        #expect(run["q1"].map(\.document) == ["d2", "d9", "d1"])
        #expect(run["q2"] == [.init(document: "d1", score: -0.001)])
        #expect(run.queries == ["q1", "q2"])
        #expect(run["q3"] == [])
    }

    @Test func scoresAreComparedInSinglePrecision() throws {
        // 1 + 2⁻³⁰ is 1 in single precision: equal scores, so d2 leads although d1 is larger in double precision.
        let run = try Run(trecLines: ["q Q0 d1 1 \(1 + 0x1p-30) t", "q Q0 d2 2 1 t"], file: "a.run")
        #expect(run["q"].map(\.document) == ["d2", "d1"])
    }

    @Test(arguments: [
        ("q1 Q0 d1 1 0.5", "query Q0 document rank score tag", "q1 Q0 d1 1 0.5"),
        ("q1 Q0 d1 1 high tag", "a finite score", "high"),
        ("q1 Q0 d1 1 nan tag", "a finite score", "nan"),
        ("q1 Q0 d1 1 inf tag", "a finite score", "inf"),
        ("q1 Q0 d0 2 0.4 tag", "a document that query \"q1\" does not have yet", "d0"),
    ])
    func aMalformedLineIsNamed(line: String, expected: String, found: String) {
        #expect(throws: LineError(file: "a.run", line: 2, expected: expected, found: found)) {
            try Run(trecLines: ["q1 Q0 d0 1 0.9 tag", line], file: "a.run")
        }
    }

    @Test func anErrorReadsAsAPlaceAndAReason() {
        let error = LineError(file: "a.run", line: 7, expected: "a finite score", found: "nan")
        #expect("\(error)" == "a.run:7: expected a finite score, found \"nan\"")
        #expect(LineError(file: "", line: 1, expected: "", found: String(repeating: "x", count: 5000)).found.count == 81)
    }

    @Test func writesFallingScores() throws {
        let run = Run(rankings: [
            "q2": [.init(document: "b", score: 1), .init(document: "a", score: 1), .init(document: "c", score: 7)],
            "q1": [.init(document: "a", score: 0.1)],
        ])
        var text = ""
        try run.writeTREC(tag: "descant", to: &text)
        // the next single-precision numbers below 1 are 1 − 2⁻²⁴ and 1 − 2⁻²³
        #expect(
            text == """
                q1 Q0 a 1 0.1 descant
                q2 Q0 b 1 1.0 descant
                q2 Q0 a 2 \(1 - 0x1p-24) descant
                q2 Q0 c 3 \(1 - 0x1p-23) descant

                """)
    }

    @Test func whatCannotBeWrittenIsRefused() {
        func written(_ run: Run, tag: String = "t") throws(UnwritableValue) -> String {
            var text = ""
            try run.writeTREC(tag: tag, to: &text)
            return text
        }
        func run(_ query: String, _ document: String, _ scores: Double...) -> Run {
            Run(rankings: [query: scores.enumerated().map { .init(document: document + (scores.count > 1 ? "\($0)" : ""), score: $1) }])
        }
        #expect(throws: UnwritableValue.identifier("q 1", format: "TREC")) { try written(run("q 1", "d", 1)) }
        #expect(throws: UnwritableValue.identifier("#1", format: "TREC")) { try written(run("#1", "d", 1)) }
        #expect(throws: UnwritableValue.identifier("", format: "TREC")) { try written(run("q", "", 1)) }
        #expect(throws: UnwritableValue.identifier("d\n", format: "TREC")) { try written(run("q", "d\n", 1)) }
        #expect(throws: UnwritableValue.identifier("my run", format: "TREC")) { try written(run("q", "d", 1), tag: "my run") }
        #expect(throws: UnwritableValue.score(.infinity, query: "q", document: "d")) { try written(run("q", "d", .infinity)) }
        #expect(throws: UnwritableValue.score(1e300, query: "q", document: "d")) { try written(run("q", "d", 1e300)) }
        #expect(throws: UnwritableValue.self) { try written(run("q", "d", .nan)) }
        let lowest = -Double(Float.greatestFiniteMagnitude)
        #expect(throws: UnwritableValue.score(lowest, query: "q", document: "d1")) { try written(run("q", "d", lowest, lowest)) }
        #expect(throws: UnwritableValue.repeated(document: "d", query: "q")) {
            try written(Run(rankings: ["q": [.init(document: "d", score: 2), .init(document: "d", score: 1)]]))
        }
    }

    /// No ties, whatever the scores: what is read back has the order that was written, and single-precision scores strictly fall.
    @Test(arguments: UInt64(0)..<50) func aWrittenRunKeepsItsRanking(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var run = Run()
        for query in 0..<5 {
            let documents = generator.shuffled(Array(0..<40))
            var scores = documents.map { _ in randomScore(&generator) }
            if generator.integer(in: 0...1) == 0 { scores.sort(by: >) }
            run["q\(query)"] = zip(documents, scores).map { .init(document: "d\($0)", score: $1) }
        }
        var text = ""
        try run.writeTREC(tag: "t", to: &text)
        let lines = text.split(separator: "\n").map(String.init)
        let read = try Run(trecLines: generator.shuffled(lines), file: "shuffled.run")
        for query in run.queries {
            #expect(read[query].map(\.document) == run[query].map(\.document))
            #expect(zip(read[query], read[query].dropFirst()).allSatisfy { Float($0.score) > Float($1.score) })
        }
        var again = ""
        try read.writeTREC(tag: "t", to: &again)
        #expect(again == text, "a file without ties is written as it was read")
    }

    /// Few distinct values, zeros of both signs, numbers that differ in double precision only, tiny and large ones.
    private func randomScore(_ generator: inout SeededGenerator) -> Double {
        switch generator.integer(in: 0...5) {
        case 0: Double(generator.integer(in: 0...3))
        case 1: generator.integer(in: 0...1) == 0 ? 0.0 : -0.0
        case 2: 1 + Double(generator.integer(in: 0...3)) * 0x1p-40
        case 3: Double(generator.integer(in: -3...3)) * 1e-46
        case 4: Double(generator.integer(in: -100...100)) * 1e30
        default: Double(generator.integer(in: 0...1_000_000)) / 1_000_000
        }
    }

    @Test func fileRoundTrip() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("a.run")
            let run = Run(rankings: ["é": [.init(document: "d\u{301}", score: 0.25), .init(document: "d2", score: 1e-7)]])
            try run.writeTREC(tag: "t", toFile: file)
            #expect(try Run(trecFile: file) == run)
        }
    }

    @Test func linesEndInEitherWayAndBytesMustBeText() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("a.run")
            try Data("\u{FEFF}q Q0 a 1 2 t\r\n\r\nq Q0 b 2 1 t".utf8).write(to: file)
            #expect(try Run(trecFile: file)["q"].map(\.document) == ["a", "b"])
            try Data([UInt8]("q Q0 a 1 2 t\nq Q0 ".utf8) + [0xFF, 0xFE]).write(to: file)
            #expect(throws: LineError(file: file.path, line: 2, expected: "UTF-8 text", found: "q Q0 \u{FFFD}\u{FFFD}")) {
                try Run(trecFile: file)
            }
        }
    }
}

@Suite struct TRECQrelsTests {
    @Test func readsGrades() throws {
        let qrels = try Qrels(trecLines: ["q1 0 d1 2", "", "q1\t0\td2\t-1\r", "q2 Q0 d1 0"], file: "a.qrels")
        #expect(qrels.grades == ["q1": ["d1": 2, "d2": -1], "q2": ["d1": 0]])
    }

    @Test(arguments: [
        ("q1 0 d1", "query iteration document grade", "q1 0 d1"),
        ("q1 0 d1 1 extra", "query iteration document grade", "q1 0 d1 1 extra"),
        ("q1 0 d1 1.5", "an integer grade", "1.5"),
        ("q1 0 d1 99999999999999999999", "an integer grade", "99999999999999999999"),
        ("q1 0 d0 1", "a document without a grade for query \"q1\"", "d0"),
    ])
    func aMalformedLineIsNamed(line: String, expected: String, found: String) {
        #expect(throws: LineError(file: "a.qrels", line: 2, expected: expected, found: found)) {
            try Qrels(trecLines: ["q1 0 d0 1", line], file: "a.qrels")
        }
    }

    @Test(arguments: UInt64(0)..<20) func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var qrels = Qrels()
        for _ in 0..<50 { qrels["q\(generator.integer(in: 0...9))"]["d\(generator.integer(in: 0...9))"] = generator.integer(in: -2...4) }
        var text = ""
        try qrels.writeTREC(to: &text)
        #expect(try Qrels(trecLines: text.split(separator: "\n").map(String.init), file: "a") == qrels)
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("a.qrels")
            try qrels.writeTREC(toFile: file)
            #expect(try Qrels(trecFile: file) == qrels)
        }
    }

    @Test func anIdWithASpaceIsRefused() {
        var text = ""
        #expect(throws: UnwritableValue.identifier("d 1", format: "TREC")) {
            try Qrels(grades: ["q": ["d 1": 1]]).writeTREC(to: &text)
        }
    }
}

func withTemporaryFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("evaluation-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
}
