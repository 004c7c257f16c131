import Encoders
import Evaluation
import LibraryAccess
import LinearAlgebra
import MusicSearch

/// Tags and requests of a corpus, encoded once for all protocols and seeds.
final class DescriptorVectors {
    /// What of a request is compared with a tag.
    static let readings: [TagAffinity.Reading] = [.whole, .windows(1...3)]

    let encoder: BiEncoder
    private let tagNumbers: [String: Int]
    /// By reading.
    private let affinities: [TagAffinity]
    private var known: [String: Request] = [:]
    private var knownDocuments: [String: [Float]] = [:]
    private var secondsOfTags = 0.0, secondsOfRequests = 0.0, secondsOfAffinities = 0.0, secondsOfDocuments = 0.0

    private struct Request {
        var vector: [Float]
        /// By reading and tag: half precision, whose error is a thousandth, as there are thousands of requests and tags.
        var deviations: [[Float16]]
    }

    /// Requests that hold the states of their tokens at a time.
    private static let stride = 256

    init(_ encoder: BiEncoder, rows: [DescriptorMatching.Row]) {
        self.encoder = encoder
        let start = monotonicSeconds()
        let tags = Set(rows.flatMap(\.tags)).sorted()
        tagNumbers = Dictionary(uniqueKeysWithValues: zip(tags, 0...))
        let vectors = encoder.encode(tags).vectors
        let background = encoder.encodeTokens(Self.background(rows))
        affinities = Self.readings.map { TagAffinity(tags: vectors, background: background, reading: $0) }
        secondsOfTags = monotonicSeconds() - start
    }

    /// Requests that nobody wrote, from tag lists alone, so that the requests of a test tell nothing about each other.
    static func background(_ rows: [DescriptorMatching.Row], count: Int = 300, seed: UInt64 = 0) -> [String] {
        var generator = SeededGenerator(seed: seed)
        let lists = rows.map(\.tags).filter { !$0.isEmpty }
        return generator.sample(min(count, lists.count), of: lists).map { "a \($0.prefix(3).joined(separator: " ")) song" }
    }

    func add(_ requests: [String]) {
        var seen = Set<String>()
        let new = requests.filter { known[$0] == nil && seen.insert($0).inserted }
        for first in Swift.stride(from: 0, to: new.count, by: Self.stride) {
            let texts = Array(new[first..<min(first + Self.stride, new.count)])
            let start = monotonicSeconds()
            let encodings = encoder.encodeTokens(texts)
            let encoded = monotonicSeconds()
            let deviations = affinities.map { $0.deviations(encodings) }
            for (i, text) in texts.enumerated() {
                known[text] = Request(vector: encodings[i].vector, deviations: deviations.map { $0.row(i).map(Float16.init) })
            }
            secondsOfRequests += encoded - start
            secondsOfAffinities += monotonicSeconds() - encoded
        }
    }

    func vector(of request: String) -> [Float] { known[request]?.vector ?? [] }

    /// z by reading and tag.
    func deviations(of request: String) -> [[Float]] { (known[request]?.deviations ?? []).map { $0.map(Float.init) } }

    /// [C][documents]. The tests of several rules and seeds have most texts in common.
    func columns(_ texts: [String]) -> Matrix {
        let start = monotonicSeconds()
        defer { secondsOfDocuments += monotonicSeconds() - start }
        var seen = Set<String>()
        let new = texts.filter { knownDocuments[$0] == nil && seen.insert($0).inserted }
        let vectors = encoder.encode(new).vectors
        for (i, text) in new.enumerated() { knownDocuments[text] = Array(vectors.row(i)) }
        return Matrix(rows: texts.count, columns: encoder.dimension, values: texts.flatMap { knownDocuments[$0] ?? [] }).transposed
    }

    func numbers(of tags: [String]) -> [Int] { tags.compactMap { tagNumbers[$0] } }

    var timings: String {
        func seconds(_ value: Double) -> String { "\((value * 10).rounded() / 10) s" }
        return """
            \(encoder.identity): \(tagNumbers.count) tags and the background \(seconds(secondsOfTags)), \(known.count) requests \(seconds(secondsOfRequests)), \
            their affinities to all tags \(seconds(secondsOfAffinities)), \(knownDocuments.count) documents \(seconds(secondsOfDocuments))
            """
    }
}
