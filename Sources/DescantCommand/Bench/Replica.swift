import Evaluation
import LibraryAccess
import LinearAlgebra
import MusicSearch
import TrackCatalogue
import Vocabulary

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A synthetic library: tracks of a real one drawn with replacement. Its postings grow with its size, its vocabulary does not.
struct Replica {
    private let original: Library
    private let count: Int
    private let seed: UInt64

    init(of original: Library, tracks: Int, seed: UInt64) {
        self.original = original
        count = tracks
        self.seed = seed
    }

    /// - Returns: seconds of the whole build, import included.
    func build(at path: String) throws -> Double {
        guard original.tracks.count > 0, count > 0 else { return 0 }
        let catalogue = try Catalogue(path: original.path + "/catalogue.sqlite")
        var tracks: [Track] = []
        try catalogue.forEachTrack { tracks.append($0) }
        var random = SeededGenerator(seed: seed)
        let tables = try DataFolder().tables()
        let encoder = try TextModels.encoder()
        let progress = ProgressLine()
        let start = monotonicSeconds()
        _ = try LibraryBuilder(library: path, vocabulary: tables, encoder: encoder).build(replacing: true) { step in
            progress.show(step)
        } importing: { put in
            for i in 0..<count {
                var track = tracks[random.integer(in: 0...tracks.count - 1)]
                // Rising ids, so that the catalogue is written in its own order.
                let digits = String(i)
                track.id = "r" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
                try put(track)
                if i % 10_000 == 0 { progress.update("drawing", done: i, share: Double(i) / Double(count)) }
            }
        }
        progress.finish()
        return monotonicSeconds() - start
    }
}
