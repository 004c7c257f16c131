import Encoders
public import LinearAlgebra
import NeuralNetworks
import TextAnalysis

/// How the decoder draws.
public struct DecoderSampling: Codable, Hashable, Sendable {
    /// Every piece is drawn from the nucleus: the fewest pieces that together have this probability, above 0 … 1; default: 0.9.
    public var topP: Float = 0.9
    /// What logits are divided by first, above 0; below 1 the likely becomes likelier; default: 0.8.
    public var temperature: Float = 0.8
    /// Tokens of a text, at most what it was trained with; one that has not ended then is rejected; default: 48.
    public var longest = 48
    /// Sequences that are written at the same time, which changes the speed alone; default: 64.
    public var lanes = 64

    public init() {}
}

/// What became of one draw.
public enum DecoderDraw: Hashable, Sendable {
    case accepted(String)
    case rejected(String, Rejection)

    public enum Rejection: String, CaseIterable, Hashable, Sendable, Codable {
        /// Nothing with a letter in it.
        case empty
        /// The same four pieces twice.
        case repetitive
        /// A word of four letters or more twice with at most one word or mark between, "emotional and emotional": people do so in one sentence of 600
        /// (MusicCaps), a small decoder often.
        case stuttering
        /// A caption's sentences, word for word.
        case copied
        /// No end within the length.
        case endless
    }

    /// The accepted text.
    public var text: String? {
        switch self {
        case .accepted(let text): text
        case .rejected: nil
        }
    }
}

extension CausalDecoder {
    /// Requests for descriptor sets: `perSet` of the first set, then of the second …; nil where a draw was rejected.
    ///
    /// See `draws`.
    public func sample(sets: [[String]], perSet: Int, options: DecoderSampling = DecoderSampling(), seed: UInt64 = 0, team: ThreadTeam = .shared) -> [String?] {
        draws(sets: sets, perSet: perSet, options: options, seed: seed, team: team).map(\.text)
    }

    /// Draws requests by nucleus sampling (Holtzman et al. 2020, arXiv 1904.09751).
    ///
    /// Every draw has random numbers of its own, which follow from the seed and its place alone: neither threads nor `lanes` change a byte.
    ///
    /// - Returns: `sets.count · perSet` draws, those of a set side by side.
    /// - Complexity: the given part of a set is read once for all of its draws, and no token twice.
    public func draws(
        sets: [[String]], perSet: Int, options: DecoderSampling = DecoderSampling(), seed: UInt64 = 0, team: ThreadTeam = .shared
    ) -> [DecoderDraw] {
        precondition(options.topP > 0 && options.topP <= 1 && options.temperature > 0, "top-p \(options.topP), temperature \(options.temperature)")
        precondition(options.lanes > 0 && perSet >= 0 && options.longest > 0, "\(options.lanes) lanes, \(perSet) a set, \(options.longest) tokens")
        var draws = [DecoderDraw](repeating: .rejected("", .empty), count: sets.count * perSet)
        guard perSet > 0 else { return draws }
        let wordPiece = model.wordPiece
        let longest = min(options.longest, examples.options.longestText)
        var lanes: [Lane] = []
        var next = 0

        while next < sets.count || !lanes.isEmpty {
            // Full rows keep the weights in the cache for more tokens: lanes are filled up when half of them are done.
            if next < sets.count, lanes.count <= options.lanes / 2 {
                let taken = next..<min(sets.count, next + max(1, (options.lanes - lanes.count) / perSet))
                next = taken.upperBound
                var batch = TokenBatch()
                for set in taken { batch.append(examples.prefix(sets[set].map { wordPiece.pieces(of: $0).ids }.filter { !$0.isEmpty })) }
                let caches = zip(batch.starts, batch.starts.dropFirst()).map { KeyValueCache(model, capacity: $1 - $0) }
                let logits = model.read(batch, after: caches, team: team)
                for (row, set) in taken.enumerated() {
                    let nucleus = nucleus(logits, row: row, options)
                    for draw in 0..<perSet {
                        let place = set * perSet + draw
                        let lane = Lane(
                            place: place, cache: KeyValueCache(copying: caches[row], capacity: caches[row].count + longest),
                            generator: SeededGenerator(seed: seed, stream: UInt64(place)))
                        lane.append(from: nucleus)
                        lanes.append(lane)
                    }
                }
            } else {
                var batch = TokenBatch()
                for lane in lanes { batch.append([lane.ids[lane.ids.count - 1]], secondFrom: 0) }
                let logits = model.read(batch, after: lanes.map(\.cache), team: team)
                nonisolated(unsafe) let all = lanes
                team.split(lanes.count) { range in
                    for row in range { all[row].append(from: nucleus(logits, row: row, options)) }
                }
            }
            lanes.removeAll { lane in
                let hasEnded = lane.ids.last == wordPiece.separator
                guard hasEnded || lane.ids.count >= longest else { return false }
                draws[lane.place] = verdict(hasEnded ? lane.ids.dropLast() : lane.ids[...], hasEnded: hasEnded)
                return true
            }
        }
        return draws
    }

    /// The nucleus of one row of logits, which turn into probabilities on the way: once a row.
    private func nucleus(_ logits: AlignedBuffer<Float>, row: Int, _ options: DecoderSampling) -> Nucleus {
        let count = model.vocabularySize
        let row = logits.pointer + row * count
        for id in forbidden { row[id] = -.infinity }
        for id in 0..<count { row[id] /= options.temperature }
        RowKernels.softmax(row, count: count)
        return Nucleus(UnsafeBufferPointer(start: row, count: count), topP: options.topP)
    }

    /// Words and marks.
    private func words(_ ids: ArraySlice<Int32>) -> [String] {
        ids.reduce(into: []) { words, id in
            let piece = model.wordPiece.vocabulary.piece(id)
            if piece.hasPrefix("##"), !words.isEmpty {
                words[words.count - 1] += piece.dropFirst(2)
            } else {
                words.append(piece)
            }
        }
    }

    /// - Parameter hasEnded: whether `[SEP]` came, which is not among the ids.
    func verdict(_ ids: ArraySlice<Int32>, hasEnded: Bool) -> DecoderDraw {
        let text = model.wordPiece.text(of: ids)
        if !hasEnded { return .rejected(text, .endless) }
        if !text.contains(where: \.isLetter) { return .rejected(text, .empty) }
        var seen: Set<ArraySlice<Int32>> = []
        for start in ids.indices.dropLast(3) where !seen.insert(ids[start..<start + 4]).inserted { return .rejected(text, .repetitive) }
        let words = words(ids)
        for place in words.indices where words[place].utf8.count >= 4 && words[max(0, place - 2)..<place].contains(words[place]) {
            return .rejected(text, .stuttering)
        }
        if DecoderExamples.sentences(of: text).allSatisfy(sentences.contains) { return .rejected(text, .copied) }
        return .accepted(text)
    }
}

/// A text that is being written.
private final class Lane {
    /// Of the draw among all.
    let place: Int
    let cache: KeyValueCache
    private var generator: SeededGenerator
    private(set) var ids: [Int32] = []

    init(place: Int, cache: KeyValueCache, generator: SeededGenerator) {
        (self.place, self.cache, self.generator) = (place, cache, generator)
    }

    func append(from nucleus: Nucleus) { ids.append(Int32(nucleus.draw(generator.uniform()))) }
}

/// The fewest pieces that together have the probability p.
struct Nucleus {
    /// Most probable first; of equally probable ones those with lower ids.
    let pieces: [(id: Int, probability: Float)]
    /// Their probability.
    let sum: Float

    /// - Parameter topP: above 0 … 1.
    init(_ probabilities: UnsafeBufferPointer<Float>, topP: Float) {
        // Few pieces have nearly all of the probability: only those above a bound are sorted, and the bound falls until they are enough.
        var bound: Float = 1e-2
        var candidates: [(id: Int, probability: Float)] = []
        while true {
            candidates.removeAll(keepingCapacity: true)
            for (id, probability) in probabilities.enumerated() where probability >= bound { candidates.append((id, probability)) }
            if bound == 0 || candidates.reduce(0, { $0 + $1.probability }) >= topP { break }
            bound = bound > 1e-7 ? bound / 16 : 0
        }
        candidates.sort { ($0.probability, $1.id) > ($1.probability, $0.id) }
        var sum: Float = 0
        let last = candidates.firstIndex { piece in
            sum += piece.probability
            return sum >= topP
        }
        pieces = Array(candidates[...(last ?? candidates.count - 1)])
        self.sum = sum
    }

    /// - Parameter uniform: in 0 ..< 1.
    func draw(_ uniform: Float) -> Int {
        var rest = uniform * sum
        for piece in pieces {
            rest -= piece.probability
            if rest < 0 { return piece.id }
        }
        // Rounding may leave a remainder.
        return pieces[pieces.count - 1].id
    }
}
