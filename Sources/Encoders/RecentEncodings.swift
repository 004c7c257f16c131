/// The encodings of the latest texts; the one that was asked for longest ago gives way.
struct RecentEncodings: Sendable {
    private let capacity: Int
    private var entries: [String: (encoding: BiEncoder.Encoding, used: Int)] = [:]
    private var clock = 0

    init(capacity: Int) {
        precondition(capacity >= 0, "room for \(capacity) encodings")
        self.capacity = capacity
    }

    subscript(text: String) -> BiEncoder.Encoding? {
        mutating get {
            clock += 1
            entries[text]?.used = clock
            return entries[text]?.encoding
        }
        set {
            guard capacity > 0 else { return }
            clock += 1
            entries[text] = newValue.map { ($0, clock) }
            // A scan of a few hundred entries is nothing beside the encoding that led here.
            if entries.count > capacity, let oldest = entries.min(by: { $0.value.used < $1.value.used }) { entries[oldest.key] = nil }
        }
    }
}
