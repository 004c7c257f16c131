import Foundation
import TestSupport
import Testing

@Suite struct IndexCommandTests {
    private let program: Program
    private var library: String { program.folder.path + "/library" }

    init() throws { program = try Program.withSmallVocabulary() }

    @Test func aBadRowIsNamedAndTheRestGoesIn() throws {
        let corpus = try program.folder.write("{\"id\": \"a\", \"tags\": [\"jazz\"]}\nnonsense\n{\"id\": \"b\"}\n", to: "corpus.jsonl")
        let outcome = try program.run("index", corpus, "--library", library)
        #expect(outcome.exitCode == 0)
        #expect(outcome.errors.contains("\(corpus):2: "))
        #expect(outcome.output.contains("2 tracks imported, 1 rows left out"))

        let info = try program.run("library", "info", "--library", library)
        #expect(info.exitCode == 0)
        for text in ["tracks      2", "generation  1", corpus, "1 rows left out", "lexical.idx", "jazz 1"] { #expect(info.output.contains(text), "\(text)") }
        let verified = try program.run("library", "verify", library)
        #expect(verified.exitedByItself, "ended by signal \(verified.exitCode)")
        #expect(verified.exitCode == 0)
        #expect(verified.output.contains("2 tracks"))

        // A changed file is found.
        let file = library + "/generations/000001/names.idx"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: file))
        let changed = try program.run("library", "verify", library)
        #expect(changed.exitedByItself && changed.exitCode != 0)
        #expect(changed.errors.contains(file))
        #expect(try program.run("search", "jazz", "--library", library).errors.contains(file))
    }

    @Test func columnsFormatsAndTheirErrors() throws {
        let table = try program.folder.write("Name,Genre\nSong,jazz\n", to: "table.csv")
        #expect(try program.run("index", table, "--library", library, "--columns", "title=Name,tags=Genre").exitCode == 0)
        #expect(try program.run("search", "jazz", "--library", library).output.contains("Song"))
        for (arguments, word) in [
            (["--columns", "title"], "title"), (["--columns", "title=Absent"], "Absent"), (["--format", "vinyl"], "vinyl"),
            (["--format", "jamendo"], "no column"),
        ] {
            let outcome = try program.run(["index", table, "--library", library] + arguments)
            #expect(outcome.exitedByItself && outcome.exitCode != 0)
            #expect(outcome.errors.contains(word), "\(outcome.errors)")
        }
        let unknown = try program.folder.write("hello\n", to: "hello.txt")
        #expect(try program.run("index", unknown, "--library", library).errors.contains("--format"))
        #expect(try program.run("index", "/nonexistent.jsonl", "--library", library).errors.contains("/nonexistent.jsonl"))
        // None of it harmed what was there.
        #expect(try program.run("search", "jazz", "--library", library).output.contains("Song"))
    }

    @Test func aPlaceThatCannotBeWrittenIsNamed() throws {
        let corpus = try program.folder.write("{\"id\": \"a\"}\n", to: "corpus.jsonl")
        let outcome = try program.run("index", corpus, "--library", corpus + "/library")
        #expect(outcome.exitedByItself && outcome.exitCode != 0)
        #expect(outcome.errors.contains(corpus + "/library"))
    }

    @Test(arguments: ["0", "1", "-1"]) func theNumberOfProblemsShown(count: String) throws {
        let corpus = try program.folder.write("{\"id\": \"a\"}\nbad\nbad\n", to: "corpus.jsonl")
        let outcome = try program.run("index", corpus, "--library", library, "--problems=" + count)
        #expect(outcome.exitedByItself, "ended by signal \(outcome.exitCode)")
        if let count = Int(count), count >= 0 { #expect(outcome.errors.split(separator: "\n").count == count) }
    }

    /// A folder or a manifest with the largest number is no reason to trap.
    @Test func anEndlessGenerationDoesNotTrap() throws {
        let corpus = try program.folder.write("{\"id\": \"a\"}\n", to: "corpus.jsonl")
        try FileManager.default.createDirectory(atPath: library + "/generations/\(Int.max)", withIntermediateDirectories: true)
        let outcome = try program.run("index", corpus, "--library", library)
        #expect(outcome.exitedByItself, "ended by signal \(outcome.exitCode)")
    }

    /// `kill -9` of an index run: the old library answers as before, the next command says what happened, the next run completes.
    @Test func aKilledRunLeavesTheOldLibrary() throws {
        let before = try BandLibrary.run("search", "jazz", "--json")
        let big = try program.folder.write(
            (0..<40_000).map { "{\"id\": \"big\($0)\", \"title\": \"Song \($0)\", \"tags\": [\"jazz\", \"piano\"]}\n" }.joined(), to: "big.jsonl")
        var kills = 0
        for delay in [1.5, 0.6, 0.2, 0.0] {
            try? FileManager.default.removeItem(atPath: library)
            try FileManager.default.copyItem(atPath: BandLibrary.library, toPath: library)
            var started: Date?
            let wasKilled = try program.kill(["index", big, "--library", library]) {
                if started == nil, FileManager.default.fileExists(atPath: library + "/INDEXING") { started = Date() }
                return started.map { Date().timeIntervalSince($0) >= delay } ?? false
            }
            guard wasKilled, FileManager.default.fileExists(atPath: library + "/INDEXING") else { continue }
            kills += 1
            let after = try program.run("search", "jazz", "--json", "--library", library)
            #expect(after.exitCode == 0)
            #expect(after.output == before.output, "killed after \(delay) s")
            #expect(after.errors.contains("did not finish"))
            #expect(try program.run("library", "info", "--library", library).output.contains("tracks      5"))
        }
        #expect(kills >= 2)

        let small = try program.folder.write("{\"id\": \"new\", \"tags\": [\"jazz\"]}\n", to: "small.jsonl")
        let next = try program.run("index", small, "--library", library)
        #expect(next.exitCode == 0)
        #expect(next.output.contains(" 6 tracks"))
        #expect(try program.run("search", "jazz", "--library", library).errors.isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: library + "/generations").allSatisfy { !$0.hasSuffix(".partial") })
        #expect(!FileManager.default.fileExists(atPath: library + "/INDEXING"))
    }

    @Test func helpAndVersion() throws {
        for arguments in [["--help"], ["search", "--help"], ["index", "--help"], ["--version"]] {
            let outcome = try program.run(arguments)
            #expect(outcome.exitCode == 0 && !outcome.output.isEmpty)
        }
        let outcome = try program.run("no-such-command")
        #expect(outcome.exitCode != 0 && outcome.errors.contains("no-such-command"))
    }
}
