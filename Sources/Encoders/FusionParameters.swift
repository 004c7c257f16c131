public import Storage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What an encoder's similarities are worth beside words: learnt on development data by `descant train fusion` and kept with the model, as `fusion.json`.
///
/// A cosine has no unit: what is near for one training of a model is far for another. So every figure that a similarity is held against belongs to the model
/// whose similarity it is. An encoder without the file is used with `standard`.
public struct FusionParameters: Codable, Hashable, Sendable {
    public static let fileName = "fusion.json"
    /// For an encoder that nobody has tuned; chosen with MiniLM on development phrases.
    public static let standard = FusionParameters()

    public var reading = Reading()
    public var likeness = Likeness()
    /// nil until they are learnt.
    public var descriptors: DescriptorWeights?

    public init() {}

    /// How words that name no descriptor are read as some.
    public struct Reading: Codable, Hashable, Sendable {
        /// Nearer than this, a wording says what it is near; below, it is left over. −1…1.
        public var leastSimilarity = 0.3
        /// From here on a reading counts as much as a name would. Above `leastSimilarity`, at most 1.
        public var certainSimilarity = 0.7
        /// Known wordings that vote for their descriptors, 1…1000.
        public var neighbours = 40
        /// T of a vote, exp(similarity / T): the smaller, the more the nearest outweighs the others. Above 0.
        public var temperature = 0.1
        /// What is common is meant more often, though far less than in proportion: a vote is worth (tracks that have the descriptor) ^ this. 0…1.
        public var priorExponent = 0.3

        /// How sure a reading is, 0…1; nil when the nearest wording is too far to say anything.
        public func certainty(of similarity: Double) -> Double? {
            similarity >= leastSimilarity ? min(1, (similarity - leastSimilarity) / (certainSimilarity - leastSimilarity)) : nil
        }
    }

    /// How near a track's descriptor set is to the request as a whole.
    public struct Likeness: Codable, Hashable, Sendable {
        /// Similarities at which a match begins and is full. −1…1, rising.
        public var least = 0.2
        public var full = 0.85
        /// Share of a score beside wishes that were read, 0…0.5.
        public var weight = 0.03

        /// 0…1.
        public func match(_ similarity: Float) -> Float { min(1, max(0, (similarity - Float(least)) / Float(full - least))) }
    }

    /// Weights of the ways to rank descriptor sets for a request, each list brought to 0…1.
    public struct DescriptorWeights: Codable, Hashable, Sendable {
        /// Coverage of words, phrases and characters.
        public var words: Double
        /// Cosine of the request and the set.
        public var cosine: Double
        /// Calibrated tags, by the request as a whole.
        public var tags: Double
        /// Calibrated tags, by windows of the request.
        public var windows: Double
        /// What speaks for the empty set: it has neither words nor tags of its own.
        public var empty: EmptySet

        /// A sum of its own for the set without descriptors, which is right when no other is: `bias` and the weighted best of all sets by each measure.
        public struct EmptySet: Codable, Hashable, Sendable {
            public var bias: Double
            /// Of the greatest coverage of stems.
            public var coverage: Double
            /// Of the greatest cosine.
            public var cosine: Double
            /// Of the logarithm of the request's words.
            public var length: Double

            public init(bias: Double, coverage: Double, cosine: Double, length: Double) {
                (self.bias, self.coverage, self.cosine, self.length) = (bias, coverage, cosine, length)
            }
        }

        public init(words: Double, cosine: Double, tags: Double, windows: Double, empty: EmptySet) {
            (self.words, self.cosine, self.tags, self.windows, self.empty) = (words, cosine, tags, windows, empty)
        }
    }

    /// Reads a model's parameters; `standard` when its folder has none.
    ///
    /// - Throws: `ModelError` naming the first value that is missing or out of its range; `FileError`.
    public static func read(folder: String) throws -> FusionParameters {
        let path = folder + "/" + fileName
        guard FileManager.default.fileExists(atPath: path) else { return .standard }
        let file = try MappedFile(path: path)
        return try read(Data(withExtendedLifetime(file) { Array(file.bytes) }), path: path)
    }

    static func read(_ data: Data, path: String) throws -> FusionParameters {
        func wrong(_ key: String, _ expected: String, _ found: String) -> ModelError { .configuration(path: path, key: key, expected: expected, found: found) }
        let parameters: FusionParameters
        do {
            parameters = try JSONDecoder().decode(FusionParameters.self, from: data)
        } catch DecodingError.keyNotFound(let key, let context) {
            throw wrong((context.codingPath + [key]).map(\.stringValue).joined(separator: "."), "a value", "none")
        } catch DecodingError.typeMismatch(_, let context) {
            throw wrong(context.codingPath.map(\.stringValue).joined(separator: "."), "a number", "something else")
        } catch {
            throw wrong("", "an object with reading and likeness", "\(data.count) bytes of something else")
        }
        if let fault = parameters.faults.first { throw wrong(fault.key, fault.expected, fault.found) }
        return parameters
    }

    /// Whether every value is within its range.
    public var isSound: Bool { faults.isEmpty }

    /// Values outside their ranges.
    var faults: [(key: String, expected: String, found: String)] {
        var faults: [(key: String, expected: String, found: String)] = []
        func hold(_ key: String, _ value: Double, _ range: ClosedRange<Double>) {
            if !range.contains(value) { faults.append((key, "\(range.lowerBound) to \(range.upperBound)", "\(value)")) }
        }
        hold("reading.leastSimilarity", reading.leastSimilarity, -1...1)
        hold("reading.certainSimilarity", reading.certainSimilarity, reading.leastSimilarity.nextUp...1.0.nextUp)
        hold("reading.neighbours", Double(reading.neighbours), 1...1000)
        hold("reading.temperature", reading.temperature, 0.001...10)
        hold("reading.priorExponent", reading.priorExponent, 0...1)
        hold("likeness.least", likeness.least, -1...1)
        hold("likeness.full", likeness.full, likeness.least.nextUp...1.0.nextUp)
        hold("likeness.weight", likeness.weight, 0...0.5)
        if let weights = descriptors {
            let all = [
                weights.words, weights.cosine, weights.tags, weights.windows, weights.empty.bias, weights.empty.coverage, weights.empty.cosine,
                weights.empty.length,
            ]
            if let value = all.first(where: { !$0.isFinite || abs($0) > 1e6 }) { faults.append(("descriptors", "finite weights", "\(value)")) }
        }
        return faults
    }

    /// As in the file.
    var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        guard let data = try? encoder.encode(self) else { preconditionFailure("parameters that JSON cannot hold: \(self)") }
        return Array(data) + [UInt8(ascii: "\n")]
    }

    /// - Throws: `FileError`.
    public func write(folder: String) throws(FileError) { try writeDurably([json], to: folder + "/" + Self.fileName) }
}
