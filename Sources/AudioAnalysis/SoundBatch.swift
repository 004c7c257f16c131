public import LinearAlgebra
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Many files, by several threads, each with its own memory.
public enum SoundBatch {
    /// Hears files in any order.
    ///
    /// - Parameters:
    ///   - jobs: files that are worked on at a time.
    ///   - load: of the time, the share that each thread works, in 0…1; it rests after each file.
    ///   - shouldStop: asked before each file.
    ///   - body: called with the index of a file and what came of it, by one thread at a time.
    public static func analyze(
        _ paths: [String], with network: Musicnn, jobs: Int, load: Double = 1, shouldStop: @Sendable () -> Bool = { false },
        _ body: (Int, Result<SoundAnalyzer.Report, AudioError>) -> Void
    ) {
        let next = Atomic(0)
        let turn = Mutex(())
        ThreadTeam(size: max(1, jobs)).run { _, _ in
            let analyzer = SoundAnalyzer(network)
            while !shouldStop() {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < paths.count else { return }
                let start = ContinuousClock.now
                let result = Result { () throws(AudioError) in try analyzer.analyze(paths[index]) }
                turn.withLock { _ in body(index, result) }
                if load < 1 {
                    let worked = (ContinuousClock.now - start).components
                    let rest = (Double(worked.seconds) + Double(worked.attoseconds) * 1e-18) * (1 / max(0.01, load) - 1)
                    usleep(UInt32(clamping: Int(min(600, rest) * 1e6)))
                }
            }
        }
    }
}
