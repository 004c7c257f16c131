public import Encoders
public import LinearAlgebra

/// How much more a request speaks of each tag than requests do in general.
///
/// ```swift
/// let affinity = TagAffinity(tags: encoder.encode(tags).vectors, background: encoder.encodeTokens(requests), reading: .windows(1...3))
/// let z = affinity.deviations(encoder.encodeTokens(["a slow song with a steel drum"]))      // [1][tags]
/// ```
///
/// A cosine says little by itself: some tags are near every request. So each tag is held to its own scale,
///
///     z(t) = max(0, (sim(t) − μ_t) / σ_t)
///
/// with μ_t and σ_t the mean and the deviation of sim(t) over background requests. sim(t) is the cosine of the tag, encoded alone, with the request, or the
/// greatest with any few words of it: one wish among many is then not drowned by the others.
///
/// Calibration by a background is z-normalisation as speaker verification knows it (Auckenthaler, Carey & Lloyd-Thomas 2000, doi:10.1006/dspr.1999.0360).
public struct TagAffinity: Sendable {
    /// What of a request is compared with a tag.
    public enum Reading: Hashable, Sendable {
        /// The vector of the whole request.
        case whole
        /// Every run of so many words: the mean of its tokens' states, taken from the request's own pass, so that words are read in their context.
        case windows(ClosedRange<Int>)
    }

    public let reading: Reading
    /// [C][V].
    private let tags: Matrix
    /// [V].
    private let means: [Float]
    private let deviations: [Float]

    /// The least deviation: a tag that is equally near to all of the background is not infinitely surprising.
    private static let leastDeviation: Float = 1e-6

    /// - Parameters:
    ///   - tags: [V][C] unit vectors.
    ///   - background: at least one request by the same encoder; some hundreds of texts like those to be asked will do.
    /// - Complexity: O(V · C · windows of the background).
    public init(tags: Matrix, background: [TokenEncoding], reading: Reading) {
        precondition(!background.isEmpty, "no background")
        if case .windows(let words) = reading { precondition(words.lowerBound >= 1, "windows of \(words) words") }
        self.reading = reading
        self.tags = tags.transposed
        var sums = [Double](repeating: 0, count: tags.rows)
        var squares = sums
        for request in background {
            for (tag, similarity) in Self.similarities(request, self.tags, reading).enumerated() {
                sums[tag] += Double(similarity)
                squares[tag] += Double(similarity) * Double(similarity)
            }
        }
        let count = Double(background.count)
        means = sums.map { Float($0 / count) }
        deviations = zip(sums, squares).map { sum, square in
            max(Self.leastDeviation, Float(max(0, square / count - sum / count * (sum / count)).squareRoot()))
        }
    }

    /// z, `[requests][V]`, 0 or more.
    ///
    /// - Complexity: O(V · C · windows of the requests).
    public func deviations(_ requests: [TokenEncoding]) -> Matrix {
        var result = Matrix(rows: requests.count, columns: tags.columns)
        for (row, request) in requests.enumerated() {
            for (tag, similarity) in Self.similarities(request, tags, reading).enumerated() {
                result[row, tag] = max(0, (similarity - means[tag]) / deviations[tag])
            }
        }
        return result
    }

    /// sim(t) of each tag; the whole request stands in for one without words.
    private static func similarities(_ request: TokenEncoding, _ tags: Matrix, _ reading: Reading) -> [Float] {
        var windows: Matrix?
        if case .windows(let words) = reading, !request.words.isEmpty { windows = Self.windows(request, words) }
        guard let windows, windows.rows > 0 else { return Matrix([request.vector]).product(tags).values }
        let cosines = windows.product(tags)
        var best = Array(cosines.row(0))
        cosines.values.withUnsafeBufferPointer { values in
            for row in 1..<max(1, cosines.rows) {
                let offset = row * cosines.columns
                for tag in best.indices { best[tag] = max(best[tag], values[offset + tag]) }
            }
        }
        return best
    }

    /// [windows][C] unit vectors of all runs of so many words of a request; of the whole of it, where it has fewer.
    private static func windows(_ request: TokenEncoding, _ lengths: ClosedRange<Int>) -> Matrix {
        let width = request.states.columns
        let words = request.words
        let lengths = min(lengths.lowerBound, words.count)...min(lengths.upperBound, words.count)
        // Of the tokens before each one: a run's sum is a difference of two.
        var sums = [Float](repeating: 0, count: (request.states.rows + 1) * width)
        for i in 0..<request.states.rows * width { sums[i + width] = sums[i] + request.states.values[i] }
        var rows: [Float] = []
        for length in lengths {
            for first in 0...words.count - length {
                let start = words[first].lowerBound * width, end = words[first + length - 1].upperBound * width
                for i in 0..<width { rows.append(sums[end + i] - sums[start + i]) }
            }
        }
        var result = Matrix(rows: rows.count / width, columns: width, values: rows)
        let count = result.rows
        result.values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            for row in 0..<count { RowKernels.normalize(base + row * width, count: width) }
        }
        return result
    }
}
