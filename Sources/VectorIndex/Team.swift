import CKernels

/// Threads that share out a piece of work; one thread is the caller itself.
final class Team: @unchecked Sendable {  // the C team queues calls from several threads
    private let handle: OpaquePointer?
    let size: Int

    /// Fewer threads than asked for where the system refuses them: results do not depend on their number.
    init(threads: Int) {
        precondition(threads >= 1, "\(threads) threads")
        handle = threads > 1 ? ck_team_create(Int32(min(threads, 64))) : nil
        size = handle.map { Int(ck_team_size($0)) } ?? 1
    }

    deinit { if let handle { ck_team_destroy(handle) } }

    /// Calls work(part, size) for every part at once and returns when all are done.
    func run(_ work: (Int, Int) -> Void) {
        guard let handle else { return work(0, 1) }
        withoutActuallyEscaping(work) { work in
            var work = work
            withUnsafeMutablePointer(to: &work) {
                ck_team_run(
                    handle,
                    { context, part, parts in context?.assumingMemoryBound(to: ((Int, Int) -> Void).self).pointee(Int(part), Int(parts)) }, $0)
            }
        }
    }
}
