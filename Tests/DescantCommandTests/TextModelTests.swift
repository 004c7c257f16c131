import Encoders
import Foundation
import TestSupport
import Testing

/// Which text model a command works with: the shipped one, another that was asked for, or that of the library.
@Suite struct TextModelTests {
    private var program: Program
    private let corpus: String
    private var home: String { program.folder.path + "/home" }
    private var shipped: String { home + "/weights/music-minilm" }
    private static let tiny = Program.repository + "/Tests/EncodersTests/Fixtures/bi-encoder"

    /// A random model of two layers lies where the shipped one does.
    init() throws {
        program = try Program.withSmallVocabulary()
        program.environment["DESCANT_MODEL"] = ""
        corpus = try program.folder.write(#"{"id": "a", "title": "Noon", "artist": "Ann", "tags": ["jazz", "piano"]}"# + "\n", to: "songs.jsonl")
        try FileManager.default.createDirectory(atPath: home + "/weights", withIntermediateDirectories: true)
        try QuantizedModel.write(from: Self.tiny, to: shipped)
        _ = try ShippedModel.seal(folder: shipped, title: "Tiny", licence: "Apache-2.0", purpose: "tests")
    }

    private func name() throws -> String { try ShippedModel(folder: shipped).encoderName }

    private func index(_ library: String, _ arguments: String...) throws -> (outcome: Outcome, identity: String?) {
        let path = program.folder.path + "/" + library
        let outcome = try program.run(["index", corpus, "--library", path] + arguments)
        struct Manifest: Decodable {
            struct Model: Decodable { var identity: String }
            var models: [Model]
        }
        let data = FileManager.default.contents(atPath: path + "/MANIFEST.json")
        return (outcome, try data.map { try JSONDecoder().decode(Manifest.self, from: $0).models.first?.identity } ?? nil)
    }

    private func search(_ library: String, _ arguments: String...) throws -> Outcome {
        let outcome = try program.run(["search", "quiet jazz", "--library", program.folder.path + "/" + library] + arguments)
        #expect(outcome.exitCode == 0 && outcome.output.contains("Noon"), "\(outcome.errors)")
        return outcome
    }

    @Test func theShippedModelIsTheDefault() throws {
        let (outcome, identity) = try index("plain")
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(identity?.hasPrefix(try name() + "/int8-") == true)
        #expect(try search("plain").errors == "")
        #expect(try search("plain", "--model", "music-minilm").errors == "")
        #expect(try search("plain", "--model", "none").errors == "")
        let list = try program.run("models", "list").output
        #expect(list.hasPrefix("music-minilm (default)  Tiny, 1 MB, Apache-2.0: tests\n  comes with the program, in \(shipped)\nminilm  "))
        let info = try program.run("info"), name = try name()
        #expect(info.exitCode == 0 && info.output.contains(name + "/int8-"), "\(info.output)")
        #expect(info.output.contains(name + ", 1 MB, Apache-2.0\n"), "\(info.output)")
        #expect(try program.run("models", "verify").output.contains("\(shipped): 3 files are as they should be"))
        #expect(try program.run("models", "verify", "music-minilm").output == "\(shipped): 3 files are as they should be\n")
        #expect(try program.run("models", "install", "music-minilm").errors.contains("comes with the program"))
    }

    @Test func noneGoesByWords() throws {
        let (outcome, identity) = try index("words", "--model", "none")
        #expect(outcome.exitCode == 0 && identity == nil)
        var quiet = program
        quiet.environment["DESCANT_MODEL"] = "none"
        let info = try quiet.run("info").output
        #expect(info.contains("none: requests are answered by words alone"))
    }

    @Test func namesThatAreNoneAreErrors() throws {
        let (outcome, _) = try index("x", "--model", "maxilm")
        #expect(outcome.exitCode == 64 && outcome.errors.contains("there is no model 'maxilm'; known: music-minilm, minilm, none"))
        var other = program
        other.environment["DESCANT_MODEL"] = "maxilm"
        let named = try other.run("index", corpus, "--library", program.folder.path + "/y")
        #expect(named.exitCode != 0 && named.errors.contains("DESCANT_MODEL: there is no model 'maxilm'"))
        let (missing, _) = try index("z", "--model", "minilm")
        #expect(missing.exitCode == 1 && missing.errors.contains("models install minilm"))
    }

    @Test func aLibraryGoesOnWithItsModel() throws {
        let (outcome, identity) = try index("own", "--model", Self.tiny)
        #expect(outcome.exitCode == 0 && identity?.hasPrefix("bi-encoder-") == true)
        #expect(try search("own", "--model", Self.tiny).errors == "")
        let without = try search("own").errors
        #expect(without.contains("Searching by words alone: the text model \(identity ?? "?") of this library is not installed"), "\(without)")
        _ = try index("plain")
        let asked = try search("plain", "--model", Self.tiny).errors
        #expect(asked == "Note: the library was indexed with \(try name()), which goes on to answer\n")
    }

    /// A model trained anew: its vectors are not held against the old ones.
    @Test func anotherTrainingIsAnotherModel() throws {
        _ = try index("old")
        let old = try name()
        let config = shipped + "/config.json"
        let text = try String(contentsOfFile: config, encoding: .utf8)
        try (text + "\n").write(toFile: config, atomically: true, encoding: .utf8)
        _ = try ShippedModel.seal(folder: shipped, title: "Tiny", licence: "Apache-2.0", purpose: "tests")
        let new = try name()
        #expect(new != old)
        let errors = try search("old").errors
        #expect(errors.contains("the library's vectors were made by \(old)/int8-") && errors.contains("the installed model is \(new)/int8-"), "\(errors)")
        #expect(try index("old").identity?.hasPrefix(new) == true)
        #expect(try search("old").errors == "")
    }

    @Test func aDamagedModelIsNamedAndWordsGoOn() throws {
        _ = try index("plain")
        let weights = URL(fileURLWithPath: shipped + "/model.safetensors")
        var content = try Data(contentsOf: weights)
        content[content.count - 5] ^= 64
        try content.write(to: weights)
        let errors = try search("plain").errors
        #expect(errors.contains("Note: the text model cannot be used: not the files of 'music-minilm': \(weights.path): expected SHA-256 "), "\(errors)")
        let verify = try program.run("models", "verify")
        #expect(verify.exitCode == 1 && verify.errors.contains("\(weights.path): expected SHA-256 "))
        let (outcome, _) = try index("new")
        #expect(outcome.exitCode == 1 && outcome.errors.contains("\(weights.path): expected SHA-256 "))
        try Data("{}".utf8).write(to: URL(fileURLWithPath: shipped + "/manifest.json"))
        #expect(try search("plain").errors.contains("\(shipped)/manifest.json"))
        for command in [["info"], ["models", "list"]] {
            let outcome = try program.run(command)
            #expect(outcome.exitCode == 0 && outcome.output.contains("damaged: \(shipped)/manifest.json"), "\(outcome.errors)")
        }
    }
}
