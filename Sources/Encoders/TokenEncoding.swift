public import LinearAlgebra
import TextAnalysis

/// A text's vector together with the states it was made of, by which a part of the text can be compared as well as the whole.
public struct TokenEncoding: Hashable, Sendable {
    /// As ``BiEncoder/encode(_:)`` gives it.
    public var vector: [Float]
    /// [T][C]: the last layer's state of every token, `[CLS]` first and `[SEP]` last; not normalised. As many elements of each as the vector has.
    public var states: Matrix
    /// The rows of `states` of each word, in order and without a gap: words as white space parts them, with the marks that touch them.
    public var words: [Range<Int>]
    /// Whether the text was longer than the model reads.
    public var truncated: Bool

    /// - Precondition: words are rows of `states`, rising.
    public init(vector: [Float], states: Matrix, words: [Range<Int>], truncated: Bool = false) {
        precondition(zip(words, words.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound }, "words \(words) with a gap")
        precondition((words.first?.lowerBound ?? 0) >= 0 && words.last?.upperBound ?? 0 <= states.rows, "words \(words) of \(states.rows) tokens")
        (self.vector, self.states, self.words, self.truncated) = (vector, states, words, truncated)
    }
}

extension BiEncoder {
    /// Many texts with the states of their tokens, from one pass each. A text takes 1.5 kB a token at 384 dimensions: call with some hundreds at a time.
    public func encodeTokens(_ texts: [String]) -> [TokenEncoding] {
        let sequences = texts.map { wordPiece.wordSequence($0, limit: transformer.configuration.maximumTokens) }
        let width = transformer.configuration.width
        var ends: [Int] = []
        for sequence in sequences { ends.append((ends.last ?? 0) + sequence.ids.count) }
        var vectors = [Float](repeating: 0, count: texts.count * dimension)
        var states = [Float](repeating: 0, count: (ends.last ?? 0) * dimension)
        vectors.withUnsafeMutableBufferPointer { vectors in
            states.withUnsafeMutableBufferPointer { states in
                guard let vector = vectors.baseAddress, let state = states.baseAddress else { return }
                forward(sequences.map(\.ids), progress: nil) { text, hidden, tokens in
                    pool(hidden, tokens: tokens, into: vector + text * dimension)
                    let rows = state + (ends[text] - tokens) * dimension
                    for token in 0..<tokens { (rows + token * dimension).update(from: hidden + token * width, count: dimension) }
                }
            }
        }
        return sequences.indices.map { text in
            let tokens = sequences[text].ids.count
            return TokenEncoding(
                vector: Array(vectors[text * dimension..<(text + 1) * dimension]),
                states: Matrix(rows: tokens, columns: dimension, values: Array(states[(ends[text] - tokens) * dimension..<ends[text] * dimension])),
                words: sequences[text].words, truncated: sequences[text].truncated)
        }
    }
}

extension WordPiece {
    /// `[CLS] text [SEP]`, at most `limit` tokens, and the positions of each word's tokens.
    fileprivate func wordSequence(_ text: String, limit: Int) -> (ids: [Int32], words: [Range<Int>], truncated: Bool) {
        let (pieces, starts, truncated) = words(of: text, limit: limit - 2)
        let ends = starts.dropFirst() + [pieces.count]
        return ([classification] + pieces + [separator], zip(starts, ends).map { $0 + 1..<$1 + 1 }, truncated)
    }
}
