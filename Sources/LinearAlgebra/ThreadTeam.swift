import CKernels

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Threads for work that is split in milliseconds or less, the caller being one of them.
///
///     let team = ThreadTeam.shared
///     team.split(rows) { range in normalise(range) }      // every row once, on one thread or another
///
/// Work is split by position alone, so that a result never depends on which thread was quicker; free threads take the next part. Waiting threads spin for some tens of
/// microseconds, which bridges the layers of one encoding, and then sleep.
public final class ThreadTeam: @unchecked Sendable {  // the C team queues callers itself
    /// One thread for every processor, at most 8: what a query is worth.
    public static let shared = ThreadTeam(size: min(8, ProcessInfo.processInfo.activeProcessorCount))

    private let team: OpaquePointer?

    /// - Parameter size: 1 … 64. A system that refuses threads leaves a team of one.
    public init(size: Int) {
        precondition((1...64).contains(size), "a team has 1 to 64 threads, not \(size)")
        team = size == 1 ? nil : ck_team_create(Int32(size))
    }

    deinit { if let team { ck_team_destroy(team) } }

    public var size: Int { team.map { Int(ck_team_size($0)) } ?? 1 }

    /// Calls `body` once for every part of the team, at the same time.
    public func run(_ body: (_ part: Int, _ parts: Int) -> Void) {
        guard let team else { return body(0, 1) }
        withoutActuallyEscaping(body) { body in
            var work = body
            withUnsafeMutablePointer(to: &work) { pointer in
                ck_team_run(
                    team,
                    { context, part, parts in
                        context?.assumingMemoryBound(to: ((Int, Int) -> Void).self).pointee(Int(part), Int(parts))
                    }, pointer)
            }
        }
    }

    /// Splits `0 ..< count` into one range for every thread; empty ranges are not called.
    public func split(_ count: Int, _ body: (Range<Int>) -> Void) {
        run { part, parts in
            let range = count * part / parts..<count * (part + 1) / parts
            if !range.isEmpty { body(range) }
        }
    }
}
