import Encoders
import LinearAlgebra

/// One sequence of every song in random order, then again with other sentences and tags, cut into batches of a fixed number of tokens.
///
/// Batches are packed, not padded, so that mixing lengths costs nothing, and an order by length would only make the sequences of a step more alike. What comes in a
/// step follows from the seed and the step's number: training goes on in the middle without a saved state.
struct DecoderBatches {
    private let examples: DecoderExamples
    private let tokens: Int
    private let seed: UInt64
    private var epoch = -1
    private var batches: [DecoderBatch] = []
    /// Steps before this epoch.
    private var before = 0

    /// - Parameter tokens: of a batch, given parts included; a batch holds at least one sequence.
    init(_ examples: DecoderExamples, tokens: Int, seed: UInt64) {
        precondition(examples.count > 0 && tokens > 0, "\(examples.count) songs, \(tokens) tokens")
        self.examples = examples
        self.tokens = tokens
        self.seed = seed
    }

    /// - Parameter step: 1 …
    mutating func batch(step: Int) -> DecoderBatch {
        precondition(step >= 1, "step \(step)")
        if step <= before { (epoch, batches, before) = (-1, [], 0) }
        while step > before + batches.count {
            before += batches.count
            epoch += 1
            batches = Self.batches(examples, tokens: tokens, seed: seed, epoch: epoch)
        }
        return batches[step - before - 1]
    }

    private static func batches(_ examples: DecoderExamples, tokens: Int, seed: UInt64, epoch: Int) -> [DecoderBatch] {
        var generator = SeededGenerator(seed: seed, stream: UInt64(epoch))
        var batches: [DecoderBatch] = []
        var batch = DecoderBatch()
        for song in generator.shuffled(Array(0..<examples.count)) {
            let sequence = examples.sequence(song, &generator)
            if batch.tokens.sequences > 0, batch.tokens.ids.count + sequence.ids.count > tokens {
                batches.append(batch)
                batch = DecoderBatch()
            }
            batch.append(sequence)
        }
        return batches + [batch]
    }
}
