import Foundation
import TestSupport

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a run of the program left.
struct Outcome {
    var exitCode: Int32
    /// False when a signal ended it: a trap, or `kill`.
    var exitedByItself: Bool
    var output: String
    var errors: String
}

/// The built `descant`, run as a process.
struct Program {
    static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// Next to the program that runs the tests.
    static let path: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? Bundle.main.executablePath ?? CommandLine.arguments[0]
        let candidates = [tests] + CommandLine.arguments
        for candidate in candidates {
            var folder = URL(fileURLWithPath: candidate)
            while folder.path != "/" {
                folder.deleteLastPathComponent()
                let program = folder.appendingPathComponent("descant").path
                if folder.path.contains("/.build"), FileManager.default.isExecutableFile(atPath: program) { return program }
            }
        }
        fatalError("no program 'descant' above any of \(candidates)")
    }()

    let folder: TemporaryFolder
    /// Further variables of its environment.
    var environment: [String: String] = [:]

    /// A program whose vocabulary is only "jazz" and "piano": it indexes in a fraction of the time.
    static func withSmallVocabulary() throws -> Program {
        var program = Program(folder: try TemporaryFolder())
        let vocabulary = program.folder.path + "/home/vocab"
        try FileManager.default.createDirectory(atPath: vocabulary, withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: repository + "/vocab") {
            // The header of each table, without its rows.
            var text =
                try String(contentsOfFile: repository + "/vocab/" + name, encoding: .utf8).split(separator: "\n").first { !$0.hasPrefix("#") }.map { $0 + "\n" }
                ?? ""
            if name == "genre.tsv" { text += "jazz\tjazz\t\t\t\n" }
            if name == "instrument.tsv" { text += "piano\tpiano\t\t\t\n" }
            _ = try program.folder.write(text, to: "home/vocab/" + name)
        }
        program.environment["DESCANT_HOME"] = program.folder.path + "/home"
        return program
    }

    private func process(_ arguments: [String], input: String?, output: String, errors: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        let own = [
            "DESCANT_HOME": Self.repository, "DESCANT_MODELS": folder.path + "/home/models", "XDG_CACHE_HOME": folder.path + "/cache", "HOME": folder.path,
            // By words alone unless a test says otherwise: that needs no encoding.
            "DESCANT_MODEL": "none", "PATH": "/usr/bin:/bin", "TERM": "xterm-256color",
            "LANG": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no",
        ]
        process.environment = own.merging(environment) { $1 }
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: input ?? "/dev/null"))
        // Files, not pipes: nothing blocks however much is written.
        for path in [output, errors] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        return process
    }

    func run(_ arguments: String..., input: [UInt8]? = nil) throws -> Outcome { try run(arguments, input: input) }

    func run(_ arguments: [String], input: [UInt8]? = nil) throws -> Outcome {
        let name = folder.path + "/run-" + UUID().uuidString
        if let input { try Data(input).write(to: URL(fileURLWithPath: name + ".in")) }
        let process = try process(arguments, input: input == nil ? nil : name + ".in", output: name + ".out", errors: name + ".err")
        try process.run()
        process.waitUntilExit()
        func text(_ path: String) throws -> String { String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self) }
        return Outcome(
            exitCode: process.terminationStatus, exitedByItself: process.terminationReason == .exit, output: try text(name + ".out"),
            errors: try text(name + ".err"))
    }

    /// Starts the program and kills it with SIGKILL once `isTime` says so.
    /// - Returns: false when it ended by itself before.
    func kill(_ arguments: [String], when isTime: () -> Bool) throws -> Bool {
        let process = try process(arguments, input: nil, output: folder.path + "/killed.out", errors: folder.path + "/killed.err")
        try process.run()
        while process.isRunning, !isTime() { usleep(2000) }
        let wasRunning = process.isRunning
        if wasRunning { _ = sendSignal(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        return wasRunning && process.terminationReason == .uncaughtSignal
    }
}

/// `kill(2)`, which `Program.kill` hides.
private func sendSignal(_ process: Int32, _ signal: Int32) -> Int32 { kill(process, signal) }

/// A library that the program indexed once, for all tests that only read.
enum BandLibrary {
    static let corpus = """
        {"id": "pan-1", "title": "Harbour Pan", "artist": "Ann & Co", "year": 1975, "duration": 200, "file": "/m/a b.mp3", "tags": ["steel drum", "upbeat", "calypso"]}
        {"id": "pan-2", "title": "Shore Road", "artist": "Bay Band", "year": 1981, "tags": ["steelpan", "calm"]}
        {"id": "jazz-1", "title": "Night Desk", "artist": "Otto Vane", "year": 1958, "tags": ["jazz", "piano", "sad"]}
        {"id": "jazz-2", "title": "Noon <Desk>", "artist": "Otto Vane", "year": 1959, "tags": ["jazz", "piano", "happy"]}
        {"id": "rock-1", "title": "Quarry", "artist": "Pale Kings", "year": 1975, "tags": ["rock", "electric guitar", "energetic"]}
        """

    private static let built: (program: Program, library: String) = {
        do {
            let program = Program(folder: try TemporaryFolder())
            let corpus = try program.folder.write(corpus, to: "band.jsonl")
            let library = program.folder.path + "/band.library"
            let outcome = try program.run("index", corpus, "--library", library)
            guard outcome.exitCode == 0 else { fatalError("the test library cannot be indexed: \(outcome.errors)") }
            // What is said of a library once is said here: whichever test comes first finds it silent.
            _ = try program.run("plan", "jazz", "--library", library)
            return (program, library)
        } catch {
            fatalError("the test library cannot be indexed: \(error)")
        }
    }()

    static var program: Program { built.program }
    static var library: String { built.library }

    /// Runs a command on this library.
    static func run(_ arguments: String..., input: [UInt8]? = nil) throws -> Outcome {
        try program.run(arguments + ["--library", library], input: input)
    }
}
