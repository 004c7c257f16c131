package import MusicSearch

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The face on a terminal: colours only there, and only when `NO_COLOR` is unset (no-color.org).
package enum Terminal {
    package enum Style: String {
        case bold = "1", dim = "2", green = "32", yellow = "33", cyan = "36", red = "31", underline = "4"
    }

    package static let isColoured =
        isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR").map { $0.pointee == 0 } ?? true && getenv("TERM").map { strcmp($0, "dumb") != 0 } ?? false

    package static func styled(_ text: String, _ styles: Style..., coloured: Bool = isColoured) -> String {
        coloured ? "\u{1B}[\(styles.map(\.rawValue).joined(separator: ";"))m\(text)\u{1B}[0m" : text
    }

    /// Columns of the terminal, 100 when it cannot be asked.
    package static var width: Int {
        var size = winsize()
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 { return Int(size.ws_col) }
        return 100
    }

    /// Writes a line to standard output.
    package static func write(_ text: String) { put(text + "\n", STDOUT_FILENO) }

    /// Writes a line to standard error.
    package static func note(_ text: String) { put(text + "\n", STDERR_FILENO) }

    package static func put(_ text: String, _ descriptor: Int32) {
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress.map { $0 + offset }, bytes.count - offset) }
            if count < 0, errno == EINTR { continue }
            // A closed pipe ("| head") is the reader's choice, no error.
            guard count > 0 else { return }
            offset += count
        }
    }

    /// Cut or padded to a width in characters.
    package static func column(_ text: String, _ width: Int) -> String {
        let count = text.count
        if count > width { return String(text.prefix(max(0, width - 1))) + "…" }
        return text + String(repeating: " ", count: width - count)
    }
}

/// A line that tells how far long work is: redrawn on a terminal, a plain line now and then elsewhere.
package final class ProgressLine {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let start = monotonicSeconds()
    private var last = 0.0

    package init() {}

    package func update(_ label: String, done: Int, of unit: String = "tracks", share: Double?) {
        let now = monotonicSeconds()
        guard now - last >= (isTerminal ? 0.1 : 5) else { return }
        last = now
        let rate = Double(done) / max(now - start, 1e-3)
        var text = "\(label): \(done) \(unit), \(Int(rate))/s"
        if let share, share > 0 {
            let left = (now - start) / share * (1 - share)
            text += ", \(Int(share * 100)) %, \(Int(left.rounded(.up))) s left"
            if isTerminal {
                let filled = Int(share * 24)
                text = "[" + String(repeating: "█", count: filled) + String(repeating: "·", count: 24 - filled) + "] " + text
            }
        }
        Terminal.put(isTerminal ? "\r\u{1B}[K" + text : text + "\n", STDERR_FILENO)
    }

    package func finish() {
        if isTerminal, last > 0 { Terminal.put("\r\u{1B}[K", STDERR_FILENO) }
    }
}

/// Seconds of a clock that only goes forward.
package func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// `write(2)`, which `Terminal.write` hides.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(descriptor, bytes, count) }

extension ProgressLine {
    package func show(_ step: LibraryBuilder.Progress) {
        switch step {
        case .importing(let path, let rows, let share): update(path.split(separator: "/").last.map(String.init) ?? path, done: rows, share: share)
        case .indexing(let tracks): update("indexing", done: tracks, share: nil)
        case .encoding(let texts, let total): update("encoding", done: texts, of: "texts", share: Double(texts) / Double(max(1, total)))
        }
    }
}
