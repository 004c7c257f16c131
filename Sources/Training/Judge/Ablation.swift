/// What the parts of a recipe are worth: the recipe, and the recipe without each of them.
public struct Ablation {
    public struct Variant {
        public var name: String
        public var configuration: TrainingConfiguration
    }

    /// The recipe first. Variants that train less do so for as many steps in all.
    public static func variants(of recipe: TrainingConfiguration) -> [Variant] {
        func variant(_ name: String, _ change: (inout TrainingConfiguration) -> Void) -> Variant {
            var configuration = recipe
            change(&configuration)
            return Variant(name: name, configuration: configuration)
        }
        func only(_ source: TrainingRequest.Source) -> (inout TrainingConfiguration) -> Void {
            { configuration in
                configuration.adapt.perStep = configuration.adapt.perStep.only(source)
                configuration.distill.perStep = configuration.distill.perStep.only(source)
            }
        }
        return [
            variant("the recipe") { _ in },
            variant("contrastive only, as many steps") {
                $0.adapt.loop.steps += $0.rounds * $0.distill.loop.steps
                $0.rounds = 0
            },
            variant("no mining again, as many steps") {
                $0.distill.loop.steps *= $0.rounds
                $0.rounds = 1
            },
            variant("one miner: the student") {
                $0.mine.lexical = []
                $0.mine.minesBase = false
            },
            variant("the cross-encoder as the only teacher") { $0.label.judges = [.teacher] },
            variant("coverage and the student as teachers") { $0.label.judges = [.coverage, .student] },
            variant("without margins") { $0.distill.margin = 0 },
            variant("without lists") { $0.distill.list = 0 },
            variant("without the contrastive part of distill") { $0.distill.contrastive = 0 },
            variant("one width") {
                ($0.adapt.dimensions, $0.adapt.dimensionWeights) = ([384], [1])
                ($0.distill.dimensions, $0.distill.dimensionWeights) = ([384], [1])
            },
            variant("captions alone", only(.caption)),
            variant("tags alone", only(.tags)),
            variant("grammar alone", only(.grammar)),
            variant("decoder alone", only(.decoder)),
        ]
    }
}

extension DistillOptions.PerStep {
    /// As many requests, all of one source.
    func only(_ source: TrainingRequest.Source) -> Self {
        var result = self
        (result.caption, result.tags, result.grammar, result.decoder, result.endpoint) = (0, 0, 0, 0, 0)
        let all = caption + tags + grammar + decoder + endpoint
        switch source {
        case .caption: result.caption = all
        case .tags: result.tags = all
        case .grammar: result.grammar = all
        case .decoder: result.decoder = all
        case .endpoint: result.endpoint = all
        }
        return result
    }
}
