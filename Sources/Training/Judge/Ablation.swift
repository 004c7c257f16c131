/// What the parts of a recipe are worth: the recipe, and the recipe without each of them.
public struct Ablation {
    public struct Variant {
        public var name: String
        public var configuration: TrainingConfiguration
    }

    /// Steps of the runs that compare sources: a share of those of *adapt*, which is enough to tell them apart.
    private static let sourceShare = 3

    /// The recipe first. Of those that go on from it, all share its stage *adapt*, and train as many steps after it; the sources of requests, which change all
    /// stages, are compared by *adapt* alone and over fewer steps.
    public static func variants(of recipe: TrainingConfiguration) -> [Variant] {
        func variant(_ name: String, _ change: (inout TrainingConfiguration) -> Void) -> Variant {
            var configuration = recipe
            change(&configuration)
            return Variant(name: name, configuration: configuration)
        }
        let steps = max(1, recipe.adapt.loop.steps / sourceShare)
        func short(_ name: String, _ change: (inout TrainingConfiguration) -> Void = { _ in }) -> Variant {
            variant("\(steps) contrastive steps: \(name)") { configuration in
                configuration.rounds = 0
                configuration.adapt.loop.steps = steps
                change(&configuration)
            }
        }
        func only(_ source: TrainingRequest.Source) -> (inout TrainingConfiguration) -> Void {
            { $0.adapt.perStep = $0.adapt.perStep.only(source) }
        }
        func decode(_ configuration: inout TrainingConfiguration) {
            if configuration.decoder.requests == 0 { configuration.decoder.requests = DecoderStageOptions().requests }
        }
        return [
            variant("the recipe") { _ in },
            variant("before it was distilled: contrastive alone") { $0.rounds = 0 },
            variant("contrastive alone, as many steps") { ($0.distill.margin, $0.distill.list, $0.distill.negatives) = (0, 0, 0) },
            variant("contrastive with mined negatives, no teacher") { ($0.distill.margin, $0.distill.list) = (0, 0) },
            variant("mined again with the distilled student") { $0.rounds += 1 },
            variant("coverage and the student as teachers") { $0.label.judges = [.coverage, .student] },
            variant("the same, one miner: the student") {
                $0.label.judges = [.coverage, .student]
                $0.mine.lexical = []
                $0.mine.minesBase = false
            },
            variant("the cross-encoder as the only teacher") { $0.label.judges = [.teacher] },
            variant("without margins") { $0.distill.margin = 0 },
            variant("without lists") { $0.distill.list = 0 },
            variant("without the contrastive part of distill") { $0.distill.contrastive = 0 },
            short("all sources of the recipe"),
            short("captions alone", only(.caption)),
            short("tags alone", only(.tags)),
            short("grammar alone", only(.grammar)),
            short("decoder alone") {
                decode(&$0)
                only(.decoder)(&$0)
            },
            short("the decoder beside the others") {
                decode(&$0)
                $0.adapt.perStep.decoder = max($0.adapt.perStep.decoder, $0.adapt.perStep.grammar)
            },
            short("one width") { ($0.adapt.dimensions, $0.adapt.dimensionWeights) = ([384], [1]) },
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
