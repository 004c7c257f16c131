import TestSupport
import Testing

@testable import Training

/// Options of the shape that stages have.
private struct SampleOptions: StageOptions {
    enum Optimiser: String, Codable, CaseIterable { case adamW, momentum }

    struct Schedule: StageOptions {
        var warmUp = 100
        var decay = true
        var faults: [OptionFault] { fault("warmUp", warmUp, in: 0...) }
    }

    var batch = 32
    var learningRate: Float = 5e-5
    var seed: UInt64 = 7
    var optimiser = Optimiser.adamW
    var schedule = Schedule()
    var dimensions = [384, 128]
    var model: String? = "minilm"
    var limit: Int?
    var weights = ["margin": 1.0]

    var faults: [OptionFault] { fault("batch", batch, in: 1...4096) + faults("schedule", schedule) }
}

@Suite struct RunsConfigurationTests {
    private let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func read(_ text: String) throws -> SampleOptions {
        try ConfigurationFile.read(SampleOptions.self, at: try folder.write(text, to: "c.json"))
    }

    private func message(_ text: String) throws -> String {
        do {
            return "no error: \(try read(text))"
        } catch let error as ConfigurationError {
            let path = folder.path + "/c.json: "
            #expect("\(error)".hasPrefix(path))
            return String("\(error)".dropFirst(path.count))
        }
    }

    @Test func nothingSaidIsEveryDefault() throws {
        #expect(try read("{}") == SampleOptions())
        #expect(try read(" \n{\"schedule\": {}}\n") == SampleOptions())
    }

    @Test func everyKeyCanBeSet() throws {
        let options = try read(
            """
            {"batch": 8, "learningRate": 1, "seed": 18446744073709551615, "optimiser": "momentum", "schedule": {"decay": false},
             "dimensions": [64], "model": null, "limit": 3, "weights": {"list": 2}}
            """)
        var expected = SampleOptions()
        (expected.batch, expected.learningRate, expected.seed, expected.optimiser) = (8, 1, .max, .momentum)
        expected.schedule.decay = false
        (expected.dimensions, expected.model, expected.limit) = ([64], nil, 3)
        // An object is merged with its default, a dictionary too.
        expected.weights = ["list": 2]
        #expect(options == expected)
    }

    /// Law: what is written out reads back as itself.
    @Test func optionsReadBack() throws {
        var options = SampleOptions()
        (options.seed, options.learningRate, options.schedule.warmUp) = (.max - 1, 0.1, 0)
        let text = String(decoding: try jsonFile(options), as: UTF8.self)
        #expect(try read(text) == options)
        #expect(try JSONValue(encoding: try read(text)).canonical == JSONValue(encoding: options).canonical)
    }

    @Test(arguments: [
        (#"{"bacth": 8}"#, "unknown key 'bacth'; did you mean 'batch'?"),
        (#"{"LearningRate": 8}"#, "unknown key 'LearningRate'; did you mean 'learningRate'?"),
        (#"{"schedule": {"warmup": 1}}"#, "unknown key 'schedule.warmup'; did you mean 'schedule.warmUp'?"),
        (#"{"schedule": {"zebra": 1}}"#, "unknown key 'schedule.zebra'; known here: decay, warmUp"),
        (#"{"batch": "8"}"#, "batch: expected a whole number, found the text \"8\""),
        (#"{"batch": 8.5}"#, "batch: expected a whole number, found 8.5"),
        (#"{"batch": true}"#, "batch: expected a whole number, found true"),
        (#"{"batch": null}"#, "batch: expected a whole number, found null"),
        (#"{"seed": -1}"#, "seed: expected a whole number from 0, found -1"),
        (#"{"learningRate": 1e300}"#, "learningRate: expected a number, found 1e+300"),
        (#"{"optimiser": "adam"}"#, "optimiser: expected one of adamW, momentum, found the text \"adam\""),
        (#"{"schedule": 3}"#, "schedule: expected an object, found 3"),
        (#"{"schedule": {"decay": 0}}"#, "schedule.decay: expected true or false, found 0"),
        (#"{"dimensions": 64}"#, "dimensions: expected a list, found 64"),
        (#"{"dimensions": [64, "a"]}"#, "dimensions[1]: expected a whole number, found the text \"a\""),
        (#"{"batch": 0}"#, "batch: expected 1 to 4096, found 0"),
        (#"{"schedule": {"warmUp": -1}}"#, "schedule.warmUp: expected 0 or more, found -1"),
        (#"[]"#, "expected an object, found a list of 0"),
        ("", "the configuration is empty; {} takes every default"),
        (" \n", "the configuration is empty; {} takes every default"),
        ("{\"batch\": 8,\n \"seed\" 3}", "line 2, column 9: expected ':', found \"3}\""),
        ("{\"batch\": 8,\n}", "line 2, column 1: expected a key in quotation marks, found \"}\""),
        ("{\"batch\": 8, \"batch\": 9}", "line 1, column 14: expected each key once, found \"batch\" again"),
        ("{\"batch\": 8", "line 1, column 12: expected ',' or '}', found the end of the file"),
        ("{\"batch\": 08}", "line 1, column 11: expected a number, found 08"),
        ("{} x", "line 1, column 4: expected the end of the file, found \"x\""),
    ]) func faultsAreNamed(text: String, expected: String) throws {
        #expect(try message(text) == expected)
    }

    @Test func aMissingFileAndAFolderAreNamed() throws {
        let missing = #expect(throws: ConfigurationError.self) { try ConfigurationFile.read(SampleOptions.self, at: folder.path + "/none.json") }
        #expect("\(try #require(missing))" == "\(folder.path)/none.json: cannot open the configuration: No such file or directory")
        #expect(throws: ConfigurationError.self) { try ConfigurationFile.read(SampleOptions.self, at: folder.path) }
    }

    // MARK: The training's own

    @Test(arguments: [
        (#"{"data": {"heldOut": 5}}"#, "data.heldOut: expected 0 to 4, found 5"), (#"{"data": {"heldOut": -1}}"#, "data.heldOut: expected 0 to 4, found -1"),
        (#"{"data": {"folds": 1}}"#, "data.folds: expected 2 to 100, found 1"), (#"{"name": "a/b"}"#, "name: expected \(RunFolder.nameRule), found \"a/b\""),
        (#"{"name": ".."}"#, "name: expected \(RunFolder.nameRule), found \"..\""),
        (#"{"data": {"caption": ""}}"#, "unknown key 'data.caption'; did you mean 'data.captions'?"),
        (#"{"base": {"model": ""}}"#, "base.model: expected a model's name or folder, found empty text"),
    ]) func valuesOutOfRange(text: String, expected: String) throws {
        let path = try folder.write(text, to: "t.json")
        let error = #expect(throws: ConfigurationError.self) { try ConfigurationFile.read(TrainingConfiguration.self, at: path) }
        #expect("\(try #require(error))" == "\(path): \(expected)")
    }

    @Test func theSelectionForgetsACutThatIsNotUsed() throws {
        var a = TrainingData()
        var b = a
        b.foldSeed = 9
        #expect(a.selection == b.selection)
        (a.heldOut, b.heldOut) = (2, 2)
        #expect(a.selection != b.selection)
        b.captions = "elsewhere/musiccaps-dev.csv"
        b.foldSeed = a.foldSeed
        #expect(a.selection == b.selection)
    }

    // MARK: JSON

    @Test func canonicalTextIsSortedAndExact() throws {
        let value = try JSONParser.parse(
            Array(#"{ "b": [1, 2.0, 0.5, -3e2], "a": "\u00e9\n\"\ud83c\udfb5", "é": null, "B": 18446744073709551615, "c": false }"#.utf8))
        #expect(value.canonical == "{\"B\":18446744073709551615,\"a\":\"é\\u000a\\\"🎵\",\"b\":[1,2,0.5,-300],\"c\":false,\"é\":null}")
        #expect(try JSONParser.parse(Array(value.canonical.utf8)).canonical == value.canonical)
    }

    /// Law: damage ends in a value or a fault, never in a trap.
    @Test func damagedTextNeverTraps() throws {
        var generator = SeededGenerator(seed: 4)
        let whole = Array(#"{"a": [1, -2.5e3, "x\n\u00e9\ud83c\udfb5"], "b": {"c": true, "d": null}}"#.utf8)
        for _ in 0..<3000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator)))
            do throws(JSONParser.Fault) {
                let value = try JSONParser.parse(bytes)
                #expect(try! JSONParser.parse(Array(value.canonical.utf8)).canonical == value.canonical)
            } catch {
                #expect(error.line >= 1 && error.column >= 1 && !error.expected.isEmpty)
            }
        }
        #expect(throws: JSONParser.Fault.self) { try JSONParser.parse(Array(repeating: UInt8(ascii: "["), count: 1_000_000)) }
    }
}
