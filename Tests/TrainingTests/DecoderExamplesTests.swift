import Encoders
import Evaluation
import Foundation
import LinearAlgebra
import NeuralNetworks
import TestSupport
import Testing
import TextAnalysis

@testable import Training

@Suite struct DecoderExamplesTests {
    private func wordPiece() throws -> WordPiece {
        let folder = try TemporaryFolder()
        return try TrainableDecoder(encoder: try ToyLanguage.makeBase(in: folder), maximumTokens: 32).wordPiece
    }

    @Test func aSequenceIsTagsThenASentence() throws {
        let wordPiece = try wordPiece()
        var options = ToyLanguage.options(steps: 1).examples
        options.runs = [0, 1]
        let examples = DecoderExamples([ToyLanguage.rows[0]], wordPiece: wordPiece, options: options) { $0.split(separator: " ").map(String.init) }
        var generator = SeededGenerator(seed: 0)
        var seen: Set<[Int32]> = []
        for _ in 0..<20 {
            let sequence = examples.sequence(0, &generator)
            // Both tags in either order, then both sentences without the last full stop.
            seen.insert(Array(sequence.ids[..<sequence.boundary]))
            #expect(Array(sequence.ids[sequence.boundary...]) == wordPiece.pieces(of: "a warm piano song. it is a warm one").ids + [wordPiece.separator])
        }
        let ends = { (text: String) in [wordPiece.classification] + wordPiece.pieces(of: text).ids + [wordPiece.separator] }
        #expect(seen == [ends("piano, warm"), ends("warm, piano")])
    }

    @Test func tagsOfTheSentenceComeMoreOften() throws {
        let wordPiece = try wordPiece()
        var options = DecoderExamples.Options()
        options.runs = [1]
        let row = DescriptorMatching.Row(text: "A warm song", tags: ["warm", "harp", "flute"])
        let examples = DecoderExamples([row], wordPiece: wordPiece, options: options) { $0.lowercased().split(separator: " ").map(String.init) }
        var generator = SeededGenerator(seed: 1)
        var counts: [String: Int] = [:]
        let draws = 2000
        for _ in 0..<draws {
            let sequence = examples.sequence(0, &generator)
            for tag in wordPiece.text(of: sequence.ids[1..<sequence.boundary - 1]).split(separator: ", ") { counts[String(tag), default: 0] += 1 }
        }
        // 0.9, and where all are left out (0.1 · 0.75²) the shared one; 0.25. Four deviations of 2,000 draws are below 0.04.
        #expect(abs(Double(counts["warm", default: 0]) / Double(draws) - (0.9 + 0.1 * 0.5625)) < 0.04)
        #expect(abs(Double(counts["harp", default: 0]) / Double(draws) - 0.25) < 0.04)
        #expect(abs(Double(counts["flute", default: 0]) / Double(draws) - 0.25) < 0.04)
    }

    @Test func longTagsAndSentencesAreLeftOut() throws {
        let wordPiece = try wordPiece()
        var options = DecoderExamples.Options()
        (options.longestPrefix, options.longestText) = (6, 5)
        let rows = [
            DescriptorMatching.Row(text: "It is a warm happy song", tags: ["warm"]),  // too long
            .init(text: "A harp song", tags: []), .init(text: " . ", tags: ["harp"]), .init(text: "A harp song. A cold dark harp song.", tags: ["harp"]),
        ]
        let examples = DecoderExamples(rows, wordPiece: wordPiece, options: options, stems: { _ in [] })
        #expect(examples.count == 1)
        #expect(examples.writtenSentences() == ["a harp song"])
        let tags = ["harp", "cold dark warm happy", "drum"].map { wordPiece.pieces(of: $0).ids }
        #expect(wordPiece.text(of: examples.prefix(tags).dropFirst().dropLast()) == "harp, drum")
    }

    @Test func onlyTheWrittenPartIsForetold() throws {
        // [CLS]=2 a b [SEP]=3 | x y [SEP], twice of other lengths. Rows foretell the next token: the first is the [SEP] of the given part.
        var batch = DecoderBatch()
        batch.append(.init(ids: [2, 10, 11, 3, 12, 13, 3], boundary: 4))
        batch.append(.init(ids: [2, 10, 3, 14, 3], boundary: 3))
        #expect(batch.rows == [3, 4, 5, 9, 10])
        #expect(batch.targets == [12, 13, 3, 14, 3])
        #expect(batch.tokens.types == [0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1])
    }

    @Test func theGivenPartsTokensAddNothingToTheLoss() throws {
        let folder = try TemporaryFolder()
        let model = try TrainableDecoder(encoder: try ToyLanguage.makeBase(in: folder), maximumTokens: 32)
        var batch = DecoderBatch()
        batch.append(.init(ids: [2, 10, 11, 3, 12, 13, 3], boundary: 4))
        let tape = Tape(team: ThreadTeam(size: 1))
        let all = model.logits(batch.tokens, rows: Array(0..<7), on: tape).values
        let size = model.bias.count
        // By hand: the mean of −log softmax at the tokens 3, 4 and 5.
        let losses = [(3, 12), (4, 13), (5, 3)].map { row, target in
            let logits = all[row * size..<(row + 1) * size].map(Double.init)
            return logSumOfExponentials(logits) - logits[target]
        }
        let loss = tape.crossEntropy(model.logits(batch.tokens, rows: batch.rows, on: tape), targets: batch.targets).scalar
        #expect(abs(Double(loss) - losses.reduce(0, +) / 3) < 1e-4)
    }

    @Test func stepsFollowFromTheirNumber() throws {
        let examples = DecoderExamples(ToyLanguage.rows, wordPiece: try wordPiece(), options: ToyLanguage.options(steps: 1).examples) {
            $0.lowercased().split(separator: " ").map(String.init)
        }
        var inOrder = DecoderBatches(examples, tokens: 60, seed: 5)
        let batches = (1...12).map { inOrder.batch(step: $0) }
        for step in [12, 3, 7] {
            var fresh = DecoderBatches(examples, tokens: 60, seed: 5)
            #expect(fresh.batch(step: step).tokens.ids == batches[step - 1].tokens.ids)
            #expect(inOrder.batch(step: step).tokens.ids == batches[step - 1].tokens.ids)
        }
        #expect(batches.allSatisfy { $0.tokens.ids.count <= 60 })
        #expect(Set(batches.map(\.tokens.ids)).count == 12)
    }
}

private func logSumOfExponentials(_ x: [Double]) -> Double {
    let greatest = x.max() ?? 0
    return greatest + log(x.reduce(0) { $0 + exp($1 - greatest) })
}
