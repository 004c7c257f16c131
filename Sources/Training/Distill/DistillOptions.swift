import NeuralNetworks

/// How the student learns.
public struct DistillOptions: StageOptions {
    public var loop = TrainingLoop.Options()
    /// Distinct request texts of a step, of every source; a source that is missing takes no part.
    public var perStep = PerStep()
    /// Documents of a request that take part at a time: a long request is encoded once for all of them.
    public var documentsPerRequest = 4
    /// What cosines are divided by in the contrastive part.
    public var temperature: Float = 0.05
    /// Of the contrastive part, the share of the direction document → request.
    public var documentShare: Float = 0.3
    /// Weight of the guided contrastive part, over all documents of a step.
    public var contrastive: Float = 1
    /// Weight of MarginMSE.
    public var margin: Float = 0.05
    /// Weight of the divergence from the teacher's list.
    public var list: Float = 0.5
    /// What a cosine is multiplied with before its margins are compared with the teacher's logits.
    public var scale: Float = 20
    /// What the teacher's logits and the scaled cosines are divided by in the lists.
    public var listTemperature: Float = 1
    /// Hard negatives of a request that take part.
    public var negatives = 8
    /// The hard negatives of others count as negatives too.
    public var sharedNegatives = true
    /// A document is no negative for a request where the guide finds it nearer than the request's own document plus this (GISTEmbed); nil for no guide.
    public var guideMargin: Float?
    /// First columns that are trained to stand for the whole, and the weight of each (Kusupati et al. 2022, arXiv 2205.13147).
    public var dimensions = [384, 256, 128, 64]
    public var dimensionWeights: [Float] = [1, 0.3, 0.3, 0.3]

    public struct PerStep: StageOptions {
        public var caption = 24
        public var tags = 48
        public var grammar = 24
        public var decoder = 8
        public var endpoint = 0

        public init() {}

        public var faults: [OptionFault] {
            fault("caption", caption, in: 0...4096) + fault("tags", tags, in: 0...4096) + fault("grammar", grammar, in: 0...4096)
                + fault("decoder", decoder, in: 0...4096) + fault("endpoint", endpoint, in: 0...4096)
                + fault("caption", unless: TrainingRequest.Source.allCases.contains { self[$0] > 0 }, expected: "a source with 1 or more", found: "none")
        }

        subscript(source: TrainingRequest.Source) -> Int {
            switch source {
            case .caption: caption
            case .tags: tags
            case .grammar: grammar
            case .decoder: decoder
            case .endpoint: endpoint
            }
        }
    }

    public init() {}

    /// Of the stage *adapt*.
    static var withoutTeacher: DistillOptions {
        var options = DistillOptions()
        options.margin = 0
        options.list = 0
        options.negatives = 0
        return options
    }

    public var faults: [OptionFault] {
        faults("loop", loop) + faults("perStep", perStep) + fault("documentsPerRequest", documentsPerRequest, in: 1...64)
            + fault("temperature", temperature, in: 0.001...10) + fault("documentShare", documentShare, in: 0...1) + fault("contrastive", contrastive, in: 0...)
            + fault("margin", margin, in: 0...) + fault("list", list, in: 0...) + fault("scale", scale, in: 0.001...)
            + fault("listTemperature", listTemperature, in: 0.001...) + fault("negatives", negatives, in: 0...64)
            + fault("contrastive", unless: contrastive + margin + list > 0, expected: "a part of the loss with a weight above 0", found: "none")
            + fault("dimensions", unless: !dimensions.isEmpty && dimensions.allSatisfy { $0 > 0 }, expected: "numbers above 0", found: "\(dimensions)")
            + fault(
                "dimensionWeights", unless: dimensionWeights.count == dimensions.count, expected: "\(dimensions.count) numbers, as dimensions has",
                found: "\(dimensionWeights.count)")
    }
}
