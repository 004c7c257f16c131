import LinearAlgebra
import Synchronization

/// What a transformer reads in one piece.
struct TokenSequence {
    var ids: [Int32]
    /// Where the second text of a pair begins; nil for one text.
    var secondFrom: Int?
}

extension Transformer {
    /// Which states a caller wants of a sequence.
    enum States {
        case allTokens
        /// `[CLS]` alone, which takes less work.
        case firstToken
    }

    /// Many sequences, shared out among the threads in small batches; a few go through the whole team together.
    ///
    /// - Parameters:
    ///   - tokensAtOnce: that one thread works on, unless a single sequence is longer. What suits the caches depends on the sequences' lengths.
    ///   - states: which `read` is shown.
    ///   - progress: told from time to time how many sequences are done, from any thread.
    ///   - read: told the states of each sequence's tokens, `[tokens][C]`, or of the first, once and from any thread; they are gone afterwards.
    func forward(
        _ sequences: [TokenSequence], tokensAtOnce: Int, states: States = .allTokens, team: ThreadTeam, progress: (@Sendable (Int) -> Void)? = nil,
        _ read: (_ sequence: Int, _ states: UnsafePointer<Float>, _ tokens: Int) -> Void
    ) {
        // Longest first, so that the last batches, which one thread may have to wait for, are short.
        let order = sequences.indices.sorted { (sequences[$0].ids.count, $1) > (sequences[$1].ids.count, $0) }
        guard let longest = order.first.map({ sequences[$0].ids.count }) else { return }
        var batches: [Range<Int>] = []
        var start = 0, tokens = 0
        for position in order.indices {
            let length = sequences[order[position]].ids.count
            if tokens + length > tokensAtOnce, position > start {
                batches.append(start..<position)
                (start, tokens) = (position, 0)
            }
            tokens += length
        }
        batches.append(start..<order.count)

        let next = Atomic(0), done = Atomic(0)
        func work(_ team: ThreadTeam) {
            let room = TransformerRoom(configuration, precision: precision, tokens: max(tokensAtOnce, longest), longest: longest, team: team)
            while true {
                let number = next.add(1, ordering: .relaxed).oldValue
                guard number < batches.count else { break }
                var batch = TokenBatch()
                for position in batches[number] { batch.append(sequences[order[position]].ids, secondFrom: sequences[order[position]].secondFrom) }
                switch states {
                case .allTokens: forward(batch, in: room, team: team)
                case .firstToken: forwardFirstTokens(batch, in: room, team: team)
                }
                for (place, position) in batches[number].enumerated() {
                    let rows = states == .allTokens ? batch.starts[place]..<batch.starts[place + 1] : place..<place + 1
                    read(order[position], room.hidden.pointer + rows.lowerBound * configuration.width, rows.count)
                }
                let count = done.add(batches[number].count, ordering: .relaxed).newValue
                progress?(count)
            }
        }
        if batches.count < team.size {
            work(team)
        } else {
            let alone = ThreadTeam(size: 1)
            team.run { _, _ in work(alone) }
        }
    }
}
