import Encoders
import LinearAlgebra
import Synchronization
import TestSupport

/// An encoder small enough to follow by hand: every word has a random direction of its own, a text is the sum of its words, of unit length. Words of the
/// table below share a direction, so that two wordings can mean the same; texts without a common word are nearly at right angles.
final class WordEncoder: TextEncoder {
    /// Words in one row are one word to the encoder.
    private static let synonyms: [[String]] = [
        ["greasy", "buttery"], ["slap", "thumping"], ["lines", "riffs"], ["dragons", "wyverns"], ["demons", "devils"], ["tears", "weeping"],
        ["dawn", "daybreak"], ["water", "lake"], ["drone", "hum"],
    ]
    private static let canonical = Dictionary(uniqueKeysWithValues: synonyms.flatMap { row in row.map { ($0, row[0]) } })

    let identity: String
    let dimension: Int
    private let log = Mutex<(single: [String], batched: [String])>(([], []))

    init(identity: String = "words/1", dimension: Int = 48) {
        self.identity = identity
        self.dimension = dimension
    }

    /// Texts of requests, in order.
    var single: [String] { log.withLock { $0.single } }
    /// Texts of an index run, in order.
    var batched: [String] { log.withLock { $0.batched } }

    func forget() { log.withLock { $0 = ([], []) } }

    func vector(_ text: String) -> [Float] {
        var sum = [Float](repeating: 0, count: dimension)
        let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        for word in words.isEmpty ? [""] : words {
            // FNV-1a: the same on every run, which `Hasher` is not.
            let seed = (Self.canonical[word] ?? word).utf8.reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
            var random = SeededGenerator(seed: seed)
            for (i, value) in random.floats(dimension).enumerated() { sum[i] += value }
        }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return sum.map { $0 / length }
    }

    func encode(_ text: String) -> BiEncoder.Encoding {
        log.withLock { $0.single.append(text) }
        return BiEncoder.Encoding(vector: vector(text))
    }

    func encode(_ texts: [String], progress: (@Sendable (Int) -> Void)?) -> (vectors: Matrix, truncated: [Int]) {
        log.withLock { $0.batched += texts }
        progress?(texts.count)
        return (Matrix(rows: texts.count, columns: dimension, values: texts.flatMap(vector)), [])
    }
}
