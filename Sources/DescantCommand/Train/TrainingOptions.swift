import ArgumentParser
import LibraryAccess
import Training

/// Which configuration, and where its run lies.
struct ConfigurationOptions: ParsableArguments {
    @Option(help: "JSON file of the configuration; {} takes every default.")
    var config: String
    @Option(help: "Folder of all runs.")
    var runs = RunFolder.standardRuns

    func read() throws -> TrainingConfiguration { try ConfigurationFile.read(TrainingConfiguration.self, at: config) }

    func plan(_ configuration: TrainingConfiguration) throws -> StudentPipeline {
        try TrainingStages.plan(configuration, run: RunFolder(runs: runs, name: configuration.name))
    }

    /// As it would be typed again.
    var words: String { Self.words(config: config, runs: runs) }

    static func words(config: String, runs: String) -> String {
        "--config \(quoted(config))" + (runs == RunFolder.standardRuns ? "" : " --runs \(quoted(runs))")
    }

    private static func quoted(_ path: String) -> String {
        let isPlain =
            !path.isEmpty && path.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || ("0"..."9").contains($0) || "/._-+=".unicodeScalars.contains($0) }
        return isPlain ? path : "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

/// A run of some stages.
struct TrainingOptions: ParsableArguments {
    @OptionGroup var source: ConfigurationOptions
    @Flag(help: "Hold what earlier stages made to its SHA-256 before it is used.")
    var verify = false

    /// - Parameters:
    ///   - kind: nil runs all stages.
    ///   - command: the subcommand's own name, for the line that says how to go on.
    func run(upTo kind: StageKind?, command: String) throws {
        _ = try run(try source.read(), upTo: kind, command: command)
    }

    /// Runs a configuration, which may be another than the file's.
    ///
    /// - Parameter note: what of several runs it is.
    @discardableResult
    func run(_ configuration: TrainingConfiguration, upTo kind: StageKind? = nil, command: String, note: String? = nil) throws -> StudentPipeline {
        let plan = try source.plan(configuration)
        // A fold is one of a cut: with another one under the same name, models would be judged by rows that they were trained on.
        if configuration.data.heldOut != nil { try plan.pipeline.run.keep(plan.folds) }
        try plan.pipeline.run.keep(configuration)
        let display = TrainingDisplay()
        if let note { Terminal.write("\(note):") }
        do {
            try plan.pipeline.run(upTo: kind, verifying: verify, stop: .bySignals()) { display.show($0) }
        } catch let error as RunError {
            display.end()
            guard case .stopped(_, let signal) = error else { throw error }
            Terminal.note("\(error); everything done is kept. Go on with: descant train \(command) \(source.words)")
            // As a shell has it for a program that a signal ended.
            throw ExitCode(128 + signal)
        } catch {
            display.end()
            throw error
        }
        return plan
    }
}
