import ArgumentParser
import AudioAnalysis
import Encoders
import LibraryAccess
import MusicSearch
import Storage
import Training

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How a folder of music is heard.
struct SoundOptions: ParsableArguments {
    @Option(help: "For a folder of music: files that are heard at a time.")
    var jobs = 2
    @Option(help: "For a folder of music: share of each core's time to use, in percent.")
    var cpu = 100
    @Flag(help: "For a folder of music: try files again that could not be heard before.")
    var retry = false
    @Flag(help: "For a folder of music that is gone: take its tracks out of the library. What was heard is kept.")
    var forget = false

    func validate() throws {
        if !(1...256).contains(jobs) { throw ValidationError("--jobs is \(jobs); expected 1 to 256") }
        if !(1...100).contains(cpu) { throw ValidationError("--cpu is \(cpu); expected 1 to 100") }
    }

    /// Whether a path is a folder that holds no corpus.
    static func isMusic(_ path: String) throws -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard attributes?[.type] as? FileAttributeType == .typeDirectory else {
            // A link to a folder is one too.
            var isFolder = false
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
                && !FileManager.default.fileExists(atPath: path + "/corpus.jsonl")
        }
        return !FileManager.default.fileExists(atPath: path + "/corpus.jsonl")
    }

    /// Hears what is new in folders and says what came of it.
    ///
    /// - Returns: the folders as the catalogue has them.
    /// - Throws: `ExitCode` when a signal ended it; what was heard until then is kept.
    func hear(_ folders: [String], library: String, problems: Int, progress: ProgressLine) throws -> [String] {
        guard !folders.isEmpty else { return [] }
        let network = try Musicnn(folder: SoundModel.folder())
        let scan = SoundScan(library: library, network: network)
        var options = SoundScan.Options()
        (options.jobs, options.load, options.retrying, options.forgetting) = (jobs, Double(cpu) / 100, retry, forget)
        let stop = StopRequest.bySignals()
        return try folders.map { folder in
            let root = try SoundScan.root(folder, mayBeGone: forget)
            let start = monotonicSeconds()
            let report = try scan.run(root, options: options, shouldStop: { stop.signal != nil }) { step in
                switch step {
                case .walking: progress.update("looking for music in " + folder, done: 0, share: nil)
                case .hearing(let done, let count, let seconds):
                    let rate = Int(seconds / max(0.001, monotonicSeconds() - start))
                    progress.update("hearing, \(rate) × real time", done: done, of: "files", share: Double(done) / Double(max(1, count)))
                }
            }
            progress.finish()
            for problem in report.problems.prefix(problems) { Terminal.note(problem) }
            if report.problems.count > problems { Terminal.note("… and \(report.problems.count - problems) more; see them with --problems") }
            var line = "\(root): \(report.found) audio files, \(report.heard) heard, \(report.unchanged) as before, \(report.problems.count) problems"
            if report.gone > 0 { line += "; \(report.gone) are gone: their tracks leave the library, what was heard is kept" }
            Terminal.write(line)
            if let signal = stop.signal, report.isUnfinished {
                Terminal.note("stopped; what was heard is kept. The same command goes on from here")
                throw ExitCode(128 + signal)
            }
            return root
        }
    }
}
