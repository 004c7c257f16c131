import Foundation
import LinearAlgebra
import NeuralNetworks
import Storage
import TestSupport
import Testing

@Suite struct CheckpointTests {
    private let folder: TestSupport.TemporaryFolder
    private let checkpoint: Checkpoint

    init() throws {
        folder = try TestSupport.TemporaryFolder()
        checkpoint = Checkpoint(path: folder.path + "/state.safetensors", identity: "configuration 1")
    }

    private var bytes: [UInt8] {
        get throws { Array(try Data(contentsOf: URL(fileURLWithPath: checkpoint.path))) }
    }

    private func damage(_ content: [UInt8]) throws { try Data(content).write(to: URL(fileURLWithPath: checkpoint.path)) }

    /// Reading has to fail with the error, and to leave the optimiser as it was: three more steps then go where they go without a checkpoint.
    private func expectRefused<Failure: Error & Equatable>(
        by example: OptimisationExample = OptimisationExample(), as type: Failure.Type, _ checkpoint: Checkpoint? = nil, _ what: String = "",
        _ location: SourceLocation = #_sourceLocation
    ) throws -> Failure? {
        let before = example.weights
        let error = #expect(throws: type, "\(what)", sourceLocation: location) { try (checkpoint ?? self.checkpoint).read(into: example.optimiser) }
        #expect(example.weights == before && example.optimiser.steps == 0, "\(what)", sourceLocation: location)
        return error
    }

    /// Stopped after the second step and gone on with by new objects, on another number of threads.
    @Test(arguments: [0, 1, 2]) func goingOnIsNotStopping(first: Int) throws {
        let whole = OptimisationExample()
        try whole.run(1...5)
        let stopped = OptimisationExample()
        try stopped.run(1...2, team: testTeams[first])
        try checkpoint.write(stopped.optimiser)
        let resumed = OptimisationExample()
        #expect(try checkpoint.stepsIfPresent() == 2 && checkpoint.read(into: resumed.optimiser) == 2)
        #expect(resumed.weights == stopped.weights && resumed.optimiser.steps == 2)
        try resumed.run(3...5, team: testTeams[2 - first])
        #expect(resumed.weights.map(\.bitPattern) == whole.weights.map(\.bitPattern))
        // The moments are the same too: both states are the same file.
        try checkpoint.write(resumed.optimiser)
        let file = try bytes
        try checkpoint.write(whole.optimiser)
        #expect(try bytes == file)
    }

    @Test func ofTheVeryBeginning() throws {
        try checkpoint.write(OptimisationExample().optimiser)
        let example = OptimisationExample()
        try example.run(1...3)
        #expect(try checkpoint.read(into: example.optimiser) == 0)
        let other = OptimisationExample()
        try example.run(1...3)
        try other.run(1...3)
        #expect(example.weights == other.weights)
    }

    @Test func ofAnotherTraining() throws {
        try checkpoint.write(OptimisationExample().optimiser)
        #expect(try checkpoint.exists && checkpoint.stepsIfPresent() == 0)
        let other = Checkpoint(path: checkpoint.path, identity: "configuration 2")
        #expect(throws: CheckpointError.self) { try other.stepsIfPresent() }
        #expect(
            try expectRefused(as: CheckpointError.self, other)
                .map { [$0.path, $0.what, $0.expected, $0.found] } == [checkpoint.path, "identity", "configuration 2", "configuration 1"])
        // Weights that are no checkpoint.
        try SafetensorsWriter().write(to: checkpoint.path)
        #expect(try expectRefused(as: CheckpointError.self)?.found == "none")
    }

    @Test(arguments: [nil, "-1", "two", ""]) func withoutANumberOfSteps(steps: String?) throws {
        var metadata = ["identity": checkpoint.identity]
        metadata["steps"] = steps
        try SafetensorsWriter(metadata: metadata).write(to: checkpoint.path)
        #expect(
            try expectRefused(as: CheckpointError.self)
                .map { [$0.path, $0.what, $0.expected, $0.found] } == [checkpoint.path, "number of steps", "0 or more", steps ?? "none"])
    }

    /// Every tensor that does not fit is named.
    @Test func ofAnotherModel() throws {
        func write(_ parameters: Parameter...) throws { try checkpoint.write(AdamW(parameters)) }
        let matrix = Parameter("matrix", 2, 3, seed: 1), vector = Parameter("vector", 3, seed: 2)
        try write(Parameter("matrix", 3, 2, seed: 1), vector)
        #expect(
            try expectRefused(as: WeightsError.self)?.problems
                == ["value.matrix", "mean.matrix", "square.matrix"].map { WeightsError.Problem(name: $0, .misshapen(expected: [2, 3], found: [3, 2])) })
        try write(matrix)
        #expect(
            try expectRefused(as: WeightsError.self)?.problems
                == ["value.vector", "mean.vector", "square.vector"].map { WeightsError.Problem(name: $0, .missing(expected: [3])) })
        try write(matrix, vector, Parameter("third", 1, seed: 3))
        let third = try #require(try expectRefused(as: WeightsError.self)).problems
        let names = ["value.third", "mean.third", "square.third"]
        #expect(Set(third) == Set(names.map { WeightsError.Problem(name: $0, .unexpected(type: .float32, shape: [1])) }))
    }

    @Test func withoutAFile() throws {
        #expect(try !checkpoint.exists && checkpoint.stepsIfPresent() == 0)
        guard case .system(operation: "open", _) = try expectRefused(as: FileError.self)?.reason else {
            Issue.record("a missing file is not said to be missing")
            return
        }
    }

    /// Cut anywhere.
    @Test func truncated() throws {
        let written = OptimisationExample()
        try written.run(1...2)
        try checkpoint.write(written.optimiser)
        let content = try bytes
        for length in stride(from: 0, to: content.count, by: 7) {
            try damage(Array(content[..<length]))
            _ = try expectRefused(as: FileError.self, nil, "\(length) of \(content.count) bytes")
        }
    }

    /// Two bits of every byte, one at a time, in the header and in the numbers: the state is refused with one of the three errors, and none of it is taken over.
    @Test func everyFlippedBitIsSeen() throws {
        let written = OptimisationExample()
        try written.run(1...2)
        try checkpoint.write(written.optimiser)
        let content = try bytes
        let example = OptimisationExample()
        let before = example.weights
        for byte in content.indices {
            for bit in [byte % 8, (byte + 3) % 8] {
                var flipped = content
                flipped[byte] ^= 1 << UInt8(bit)
                try damage(flipped)
                do {
                    _ = try checkpoint.read(into: example.optimiser)
                    Issue.record("bit \(bit) of byte \(byte) of \(content.count) was missed")
                } catch is FileError {} catch is CheckpointError {} catch is WeightsError {}
            }
        }
        #expect(example.weights == before && example.optimiser.steps == 0)
        try damage(content)
        #expect(try checkpoint.read(into: example.optimiser) == 2)
    }

    /// A disk that is full shows when the first byte is written: the temporary file is the device that is always full.
    @Test func aFullDiskLeavesTheStateBefore() throws {
        let example = OptimisationExample()
        try example.run(1...2)
        try checkpoint.write(example.optimiser)
        let (before, weights) = (try bytes, example.weights)
        try FileManager.default.createSymbolicLink(atPath: checkpoint.path + ".partial", withDestinationPath: "/dev/full")
        try example.run(3...3)
        let error = #expect(throws: FileError.self) { try checkpoint.write(example.optimiser) }
        guard case .system(operation: "write", _)? = error?.reason else {
            Issue.record("\(String(describing: error)) does not say that writing failed")
            return
        }
        #expect(try bytes == before)
        let resumed = OptimisationExample()
        #expect(try checkpoint.read(into: resumed.optimiser) == 2 && resumed.weights == weights)
        // With room again the training writes on.
        try checkpoint.write(example.optimiser)
        #expect(try checkpoint.read(into: resumed.optimiser) == 3)
    }

    @Test func aFolderThatIsNotThere() throws {
        let nowhere = Checkpoint(path: folder.path + "/none/state.safetensors", identity: "configuration 1")
        let error = #expect(throws: FileError.self) { try nowhere.write(OptimisationExample().optimiser) }
        #expect(error?.path.hasPrefix(nowhere.path) == true)
    }

    /// A process that was killed while it wrote leaves half a file beside the state, which nobody reads and the next one replaces.
    @Test func whatAKilledProcessLeft() throws {
        let example = OptimisationExample()
        try example.run(1...2)
        try checkpoint.write(example.optimiser)
        let half = try Array(bytes.prefix(100))
        try Data(half).write(to: URL(fileURLWithPath: checkpoint.path + ".partial"))
        #expect(try checkpoint.read(into: OptimisationExample().optimiser) == 2)
        try example.run(3...3)
        try checkpoint.write(example.optimiser)
        #expect(try checkpoint.read(into: OptimisationExample().optimiser) == 3)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["state.safetensors"])
    }

    @Test(arguments: [Float.nan, .infinity]) func aWeightThatIsNoNumberIsNotKept(value: Float) throws {
        let example = OptimisationExample()
        try example.run(1...2)
        try checkpoint.write(example.optimiser)
        let before = try bytes
        example.matrix.value.pointer[4] = value
        let error = #expect(throws: WeightsError.self) { try checkpoint.write(example.optimiser) }
        #expect(error?.problems == [WeightsError.Problem(name: "value.matrix", .nonFinite(index: 4, found: "\(value)"))])
        #expect(try bytes == before)
    }
}
