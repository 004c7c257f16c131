import LibraryAccess
import Training

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Shows a pipeline at work: on a terminal a line that rewrites itself, elsewhere a line now and then.
final class TrainingDisplay {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var meter = ProgressMeter(stage: "")
    private var lastShown = 0.0

    /// Seconds between two lines.
    private var interval: Double { isTerminal ? 0.1 : 30 }

    func show(_ event: PipelineEvent) {
        switch event {
        case .reused(let stage, let record):
            Terminal.write("\(stage.title): done before in \(ProgressMeter.duration(record.seconds)), \(stage.folder)")
        case .began(let stage, let isResumed):
            meter = ProgressMeter(stage: stage.title)
            lastShown = monotonicSeconds()
            Terminal.write("\(stage.title): \(isResumed ? "goes on" : "begins"), \(stage.folder)")
        case .progressed(_, let progress):
            let now = monotonicSeconds()
            meter.update(progress, at: now)
            guard now - lastShown >= interval else { return }
            lastShown = now
            // One column stays free: a full line would wrap on some terminals.
            let line = meter.line(width: Terminal.width - 1)
            Terminal.put(isTerminal ? "\r\u{1B}[K" + line : line + "\n", STDERR_FILENO)
        case .ended(let stage, let seconds):
            end()
            Terminal.write("\(stage.title): done in \(ProgressMeter.duration(seconds))")
        }
    }

    /// Takes the line away.
    func end() {
        if isTerminal { Terminal.put("\r\u{1B}[K", STDERR_FILENO) }
    }
}
