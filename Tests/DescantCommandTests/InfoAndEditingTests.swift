import Foundation
import TestSupport
import Testing

/// What the program says of itself and of how it searches, and plans that are edited on the command line.
@Suite struct InfoAndEditingTests {
    // MARK: info

    private func rows(_ outcome: Outcome) -> [String: String] {
        Dictionary(
            outcome.output.split(separator: "\n").compactMap { line in
                line.range(of: "  ").map { (String(line[..<$0.lowerBound]), line[$0.upperBound...].trimmingCharacters(in: .whitespaces)) }
            }, uniquingKeysWith: { $1 })
    }

    @Test func infoPrintsKernelsModelsAndFolders() throws {
        let program = try Program.withSmallVocabulary()
        let outcome = try program.run("info")
        #expect(outcome.exitCode == 0 && outcome.errors.isEmpty)
        let rows = rows(outcome)
        #expect(Set(rows.keys) == ["version", "processor", "cores", "kernels", "OpenBLAS", "data", "models", "cache", "text model", "shipped", "installed"])
        #expect(rows.values.allSatisfy { !$0.isEmpty })
        #expect(rows["version"] == (try program.run("--version").output.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(Int(rows["cores"] ?? "") ?? 0 >= 1)
        #expect(rows["data"] == program.folder.path + "/home")
        #expect(rows["models"] == program.folder.path + "/home/models")
        #expect(rows["cache"] == program.folder.path + "/cache/descant")
        #expect(rows["text model"] == "none: requests are answered by words alone")
        #expect(rows["shipped"] == "none" && rows["installed"] == "none")
        #expect(try program.run("info").output == outcome.output)
    }

    @Test func infoWithoutDataSaysWhereItLooked() throws {
        var program = Program(folder: try TemporaryFolder())
        program.environment["DESCANT_HOME"] = program.folder.path
        let outcome = try program.run("info")
        #expect(outcome.exitedByItself && outcome.exitCode != 0 && outcome.errors.contains(program.folder.path))
    }

    // MARK: --drop

    private func answer(_ arguments: String...) throws -> (clauses: [String], hits: [String], handle: String, parent: String?) {
        let outcome = try BandLibrary.program.run(["search", "--json", "--library", BandLibrary.library] + arguments)
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let plan = try #require(object["plan"] as? [String: Any])
        return (
            try #require(plan["clauses"] as? [[String: Any]]).compactMap { $0["descriptor"] as? String },
            try #require(object["hits"] as? [[String: Any]]).compactMap { $0["id"] as? String }, try #require(object["state"] as? String),
            object["parent"] as? String
        )
    }

    @Test func aClauseIsLeftOut() throws {
        let whole = try answer("happy jazz piano")
        #expect(whole.clauses == ["mood:happy", "genre:jazz", "instrument:piano"] && whole.parent == nil)
        let edited = try answer("happy jazz piano", "--drop", "mood:happy")
        #expect(edited.clauses == ["genre:jazz", "instrument:piano"])
        #expect(edited.parent == whole.handle && edited.handle != whole.handle)
        #expect(Set(edited.hits) == ["jazz-1", "jazz-2"])
        let twice = try answer("happy jazz piano", "--drop", "mood:happy", "--drop", "genre:jazz")
        #expect(twice.clauses == ["instrument:piano"] && twice.parent == edited.handle)
        // The same, from the plan's handle, and back to what it was.
        #expect(try answer("--plan", whole.handle, "--drop", "mood:happy") == edited)
        #expect(try answer("--plan", edited.handle) == edited)
        #expect(try answer("jazz, no piano", "--drop", "instrument:piano").hits == answer("jazz").hits)
    }

    @Test func aPlanOfNothingFindsNothing() throws {
        let edited = try answer("jazz", "--drop", "genre:jazz")
        #expect(edited.clauses.isEmpty && edited.hits.isEmpty)
    }

    @Test(arguments: [
        ("jazz piano", ["genre:rock"], "--drop is genre:rock; expected one of genre:jazz, instrument:piano"),
        ("jazz piano", ["jazz"], "--drop is jazz; expected one of genre:jazz, instrument:piano"),
        ("jazz piano", [""], "--drop is ; expected one of genre:jazz, instrument:piano"),
        ("jazz piano", ["genre:jazz", "genre:jazz"], "--drop is genre:jazz; expected one of instrument:piano"),
        ("jazz", ["genre:jazz", "mood:sad"], "--drop is mood:sad; expected one of no clauses: the plan has none"),
    ]) func whatThePlanDoesNotHoldIsRefused(text: String, drops: [String], message: String) throws {
        let outcome = try BandLibrary.program.run(["search", text, "--library", BandLibrary.library] + drops.flatMap { ["--drop", $0] })
        #expect(outcome.exitedByItself && outcome.exitCode != 0)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    // MARK: Searching by words alone

    @Test func thatWordsAloneAreSearchedIsSaidOnce() throws {
        let program = try Program.withSmallVocabulary()
        let corpus = try program.folder.write("{\"id\": \"a\", \"tags\": [\"jazz\"]}\n", to: "corpus.jsonl")
        let library = program.folder.path + "/library"
        #expect(try program.run("index", corpus, "--library", library).exitCode == 0)
        let first = try program.run("search", "jazz", "--library", library)
        #expect(first.exitCode == 0)
        #expect(first.errors == "Searching by words alone: the library was indexed without a text model. See descant models.\n")
        for arguments in [["search", "jazz"], ["search", "piano", "--json"], ["plan", "jazz"]] {
            let next = try program.run(arguments + ["--library", library])
            #expect(next.exitCode == 0 && next.errors.isEmpty, "\(next.errors)")
        }
        #expect(try program.run("search", "jazz", "--library", library).output == first.output)

        // Another library is told of by itself, and so is this one where the cache is new.
        let second = program.folder.path + "/second"
        #expect(try program.run("index", corpus, "--library", second).exitCode == 0)
        #expect(try program.run("search", "jazz", "--library", second).errors == first.errors)
        try FileManager.default.removeItem(atPath: program.folder.path + "/cache")
        #expect(try program.run("search", "jazz", "--library", library).errors == first.errors)
    }
}
