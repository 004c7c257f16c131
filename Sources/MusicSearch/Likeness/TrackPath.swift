import MoodTransformation
public import Ranking
import Storage
import VectorIndex

extension Library {
    /// A walk from one track to another, mood by mood: each step is as far on the way as its number says, and near to the one before.
    ///
    /// Every track is worth, at a step, how like it is to the two ends, each by how near that end is, and how near its mood lies to the way's place there. Of all walks
    /// the one is searched that is worth most together with the likeness of neighbours, by a beam; no recording comes twice, and no artist twice in a row where others are near.
    ///
    /// - Parameter count: tracks with both ends, at least 2.
    /// - Returns: documents from the first to the second; nil when either has no vector, or the library has no dial. Fewer where fewer tracks have vectors.
    /// - Complexity: O(count · (rows + beam² · dimension)).
    public func path(from first: DocumentID, to last: DocumentID, count: Int) -> [DocumentID]? {
        guard let channel = likeness, let moods = channel.moods, let start = channel.start([([first], 1)]), let end = channel.start([([last], 1)]),
            let startMood = start.mood, let endMood = end.mood
        else { return nil }
        let n = channel.vectors.count
        func likenesses(_ ends: LikenessChannel.Start) -> [Float] {
            [Float](unsafeUninitializedCapacity: n) { buffer, size in
                channel.vectors.vectors.similarities(ends.vector, into: UnsafeMutableBufferPointer(rebasing: buffer[..<n]))
                size = n
            }
        }
        let toStart = likenesses(start), toEnd = likenesses(end)
        // Vectors of one encoder are all somewhat alike: what counts is how much more.
        let usual = (toStart.reduce(0, +) + toEnd.reduce(0, +)) / Float(2 * max(1, n)), span = max(1 - usual, .leastNormalMagnitude)
        let places = (0..<n).map { MoodPlace(channel.mood($0, moods)) }

        var beams = [PathBeam(rows: [], value: 0)]
        guard let firstRow = channel.vectors.row(of: first), let lastRow = channel.vectors.row(of: last) else { return nil }
        beams[0].rows = [firstRow]
        let ends: Set<UInt32> = [tracks.records[Int(first)].recording, tracks.records[Int(last)].recording]
        for step in 1..<max(1, count - 1) {
            let share = Float(step) / Float(count - 1)
            let place = MoodPlace.mean([(MoodPlace(startMood), 1 - share), (MoodPlace(endMood), share)]).mean
            // As many more as walks may have taken already.
            var pool = TopK(PathBeam.pool + 2 * count)
            for row in 0..<n {
                let likeness = (1 - share) * toStart[row] + share * toEnd[row]
                let value = (likeness - usual) / span + PathBeam.moodWeight * place.nearness(to: places[row])
                guard value > pool.threshold, !ends.contains(tracks.records[Int(channel.vectors.documents[row])].recording) else { continue }
                pool.insert(Scored(document: DocumentID(row), score: value))
            }
            let candidates = pool.sorted().map { ($0, channel.vectors.vectors.vector(Int($0.document))) }
            func steps(holdingApart isApart: Bool) -> [PathBeam] {
                beams.flatMap { beam in
                    let before = beam.rows[beam.rows.count - 1], vector = channel.vectors.vectors.vector(before)
                    let used = Set(beam.rows.map { tracks.records[Int(channel.vectors.documents[$0])].recording })
                    var artists: Set<UInt32> = [tracks.records[Int(channel.vectors.documents[before])].artist]
                    if step == count - 2 { artists.insert(tracks.records[Int(last)].artist) }
                    artists.remove(.max)
                    return candidates.compactMap { scored, own -> PathBeam? in
                        let record = tracks.records[Int(channel.vectors.documents[Int(scored.document)])]
                        guard !used.contains(record.recording), !isApart || !artists.contains(record.artist) else { return nil }
                        let near = zip(vector, own).reduce(Float(0)) { $0 + $1.0 * $1.1 }
                        return PathBeam(
                            rows: beam.rows + [Int(scored.document)], value: beam.value + scored.score + PathBeam.neighbourWeight * (near - usual) / span)
                    }
                }
            }
            var next = steps(holdingApart: true)
            // Where all that is near is by one artist, better twice than not at all.
            if next.isEmpty { next = steps(holdingApart: false) }
            guard !next.isEmpty else { break }
            // Equal walks by their tracks, so that the answer is one.
            next.sort { $0.value != $1.value ? $0.value > $1.value : $0.rows.lexicographicallyPrecedes($1.rows) }
            beams = Array(next.prefix(PathBeam.width))
        }
        let rows = beams[0].rows + (count > 1 && firstRow != lastRow ? [lastRow] : [])
        return rows.map { channel.vectors.documents[$0] }
    }

    /// A path as an answer, each track with where it lies on the way.
    ///
    /// - Returns: nil as for `path`.
    public func walk(from first: DocumentID, to last: DocumentID, count: Int) -> [Hit]? {
        path(from: first, to: last, count: count).map { documents in
            documents.enumerated().map { step, document in
                let share = documents.count > 1 ? Double(step) / Double(documents.count - 1) : 0
                let text = "\(Int((share * 100).rounded())) % of the way from \(tracks.title(first)) to \(tracks.title(last))"
                return hit(document, rank: step + 1, score: 1, .strong, versions: 1, reasons: [Reason(kind: .likeness, text: text, value: 1)], explanation: nil)
            }
        }
    }
}

private struct PathBeam {
    var rows: [Int]
    var value: Float

    static let width = 16
    static let pool = 48
    /// What a fitting mood counts, beside likeness to the ends.
    static let moodWeight: Float = 1
    static let neighbourWeight: Float = 1
}

extension MoodPlace {
    /// 1 at the place itself, less further away.
    fileprivate func nearness(to other: MoodPlace) -> Float {
        let distance = distance(to: other)
        return Float(1 / (1 + distance * distance / (2 * 0.2 * 0.2)))
    }
}
