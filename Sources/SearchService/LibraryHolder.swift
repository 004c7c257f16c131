public import MusicSearch
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

/// The library that answers now. A new generation takes the place of the old one between two requests; those under way end with the one they began with.
public final class LibraryHolder: Sendable {
    private struct State {
        var library: Library
        /// What the manifest looked like when it was last read.
        var seen: Mark?
        var notice: String?
    }

    /// Size and time of the manifest, which every index run replaces.
    private struct Mark: Equatable {
        var inode: UInt
        var size: Int
        var seconds: Int
        var nanoseconds: Int
    }

    private let state: Mutex<State>
    private let open: (@Sendable () throws -> Library)?

    /// One that never changes.
    public convenience init(_ library: Library) { self.init(library, open: nil) }

    /// - Parameter open: opens the current generation anew.
    public init(_ library: Library, open: (@Sendable () throws -> Library)?) {
        self.open = open
        state = Mutex(State(library: library, seen: Self.mark(library.path), notice: library.notice))
    }

    public var current: Library { state.withLock { $0.library } }

    /// What an operator should know: why a newer generation could not be opened.
    public var notice: String? { state.withLock { $0.notice } }

    /// Opens a newer generation where there is one. One caller at a time.
    ///
    /// - Returns: what happened, in words for a log; nil when there is nothing new.
    public func refresh() -> String? {
        let path = current.path
        let mark = Self.mark(path)
        guard let open, mark != state.withLock({ $0.seen }) else { return nil }
        guard mark != nil else {
            return tell("the library at \(path) is gone; generation \(current.manifest.generation) goes on to answer", seen: nil)
        }
        do {
            let library = try open()
            let old = state.withLock { state in
                defer { state = State(library: library, seen: mark, notice: library.notice) }
                return state.library.manifest.generation
            }
            return "generation \(library.manifest.generation) of \(path) answers, in place of \(old)"
        } catch {
            return tell("the library at \(path) cannot be opened: \(error); generation \(current.manifest.generation) goes on to answer", seen: mark)
        }
    }

    private func tell(_ notice: String, seen: Mark?) -> String? {
        state.withLock { state in
            state.seen = seen
            defer { state.notice = notice }
            return state.notice == notice ? nil : notice
        }
    }

    private static func mark(_ path: String) -> Mark? {
        var status = stat()
        guard stat(path + "/MANIFEST.json", &status) == 0 else { return nil }
        return Mark(
            inode: UInt(status.st_ino), size: Int(status.st_size), seconds: Int(status.st_mtim.tv_sec), nanoseconds: Int(status.st_mtim.tv_nsec))
    }
}
