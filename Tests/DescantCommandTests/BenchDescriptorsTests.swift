import Foundation
import TestSupport
import Testing

@Suite struct BenchDescriptorsTests {
    private let program: Program
    private let corpus: String

    /// Three songs: the second row's tags all stand in its text, the third has but one that does not.
    init() throws {
        program = try Program.withSmallVocabulary()
        corpus = try program.folder.write(
            """
            caption,aspect_list
            Loud guitars for a party,"['guitar', 'rock', 'energetic', 'Party time']"
            "Happy jazz, slow and soft","['happy', 'jazz', 'slow']"
            A quiet piano,"['piano', 'calm']"
            More of the same,"['jazz', 'calm']"

            """, to: "songs.csv")
    }

    /// Cells of the row that begins with a name.
    private func row(_ name: String, in table: String) -> [String]? {
        table.split(separator: "\n").map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }.first { $0.first == name }
    }

    @Test func withoutAModelWordsAreComparedAlone() throws {
        let outcome = try program.run("bench", "descriptors", corpus, "--protocols", "full")
        #expect(outcome.exitCode == 0)
        #expect(outcome.errors.hasPrefix("no text model is installed"))
        #expect(outcome.output.hasPrefix("| full: 4 requests, 4 documents "))
        #expect(row("coverage a 0.7, stems", in: outcome.output)?[1] == "75.0", "all but the last, whose text shares no word with any tag")
        #expect(!outcome.output.contains("cosine"))
    }

    /// With a random model of 64 tokens: meaning finds nothing, but ranks every document, and there are two.
    @Test(arguments: ["int8", "float32"]) func associationsAreOutOfReachOfWords(precision: String) throws {
        let model = Program.repository + "/Tests/EncodersTests/Fixtures/bi-encoder"
        let outcome = try program.run("bench", "descriptors", corpus, "--protocols", "association", "--model", model, "--precision", precision)
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.output.hasPrefix("| association: 2 requests, 2 documents "), "guitar and party share a stem, and calm alone is too little")
        #expect(
            row("coverage of words + phrases + characters", in: outcome.output)?.prefix(4) == ["coverage of words + phrases + characters", "0.0", "0.0", "0.0"])
        for name in ["cosine, tags joined by a space", "cosine, tags joined by \", \"", "words + cosine, reciprocal rank, k 60"] {
            // The best figure is bold in the first column; without empty documents, and at 100, it is the same.
            #expect(row(name, in: outcome.output)?[2...3] == ["100.0", "100.0"])
        }
        #expect(
            outcome.errors.contains(/bi-encoder-[0-9a-f]{8}\//) && outcome.errors.contains("/\(precision)-")
                && outcome.errors.contains(": 9 tags and the background"))
    }

    @Test func aModelThatIsNotThereIsAnError() throws {
        let outcome = try program.run("bench", "descriptors", corpus, "--model", "./nowhere")
        #expect(outcome.exitCode == 1 && outcome.errors.contains("./nowhere/model.safetensors"))
        #expect(try program.run("bench", "descriptors", corpus, "--precision", "int4").exitCode == 64)
    }
}
