import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct JSONLinesTests {
    /// Any finite logit reads back as it was, to the bit.
    @Test func numbersReadBackTheSame() throws {
        let folder = try TemporaryFolder()
        var generator = SeededGenerator(seed: 4)
        let logits = (0..<2000).map { _ in Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &generator)) }.filter(\.isFinite)
        let label = LabelledRequest(request: 3, positive: -0.1, negatives: Array(logits.indices), scores: logits)
        try JSONLines.write([label, label], to: folder.path + "/a.jsonl")
        let read = try JSONLines.read(LabelledRequest.self, from: folder.path + "/a.jsonl")
        #expect(read == [label, label])
        #expect(zip(read[0].scores, logits).allSatisfy { $0.bitPattern == $1.bitPattern })
        #expect(throws: EncodingError.self) {
            try JSONLines.write([LabelledRequest(request: 0, positive: .nan, negatives: [], scores: [])], to: folder.path + "/a.jsonl")
        }
        #expect(try JSONLines.read(LabelledRequest.self, from: folder.path + "/a.jsonl") == read, "a failed write leaves the file as it was")
    }

    @Test func textsOfAnyKindStayOneLine() throws {
        let folder = try TemporaryFolder()
        let requests = ["two\nlines", "tab\t\"quoted\" a/b \\", "\u{2028} 🎹 \u{0}", ""].map {
            TrainingRequest(text: $0, document: 1, source: .decoder, song: 2)
        }
        try JSONLines.write(requests, to: folder.path + "/a.jsonl")
        #expect(try JSONLines.read(TrainingRequest.self, from: folder.path + "/a.jsonl") == requests)
        #expect(try String(contentsOfFile: folder.path + "/a.jsonl", encoding: .utf8).utf8.filter { $0 == 10 }.count == 4)
    }

    @Test func wholeLinesOfAnUnfinishedFile() throws {
        let folder = try TemporaryFolder()
        let line = #"{"negatives":[1],"request":0}"# + "\n"
        func whole(_ text: String) throws -> (Int, Int) {
            let (values, bytes) = try JSONLines.readWhole(MinedRequest.self, from: folder.write(text, to: "b.jsonl"))
            return (values.count, bytes)
        }
        #expect(try whole("") == (0, 0))
        #expect(try whole(line + line.dropLast()) == (1, line.utf8.count), "a line without its end may be a part of a longer one")
        #expect(try whole(line + "{\"neg\n" + line) == (1, line.utf8.count))
        #expect(try JSONLines.readWhole(MinedRequest.self, from: folder.path + "/none.jsonl").bytes == 0)
    }
}
