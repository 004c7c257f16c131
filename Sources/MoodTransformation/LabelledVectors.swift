public import LinearAlgebra

/// Vectors of tracks' sound with what is known of the tracks: what a dial of moods is learnt from, and judged by.
public struct LabelledVectors: Sendable {
    /// [tracks][dimension].
    public var vectors: Matrix
    /// For each track, the numbers of its moods, genres and instruments, rising.
    public var moods: [[Int]]
    public var genres: [[Int]]
    public var instruments: [[Int]]
    /// For each track, the number of its artist.
    public var artists: [Int]
    public var moodNames: [String]
    public var genreNames: [String]
    public var instrumentNames: [String]

    public var count: Int { vectors.rows }

    /// - Precondition: as many labels of each kind as vectors, all within their names.
    public init(
        vectors: Matrix, moods: [[Int]], genres: [[Int]], instruments: [[Int]], artists: [Int], moodNames: [String], genreNames: [String],
        instrumentNames: [String]
    ) {
        for (labels, names) in [(moods, moodNames), (genres, genreNames), (instruments, instrumentNames)] {
            precondition(labels.count == vectors.rows && labels.allSatisfy { $0.allSatisfy(names.indices.contains) }, "labels of \(labels.count) tracks")
        }
        precondition(artists.count == vectors.rows, "\(artists.count) artists of \(vectors.rows) tracks")
        (self.vectors, self.moods, self.genres, self.instruments, self.artists) = (vectors, moods, genres, instruments, artists)
        (self.moodNames, self.genreNames, self.instrumentNames) = (moodNames, genreNames, instrumentNames)
    }

    /// Some of the tracks, in the order given.
    public func subset(_ tracks: [Int]) -> LabelledVectors {
        LabelledVectors(
            vectors: vectors.rows(tracks), moods: tracks.map { moods[$0] }, genres: tracks.map { genres[$0] }, instruments: tracks.map { instruments[$0] },
            artists: tracks.map { artists[$0] }, moodNames: moodNames, genreNames: genreNames, instrumentNames: instrumentNames)
    }

    /// Which of some moods a track has, where it is exactly one. [tracks][chosen]
    public func moodLabels(_ chosen: [Int]) -> Matrix {
        var result = Matrix(rows: count, columns: chosen.count)
        for (track, mood) in tracks(withOneOf: chosen) { result[track, mood] = 1 }
        return result
    }

    /// [tracks][genres]
    public var genreLabels: Matrix { labels([(genres, genreNames.count, 1)]) }

    /// What shall stay while the mood changes: genres, and instruments at 0.7 of their weight. [tracks][genres, then instruments]
    public var keptLabels: Matrix { labels([(genres, genreNames.count, 1), (instruments, instrumentNames.count, 0.7)]) }

    private func labels(_ kinds: [(labels: [[Int]], count: Int, weight: Float)]) -> Matrix {
        var result = Matrix(rows: count, columns: kinds.reduce(0) { $0 + $1.count })
        var first = 0
        for kind in kinds {
            for (track, own) in kind.labels.enumerated() {
                for label in own { result[track, first + label] = kind.weight }
            }
            first += kind.count
        }
        return result
    }

    /// Tracks with exactly one of some moods, and which of them that is.
    public func tracks(withOneOf chosen: [Int]) -> [(track: Int, mood: Int)] {
        moods.indices.compactMap { track in
            let own = chosen.indices.filter { moods[track].contains(chosen[$0]) }
            return own.count == 1 ? (track, own[0]) : nil
        }
    }
}

extension Matrix {
    /// Some of the rows, in the order given.
    public func rows(_ numbers: [Int]) -> Matrix { Matrix(rows: numbers.count, columns: columns, values: numbers.flatMap { row($0) }) }

    /// Rows of unit length; a row of zeros stays.
    public var normalized: Matrix {
        var result = self
        for row in 0..<rows {
            let length = self.row(row).reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
            guard length > 0 else { continue }
            for i in row * columns..<(row + 1) * columns { result.values[i] /= length }
        }
        return result
    }
}
