public import AudioAnalysis
import Storage
import Synchronization
import TrackCatalogue

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

/// Hears the audio files below folders, and keeps what it heard in the library's catalogue: the part of indexing that takes long, done once for a file.
///
/// ```swift
/// let scan = SoundScan(library: path, network: try Musicnn(folder: models + "/musicnn"))
/// let report = try scan.run("/home/ann/Music") { … }
/// ```
/// Files of the same size and time as before are passed over. What was heard is committed every few seconds, so that a run that is killed goes on where it was;
/// no file can stop the others. Files that are gone keep what was heard in them.
public struct SoundScan {
    public struct Options: Sendable {
        /// Files that are heard at a time.
        public var jobs = 2
        /// Of each core in use, the share that is worked; in 0…1.
        public var load = 1.0
        /// Hear those again that nothing could be heard in.
        public var retrying = false
        /// A folder that had music in it, and has none, is no error: its tracks go.
        public var forgetting = false

        public init() {}
    }

    public enum Progress: Sendable {
        case walking(folder: String)
        /// Files that are done, of those that had to be heard, and how much sound that was in seconds.
        case hearing(done: Int, of: Int, seconds: Double)
    }

    public struct Report: Sendable {
        /// Files that were met.
        public var found = 0
        /// Met again as they were.
        public var unchanged = 0
        public var heard = 0
        /// Seconds of sound that were heard.
        public var seconds = 0.0
        /// Known from before, and not met.
        public var gone = 0
        /// `path: why` of every file that cannot be heard, and of what could not be looked into.
        public var problems: [String] = []
        /// Whether it was told to stop before all was heard.
        public var isUnfinished = false
    }

    /// Between two commits; what a kill costs at most.
    private static let betweenCommits = Duration.seconds(5)

    private let library: String
    private let network: Musicnn

    public init(library: String, network: Musicnn) {
        self.library = library
        self.network = network
    }

    /// The name of a folder as the catalogue has it: absolute, and without links.
    ///
    /// - Parameter mayBeGone: a folder that is not there has the name that it had as a plain one.
    /// - Throws: `LibraryError` when there is no such folder.
    public static func root(_ folder: String, mayBeGone: Bool = false) throws -> String {
        if let resolved = realpath(folder, nil) {
            defer { free(resolved) }
            return String(cString: resolved)
        }
        let why = systemMessage()
        guard mayBeGone, let here = realpath(".", nil) else { throw LibraryError.unreadable(path: folder, why: why) }
        defer { free(here) }
        let parts = ((folder.hasPrefix("/") ? "" : String(cString: here) + "/") + folder).split(separator: "/").filter { $0 != "." }
        return "/" + parts.reduce(into: [Substring]()) { if $1 == ".." { _ = $0.popLast() } else { $0.append($1) } }.joined(separator: "/")
    }

    /// - Parameters:
    ///   - root: from `root(_:)`.
    ///   - shouldStop: asked between files.
    /// - Throws: `LibraryError` when another run writes, or when of a folder with music that was heard nothing is left; `DatabaseError`.
    public func run(
        _ root: String, options: Options = Options(), shouldStop: @Sendable () -> Bool = { false }, progress: (Progress) -> Void = { _ in }
    ) throws -> Report {
        do {
            try FileManager.default.createDirectory(atPath: library, withIntermediateDirectories: true)
        } catch {
            throw LibraryError.unwritable(path: library, why: "the folder cannot be made")
        }
        let lock = try IndexLock(library: library)
        let catalogue = try Catalogue(path: library + "/" + Library.FileName.catalogue)
        progress(.walking(folder: root))
        let known = try catalogue.knownSounds(root: root)
        let present = known.values.count(where: \.isPresent)
        guard access(root, F_OK) == 0 || options.forgetting else { throw LibraryError.vanished(path: root, files: present) }
        let walk = FolderWalk(root)
        // An empty folder where there was music is most likely a disk that is not there.
        guard !walk.files.isEmpty || present == 0 || options.forgetting else { throw LibraryError.vanished(path: root, files: present) }

        var report = Report()
        report.found = walk.files.count
        report.problems = options.forgetting && walk.files.isEmpty ? [] : walk.problems
        let paths = Set(walk.files.map(\.path))
        report.gone = known.count { $0.value.isPresent && !paths.contains($0.key) }
        try catalogue.setPresence(root: root, present: walk.files.map(\.path))

        var waiting: [FolderWalk.File] = []
        for file in walk.files {
            guard let before = known[file.path], before.size == file.size, before.modified == file.modified, before.model == Musicnn.name,
                before.failure == nil || !options.retrying
            else {
                waiting.append(file)
                continue
            }
            report.unchanged += 1
            if let failure = before.failure { report.problems.append(failure) }
        }
        try hear(waiting, root, options, catalogue, &report, shouldStop, progress)
        _ = consume lock
        return report
    }

    private func hear(
        _ files: [FolderWalk.File], _ root: String, _ options: Options, _ catalogue: Catalogue, _ report: inout Report, _ shouldStop: @Sendable () -> Bool,
        _ progress: (Progress) -> Void
    ) throws {
        var pending: [SoundRecord] = []
        var done = 0
        var lastCommit = ContinuousClock.now
        var failure: (any Error)?
        let hasFailed = Atomic(false)
        progress(.hearing(done: 0, of: files.count, seconds: 0))
        SoundBatch.analyze(
            files.map(\.path), with: network, jobs: options.jobs, load: options.load, shouldStop: { hasFailed.load(ordering: .relaxed) || shouldStop() }
        ) { index, result in
            guard failure == nil else { return }
            let file = files[index]
            done += 1
            // What was written to while it was read is neither the old file nor the new one.
            guard FolderWalk.file(at: file.path) == file else {
                report.problems.append("\(file.path): changed while it was read; it will be heard the next time")
                return
            }
            var record = SoundRecord(file: file.path, root: root, size: file.size, modified: file.modified, model: Musicnn.name)
            switch result {
            case .success(let heard):
                record.embedding = heard.sound.embedding ?? []
                record.details = SoundRecord.Details(heard, labels: network.labels)
                report.heard += 1
                report.seconds += heard.sound.seconds
                if heard.sound.damagedPackets > 0 {
                    report.problems.append("\(file.path): \(heard.sound.damagedPackets) damaged places were passed over")
                }
            case .failure(let error):
                record.failure = error.description
                report.problems.append(error.description)
            }
            pending.append(record)
            do {
                if lastCommit.duration(to: .now) > Self.betweenCommits {
                    try catalogue.put(pending)
                    pending = []
                    lastCommit = .now
                }
            } catch {
                failure = error
                hasFailed.store(true, ordering: .relaxed)
            }
            progress(.hearing(done: done, of: files.count, seconds: report.seconds))
        }
        if let failure { throw failure }
        try catalogue.put(pending)
        report.isUnfinished = done < files.count
    }
}

extension SoundRecord.Details {
    /// Activations below this are not kept.
    private static let leastActivation: Float = 0.01

    init(_ report: SoundAnalyzer.Report, labels: [String]) {
        self.init()
        let (sound, tags) = (report.sound, report.tags)
        seconds = sound.seconds
        loudness = sound.loudness
        tempo = sound.tempo?.bpm
        tempoConfidence = sound.tempo?.confidence
        key = sound.key?.description
        keyConfidence = sound.key?.confidence
        brightness = sound.brightness
        damagedPackets = sound.damagedPackets > 0 ? sound.damagedPackets : nil
        activations = Dictionary(zip(labels, sound.tags).filter { $0.1 >= Self.leastActivation }, uniquingKeysWith: max)
        (title, artist, album, year) = (tags.title, tags.artist, tags.album, tags.year)
        self.tags = tags.genres + tags.moods
        (mbid, isrc, replayGain) = (tags.mbid, tags.isrc, tags.replayGain)
    }
}
