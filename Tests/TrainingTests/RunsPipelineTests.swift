import Foundation
import Storage
import TestSupport
import Testing

@testable import Training

/// Counts to a number, a line of its product for each step, with a checkpoint at every tenth.
private struct Counting: StageOptions {
    var steps = 25
    var faults: [OptionFault] { fault("steps", steps, in: 1...1000) }

    func run(in work: StageWorkspace, at step: (Int) throws -> Void = { _ in }) throws {
        let checkpoint = work.folder + "/checkpoint", product = work.folder + "/count.txt"
        var text = (try? String(contentsOfFile: checkpoint, encoding: .utf8)) ?? ""
        for number in (text.split(separator: "\n").count + 1)...steps {
            text += "\(number)\n"
            work.report(StageProgress(number, of: steps, unit: "steps"))
            if number % 10 == 0 || work.stop.isMade { try writeDurably([Array(text.utf8)], to: checkpoint) }
            if work.stop.isMade { throw StageStopped() }
            try step(number)
        }
        try writeDurably([Array(text.utf8)], to: product)
        try? FileManager.default.removeItem(atPath: checkpoint)
    }
}

private struct DiskFull: Error {}

@Suite struct RunsPipelineTests {
    private let folder: TemporaryFolder
    private let captions: String

    init() throws {
        folder = try TemporaryFolder()
        captions = try folder.write("one caption", to: "captions.csv")
    }

    /// generate → teach, and generate → mine → distill → mine again.
    private func pipeline(_ mine: Int = 12, seed: UInt64 = 0, at step: @escaping (StageKind, Int) throws -> Void = { _, _ in }) throws -> Pipeline {
        var pipeline = Pipeline(run: try RunFolder(runs: folder.path + "/runs", name: "trial"))
        func work(_ kind: StageKind, _ options: Counting) -> (StageWorkspace) throws -> Void {
            { work in try options.run(in: work) { try step(kind, $0) } }
        }
        let common = Counting()
        let generate = try pipeline.add(.generate, options: common, seed: seed, inputs: [.file("captions", path: captions)], work: work(.generate, common))
        _ = try pipeline.add(.teach, options: common, inputs: [.stage("requests", generate)], work: work(.teach, common))
        let options = Counting(steps: mine)
        let first = try pipeline.add(.mine, options: options, inputs: [.stage("requests", generate)], work: work(.mine, options))
        let student = try pipeline.add(.distill, options: common, inputs: [.stage("negatives", first)], work: work(.distill, common))
        _ = try pipeline.add(
            .mine, round: 2, options: options, inputs: [.stage("requests", generate), .stage("student", student)], work: work(.mine, options))
        return pipeline
    }

    private func run(_ pipeline: Pipeline, upTo kind: StageKind? = nil, verifying: Bool = false, stop: StopRequest = StopRequest()) throws -> [String] {
        var events: [String] = []
        try pipeline.run(upTo: kind, verifying: verifying, stop: stop) { event in
            switch event {
            case .reused(let stage, _): events.append("reused \(stage.title)")
            case .began(let stage, let isResumed): events.append("\(isResumed ? "resumed" : "began") \(stage.title)")
            case .progressed: break
            case .ended(let stage, _): events.append("ended \(stage.title)")
            }
        }
        return events
    }

    // MARK: Order and reuse

    @Test func onlyWhatIsNeededRuns() throws {
        #expect(try run(pipeline(), upTo: .teach) == ["began generate", "ended generate", "began teach", "ended teach"])
        // The last round of mining needs the student, and not the teacher.
        #expect(
            try run(pipeline(), upTo: .mine) == [
                "reused generate", "began mine", "ended mine", "began distill", "ended distill", "began mine, round 2", "ended mine, round 2",
            ])
        #expect(try run(pipeline(), verifying: true) == ["reused generate", "reused teach", "reused mine", "reused distill", "reused mine, round 2"])
    }

    @Test func laterOptionsShareEarlierStages() throws {
        _ = try run(pipeline())
        #expect(
            try run(pipeline(13)) == [
                "reused generate", "reused teach", "began mine", "ended mine", "began distill", "ended distill", "began mine, round 2", "ended mine, round 2",
            ])
        // And the first ones are still there.
        #expect(try run(pipeline(), upTo: .distill) == ["reused generate", "reused mine", "reused distill"])
    }

    /// Law: a key changes with whatever changes the products, and with nothing else.
    @Test func keysAreOfContent() throws {
        func keys(_ pipeline: Pipeline) -> [String] { pipeline.stages.map(\.recipe.key) }
        let before = keys(try pipeline())
        #expect(before.allSatisfy { $0.count == 16 && $0.allSatisfy(\.isHexDigit) } && Set(before).count == before.count)
        #expect(keys(try pipeline()) == before)
        #expect(zip(keys(try pipeline(13)), before).map(==) == [true, true, false, false, false])
        #expect(zip(keys(try pipeline(seed: 1)), before).allSatisfy(!=))
        _ = try folder.write("another caption", to: "captions.csv")
        #expect(zip(keys(try pipeline()), before).allSatisfy(!=))
        let recipe = StageRecipe(kind: .mine, format: 1, options: .object([:]), seed: 0, inputs: [:])
        var other = recipe
        other.format = 2
        #expect(other.key != recipe.key)
        other.format = 1
        other.kind = .label
        #expect(other.key != recipe.key)
    }

    @Test func theRecordSaysWhatWasMade() throws {
        let pipeline = try pipeline()
        _ = try run(pipeline, upTo: .generate)
        guard case .done(let record) = try pipeline.state(of: pipeline.stages[0]).state else { Issue.record("not done"); return }
        let bytes = (1...25).map { "\($0)\n" }.joined()
        #expect(record.products == ["count.txt": .init(bytes: bytes.utf8.count, sha256: Array(bytes.utf8).withUnsafeBytes { Checksum.sha256($0) })])
        #expect(record.sessions == 1 && record.seconds > 0)
        #expect(record.recipe.inputs == ["captions": .text(try Checksum.sha256(fileAt: captions))])
        #expect(try pipeline.state(of: pipeline.stages[1]) == (.absent, false))
    }

    // MARK: Breaking off

    @Test func aStoppedStageGoesOnWhereItWas() throws {
        let stop = StopRequest()
        var seen: [Int] = []
        let stopping = try pipeline { kind, step in
            seen.append(step)
            if kind == .generate, step == 13 { stop.make() }
        }
        let error = #expect(throws: RunError.self) { try run(stopping, upTo: .generate, stop: stop) }
        #expect(error == .stopped(stage: "generate", signal: SIGINT))
        #expect(seen == Array(1...13))
        guard case .inProgress(let record) = try stopping.state(of: stopping.stages[0]).state else { Issue.record("not in progress"); return }
        #expect(record.sessions == 1 && record.seconds > 0 && record.products.isEmpty)
        seen = []
        #expect(try run(pipeline { _, step in seen.append(step) }, upTo: .generate) == ["resumed generate", "ended generate"])
        #expect(seen == Array(15...25))  // the step that was asked to stop is in the checkpoint
        #expect(throws: RunError.stopped(stage: "generate", signal: SIGINT)) { try run(try pipeline(), stop: stop) }
    }

    @Test func aFailingStageLosesNothing() throws {
        let failing = try pipeline { kind, step in if kind == .teach, step == 12 { throw DiskFull() } }
        #expect(throws: DiskFull.self) { try run(failing) }
        var seen: [Int] = []
        let events = try run(pipeline { _, step in seen.append(step) }, upTo: .teach)
        #expect(events == ["reused generate", "resumed teach", "ended teach"])
        #expect(seen == Array(11...25))
    }

    #if compiler(>=6.3)  // exit tests that capture values

        /// A child process is killed in the middle of a stage, and this one goes on.
        @Test func killedInTheMiddle() async throws {
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
                try Self.generate(in: path) { if $0 == 17 { kill(getpid(), SIGKILL) } }
            }
            try expectToGoOn()
        }

        /// No file may grow from step 12 on, so the checkpoint at step 20 cannot be written; nor can the record of the stage.
        @Test func aFullDiskLeavesTheLastCheckpoint() async throws {
            await #expect(processExitsWith: .exitCode(42)) { [path = folder.path as String] in
                do {
                    try Self.generate(in: path) { step in
                        guard step == 12 else { return }
                        signal(SIGXFSZ, SIG_IGN)
                        var limit = rlimit(rlim_cur: 16, rlim_max: 16)
                        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
                    }
                } catch let error as FileError {
                    guard case .system("write", _) = error.reason, error.path.hasSuffix("/checkpoint") else { exit(1) }
                    exit(42)
                }
            }
            try expectToGoOn()
        }

        private static func generate(in path: String, at step: @escaping (Int) -> Void) throws {
            var pipeline = Pipeline(run: try RunFolder(runs: path + "/runs", name: "trial"))
            _ = try pipeline.add(.generate, options: Counting(), inputs: [.file("captions", path: path + "/captions.csv")]) { work in
                try Counting().run(in: work, at: step)
            }
            try pipeline.run()
        }

        /// The child's last checkpoint was that of step 10.
        private func expectToGoOn() throws {
            var seen: [Int] = []
            let resumed = try pipeline { _, step in seen.append(step) }
            guard case (.inProgress, isBusy: false) = try resumed.state(of: resumed.stages[0]) else { Issue.record("not in progress"); return }
            #expect(try run(resumed, upTo: .generate) == ["resumed generate", "ended generate"])
            #expect(seen == Array(11...25))
            guard case .done(let record) = try resumed.state(of: resumed.stages[0]).state else { Issue.record("not done"); return }
            #expect(Array(record.products.keys) == ["count.txt"] && record.sessions == 2)
        }

        /// Asked by the signal itself, in a child process.
        @Test func theSignalAsks() async throws {
            await #expect(processExitsWith: .exitCode(42)) {
                let stop = StopRequest.bySignals()
                guard stop.signal == nil else { exit(1) }
                // To the process, not to this thread, which may have the signal blocked.
                kill(getpid(), SIGTERM)
                for _ in 0..<5000 where !stop.isMade { usleep(1000) }
                exit(stop.signal == SIGTERM ? 42 : 2)
            }
        }
    #endif

    @Test func twoProcessesDoNotWorkInOneStage() throws {
        let inner = try pipeline()
        let outer = try pipeline { kind, step throws in
            guard kind == .generate, step == 3 else { return }
            #expect(throws: RunError.busy(folder: inner.stages[0].folder)) { try inner.run(upTo: .generate) }
            #expect(try inner.state(of: inner.stages[0]).isBusy)
        }
        #expect(try run(outer, upTo: .generate) == ["began generate", "ended generate"])
        #expect(try inner.state(of: inner.stages[0]).isBusy == false)
    }

    // MARK: Damage

    @Test func changedAndLostProductsAreNamed() throws {
        let pipeline = try pipeline()
        _ = try run(pipeline, upTo: .generate)
        let product = pipeline.stages[0].folder + "/count.txt"
        let whole = try Data(contentsOf: URL(fileURLWithPath: product))
        // Of the same size: only the hash finds it.
        try Data([0x39] + whole.dropFirst()).write(to: URL(fileURLWithPath: product))
        #expect(try run(pipeline, upTo: .generate) == ["reused generate"])
        let changed = #expect(throws: RunError.self) { try run(pipeline, upTo: .generate, verifying: true) }
        #expect("\(try #require(changed))".hasPrefix("\(product): not what the stage made: expected SHA-256 "))
        try whole.dropLast().write(to: URL(fileURLWithPath: product))
        #expect(throws: RunError.changed(path: product, expected: "\(whole.count) bytes", found: "\(whole.count - 1)")) { try run(pipeline, upTo: .generate) }
        try FileManager.default.removeItem(atPath: product)
        #expect(throws: RunError.lost(path: product)) { try run(pipeline, upTo: .teach) }
        #expect(throws: RunError.lost(path: product)) { try pipeline.state(of: pipeline.stages[0]) }
    }

    @Test func aFolderOfAnotherConfigurationIsRefused() throws {
        let one = try pipeline(), other = try pipeline(13)
        _ = try run(one, upTo: .mine)
        try FileManager.default.copyItem(atPath: one.stages[2].folder, toPath: other.stages[2].folder)
        let (expected, found) = (other.stages[2].recipe.folderName, one.stages[2].recipe.folderName)
        #expect(throws: RunError.otherConfiguration(folder: other.stages[2].folder, expected: expected, found: found)) { try run(other, upTo: .mine) }
    }

    /// Whatever a record became, nothing traps and nothing is taken for done.
    @Test(arguments: ["", "{", "[]", "{\"version\": 2}", "{\"version\": 1, \"status\": \"done\"}"]) func damagedRecords(text: String) throws {
        let pipeline = try pipeline()
        _ = try run(pipeline, upTo: .generate)
        let path = pipeline.stages[0].folder + "/stage.json"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: RunError.self) { try run(pipeline, upTo: .generate) }
        #expect("\(try #require(error))".hasPrefix(path + ": "))
    }

    @Test func filesThatNoStageMadeAreLeftAlone() throws {
        let pipeline = try pipeline()
        let place = pipeline.stages[0].folder
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: place + "/notes.txt"))
        #expect(throws: RunError.foreign(folder: place, files: ["notes.txt"])) { try run(pipeline, upTo: .generate) }
        // An empty folder is where a process was killed before it began.
        try FileManager.default.removeItem(atPath: place + "/notes.txt")
        #expect(try run(pipeline, upTo: .generate) == ["began generate", "ended generate"])
    }

    @Test func aMissingInputIsNamed() throws {
        try FileManager.default.removeItem(atPath: captions)
        let error = #expect(throws: FileError.self) { try pipeline() }
        #expect(error?.path == captions)
    }

    // MARK: The run's own files

    @Test func theConfigurationIsKeptWithItsDefaults() throws {
        let run = try RunFolder(runs: folder.path + "/runs", name: "trial")
        var configuration = TrainingConfiguration()
        configuration.seed = .max
        try run.keep(configuration)
        configuration.data.heldOut = 3
        try run.keep(configuration)
        #expect(try ConfigurationFile.read(TrainingConfiguration.self, at: run.path + "/config.json") == configuration)
    }

    @Test(arguments: ["", ".", "..", "a/b", "../a", "a b", "ä", String(repeating: "a", count: 65)]) func namesThatAreNoFolder(name: String) {
        #expect(throws: RunError.name(name)) { try RunFolder(name: name) }
    }

    @Test func foldsAreBalancedSeededAndRecordedOnce() throws {
        for (count, rows) in [(5, 2663), (2, 3), (7, 0), (3, 2)] {
            let folds = Folds(count: count, seed: 1, rows: rows)
            #expect(folds == Folds(count: count, seed: 1, rows: rows) && folds.fold.count == rows)
            let sizes = (0..<count).map { fold in folds.fold.count { $0 == fold } }
            #expect(sizes.reduce(0, +) == rows && (sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
            for heldOut in 0..<count {
                let training = folds.rows(holdingOut: heldOut)
                #expect(training.count == rows - sizes[heldOut] && training.allSatisfy { folds.fold[$0] != heldOut })
            }
            #expect(folds.rows(holdingOut: nil) == Array(0..<rows))
        }
        let run = try RunFolder(runs: folder.path + "/runs", name: "trial")
        let folds = Folds(count: 5, seed: 1, rows: 100)
        #expect(folds.fold != Folds(count: 5, seed: 2, rows: 100).fold)
        try run.keep(folds)
        try run.keep(folds)
        #expect(try run.folds() == folds)
        let error = #expect(throws: RunError.self) { try run.keep(Folds(count: 5, seed: 2, rows: 100)) }
        #expect(error == .otherFolds(path: run.path + "/folds.json", expected: "5 folds of 100 rows, seed 2", found: "5 folds of 100 rows, seed 1"))
        try Data("{\"count\":5,\"seed\":1,\"fold\":[7]}".utf8).write(to: URL(fileURLWithPath: run.path + "/folds.json"))
        #expect(throws: RunError.self) { try run.folds() }
    }
}
