import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Asks long work to stop in order: it ends its step, writes a checkpoint and throws ``StageStopped``.
public final class StopRequest: Sendable {
    /// 0 as long as nobody asked.
    private let received = Atomic<Int32>(0)

    public init() {}

    /// The signal that asks, once one did.
    public var signal: Int32? {
        let number = received.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    public var isMade: Bool { signal != nil }

    /// Asks as Ctrl-C does.
    public func make() { make(signal: SIGINT) }

    func make(signal: Int32) { received.store(signal, ordering: .relaxed) }

    /// Made by Ctrl-C and by SIGTERM from here on. The same signal a second time ends the process at once, which loses the steps since the last checkpoint
    /// and nothing more.
    public static func bySignals() -> StopRequest {
        // The shared request exists before a handler can touch it: nothing is made inside a signal handler but an atomic store.
        let request = shared
        for number in [SIGINT, SIGTERM] {
            _ = systemSignal(number) { received in
                StopRequest.shared.make(signal: received)
                _ = systemSignal(received, SIG_DFL)
            }
        }
        return request
    }

    private static let shared = StopRequest()
}

/// A stage's answer to a ``StopRequest``, thrown once its checkpoint is on the disk.
public struct StageStopped: Error, Hashable, Sendable {
    public init() {}
}

/// `signal(2)`, which `StopRequest.signal` hides.
private func systemSignal(_ number: Int32, _ handler: (@convention(c) (Int32) -> Void)?) -> (@convention(c) (Int32) -> Void)? { signal(number, handler) }
