public import Ranking
import Storage

/// Several weighted terms that speak for one wish, read together a window of documents at a time.
///
/// Where `search` finds the best k, this gives the match of *every* document, as totals and facets need it.
public struct EvidenceCursor {
    public enum Combination: Sendable {
        /// The strongest evidence counts: a track that is both "gloomy" and "dark" is not twice as gloomy.
        case strongest
        /// Evidence adds up: words found out of those asked for.
        case sum
    }

    private var cursors: [PostingCursor]
    private let factors: [Float]
    private let usesWeights: [Bool]
    private let combination: Combination

    /// - Parameter terms: term numbers with factors; a posting contributes factor × weight / 255 in weighted fields and factor in text fields.
    public init(_ index: LexicalIndex, _ terms: [(term: Int, factor: Float)], _ combination: Combination) {
        cursors = terms.map { PostingCursor(index, term: $0.term) }
        factors = terms.map(\.factor)
        usesWeights = terms.map { index.content(ofTerm: $0.term) == .weighted }
        self.combination = combination
    }

    public var isEmpty: Bool { cursors.isEmpty }

    /// Merges the matches of a window's documents into `matches[document − window.lowerBound]`. Windows must rise.
    public mutating func merge(_ window: Range<DocumentID>, into matches: UnsafeMutablePointer<Float>) {
        for i in cursors.indices {
            let base = window.lowerBound
            let scale = usesWeights[i] ? factors[i] / 255 : 0
            let constant = usesWeights[i] ? 0 : factors[i]
            switch combination {
            case .strongest:
                cursors[i].forEach(in: window) { document, weight in
                    let slot = Int(document &- base)
                    matches[slot] = max(matches[slot], scale * Float(weight) + constant)
                }
            case .sum:
                cursors[i].forEach(in: window) { document, weight in
                    matches[Int(document &- base)] += scale * Float(weight) + constant
                }
            }
        }
    }

    /// The match of one document and the position of its strongest evidence; documents must rise from call to call.
    public mutating func match(of document: DocumentID) -> (value: Float, strongest: Int?) {
        var value: Float = 0
        var strongest: (position: Int, value: Float)?
        for i in cursors.indices {
            let weight = cursors[i].weight(of: document)
            guard weight > 0 else { continue }
            let scale = usesWeights[i] ? factors[i] / 255 : 0
            let match = scale * Float(weight) + (usesWeights[i] ? 0 : factors[i])
            value = combination == .sum ? value + match : max(value, match)
            if match > strongest?.value ?? 0 { strongest = (i, match) }
        }
        return (value, strongest?.position)
    }
}

extension LexicalIndex {
    func content(ofTerm term: Int) -> Field.Content { fields[Int(terms[term].field)].content }
}
