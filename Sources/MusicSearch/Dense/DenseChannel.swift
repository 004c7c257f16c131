public import Encoders
import QueryPlanning
import Ranking
import Vocabulary

#if canImport(Glibc)
    import Glibc
#endif

/// Where a library finds the encoder that its vectors were made with: given an identity, that encoder, or nil where it is not installed.
public typealias EncoderProvider = @Sendable (_ identity: String) throws -> (any TextEncoder)?

/// A generation's vectors together with their encoder.
struct DenseChannel: Sendable {
    let index: DenseIndex
    let encoder: any TextEncoder
    /// What the encoder's similarities are worth: its own, or others that are tried.
    let fusion: FusionParameters
    /// How likely a descriptor is to be meant before a word is read, by descriptor: 0 where no track has it or a narrower one.
    let prior: [Float]

    /// - Parameter frequencies: tracks that have a descriptor or a narrower one, by descriptor.
    init(index: DenseIndex, encoder: any TextEncoder, fusion: FusionParameters, frequencies: [Int]) {
        (self.index, self.encoder, self.fusion) = (index, encoder, fusion)
        prior = frequencies.map { $0 == 0 ? 0 : powf(Float($0), Float(fusion.reading.priorExponent)) }
    }

    /// Tracks near a text, by rising document, with a match in 0…1.
    func tracks(near text: String) -> [(document: DocumentID, match: Float)] {
        index.nearestDocuments(encoder.encode(text).vector, sets: Self.setsFound).map { ($0.document, fusion.likeness.match($0.similarity)) }
    }

    /// Sets that are fetched: what a listener may page through.
    private static let setsFound = 100
}

extension Library {
    /// What a phrase is nearest to, however far that is: the similarity of the nearest wording, and the descriptors that wordings near it stand for, with
    /// shares that add up to 1, the greatest first. nil without an encoder.
    public func nearestDescriptors(to phrase: String) -> (similarity: Double, shares: [(descriptor: Int, share: Double)])? {
        dense.map { dense in
            let (best, shares) = dense.nearest(phrase, except: [])
            return (Double(best), shares.map { ($0.descriptor, Double($0.share)) })
        }
    }
}

extension DenseChannel: SemanticResolver {
    fileprivate func nearest(_ phrase: String, except said: Set<Int>) -> (best: Float, shares: [(descriptor: Int, share: Float)]) {
        index.nearestDescriptors(encoder.encode(phrase).vector, except: said, prior: prior, fusion.reading)
    }

    func holds(_ descriptor: Int) -> Bool { prior[descriptor] > 0 }

    func resolve(_ phrases: [String], beside said: Set<Int>) -> [SemanticMatch?] {
        phrases.map { phrase in
            let (best, shares) = nearest(phrase, except: said)
            return fusion.reading.certainty(of: Double(best)).map { certainty in
                SemanticMatch(certainty: certainty, descriptors: shares.map { ($0.descriptor, Double($0.share)) })
            }
        }
    }
}
