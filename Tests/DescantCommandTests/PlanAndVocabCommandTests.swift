import Foundation
import TestSupport
import Testing

@Suite struct PlanCommandTests {
    @Test func theTreeMarksTheWords() throws {
        let outcome = try BandLibrary.run("plan", "upbeat steel drum")
        #expect(outcome.exitCode == 0)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines.first == "upbeat steel drum")
        #expect(lines[1] == "────── ──────────")
        #expect(lines[2].hasPrefix("├─ want") && lines[2].contains("mood:upbeat"))
        #expect(lines[3].hasPrefix("└─ want") && lines[3].contains("instrument:steelpan") && lines[3].contains("binds"))
    }

    @Test func aHandleReadsBack() throws {
        let request = "late sixties jazz, no piano, like Otto Vane, 12 songs"
        let handle = try BandLibrary.run("plan", request, "--handle").output.trimmingCharacters(in: .newlines)
        #expect(handle.hasPrefix("d2.") && !handle.contains { !$0.isASCII || $0.isWhitespace })
        let json = try BandLibrary.run("plan", request, "--json").output
        #expect(try BandLibrary.program.run("plan", "--from", handle, "--json").output == json)
        #expect(try BandLibrary.program.run("plan", "--from", handle).output == BandLibrary.run("plan", request).output)
        #expect(try BandLibrary.run("search", "--plan", handle, "--json").output == BandLibrary.run("search", request, "--json").output)
        #expect(try JSONSerialization.jsonObject(with: Data(json.utf8)) is [String: Any])
    }

    @Test(arguments: ["", "d1.", "d1.AAAA", "x1.abc", "d1.!!!!", "changed", "cut"]) func aDamagedHandleIsAnError(text: String) throws {
        let handle = try BandLibrary.run("plan", "jazz", "--handle").output.trimmingCharacters(in: .newlines)
        let damaged =
            switch text {
            case "changed": handle.prefix(40) + (handle.dropFirst(40).first == "A" ? "B" : "A") + handle.dropFirst(41)
            case "cut": handle.dropLast(5)
            default: text[...]
            }
        let outcome = try BandLibrary.program.run("plan", "--from", String(damaged))
        #expect(outcome.exitedByItself && outcome.exitCode != 0)
        #expect(outcome.errors.contains("handle"), "\(outcome.errors)")
    }
}

@Suite struct VocabCommandTests {
    @Test func resolve() throws {
        let outcome = try BandLibrary.run("vocab", "resolve", "steel drum", "zzyzxish")
        #expect(outcome.exitCode == 0)
        #expect(outcome.output == "steel drum\tinstrument:steelpan\nzzyzxish\t–\n")
        #expect(try BandLibrary.run("vocab", "resolve", "zzyzxish").exitCode == 1)
    }

    @Test func list() throws {
        let moods = try BandLibrary.run("vocab", "list", "mood")
        #expect(moods.exitCode == 0)
        let lines = moods.output.split(separator: "\n")
        #expect(lines.count > 100)
        #expect(lines.allSatisfy { $0.hasPrefix("mood:") && $0.split(separator: "\t").count == 3 && $0.contains("valence") })
        #expect(try BandLibrary.run("vocab", "list").output.split(separator: "\n").count > 1000)
        let wrong = try BandLibrary.run("vocab", "list", "flavour")
        #expect(wrong.exitCode != 0 && wrong.errors.contains("flavour"))
    }

    @Test func check() throws {
        let good = try BandLibrary.program.run("vocab", "check")
        #expect(good.exitCode == 0)
        #expect(good.output.contains("descriptors") && good.output.contains("genre "))
    }

    @Test func checkNamesFileAndLine() throws {
        let program = Program(folder: try TemporaryFolder())
        let vocabulary = program.folder.path + "/vocab"
        try FileManager.default.copyItem(atPath: Program.repository + "/vocab", toPath: vocabulary)
        let path = vocabulary + "/place.tsv"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
        try Data((text + "Bad Id\tx\t\t\t\n").utf8).write(to: URL(fileURLWithPath: path))
        let outcome = try program.run("vocab", "check", vocabulary)
        #expect(outcome.exitedByItself && outcome.exitCode != 0)
        #expect(outcome.errors.contains("\(path):\(lines): "), "\(outcome.errors)")
        let absent = try program.run("vocab", "check", program.folder.path + "/nothing")
        #expect(absent.exitCode != 0 && absent.errors.contains("/nothing/"))
    }
}
