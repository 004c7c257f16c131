import Foundation
import LinearAlgebra
import NeuralNetworks
import TestSupport
import Testing

/// A matrix and a vector whose numbers, and those of their gradients, are multiples of 1/64, so that every program starts from the same.
struct OptimisationExample {
    let matrix = Parameter("matrix", shape: [2, 3], decays: true, values: Self.grid(6, 37, 0, 101))
    let vector = Parameter("vector", shape: [3], decays: false, values: Self.grid(3, 41, 7, 89))
    let optimiser: AdamW

    init() {
        var options = AdamW.Options()
        (options.beta2, options.weightDecay) = (0.99, 0.1)
        optimiser = AdamW([matrix, vector], options: options)
    }

    static func grid(_ count: Int, _ factor: Int, _ offset: Int, _ modulus: Int) -> [Float] {
        (0..<count).map { Float(($0 * factor + offset) % modulus - modulus / 2) / 64 }
    }

    func setGradients(step: Int) {
        for (parameter, values) in [(matrix, Self.grid(6, 29, 53 * step, 97)), (vector, Self.grid(3, 31, 59 * step, 83))] {
            for (i, value) in values.enumerated() { parameter.gradient.pointer[i] = value }
        }
    }

    /// Steps `range`, each at a rate of 0.02 · step.
    @discardableResult
    func run(_ range: ClosedRange<Int>, team: ThreadTeam = testTeams[1]) throws -> [Float] {
        try range.map { step in
            setGradients(step: step)
            return try optimiser.step(rate: 0.02 * Float(step), maximumNorm: 1.25, team: team)
        }
    }

    var weights: [Float] { matrix.values + vector.values }
}

@Suite struct OptimisationTests {
    /// Five steps of PyTorch 2.15.0 in float64, with decay of the matrix alone, other rates each step, and clipping that the third and fifth step need:
    ///
    ///     import torch
    ///     def grid(count, a, b, c): return ((torch.arange(count, dtype=torch.float64) * a + b) % c - c // 2) / 64
    ///     matrix, vector = (torch.nn.Parameter(grid(*s)) for s in ((6, 37, 0, 101), (3, 41, 7, 89)))
    ///     matrix = torch.nn.Parameter(matrix.detach().reshape(2, 3))
    ///     optimiser = torch.optim.AdamW([{"params": [matrix], "weight_decay": 0.1}, {"params": [vector], "weight_decay": 0}],
    ///                                   betas=(0.9, 0.99), eps=1e-8)
    ///     for step in range(1, 6):
    ///         for group in optimiser.param_groups: group["lr"] = 0.02 * step
    ///         matrix.grad, vector.grad = grid(6, 29, 53 * step, 97).reshape(2, 3), grid(3, 31, 59 * step, 83)
    ///         print(torch.nn.utils.clip_grad_norm_([matrix, vector], 1.25).item())
    ///         optimiser.step()
    ///     print(matrix.tolist(), vector.tolist())
    ///
    /// PyTorch clips to `maximum / (norm + 1e-6)`, a millionth less than the maximum; beside it there are some roundings of float32 a step.
    @Test func fiveStepsArePyTorchs() throws {
        let example = OptimisationExample()
        let norms = try example.run(1...5)
        expectNear(norms, [1.246381481278906, 1.2260398966285722, 1.3002591388354092, 1.122827763951355, 1.3069077291454054], within: 3e-7)
        expectNear(
            example.matrix.values,
            [-0.6761758654032494, -0.32323711170214103, 0.4406803282628925, -0.6552514741704426, -0.16443192791999933, 0.6748059615933909], within: 1e-6)
        expectNear(example.vector.values, [-0.6220081841246943, 0.10642348268628628, -0.6457864494211447], within: 1e-6)
        #expect(example.optimiser.steps == 5)
        #expect((example.matrix.gradients + example.vector.gradients).allSatisfy { $0 == 0 }, "a step clears the gradients")
    }

    /// The first step from gradient g: m̂ = g and ŝ = g², so each weight moves by rate · g / (|g| + ε), however long g is; first it decays by rate · 0.01.
    @Test func theFirstStepByHand() throws {
        let x = Parameter("x", shape: [3], decays: true, values: [1, -2, 4])
        for (i, gradient) in [Float(0.5), -1e-3, 0].enumerated() { x.gradient.pointer[i] = gradient }
        let norm = try AdamW([x]).step(rate: 0.25, team: testTeams[0])
        expectNear([norm], [Float(0.25 + 1e-6).squareRoot()])
        expectNear(x.values, [1 * 0.9975 - 0.25, -2 * 0.9975 + 0.25 / 1.00001, 4 * 0.9975])
    }

    /// Gradients longer than the maximum are scaled down to it, shorter ones left alone: the step after tells, by the mean it keeps.
    @Test func clipping() throws {
        func secondStep(_ gradient: Float, _ maximum: Float) throws -> Float {
            let x = Parameter("x", shape: [1], decays: false, values: [0])
            let optimiser = AdamW([x])
            x.gradient.pointer[0] = gradient
            #expect(try optimiser.step(rate: 0, maximumNorm: maximum, team: testTeams[0]) == abs(gradient), "the norm before clipping")
            x.gradient.pointer[0] = 1
            try optimiser.step(rate: 1, maximumNorm: maximum, team: testTeams[0])
            return x.values[0]
        }
        #expect(try secondStep(8, 2) == secondStep(2, 2))
        #expect(try secondStep(-8, 2) == secondStep(-2, 2))
        #expect(try secondStep(1.5, 2) == secondStep(1.5, .infinity))
        #expect(try secondStep(8, 2) != secondStep(8, .infinity))
    }

    /// 150,000 weights are three blocks; each is clipped by the norm of all of them.
    @Test func threadsChangeNoBit() throws {
        let results = try testTeams.map { team in
            let large = Parameter("large", 300, 500, seed: 1), small = Parameter("small", 7, seed: 2)
            let optimiser = AdamW([large, small])
            var norms: [Float] = []
            for step in 1...2 {
                var random = SeededGenerator(seed: UInt64(step))
                for parameter in [large, small] { for i in 0..<parameter.count { parameter.gradient.pointer[i] = random.uniform() } }
                norms.append(try optimiser.step(rate: 0.01, maximumNorm: 1, team: team))
            }
            return (norms + large.values + small.values).map(\.bitPattern)
        }
        #expect(results[1] == results[0] && results[2] == results[0])
    }

    /// The step is named, and nothing has moved: with a sound gradient the training goes on as if nothing had been.
    @Test(arguments: [Float.nan, .infinity, -.infinity]) func aGradientThatIsNoNumberStopsTheStep(value: Float) throws {
        let example = OptimisationExample(), other = OptimisationExample()
        try example.run(1...2)
        try other.run(1...2)
        let before = example.weights
        example.setGradients(step: 3)
        example.vector.gradient.pointer[1] = value
        let gradients = example.matrix.gradients + example.vector.gradients
        #expect(throws: TrainingFailure.notFinite(what: "gradient", step: 3)) { try example.optimiser.step(rate: 0.06, maximumNorm: 1.25, team: testTeams[1]) }
        #expect(example.weights == before && example.optimiser.steps == 2)
        #expect((example.matrix.gradients + example.vector.gradients).map(\.bitPattern) == gradients.map(\.bitPattern))
        try example.run(3...5)
        try other.run(3...5)
        #expect(example.weights == other.weights)
        #expect("\(TrainingFailure.notFinite(what: "gradient", step: 3))".hasPrefix("the gradient of step 3 is not a finite number"))
    }

    @Test func withoutParametersThereIsNothingToDo() throws {
        let optimiser = AdamW([])
        #expect(try optimiser.step(rate: 1, team: testTeams[1]) == 0)
        #expect(optimiser.steps == 1)
    }
}

@Suite struct OptimisationScheduleTests {
    private static func rates(_ schedule: LearningRateSchedule, _ steps: ClosedRange<Int>) -> [Float] { steps.map(schedule.rate) }

    /// Quarters up to the peak at step 4; the fall begins at the step after, and goes down a sixth of the peak a step: its sixth and last step has a sixth left.
    @Test func warmUpAndLinearFall() {
        let schedule = LearningRateSchedule(peak: 12, warmUp: 4, steps: 10, fall: .linear)
        expectNear(Self.rates(schedule, 1...12), [3, 6, 9, 12, 12, 10, 8, 6, 4, 2, 0, 0], within: 1e-5)
    }

    /// (1 + cos(π · 0, ¼, ½, ¾)) / 2 after one step of warm-up.
    @Test func cosineFall() {
        let schedule = LearningRateSchedule(peak: 2, warmUp: 1, steps: 5, fall: .cosine)
        let half = Float(0.5).squareRoot()
        expectNear(Self.rates(schedule, 1...6), [2, 2, 1 + half, 1, 1 - half, 0])
    }

    @Test func withoutWarmUpOrFall() {
        #expect(Self.rates(LearningRateSchedule(peak: 3, warmUp: 0, steps: 2, fall: .constant), 1...4) == [3, 3, 3, 3])
        #expect(Self.rates(LearningRateSchedule(peak: 3, warmUp: 0, steps: 1), 1...2) == [3, 0])
        // A warm-up that is longer than the training never arrives; one as long ends at the peak.
        #expect(Self.rates(LearningRateSchedule(peak: 8, warmUp: 8, steps: 4), 1...4) == [1, 2, 3, 4])
        #expect(Self.rates(LearningRateSchedule(peak: 4, warmUp: 4, steps: 4), 1...5) == [1, 2, 3, 4, 4])
    }
}
