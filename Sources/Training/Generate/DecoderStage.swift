import Evaluation
import LinearAlgebra

/// How much the decoder learns and writes.
public struct DecoderStageOptions: StageOptions {
    public var training = DecoderTraining.Options()
    public var sampling = DecoderSampling()
    /// Requests written for each descriptor set; 0 leaves the decoder out.
    public var requests = 2
    /// Share of a song's tags that a request is written for, drawn anew for each.
    public var leastShare = 0.3

    public init() {}

    public var faults: [OptionFault] {
        faults("training.loop", training.loop) + fault("requests", requests, in: 0...100) + fault("leastShare", leastShare, in: 0...1)
            + fault("sampling.topP", sampling.topP, in: 0.01...1) + fault("sampling.temperature", sampling.temperature, in: 0.01...10)
    }
}

/// The stage *decoder*: captions → a decoder, and the requests that it writes for parts of the songs' descriptor sets.
struct DecoderStage {
    static let version = 1
    static let requestsFile = "requests.jsonl"

    let options: DecoderStageOptions
    let rows: [DescriptorMatching.Row]
    let base: String
    let seed: UInt64
    let team: ThreadTeam

    init(_ options: DecoderStageOptions, rows: [DescriptorMatching.Row], base: String, seed: UInt64, team: ThreadTeam) {
        (self.options, self.rows, self.base, self.seed, self.team) = (options, rows, base, seed, team)
    }

    func run(in work: StageWorkspace) throws {
        var training = options.training
        training.seed = seed
        let reporter = StageReporter(work)
        guard let decoder = try DecoderTraining(training, rows: rows, base: base).run(folder: work.folder, team: team, progress: reporter.report) else {
            throw StageStopped()
        }
        try reporter.draw()
        var sets: [(song: Int, tags: [String])] = []
        for (song, row) in rows.enumerated() where !row.tags.isEmpty {
            for draw in 0..<options.requests {
                var generator = SeededGenerator(seed: seed, stream: UInt64(song * options.requests + draw))
                let least = max(1, Int((options.leastShare * Double(row.tags.count)).rounded(.up)))
                sets.append((song, generator.sample(generator.integer(in: min(least, row.tags.count)...row.tags.count), of: row.tags)))
            }
        }
        let texts = decoder.sample(sets: sets.map(\.tags), perSet: 1, options: options.sampling, seed: seed, team: team)
        let drafts = zip(sets, texts).compactMap { set, text in
            text.map { RequestDraft(text: $0, tags: set.tags, source: .decoder, song: set.song) }
        }
        try JSONLines.write(drafts, to: work.folder + "/" + Self.requestsFile)
    }
}
