import Foundation
import TestSupport
import Testing

/// `bench report`, and what it and `bench descriptors` have in common, with random models: their figures mean nothing, but are the same every time.
@Suite struct BenchReportTests {
    private let program: Program
    private let corpus: String
    private let fixture = Program.repository + "/Tests/EncodersTests/Fixtures/bi-encoder"

    private static let rows = 10

    init() throws {
        program = try Program.withSmallVocabulary()
        let tags = ["piano", "calm", "rock", "jazz", "drums", "sad", "slow", "loud", "bass", "night"]
        let words = "abcdefghij".map { "w\($0)" }
        // Each row has two tags in its text and two that are not, so that every protocol has requests.
        let lines = (0..<Self.rows).map { i in
            let own = [0, 3, 5, 8].map { tags[(i + $0) % tags.count] }
            return "\(own[0]) and \(own[1]) \(words[i]). then \(own[0]),\"['\(own.joined(separator: "', '"))']\""
        }
        corpus = try program.folder.write("caption,aspect_list\n" + lines.joined(separator: "\n") + "\n", to: "songs.csv")
    }

    /// A folder with `folds.json` and a model for each fold: the fixture, pooled in one way by even folds and in another by odd ones.
    private func folds(_ name: String, fold: [Int], count: Int = 2, alike: Bool = false) throws -> String {
        let folder = program.folder.path + "/" + name
        for number in 0..<count { try model(folder + "/fold-\(number)", pooling: alike || number % 2 == 0 ? "mean" : "cls") }
        try JSONSerialization.data(withJSONObject: ["count": count, "seed": 9, "fold": fold]).write(to: URL(fileURLWithPath: folder + "/folds.json"))
        return folder
    }

    private func model(_ folder: String, pooling: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for name in ["vocab.txt", "model.safetensors"] { try FileManager.default.copyItem(atPath: "\(fixture)/\(name)", toPath: "\(folder)/\(name)") }
        var object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: fixture + "/config.json"))) as? [String: Any] ?? [:]
        object["pooling_mode"] = pooling
        try JSONSerialization.data(withJSONObject: object).write(to: URL(fileURLWithPath: folder + "/config.json"))
    }

    private func text(_ name: String) throws -> String { try String(contentsOfFile: "\(program.folder.path)/\(name)", encoding: .utf8) }

    /// Cells of the rows that begin with a name.
    private func rows(_ name: String, in table: String) -> [[String]] {
        table.split(separator: "\n").map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }.filter { $0.first == name }
    }

    /// Weights are kept with every fold's model and with the one that ships, and are then one more method of both commands.
    @Test func weightsThatWereLearntAreAHybrid() throws {
        let folder = try folds("runs/music/folds", fold: (0..<Self.rows).map { $0 % 2 })
        _ = try program.folder.write(#"{"name": "music", "data": {"captions": "songs.csv", "folds": 2, "foldSeed": 9}}"#, to: "recipe.json")
        let kept = program.folder.path + "/kept"
        try model(kept, pooling: "mean")
        let learnt = "words + cosine + tags, weights learnt"
        #expect(try program.run(["bench", "descriptors", corpus, "--folds", "f=\(folder)"]).output.contains(learnt) == false)

        let outcome = try program.run(["train", "fusion", "--config", "recipe.json", "--to", kept])
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(rows("all folds", in: outcome.output).count == 1 && rows("all folds but 1", in: outcome.output).count == 1)
        let files = try ["\(folder)/fold-0", "\(folder)/fold-1", kept].map { try String(contentsOfFile: $0 + "/fusion.json", encoding: .utf8) }
        #expect(Set(files).count == 3, "each is learnt on other rows")
        for options in [["--folds", "f=\(folder)"], ["--model", "m=\(kept)"]] {
            let table = try program.run(["bench", "descriptors", corpus] + options).output
            #expect(rows(learnt, in: table).count == 4, "\(table)")
        }

        let stranger = try program.run(["train", "fusion", "--config", "recipe.json", "--model", fixture])
        try #require(stranger.exitCode == 0, "\(stranger.errors)")
        let table = try program.run(["bench", "descriptors", corpus, "--folds", "s=runs/music/folds-bi-encoder"])
        #expect(rows(learnt, in: table.output).count == 4, "\(table.errors)")
    }

    @Test(
        arguments: [
            (["--phrases", "x.tsv"], "nothing to learn from"), (["--config", "recipe.json", "--library", "x"], "go together"),
            (["--config", "recipe.json", "--model", "minilm", "--to", "x"], "for comparisons alone"),
            (["--config", "nowhere.json", "--to", "."], "nowhere.json"), (["--config", "recipe.json", "--to", "."], "train folds --config recipe.json"),
            (["--config", "recipe.json", "--to", "elsewhere"], "elsewhere: expected the folder of a model"),
        ]) func whatFusionCannotLearnFromIsSaid(arguments: [String], expected: String) throws
    {
        _ = try program.folder.write(#"{"name": "none", "data": {"captions": "songs.csv", "folds": 2}}"#, to: "recipe.json")
        let outcome = try program.run(["train", "fusion"] + arguments)
        #expect(outcome.exitCode != 0 && outcome.errors.contains(expected), "\(outcome.errors)")
    }

    @Test func thePageHoldsTheFiguresOfBenchDescriptors() throws {
        let options = ["--model", "a=\(fixture)", "--model", "b=\(fixture)@float32", "--hybrid", "b=cosine:0.5", "--seeds", "3,4"]
        let outcome = try program.run(["bench", "report", corpus, "--out", "page", "--calls", "3"] + options)
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.output == "page/report.md\npage/report.html\n")
        let markdown = try text("page/report.md"), html = try text("page/report.html")
        for kind in ["full", "sampled", "published", "association"] {
            let section = try #require(markdown.components(separatedBy: "## Protocol `\(kind)`").last?.components(separatedBy: "\n## ").first)
            #expect(section.contains("descant bench descriptors") && section.contains("--protocols \(kind) --corrected"))
            for rules in [[], ["--corrected"]] {
                let table = try program.run(["bench", "descriptors", corpus, "--protocols", kind] + rules + options).output
                for name in ["coverage a 0.7, stems", "a: cosine, tags joined by a space", "b: words + cosine, convex, α 0.5", "a: words + 0.6 B"] {
                    let figure = try #require(rows(name, in: table).first)[1].replacing("*", with: "")
                    let cells = try #require(rows(name, in: section).first).map { $0.replacing("*", with: "") }
                    #expect(rules.isEmpty ? cells[1] == figure : cells.dropFirst(2).contains(figure), "\(kind) \(rules) \(name): \(figure) in \(cells)")
                }
            }
            #expect(FileManager.default.fileExists(atPath: "\(program.folder.path)/page/curve-\(kind).svg"))
        }
        #expect(rows("b: hybrid − a: hybrid", in: markdown).count == 2, "one table for each set of rules")
        #expect(rows("seeds of the sampling", in: markdown) == [["seeds of the sampling", "3, 4"]])
        #expect(rows("MSD", in: markdown).first?[2] == "30.6 ± 2.3")
        #expect(html.components(separatedBy: "<svg ").count - 1 == markdown.components(separatedBy: "\n![").count - 1)
        #expect(!html.contains("<script"))
    }

    @Test func withoutTimesThePageIsAlwaysTheSame() throws {
        let arguments = ["bench", "report", corpus, "--model", fixture, "--protocols", "full,sampled", "--calls", "0"]
        let outcomes = try ["one", "two"].map { try program.run(arguments + ["--out", $0]) }
        #expect(outcomes.allSatisfy { $0.exitCode == 0 }, "\(outcomes)")
        for name in ["report.md", "report.html", "recall-published.svg"] { #expect(try text("one/" + name) == text("two/" + name)) }
        #expect(try !text("one/report.md").contains("encoders-speed"))
    }

    @Test func withoutAModelWordsAreReportedAlone() throws {
        let outcome = try program.run("bench", "report", corpus, "--protocols", "full", "--out", "words")
        #expect(outcome.exitCode == 0 && outcome.errors.hasPrefix("no text model is installed"))
        let markdown = try text("words/report.md")
        #expect(markdown.contains("words: best lexical") && !markdown.contains("## Encoders") && !markdown.contains("cosine, tags"))
    }

    /// Every request's ranking is that of the model that was trained without its row.
    @Test func aFoldIsJudgedByItsOwnModel() throws {
        let fold = (0..<Self.rows).map { $0 * 7 % 3 == 0 ? 0 : 1 }
        let folder = try folds("trained", fold: fold)
        func rankings(_ name: String, _ arguments: String...) throws -> [[String]] {
            let outcome = try program.run(["bench", "descriptors", corpus, "--protocols", "full", "--runs", name] + arguments)
            try #require(outcome.exitCode == 0, "\(outcome.errors)")
            // Method 11 is the cosine, the first after the words.
            let lines = try text("\(name)/full-11.run").split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            return (0..<Self.rows).map { row in lines.filter { $0[0] == "q\(row)" }.map { $0[2] } }
        }
        let mean = try rankings("mean", "--model", folder + "/fold-0"), cls = try rankings("cls", "--model", folder + "/fold-1")
        let pooled = try rankings("pooled", "--folds", folder)
        #expect(mean != cls)
        for row in 0..<Self.rows { #expect(pooled[row] == (fold[row] == 0 ? mean : cls)[row], "row \(row)") }
    }

    @Test func foldsOfOneModelAreThatModel() throws {
        let folder = try folds("alike", fold: (0..<Self.rows).map { $0 % 3 }, count: 3, alike: true)
        let outcome = try program.run("bench", "descriptors", corpus, "--model", "one=\(fixture)", "--folds", "many=\(folder)")
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
        for method in ["cosine, tags joined by a space", "words + 0.4 A", "words + 0.6 B, with an absolute score for the empty set"] {
            let one = rows("one: " + method, in: outcome.output), many = rows("many, 3 folds: " + method, in: outcome.output)
            #expect(one.count == 4 && one.map { $0[3] } == many.map { $0[3] } && one.map { $0[2] } == many.map { $0[2] })
        }
    }

    @Test func foldsThatDoNotFitAreErrors() throws {
        let right = (0..<Self.rows).map { $0 % 2 }
        func errors(_ folder: String) throws -> String {
            let outcome = try program.run("bench", "report", corpus, "--folds", folder)
            #expect(outcome.exitCode == 1 && !FileManager.default.fileExists(atPath: program.folder.path + "/report"))
            return outcome.errors
        }
        #expect(try errors("./nowhere").contains("./nowhere/folds.json: expected a readable file"))
        #expect(try errors(folds("short", fold: Array(right.dropLast()))).contains("expected the folds of the 10 rows of \(corpus), found 9"))
        #expect(try errors(folds("beyond", fold: right.dropLast() + [2])).contains("row 9: expected a fold from 0 to 1, found 2"))
        #expect(try errors(folds("single", fold: right, count: 1)).contains("count: expected 2 to 1000 folds, found 1"))
        let incomplete = try folds("incomplete", fold: right)
        try FileManager.default.removeItem(atPath: incomplete + "/fold-1/vocab.txt")
        #expect(try errors(incomplete).contains("/fold-1/vocab.txt: missing; each of the 2 folds has a model"))
        let broken = try folds("broken", fold: right)
        try Data("{\"count\": 2".utf8).write(to: URL(fileURLWithPath: broken + "/folds.json"))
        #expect(try errors(broken).contains("folds.json: expected an object with count, seed and the fold of each row"))
    }

    @Test func wrongOptionsAreErrors() throws {
        func errors(_ arguments: String..., code: Int32 = 64) throws -> String {
            let outcome = try program.run(["bench", "report", corpus] + arguments)
            #expect(outcome.exitCode == code, "\(arguments): \(outcome.errors)")
            return outcome.errors
        }
        #expect(try errors("--model", fixture, "--model", fixture).contains("two models are called 'bi-encoder'"))
        #expect(try errors("--model", fixture, "--hybrid", "other=B:0.3").contains("no model is called 'other'; there are bi-encoder"))
        for form in ["B", "C:1", "A:0", "cosine:1", "A:nan", "B:1:2"] {
            #expect(try errors("--model", fixture, "--hybrid", form).contains("--hybrid holds '\(form)'"))
        }
        #expect(try errors("--protocols", "").contains("--protocols is empty"))
        #expect(try errors("--protocols", "whole").contains("--protocols holds 'whole'"))
        #expect(try errors("--calls", "-1").contains("--calls"))
        #expect(try errors("--model", "./nowhere", code: 1).contains("./nowhere/model.safetensors"))
    }

    @Test func aProtocolThatNobodyAsksIsAnError() throws {
        let lonely = try program.folder.write("caption,aspect_list\ncalm piano,\"['piano', 'calm']\"\n", to: "lonely.csv")
        let outcome = try program.run("bench", "report", lonely, "--out", "lonely")
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains("lonely.csv: protocol association: expected a row with two tags that share no stem with its text, found none among 1"))
        #expect(!FileManager.default.fileExists(atPath: program.folder.path + "/lonely"))
    }
}
