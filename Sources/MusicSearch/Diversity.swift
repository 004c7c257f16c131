import Storage

/// Frees a ranking of repetition: versions of one recording become one hit, and no artist takes more than a few.
struct Diversity {
    struct Pick {
        var candidate: Candidate
        var versions: Int
    }

    private let library: Library
    private let perArtist: Int?
    private let foldingVersions: Bool

    init(_ library: Library, _ query: CandidateQuery, _ options: SearchOptions) {
        self.library = library
        perArtist = query.artists.isEmpty ? options.perArtist : nil
        foldingVersions = options.foldingVersions
    }

    /// The first `count` of the ranking that stand for themselves; a version further down is counted with the one above it.
    func pick(_ ranking: [Candidate], count: Int) -> [Pick] {
        var picks: [Pick] = []
        var byRecording: [UInt32: Int] = [:]
        var byArtist: [UInt32: Int] = [:]
        for candidate in ranking {
            let record = library.tracks.records[Int(candidate.document)]
            if foldingVersions, let known = byRecording[record.recording] {
                if known >= 0 { picks[known].versions += 1 }
                continue
            }
            if let perArtist, record.artist != .max {
                if byArtist[record.artist, default: 0] >= perArtist {
                    byRecording[record.recording] = -1
                    continue
                }
                byArtist[record.artist, default: 0] += 1
            }
            if picks.count == count { continue }
            byRecording[record.recording] = picks.count
            picks.append(Pick(candidate: candidate, versions: 1))
        }
        return picks
    }
}
