import Foundation
import ServiceFixtures
import TestSupport
import Testing

/// The documentation's own examples, run as they stand.
@Suite struct DocumentationTests {
    private static let folder = FixtureLibrary.root + "/Sources/SearchService/SearchService.docc"

    static func run(_ arguments: [String], input: String? = nil) throws -> (exitCode: Int32, output: String) {
        let process = Process(), pipe = Pipe(), entry = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = entry
        try process.run()
        entry.fileHandleForWriting.write(Data((input ?? "").utf8))
        try entry.fileHandleForWriting.close()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }

    static func has(_ program: String) -> Bool { (try? run(["sh", "-c", "command -v \(program)"]).exitCode) == 0 }

    @Test(.enabled(if: has("curl"), "the guide's examples need curl")) func theGuidesExamplesRun() throws {
        let guide = try String(contentsOfFile: Self.folder + "/APIGuide.md", encoding: .utf8)
        let blocks = guide.matches(of: /```sh run\n((?:.|\n)*?)```/).map { String($0.output.1) }
        #expect(blocks.count == 14)
        let calls = blocks.joined().matches(of: /curl -sf/).count
        // Each call's status counts, not only the last one's; every reply ends with a mark.
        let script = "set -e\nset -o pipefail\n" + blocks.joined().replacing("http://127.0.0.1:8080", with: "http://127.0.0.1:\(LiveServer.shared.port)")
        let outcome = try Self.run(["bash"], input: script)
        #expect(outcome.exitCode == 0, "\(outcome.output.suffix(600))")
        #expect(calls > 25 && outcome.output.contains("\"obstacles\":[") && outcome.output.contains("#EXTM3U") && outcome.output.contains("# EOF"))
        // Whatever the API has, the guide shows.
        let described = try LiveServer.shared.ask("GET", "/openapi.json").body
        for path in described.matches(of: /"(\/[a-z0-9\/.{}-]*)":\{"(?:get|post)"/).map({ String($0.output.1) }) {
            let words = path.replacing("{id}", with: "$ID")
            #expect(guide.contains(words) || guide.contains(path), "\(path)")
        }
    }

    @Test(.enabled(if: has("python3"), "the example of a backend needs python3")) func theRecommenderTalks() throws {
        let outcome = try Self.run(["python3", Self.folder + "/Examples/recommender.py", "http://127.0.0.1:\(LiveServer.shared.port)"])
        #expect(outcome.exitCode == 0, "\(outcome.output)")
        let turns = outcome.output.split(separator: "\nlistener: ").map(String.init)
        #expect(turns.count == 6, "\(outcome.output)")
        #expect(turns[1].contains("More calm") && turns[2].contains("No vocals") && turns[5].contains("“Song <1>” by Band 0 & Co is"), "\(outcome.output)")
        #expect(turns[4].components(separatedBy: "recommender: ").last?.contains("Song") == true)
    }

    /// What the README and the deployment page say of options is there.
    @Test func optionsThatAreNamedExist() throws {
        let help = try Self.run([LiveServer.program, "--help"]).output
        let deployment = try String(contentsOfFile: Self.folder + "/Deployment.md", encoding: .utf8)
        let guide = try String(contentsOfFile: Self.folder + "/APIGuide.md", encoding: .utf8)
        for option in Set((deployment + guide).matches(of: /(?:`| )(--[a-z-]+)/).map { String($0.output.1) }) where option != "--help" {
            #expect(help.contains(option), "\(option)")
        }
    }
}
