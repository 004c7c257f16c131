import Encoders
public import Evaluation
public import LinearAlgebra
import NeuralNetworks
import Storage
import TextAnalysis

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

/// Trains the `CausalDecoder`: to write a caption's sentences when given tags of its song.
///
/// ```swift
/// let training = DecoderTraining(DecoderTraining.Options(), rows: trainingRows, base: "models/minilm")
/// let decoder = try training.run(folder: "run/generate-1/decoder") { report in log(report); return false }
/// ```
/// It is begun from the weights of an encoder of single texts, cut to some layers and to the pieces that occur. The loss is the cross-entropy of the written part's
/// tokens, the given part being given.
public struct DecoderTraining {
    public struct Options: Codable, Hashable, Sendable {
        public var loop: TrainingLoop.Options = {
            var loop = TrainingLoop.Options()
            loop.steps = 400
            loop.rate = 8e-4
            loop.fall = .cosine
            loop.dropout = 0.1
            loop.checkpointEvery = 150
            return loop
        }()
        /// Tokens of a step, given parts included; default: 1536.
        public var tokensPerStep = 1536
        /// Layers of the base that are kept, from 0; default: the first, the third and the last of six.
        public var layers = [0, 2, 5]
        /// Pieces of the vocabulary: those of the rows and of `words` come first; default: 8000.
        public var vocabularySize = 8000
        public var examples = DecoderExamples.Options()
        /// Of the sequences, the order of the songs and the dropout; default: 0.
        public var seed: UInt64 = 0

        public init() {}
    }

    public let options: Options
    public let rows: [DescriptorMatching.Row]
    public let heldOut: [DescriptorMatching.Row]
    public let words: [String]
    public let base: String

    /// - Parameters:
    ///   - rows: of captions and tags; these alone are learnt from.
    ///   - heldOut: rows that the perplexity is told of at the end; none by default.
    ///   - words: texts whose pieces the vocabulary shall have as well, such as tags that the decoder will be asked about.
    ///   - base: folder of a BERT-family encoder that knows two segments.
    public init(
        _ options: Options = Options(), rows: [DescriptorMatching.Row], heldOut: [DescriptorMatching.Row] = [], words: [String] = [], base: String
    ) {
        self.options = options
        self.rows = rows
        self.heldOut = heldOut
        self.words = words
        self.base = base
    }

    /// What a finished training leaves in `report.json`.
    public struct Report: Codable, Hashable, Sendable {
        public var steps: Int
        public var songs: Int
        /// Pieces of the vocabulary.
        public var pieces: Int
        /// e to the mean loss of a token, over one sequence of each of the first 500 training rows.
        public var perplexity: Float
        /// The same over the held-out rows, where there are any.
        public var heldOutPerplexity: Float?
    }

    /// Trains, or goes on where the folder's checkpoint is.
    ///
    /// - Parameters:
    ///   - folder: gets the decoder's files and `checkpoint.safetensors`, and while it runs `start/`; it is made.
    ///   - progress: told after every step; true asks to stop after it, with a checkpoint.
    /// - Returns: nil when it was asked to stop before the last step.
    /// - Throws: `TrainingDataError` without a row that has a caption and a tag; `CheckpointError` for a folder of another training; what the base folder's
    ///   files and writing throw; `TrainingFailure`.
    public func run(folder: String, team: ThreadTeam = .shared, progress: (StepReport) throws -> Bool) throws -> CausalDecoder? {
        let start = folder + "/start"
        try makeStart(start)
        let model = try TrainableDecoder(encoder: start, maximumTokens: options.examples.longestPrefix + options.examples.longestText)
        let stems = Analyzer(stemmer: .english).terms
        let examples = DecoderExamples(rows, wordPiece: model.wordPiece, options: options.examples, stems: stems)
        guard examples.count > 0 else { throw TrainingDataError.tooFew(what: "rows with a caption and a tag", found: 0, least: 1) }
        model.bias.set(Self.logShares(examples.counts(vocabularySize: model.bias.count)))

        let loop = TrainingLoop(options.loop, parameters: model.parameters, folder: folder, identity: try identity(start), team: team)
        var batches = DecoderBatches(examples, tokens: options.tokensPerStep, seed: options.seed)
        let isDone = try loop.run(
            { step, tape in
                let batch = batches.batch(step: step)
                let seed = SeededGenerator.mixed(options.seed &+ 1, UInt64(step))
                let logits = model.logits(batch.tokens, rows: batch.rows, on: tape, dropout: options.loop.dropout, seed: seed)
                return (tape.crossEntropy(logits, targets: batch.targets), [])
            }, report: progress)
        guard isDone else { return nil }

        var report = Report(
            steps: options.loop.steps, songs: examples.count, pieces: model.bias.count, perplexity: perplexity(model, examples, team))
        let others = DecoderExamples(heldOut, wordPiece: model.wordPiece, options: options.examples, stems: stems)
        if others.count > 0 { report.heldOutPerplexity = perplexity(model, others, team) }
        try CausalDecoder.write(model, options.examples, sentences: examples.writtenSentences(), to: folder)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try writeDurably([Array(try encoder.encode(report))], to: folder + "/report.json")
        try FileManager.default.removeItem(atPath: start)
        return try CausalDecoder(folder: folder)
    }

    /// The base, cut to layers, pieces and positions.
    private func makeStart(_ folder: String) throws {
        let file = try MappedFile(path: base + "/vocab.txt")
        let vocabulary = try withExtendedLifetime(file) { try WordPieceVocabulary(file.bytes, path: file.path) }
        let subject = rows.flatMap { [$0.text] + $0.tags } + words
        let pruning = VocabularyPruning(vocabulary, subject: subject, general: [], size: options.vocabularySize)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try TransformerPruning.write(
            from: base, to: folder, layers: options.layers, vocabulary: pruning,
            positions: options.examples.longestPrefix + options.examples.longestText)
    }

    /// A hash of all that decides the weights.
    private func identity(_ start: String) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var content = Array(try encoder.encode(options))
        for name in ["vocab.txt", "model.safetensors"] { content += Array(try Checksum.sha256(fileAt: start + "/" + name).utf8) }
        for row in rows { content += Array("\n\(row.text)\u{1F}\(row.tags.joined(separator: "\u{1F}"))".utf8) }
        return content.withUnsafeBytes(Checksum.sha256)
    }

    /// Logarithms of the shares, so that the first steps need not learn how often pieces are; a piece that never occurs counts for a tenth.
    private static func logShares(_ counts: [Int]) -> [Float] {
        let total = Float(counts.reduce(0, +)) + 0.1 * Float(counts.count)
        return counts.map { log((Float($0) + 0.1) / total) }
    }

    /// e to the mean loss of a token, over one sequence of each of the first 500 songs: within a few hundredths, and no part of the work worth naming.
    private func perplexity(_ model: TrainableDecoder, _ examples: DecoderExamples, _ team: ThreadTeam) -> Float {
        var generator = SeededGenerator(seed: options.seed, stream: 0x9E9)
        let pool = BufferPool()
        var (total, tokens) = (0.0, 0)
        var song = 0
        let songs = min(500, examples.count)
        while song < songs {
            var batch = DecoderBatch()
            while song < songs, batch.tokens.ids.count < options.tokensPerStep {
                batch.append(examples.sequence(song, &generator))
                song += 1
            }
            let tape = Tape(team: team, pool: pool)
            let loss = tape.crossEntropy(model.logits(batch.tokens, rows: batch.rows, on: tape), targets: batch.targets)
            total += Double(loss.scalar) * Double(batch.rows.count)
            tokens += batch.rows.count
        }
        return Float(exp(total / Double(max(1, tokens))))
    }
}
