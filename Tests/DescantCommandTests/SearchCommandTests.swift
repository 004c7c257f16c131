import Foundation
import TestSupport
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct SearchCommandTests {
    private func json(_ outcome: Outcome) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }

    private func ids(_ outcome: Outcome) throws -> [String] {
        try #require(try json(outcome)["hits"] as? [[String: Any]]).compactMap { $0["id"] as? String }
    }

    @Test func aPersonGetsHits() throws {
        let outcome = try BandLibrary.run("search", "upbeat steel drum")
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.contains("Harbour Pan"))
        #expect(outcome.output.contains("want  instrument:steelpan"))
        #expect(!outcome.output.contains("\u{1B}"))
        #expect(outcome.errors.isEmpty)
    }

    @Test func wordsNeedNoQuotes() throws {
        #expect(try BandLibrary.run("search", "upbeat", "steel", "drum").output == BandLibrary.run("search", "upbeat steel drum").output)
    }

    @Test func jsonParsesAndIsStable() throws {
        let first = try BandLibrary.run("search", "upbeat steel drum", "--json", "--explain", "--facets")
        #expect(try BandLibrary.run("search", "upbeat steel drum", "--json", "--explain", "--facets").output == first.output)
        #expect(try ids(first).first == "pan-1")
        let answer = try json(first)
        #expect(answer["tracks"] as? Int == 5)
        #expect(answer["facets"] is [String: Any])
        for hit in try #require(answer["hits"] as? [[String: Any]]) {
            let reasons = try #require(hit["reasons"] as? [[String: Any]])
            let sum = reasons.reduce(0) { $0 + ($1["value"] as? Double ?? .nan) }
            #expect(abs(sum - (hit["score"] as? Double ?? .nan)) <= 1e-5)
        }
    }

    @Test(arguments: [
        (["-k", "0"], "0"), (["-k", "999999999"], "999999999"), (["--limit=-1"], "-1"), (["-k", "many"], "many"), (["--offset=-3"], "-3"),
        (["--per-artist=-2"], "-2"), (["--export", "cassette"], "cassette"), (["--plan", "d2.rubbish"], "handle"), (["--plan", "rubbish"], "rubbish"),
        (["--no-such-option"], "no-such-option"),
    ])
    func aValueThatIsNotAllowedIsNamed(options: [String], name: String) throws {
        let outcome = try BandLibrary.program.run(["search", "jazz", "--library", BandLibrary.library] + options)
        #expect(outcome.exitedByItself && outcome.exitCode != 0)
        #expect(outcome.errors.contains(name), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    @Test(arguments: ["", "   ", "\n\t"]) func anEmptyRequestIsAnError(text: String) throws {
        for outcome in [try BandLibrary.run("search", text), try BandLibrary.run("search", "-", input: Array(text.utf8)), try BandLibrary.run("plan", text)] {
            #expect(outcome.exitedByItself && outcome.exitCode != 0)
            #expect(outcome.errors.contains("empty"))
        }
    }

    @Test func theLargestNumbersDoNotTrap() throws {
        let outcome = try BandLibrary.run("search", "jazz", "--json", "--offset", String(Int.max))
        #expect(outcome.exitedByItself, "ended by signal \(outcome.exitCode)")
        #expect(try BandLibrary.run("search", "jazz", "--json", "--per-artist", String(Int.max), "-k", "1000").exitCode == 0)
        #expect(
            try BandLibrary.run("search", "99999999999999999999 songs of jazz from the year 99999999999999999999 at 9999999999999999999 bpm").exitedByItself)
    }

    @Test func aMegabyteIsCutAndSaid() throws {
        let text = String(repeating: "upbeat jazz piano ", count: 58_000)
        let outcome = try BandLibrary.run("search", "-", "--json", input: Array(text.utf8))
        #expect(outcome.exitCode == 0)
        #expect(try ids(outcome).first == "jazz-2")
        let oneWord = try BandLibrary.run("search", "-", input: [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20))
        #expect(oneWord.exitCode == 0)
        #expect(oneWord.output.utf8.count < 50_000)
    }

    @Test func brokenBytesAndControlCharactersAreRead() throws {
        let outcome = try BandLibrary.run(
            "search", "-", "--json", input: [0xFF, 0xFE, 0xC0, 0x80] + Array(" jazz \u{1}\u{1B}[31m\u{7}\0piano\r\n".utf8) + [0xE2, 0x82])
        #expect(outcome.exitCode == 0)
        #expect(Set(try ids(outcome)) == ["jazz-1", "jazz-2"])
        let shown = try BandLibrary.run("search", "-", input: Array("jazz \u{1B}[31mred\u{7}".utf8))
        #expect(shown.exitCode == 0)
        #expect(!shown.output.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x7F })
    }

    @Test func aMissingLibraryIsNamed() throws {
        let path = BandLibrary.program.folder.path + "/nowhere"
        for command in [["search", "jazz"], ["plan", "jazz"], ["library", "info"], ["vocab", "list"]] {
            let outcome = try BandLibrary.program.run(command + ["--library", path])
            #expect(outcome.exitedByItself && outcome.exitCode != 0)
            #expect(outcome.errors.contains(path) && outcome.errors.contains("no library"))
        }
    }

    @Test func withoutVocabularyTheProgramSaysWhereItLooked() throws {
        var program = Program(folder: try TemporaryFolder())
        program.environment = ["DESCANT_HOME": program.folder.path]
        let outcome = try program.run("search", "jazz")
        #expect(outcome.exitedByItself && outcome.exitCode != 0)
        #expect(outcome.errors.contains(program.folder.path) && outcome.errors.contains("DESCANT_HOME"))
    }

    @Test func withoutALibraryTheStarterCorpusAnswers() throws {
        let program = Program(folder: try TemporaryFolder())
        let first = try program.run("search", "upbeat steel drum", "--json")
        #expect(first.exitCode == 0)
        #expect(first.errors.contains("starter corpus"))
        #expect(try ids(first).count == 10)
        let second = try program.run("search", "upbeat steel drum", "--json")
        #expect(second.errors.isEmpty)
        #expect(second.output == first.output)
    }

    @Test func playlistsAreExported() throws {
        let xspf = try BandLibrary.run("search", "jazz", "--export", "xspf")
        #expect(xspf.exitCode == 0)
        #expect(XMLParser(data: Data(xspf.output.utf8)).parse())
        #expect(xspf.output.contains("Noon &lt;Desk&gt;"))
        let jspf = try BandLibrary.run("search", "steel drum", "--export", "jspf")
        #expect(try json(jspf)["playlist"] is [String: Any])
        let m3u8 = try BandLibrary.run("search", "steel drum", "--export", "m3u8").output
        #expect(m3u8.hasPrefix("#EXTM3U\n") && m3u8.contains("\n/m/a b.mp3\n"))
    }

    @Test func aTerminalThatIsNoneGetsNoColour() throws {
        var program = BandLibrary.program
        program.environment = ["TERM": "xterm-256color", "CLICOLOR_FORCE": "1"]
        for command in [["search", "jazz"], ["plan", "jazz"], ["search", "jazz", "--explain", "--facets"]] {
            #expect(!(try program.run(command + ["--library", BandLibrary.library])).output.contains("\u{1B}"))
        }
    }
}
