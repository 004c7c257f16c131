import Encoders
import Foundation
import LinearAlgebra
import NeuralNetworks
import TestSupport
import Testing

@Suite struct TrainingStepTests {
    /// PyTorch in float32 is off by up to 8.8e-6 from its own float64; losses near 50 carry 1e-5. Every weight is held, those of the rows that no text uses too:
    /// they decay by 0.1 % a step at least, a hundred times the tolerance where they are not small.
    @Test func threeStepsArePyTorchs() throws {
        let example = try TrainingExample(team: TinyModel.teams[1])
        let before = example.model.parameters.map(\.values)
        let (losses, norms) = try example.run(1...3)
        for (found, expected) in zip(losses + norms, TrainingExample.expected.losses + TrainingExample.expected.norms) {
            #expect(abs(found - expected) <= 2e-5 * expected, "\(losses) and norms \(norms)")
        }
        let clipped = TrainingExample.expected.norms.map { $0 > TrainingExample.expected.maximumNorm }
        #expect(clipped == [true, false, false])

        let folder = try TemporaryFolder()
        try example.model.write(to: folder.path)
        let found = try SafetensorsFile(path: folder.path + "/model.safetensors")
        let expected = try SafetensorsFile(path: TrainingExample.fixtures + "/after.safetensors")
        #expect(Set(found.tensors.map(\.name)) == Set(expected.tensors.map(\.name)))
        for tensor in expected.tensors {
            #expect(found[tensor.name]?.shape == tensor.shape)
            let off = distance(try found.floats(of: tensor.name), try expected.floats(of: tensor.name))
            #expect(off <= 2e-5, "\(tensor.name) is off by \(off)")
        }
        for (parameter, values) in zip(example.model.parameters, before) {
            #expect(distance(parameter.values, values) >= 1e-3, "\(parameter.name) hardly moved: it is held to nothing")
        }
    }

    /// With dropout, whose masks depend on the step alone.
    @Test func threadsChangeNoBit() throws {
        let results = try TinyModel.teams.map { team in
            let example = try TrainingExample(team: team, dropout: 0.1)
            try example.run(1...3)
            return example.weights
        }
        #expect(results[1] == results[0] && results[2] == results[0])
    }

    /// Stopped after the second step; the third is taken by new objects, on another number of threads, from what the checkpoint holds.
    @Test func goingOnFromACheckpointChangesNoBit() throws {
        let folder = try TemporaryFolder()
        let checkpoint = Checkpoint(path: folder.path + "/state.safetensors", identity: "tiny")
        let whole = try TrainingExample(team: TinyModel.teams[0], dropout: 0.1)
        try whole.run(1...3)
        do {
            let stopped = try TrainingExample(team: TinyModel.teams[0], dropout: 0.1)
            try stopped.run(1...2)
            try checkpoint.write(stopped.optimiser)
        }
        let resumed = try TrainingExample(team: TinyModel.teams[1], dropout: 0.1)
        let steps = try checkpoint.read(into: resumed.optimiser)
        #expect(steps == 2 && resumed.weights != whole.weights)
        try resumed.run(steps + 1...3)
        #expect(resumed.weights == whole.weights)
    }

    /// A pass without dropout and one with, and two of different seeds, differ; the same seed gives the same.
    @Test func dropoutDependsOnTheSeedAlone() throws {
        func first(_ dropout: Float, step: Int) throws -> Float { try TrainingExample(team: TinyModel.teams[1], dropout: dropout).loss(step: step) }
        let values = try [first(0, step: 1), first(0.1, step: 1), first(0.1, step: 2)]
        #expect(Set(values).count == 3)
        #expect(try first(0.1, step: 1) == values[1] && first(0, step: 2) == values[0])
    }

    /// Two passes over halves of the texts, each scaled by a half, are one pass over all for a loss that is a mean over texts.
    @Test func passesAddUpToOne() throws {
        func gradients(_ parts: [Range<Int>]) throws -> [Float] {
            let model = try TrainableBiEncoder(folder: TinyModel.biEncoder.folder)
            for part in parts {
                let tape = Tape(team: TinyModel.teams[1])
                var batch = TokenBatch()
                for ids in TrainingExample.expected.inputIds[part] { batch.append(ids) }
                let targets = (0..<part.count * 32).map { Float($0 % 5) }
                tape.backward(from: tape.meanSquaredError(model.vectors(batch, on: tape), targets), scale: 1 / Float(parts.count))
            }
            return model.parameters.flatMap { UnsafeBufferPointer(start: $0.gradient.pointer, count: $0.count) }
        }
        // The targets of a text repeat after five texts.
        let whole = try gradients([0..<10]), halves = try gradients([0..<5, 5..<10])
        let greatest = whole.map(abs).max() ?? 0
        #expect(greatest > 0.01 && distance(whole, halves) <= 1e-5 * greatest)
    }
}
