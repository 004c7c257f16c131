import LinearAlgebra
import MoodTransformation
import Storage
import VectorIndex
import Vocabulary

/// The moods of a generation's tracks and what of them shall stay when their mood is changed, row by row as in `TrackVectors`.
struct MoodIndex: Sendable {
    static let kind = "moods"
    static let version: UInt32 = 2

    let scale: MoodScale
    /// What vectors say: how likely a track has each mood of the scale, [moods][rows], 255 = certain.
    private let predicted: MappedArray<UInt8>
    /// What tracks are marked with, likewise.
    private let marks: MappedArray<UInt8>
    /// The sum of a track's marks, and the greatest, [2][rows].
    private let totals: MappedArray<Float>
    /// Valence, arousal and their deviation, [rows][3].
    private let places: MappedArray<Float>
    /// Unit vectors of kinship; nil where no genres are known.
    let profiles: FlatIndex?
    let count: Int
    /// What likelihoods are multiplied by, see `MoodDial.gain`.
    let gain: Float

    /// - Throws: `FileError` when a file is damaged or they contradict each other.
    init(folder: String, rows: Int, _ vocabulary: Vocabulary, hasProfiles: Bool) throws(FileError) {
        let file = try SectionFile(path: folder + Library.FileName.moods, kind: Self.kind, version: Self.version)
        let moods: MappedArray<UInt32> = try file.array("moods")
        predicted = try file.array("predicted")
        marks = try file.array("marks")
        totals = try file.array("totals")
        places = try file.array("places")
        let gains: MappedArray<Float> = try file.array("gain")
        guard moods.allSatisfy({ Int($0) < vocabulary.count && MoodPlace(of: Int($0), in: vocabulary) != nil }) else {
            throw file.damaged(section: "moods", expected: "moods of the vocabulary", found: "\(Array(moods))")
        }
        guard places.allSatisfy({ (-1...1).contains($0) }), totals.allSatisfy({ $0 >= 0 && $0.isFinite }), let gain = gains.first, (1...100).contains(gain)
        else {
            throw file.damaged(section: "places", expected: "places in −1…1, finite totals and a gain", found: "others")
        }
        self.gain = gain
        guard predicted.count == moods.count * rows, marks.count == predicted.count, totals.count == 2 * rows, places.count == 3 * rows else {
            throw file.damaged(
                section: "predicted", expected: "\(moods.count) moods of \(rows) tracks",
                found: "\(predicted.count), \(marks.count), \(totals.count) and \(places.count) values")
        }
        profiles = hasProfiles ? try FlatIndex(path: folder + Library.FileName.kinship) : nil
        if let profiles, profiles.count != rows {
            throw file.damaged(section: "predicted", expected: "kinship of \(rows) tracks", found: "\(profiles.count)")
        }
        scale = MoodScale(vocabulary, moods: moods.map(Int.init))
        count = rows
    }

    /// How likely a track has each mood of the scale.
    func shares(_ row: Int) -> [Float] {
        scale.moods.indices.map { mood in
            let mark = Float(marks[mood * count + row]) / 255
            return MoodDial.likelihood(
                predicted: Float(predicted[mood * count + row]) / 255, best: mark, sum: mark, total: totals[row], certainty: totals[count + row])
        }
    }

    func place(_ row: Int) -> TrackMood {
        TrackMood(valence: Double(places[3 * row]), arousal: Double(places[3 * row + 1]), deviation: Double(places[3 * row + 2]))
    }

    /// out[row] = how likely a track has what is wanted.
    ///
    /// - Parameter weights: of each mood of the scale, in 0…1.
    func likelihoods(_ weights: [Float], into out: UnsafeMutableBufferPointer<Float>) {
        MoodColumns(predicted: predicted.buffer, marks: marks.buffer, totals: totals.buffer, count: count).likelihoods(weights, into: out)
    }
}

/// The columns of a `MoodIndex`, in a file or before they are written.
struct MoodColumns {
    let predicted: UnsafeBufferPointer<UInt8>
    let marks: UnsafeBufferPointer<UInt8>
    let totals: UnsafeBufferPointer<Float>
    /// Rows.
    let count: Int

    func likelihoods(_ weights: [Float], into out: UnsafeMutableBufferPointer<Float>) {
        let count = count
        guard let out = out.baseAddress, let predicted = predicted.baseAddress, let marks = marks.baseAddress, let totals = totals.baseAddress else { return }
        out.update(repeating: 0, count: count)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * max(1, count)) { memory in
            guard let best = memory.baseAddress else { return }
            let sums = best + count
            best.update(repeating: 0, count: 2 * count)
            for (mood, weight) in weights.enumerated() where weight > 0 {
                let own = predicted + mood * count, marked = marks + mood * count, factor = weight / 255
                for row in 0..<count {
                    let mark = factor * Float(marked[row])
                    out[row] += factor * Float(own[row])
                    sums[row] += mark
                    best[row] = max(best[row], mark)
                }
            }
            for row in 0..<count {
                out[row] = MoodDial.likelihood(predicted: out[row], best: best[row], sum: sums[row], total: totals[row], certainty: totals[count + row])
            }
        }
    }

    /// What likelihoods are to be multiplied by.
    /// - Parameter targets: weights for each mood of the scale.
    func gain(_ targets: [[Float]]) -> Float {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, count)) { memory in
            MoodDial.gain(
                greatest: targets.map { target in
                    likelihoods(target, into: memory)
                    return memory[..<count].reduce(0, max)
                })
        }
    }
}

/// Where a track lies in the valence–arousal plane, each in −1…1, and how far off that may be: the deviation of either.
public struct TrackMood: Codable, Hashable, Sendable {
    public var valence: Double
    public var arousal: Double
    public var deviation: Double
}

/// What a library knows of a track's mood.
public struct MoodReading: Hashable, Sendable {
    public struct Mood: Hashable, Sendable {
        public var label: String
        /// In 0…1. A track may have several moods, so they need not add up to 1.
        public var likelihood: Double
    }

    public var place: TrackMood
    /// Those that the library tells apart, the likeliest first.
    public var moods: [Mood]
}

extension Library {
    /// Where a track lies in the valence–arousal plane; nil where the library cannot tell.
    public func mood(of document: UInt32) -> TrackMood? { likeness?.mood(of: document) }

    /// Whether it can tell moods of tracks, and move seeds to others.
    public var hasMoods: Bool { likeness?.moods != nil }

    public func moods(of document: UInt32) -> MoodReading? {
        guard let likeness, let moods = likeness.moods, let row = likeness.vectors.row(of: document) else { return nil }
        let shares = likeness.shares(row, moods)
        let ranked = shares.indices.sorted { (shares[$0], $1) > (shares[$1], $0) }
        return MoodReading(
            place: likeness.mood(row, moods),
            moods: ranked.map { .init(label: vocabulary.descriptors[moods.scale.moods[$0]].label, likelihood: Double(shares[$0])) })
    }
}
