import ArgumentParser
import Encoders
import Evaluation
import LinearAlgebra
import MusicSearch

/// Vectors that lie as those of descriptor sets do, as many as are wanted.
///
/// The library's distinct descriptor sets are encoded; 2,000 of them, drawn with a seed, are the queries, the others the pool. The pool comes first; each
/// further row is w a + (1 − w) b + 0.2 e, of unit length: a, b from the pool, w from 0.5 … 1, e the difference of two more, which has the pool's covariance.
struct VectorSample {
    let rows: Matrix
    let queries: Matrix

    init(library: Library, encoder: BiEncoder, count: Int, seed: UInt64 = 11) throws {
        var random = SeededGenerator(seed: seed)
        let texts = random.shuffled(library.distinctDescriptorSets)
        let held = min(2000, texts.count / 10)
        guard held > 0 else { throw ValidationError("\(library.path): too few descriptor sets for a sample") }
        let vectors = encoder.encode(texts).vectors
        let width = vectors.columns
        queries = Matrix(rows: held, columns: width, values: Array(vectors.values[..<(held * width)]))
        let pool = Array(vectors.values[(held * width)...])
        let poolRows = texts.count - held

        var values = Array(pool.prefix(count * width))
        values.reserveCapacity(count * width)
        func draw() -> Int { random.integer(in: 0...poolRows - 1) * width }
        while values.count < count * width {
            let (a, b, c, d) = (draw(), draw(), draw(), draw())
            let weight = Float(0.5) + Float(random.integer(in: 0...1 << 20)) / Float(1 << 21)
            var row = [Float](repeating: 0, count: width)
            for i in 0..<width { row[i] = weight * pool[a + i] + (1 - weight) * pool[b + i] + 0.1414 * (pool[c + i] - pool[d + i]) }
            row.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { RowKernels.normalize(base, count: width) } }
            values += row
        }
        rows = Matrix(rows: count, columns: width, values: values)
    }
}
