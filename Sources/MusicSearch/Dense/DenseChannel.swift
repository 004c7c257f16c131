public import Encoders
import QueryPlanning
import Ranking
import Vocabulary

/// Where a library finds the encoder that its vectors were made with: given an identity, that encoder, or nil where it is not installed.
public typealias EncoderProvider = @Sendable (_ identity: String) throws -> (any TextEncoder)?

/// A generation's vectors together with their encoder.
struct DenseChannel: Sendable {
    let index: DenseIndex
    let encoder: any TextEncoder
    /// How likely a descriptor is to be meant before a word is read, by descriptor: 0 where no track has it or a narrower one.
    let prior: [Float]

    /// What is common is meant more often, though far less than in proportion: prior = (tracks that have it) ^ 0.3, chosen on development phrases.
    static let priorExponent: Float = 0.3

    /// Tracks near a text, by rising document, with a match in 0…1.
    func tracks(near text: String) -> [(document: DocumentID, match: Float)] {
        index.nearestDocuments(encoder.encode(text).vector, sets: Self.setsFound).map { ($0.document, Self.match($0.similarity)) }
    }

    /// Sets that are fetched: what a listener may page through.
    private static let setsFound = 100

    /// Similarities at which a match begins and is full. Chosen by eye: at the weight that a match as a whole has, they hardly matter.
    private static let least: Float = 0.2
    private static let full: Float = 0.85

    private static func match(_ similarity: Float) -> Float { min(1, max(0, (similarity - least) / (full - least))) }
}

extension DenseChannel: SemanticResolver {
    func holds(_ descriptor: Int) -> Bool { prior[descriptor] > 0 }

    func resolve(_ phrases: [String], beside said: Set<Int>) -> [SemanticMatch] {
        phrases.map { phrase in
            let (best, shares) = index.nearestDescriptors(encoder.encode(phrase).vector, except: said, prior: prior)
            return SemanticMatch(similarity: Double(best), descriptors: shares.map { ($0.descriptor, Double($0.share)) })
        }
    }
}
