public import Encoders
public import LinearAlgebra
import TextAnalysis

#if canImport(FoundationEssentials)
    import Glibc
#else
    import Foundation
#endif

/// A teacher that knows no meaning: how much of a document the request says, in stems and in runs of four or five characters.
///
///     coverage(d) = Σ idf(terms of d that the request has) / (Σ idf(terms of d))^0.7
///
/// Where words are shared it ranks descriptor sets better than any trained encoder does (`bench descriptors`), and beside an encoder it corrects what the encoder
/// blurs.
public struct CoverageScorer: PairScorer {
    private let stems: Inventory
    private let grams: Inventory
    private let team: ThreadTeam

    private static let exponent = 0.7
    /// A document has some ten times as many runs of characters as stems, so their coverage is the larger number.
    private static let gramWeight = 0.4

    /// Terms and how many documents have them.
    private struct Inventory {
        let terms: @Sendable (String) -> Set<String>
        private var counts: [String: Int] = [:]
        private let documents: Int

        init(_ documents: [DescriptorSet], terms: @escaping @Sendable (String) -> Set<String>) {
            self.terms = terms
            self.documents = documents.count
            for document in documents { for term in terms(document.text) { counts[term, default: 0] += 1 } }
        }

        /// Smooth, as scikit-learn has it.
        func idf(_ term: String) -> Double { log(Double(1 + documents) / Double(1 + (counts[term] ?? 0))) + 1 }

        func coverage(_ request: Set<String>, _ document: Set<String>) -> Double {
            var (said, all) = (0.0, 0.0)
            // In one order: a sum of doubles depends on it.
            for term in document.sorted() {
                let idf = idf(term)
                all += idf
                if request.contains(term) { said += idf }
            }
            return all > 0 ? said / pow(all, CoverageScorer.exponent) : 0
        }
    }

    /// - Parameter documents: by which terms are rare or common.
    public init(_ documents: [DescriptorSet], team: ThreadTeam = .shared) {
        stems = Inventory(documents) { Set(Analyzer(stemmer: .english).terms($0)) }
        let characters = CharacterGrams(4...5)
        grams = Inventory(documents) { text in
            Set(text.lowercased().split { !($0.isLetter || $0.isNumber) }.flatMap { characters.grams(of: String($0)) })
        }
        self.team = team
    }

    public func score(_ lists: [CrossEncoder.Candidates]) -> [[Float]] {
        var result = [[Float]](repeating: [], count: lists.count)
        result.withUnsafeMutableBufferPointer { result in
            nonisolated(unsafe) let result = result
            team.split(lists.count) { range in
                for i in range {
                    let (words, runs) = (stems.terms(lists[i].request), grams.terms(lists[i].request))
                    result[i] = lists[i].documents.map {
                        Float(stems.coverage(words, stems.terms($0)) + Self.gramWeight * grams.coverage(runs, grams.terms($0)))
                    }
                }
            }
        }
        return result
    }
}

/// The student of the round before as a teacher of the next one, beside others: what they agree on is kept.
public struct CosineScorer: PairScorer {
    private let encoder: BiEncoder

    /// - Throws: as `BiEncoder.init`.
    public init(folder: String, precision: Precision, team: ThreadTeam = .shared) throws {
        encoder = try BiEncoder(folder: folder, name: "student", precision: precision, remembered: 0, team: team)
    }

    public func score(_ lists: [CrossEncoder.Candidates]) -> [[Float]] {
        let requests = encoder.encode(lists.map(\.request)).vectors
        let documents = encoder.encode(lists.flatMap(\.documents)).vectors
        var start = 0
        return lists.indices.map { i in
            defer { start += lists[i].documents.count }
            return (start..<start + lists[i].documents.count).map { place in zip(requests.row(i), documents.row(place)).reduce(0) { $0 + $1.0 * $1.1 } }
        }
    }
}
