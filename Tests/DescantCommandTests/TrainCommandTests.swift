import Foundation
import TestSupport
import Testing

/// What is refused before any stage begins; the stages' own work is tested without the program.
@Suite struct TrainCommandTests {
    private let program: Program

    init() throws { program = Program(folder: try TemporaryFolder()) }

    private static let subcommands = ["generate", "teach", "mine", "label", "distill", "all", "status"]

    @Test(arguments: subcommands) func aConfigurationIsNeeded(subcommand: String) throws {
        let outcome = try program.run("train", subcommand)
        #expect(outcome.exitedByItself && outcome.exitCode == 64 && outcome.errors.contains("--config"))
    }

    @Test(arguments: [
        ("{\"dta\": {}}", "unknown key 'dta'; did you mean 'data'?"), ("", "the configuration is empty"),
        ("{\"data\": {\"heldOut\": 5}}", "data.heldOut: expected 0 to 4, found 5"),
        ("{\"seed\": \"1\"}", "seed: expected a whole number from 0, found the text \"1\""),
        ("{\"seed\": 1,}", "line 1, column 12: expected a key in quotation marks, found \"}\""),
        ("{\"name\": \"../x\"}", "name: expected 1 to 64 letters"),
        ("{\"data\": {\"captions\": \"absent.csv\"}}", "absent.csv: cannot open: No such file or directory"),
    ]) func faultsAreNamedAndLeaveNothing(text: String, message: String) throws {
        _ = try program.folder.write(text, to: "c.json")
        for subcommand in ["all", "status"] {
            let outcome = try program.run("train", subcommand, "--config", "c.json")
            #expect(outcome.exitedByItself && outcome.exitCode == 1)
            #expect(outcome.errors.contains(message), "\(outcome.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: program.folder.path + "/runs"))
    }

    @Test func aMissingConfigurationIsNamed() throws {
        let outcome = try program.run("train", "all", "--config", "none.json")
        #expect(outcome.exitCode == 1 && outcome.errors.contains("none.json: cannot open the configuration: No such file or directory"))
    }

    @Test func aRunHasOneCutIntoFolds() throws {
        let rows = (0..<12).map { "\($0),A calm piano piece.,\"['calm', 'piano']\"" }
        _ = try program.folder.write((["ytid,caption,aspect_list"] + rows).joined(separator: "\n"), to: "captions.csv")
        func generate(seed: Int, heldOut: Int) throws -> String {
            let model = Program.repository + "/Tests/EncodersTests/Fixtures/bi-encoder"
            let data = #"{"captions": "captions.csv", "folds": 3, "foldSeed": \#(seed), "heldOut": \#(heldOut)}"#
            _ = try program.folder.write(#"{"data": \#(data), "base": {"model": "\#(model)"}}"#, to: "c.json")
            return try program.run("train", "generate", "--config", "c.json").errors
        }
        // The tiny model lacks layers that the recipe keeps: stages end at once, after the cut was recorded.
        #expect(try generate(seed: 0, heldOut: 0).contains("expected layers [0, 2, 5]"))
        #expect(try generate(seed: 0, heldOut: 1).contains("expected layers [0, 2, 5]"))
        #expect(
            try generate(seed: 1, heldOut: 0).contains(
                "runs/student/folds.json: the run has 3 folds of 12 rows, seed 0; expected 3 folds of 12 rows, seed 1: use another name for the run"))
    }
}
